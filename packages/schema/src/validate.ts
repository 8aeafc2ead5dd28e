/**
 * Validation of a value's structure against a schema, in the API server's wording and order, without a compile step: the same
 * walker serves our own resources and any CRD a user registers.
 *
 * Behaviour follows the API server's schema validation (Kubernetes 1.33): a wrong type is told once and its content is not
 * looked at; parts that an update leaves as they were are never refused ("ratcheting").
 */
import { formatIsKnown, hasFormat } from './formats.ts'
import { sameJson } from './json.ts'
import { embeddedProblems, listProblems } from './lists.ts'
import { matchesPattern } from './pattern.ts'
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid, type Problem } from './problem.ts'
import { scaleProblems } from './scale.ts'
import { isObject, schemaOfKey, type JsonObject, type StructuralSchema } from './structural.ts'

export interface StructureOptions {
  /** the stored value, on an update: what equals it is not judged again */
  old?: unknown
  /** prefix of every path, for a schema that is not the root: `status` when only the status is judged */
  path?: string
  /** the CRD's `subresources.scale`, whose counts are judged too */
  scale?: { readonly specReplicasPath: string } | undefined
}

/** Everything wrong with the value but for CEL rules. */
export const validateStructure = (
  schema: StructuralSchema,
  value: unknown,
  { old, path = '', scale }: StructureOptions = {},
): Problem[] => {
  const walk: Walk = { prefix: path, problems: [] }
  check(schema, value, old, '', walk)
  if (scale) walk.problems.push(...scaleProblems(scale, value))
  if (mayHaveListRules(schema)) {
    walk.problems.push(...embeddedProblems(schema, value, path))
    const duplicates = listProblems(schema, value, path)
    // As the API server does: duplicates count only when the stored object had none.
    if (duplicates.length > 0 && (old === undefined || listProblems(schema, old, path).length === 0))
      walk.problems.push(...duplicates)
  }
  return walk.problems
}

interface Walk {
  readonly prefix: string
  problems: Problem[]
}

const check = (schema: StructuralSchema, value: unknown, old: unknown, name: string, walk: Walk): void => {
  if (old !== undefined && sameJson(value, old)) return
  const { type } = schema
  const intOrString = schema['x-kubernetes-int-or-string'] === true
  if (value === null || value === undefined) {
    if ((type !== undefined || intOrString) && !schema.nullable) wrongType(schema, 'null', name, walk)
    if (schema.enum && !(schema.nullable && schema.enum.includes(null))) checkEnum(schema, value, name, walk)
    return
  }
  const actual = jsonTypeOf(value)
  if (intOrString ? actual !== 'integer' && actual !== 'string' : type !== undefined && !fits(type, actual))
    wrongType(schema, actual, name, walk)
  if (schema.anyOf || schema.oneOf || schema.allOf || schema.not) checkLogic(schema, value, old, name, walk)
  if (typeof value === 'string') checkString(schema, value, name, walk)
  else if (typeof value === 'number') checkNumber(schema, value, name, walk)
  else if (Array.isArray(value)) checkList(schema, value, old, name, walk)
  if (schema.enum) checkEnum(schema, value, name, walk)
  if (actual === 'object') checkObject(schema, value as JsonObject, old, name, walk)
}

const checkObject = (schema: StructuralSchema, value: JsonObject, old: unknown, name: string, walk: Walk): void => {
  const before = isObject(old) ? old : undefined
  if (schema.minProperties !== undefined || schema.maxProperties !== undefined) {
    const count = Object.keys(value).length
    if (schema.minProperties !== undefined && count < schema.minProperties)
      refuse(walk, name, count, `should have at least ${schema.minProperties} properties`)
    if (schema.maxProperties !== undefined && count > schema.maxProperties)
      walk.problems.push(tooMany(at(walk, name), count, schema.maxProperties))
  }
  const { properties, additionalProperties } = schema
  if (properties || additionalProperties) {
    for (const key in value) {
      const own = schemaOfKey(schema, key)
      if (own) check(own, value[key], before?.[key], name === '' ? key : `${name}.${key}`, walk)
    }
  }
  for (const key of schema.required ?? [])
    if (!Object.hasOwn(value, key)) walk.problems.push(required(at(walk, name === '' ? key : `${name}.${key}`)))
}

const checkList = (
  schema: StructuralSchema,
  list: readonly unknown[],
  old: unknown,
  name: string,
  walk: Walk,
): void => {
  const { items } = schema
  if (items) {
    const partner = Array.isArray(old) ? partnerIn(schema, old) : undefined
    for (let index = 0; index < list.length; index++)
      check(items, list[index], partner?.(list[index]), `${name}[${index}]`, walk)
  }
  if (schema.minItems !== undefined && list.length < schema.minItems)
    refuse(walk, name, list.length, `should have at least ${schema.minItems} items`)
  if (schema.maxItems !== undefined && list.length > schema.maxItems)
    walk.problems.push(tooMany(at(walk, name), list.length, schema.maxItems))
  if (schema.uniqueItems && list.some((one, index) => list.slice(0, index).some((earlier) => sameJson(one, earlier))))
    refuse(walk, name, '', "shouldn't contain duplicates")
}

