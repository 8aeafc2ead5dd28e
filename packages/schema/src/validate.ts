/**
 * Validation of a value's structure against a schema, in the API server's wording and order, without a compile step: the same
 * walker serves our own resources and any CRD a user registers.
 *
 * Behaviour follows the API server's schema validation (Kubernetes 1.33): a wrong type is told once and its content is not
 * looked at; parts that an update leaves as they were are never refused ("ratcheting").
 */
import { ownValue, sameJson } from './json.ts'
import { embeddedProblems, hasListRules, listProblems } from './lists.ts'
import { checkLogic } from './logic.ts'
import { required, tooMany, type Problem } from './problem.ts'
import { checkEnum, checkNumber, checkString } from './scalars.ts'
import { scaleProblems } from './scale.ts'
import { isObject, schemaOfKey, type JsonObject, type StructuralSchema } from './structural.ts'
import { at, jsonTypeOf, refuse, wrongType, type Walk } from './telling.ts'

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
  if (hasListRules(schema)) {
    walk.problems.push(...embeddedProblems(schema, value, path))
    const duplicates = listProblems(schema, value, path)
    // As the API server does: duplicates count only when the stored object had none.
    if (duplicates.length > 0 && (old === undefined || listProblems(schema, old, path).length === 0))
      walk.problems.push(...duplicates)
  }
  return walk.problems
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
  if (schema.anyOf || schema.oneOf || schema.allOf || schema.not)
    checkLogic(schema, name, walk, (one, inner) => check(one, value, old, name, inner))
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
      if (own) check(own, value[key], before && ownValue(before, key), name === '' ? key : `${name}.${key}`, walk)
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

const fits = (type: string, actual: string): boolean => type === actual || (type === 'number' && actual === 'integer')
