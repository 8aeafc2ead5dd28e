/** How a walk over a schema tells what it finds: by path, by type, in the API server's sentences. */
import { invalid, typeInvalid, type Problem } from './problem.ts'
import type { StructuralSchema } from './structural.ts'

export interface Walk {
  readonly prefix: string
  problems: Problem[]
}

/** A rule of the schema that the value breaks. */
export const refuse = (walk: Walk, name: string, value: unknown, rule: string): void => {
  walk.problems.push(invalid(at(walk, name), value, `${named(name)} ${rule}`))
}

export const wrongType = (schema: StructuralSchema, actual: string, name: string, walk: Walk): void => {
  const wanted = schema['x-kubernetes-int-or-string'] ? 'integer,string' : schema.type!
  walk.problems.push(typeInvalid(at(walk, name), actual, `${named(name)} must be of type ${wanted}: "${actual}"`))
}

// The API server names the field twice: by its full path, and inside the sentence by its path within the schema judged.
export const at = (walk: Walk, name: string): string =>
  walk.prefix === '' ? name : name === '' ? walk.prefix : `${walk.prefix}.${name}`
export const named = (name: string): string => `${name} in body`

/** The JSON type, as the API server sees it: a whole number that fits 64 bits is an integer, everything else a double. */
export const jsonTypeOf = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'number':
      return Number.isInteger(value) && value < 2 ** 63 && value >= -(2 ** 63) ? 'integer' : 'number'
    case 'bigint':
      return 'integer'
    default:
      return Array.isArray(value) ? 'array' : 'object'
  }
}