/** Only the entries of a list-map have an identity that survives an update; other lists are judged anew when they change. */
const partnerIn = (schema: StructuralSchema, old: readonly unknown[]): ((one: unknown) => unknown) | undefined => {
  const keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys) return undefined
  return (one) =>
    isObject(one)
      ? old.find((other) => isObject(other) && keys.every((key) => sameJson(one[key], other[key])))
      : undefined
}

const checkString = (schema: StructuralSchema, text: string, name: string, walk: Walk): void => {
  const { maxLength, minLength, pattern, format } = schema
  if (maxLength !== undefined && text.length > maxLength && codePoints(text) > maxLength)
    walk.problems.push(tooLong(at(walk, name), maxLength))
  else if (minLength !== undefined && codePoints(text) < minLength)
    refuse(walk, name, text, `should be at least ${minLength} chars long`)
  else if (pattern !== undefined && !matchesPattern(pattern, text))
    refuse(walk, name, text, `should match '${pattern}'`)
  if (format !== undefined && formatIsKnown(format) && !hasFormat(format, text))
    walk.problems.push(
      typeInvalid(at(walk, name), text, `${named(name)} must be of type ${format}: ${JSON.stringify(text)}`),
    )
}

const checkNumber = (schema: StructuralSchema, value: number, name: string, walk: Walk): void => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    refuse(walk, name, value, `should be a multiple of ${multipleOf}`)
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    refuse(walk, name, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`)
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    refuse(walk, name, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`)
}

const checkEnum = (schema: StructuralSchema, value: unknown, name: string, walk: Walk): void => {
  const allowed = schema.enum!
  for (const one of allowed) if (one === value || (typeof one === 'object' && sameJson(one, value))) return
  walk.problems.push(notSupported(at(walk, name), value, allowed))
}

const checkLogic = (schema: StructuralSchema, value: unknown, old: unknown, name: string, walk: Walk): void => {
  const attempt = (one: StructuralSchema): Problem[] => {
    const inner: Walk = { prefix: walk.prefix, problems: [] }
    check(one, value, old, name, inner)
    return inner.problems
  }
  const composite = (sentence: string) => walk.problems.push(invalid(walk.prefix, '', `"${name}" must ${sentence}`))
  if (schema.anyOf) {
    const results = schema.anyOf.map(attempt)
    if (results.every((result) => result.length > 0)) {
      composite('validate at least one schema (anyOf)')
      walk.problems.push(...results[0]!)
    }
  }
  if (schema.oneOf) {
    const results = schema.oneOf.map(attempt)
    const matching = results.filter((result) => result.length === 0).length
    if (matching !== 1) {
      const found = matching === 0 ? 'Found none valid' : `Found ${matching} valid alternatives`
      composite(`validate one and only one schema (oneOf). ${found}`)
      if (matching === 0 && results[0]) walk.problems.push(...results[0])
    }
  }
  if (schema.allOf) {
    const failing = schema.allOf.map(attempt).filter((result) => result.length > 0)
    for (const result of failing) walk.problems.push(...result)
    if (failing.length > 0)
      composite(`validate all the schemas (allOf)${failing.length === schema.allOf.length ? '. None validated' : ''}`)
  }
  if (schema.not && attempt(schema.not).length === 0) composite('not validate the schema (not)')
}

const wrongType = (schema: StructuralSchema, actual: string, name: string, walk: Walk): void => {
  const wanted = schema['x-kubernetes-int-or-string'] ? 'integer,string' : schema.type!
  walk.problems.push(typeInvalid(at(walk, name), actual, `${named(name)} must be of type ${wanted}: "${actual}"`))
}

const refuse = (walk: Walk, name: string, value: unknown, rule: string): void => {
  walk.problems.push(invalid(at(walk, name), value, `${named(name)} ${rule}`))
}

// The API server names the field twice: by its full path, and inside the sentence by its path within the schema judged.
const at = (walk: Walk, name: string): string =>
  walk.prefix === '' ? name : name === '' ? walk.prefix : `${walk.prefix}.${name}`
const named = (name: string): string => `${name} in body`

const fits = (type: string, actual: string): boolean => type === actual || (type === 'number' && actual === 'integer')

// Go reads a whole number that fits 64 bits as an integer and everything else as a double.
const jsonTypeOf = (value: unknown): string => {
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

const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

const isMultiple = (value: number, factor: number): boolean => {
  const quotient = value / factor
  return Math.abs(quotient - Math.round(quotient)) < 1e-9
}

/** Schemas rarely use list types or embedded resources; whether one does is found once per schema. */
const mayHaveListRules = (schema: StructuralSchema): boolean => {
  let found = listRules.get(schema)
  if (found === undefined) listRules.set(schema, (found = hasListRules(schema)))
  return found
}
const listRules = new WeakMap<StructuralSchema, boolean>()

const hasListRules = (schema: StructuralSchema): boolean => {
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'map' || listType === 'set' || schema['x-kubernetes-embedded-resource']) return true
  for (const name in schema.properties) if (hasListRules(schema.properties[name]!)) return true
  if (schema.items && hasListRules(schema.items)) return true
  return typeof schema.additionalProperties === 'object' && hasListRules(schema.additionalProperties)
}
