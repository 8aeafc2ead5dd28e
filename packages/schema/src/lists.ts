/** What the API server judges beside the schema proper: unique list entries, and objects embedded in a field. */
import { duplicate, invalid, required, type Problem } from './problem.ts'
import { isObject, schemaOfKey, type JsonObject, type StructuralSchema } from './structural.ts'

/** Duplicates in lists of type `set` and `map`. */
export const listProblems = (schema: StructuralSchema, value: unknown, path: string): Problem[] => {
  const problems: Problem[] = []
  visit(schema, value, path, (own, one, at) => {
    if (!Array.isArray(one)) return
    if (own['x-kubernetes-list-type'] === 'set') problems.push(...repeated(one, at))
    if (own['x-kubernetes-list-type'] === 'map')
      problems.push(...repeatedKeys(one, own['x-kubernetes-list-map-keys'] ?? [], at))
  })
  return problems
}

/** `apiVersion` and `kind` of embedded resources. */
export const embeddedProblems = (schema: StructuralSchema, value: unknown, path: string): Problem[] => {
  const problems: Problem[] = []
  visit(schema, value, path, (own, one, at) => {
    if (!own['x-kubernetes-embedded-resource'] || !isObject(one)) return
    for (const key of ['apiVersion', 'kind']) {
      const text = one[key]
      const field = at === '' ? key : `${at}.${key}`
      if (text === undefined) problems.push(required(field, 'must not be empty'))
      else if (typeof text !== 'string') problems.push(invalid(field, text, 'must be a string'))
      else if (text === '') problems.push(invalid(field, text, 'must not be empty'))
    }
  })
  return problems
}

/** Schemas rarely use list types or embedded resources; whether one does is found once per schema. */
export const hasListRules = (schema: StructuralSchema): boolean => {
  let found = listRules.get(schema)
  if (found === undefined) listRules.set(schema, (found = usesListRules(schema)))
  return found
}
const listRules = new WeakMap<StructuralSchema, boolean>()

const usesListRules = (schema: StructuralSchema): boolean => {
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'map' || listType === 'set' || schema['x-kubernetes-embedded-resource']) return true
  for (const name in schema.properties) if (usesListRules(schema.properties[name]!)) return true
  if (schema.items && usesListRules(schema.items)) return true
  return typeof schema.additionalProperties === 'object' && usesListRules(schema.additionalProperties)
}

type Visitor = (schema: StructuralSchema, value: unknown, path: string) => void

// Unlike schema validation, these checks name map entries in brackets: `spec.parts[a]`.
const visit = (schema: StructuralSchema | undefined, value: unknown, path: string, look: Visitor): void => {
  if (!schema) return
  look(schema, value, path)
  if (Array.isArray(value))
    for (const [index, one] of value.entries()) visit(schema.items, one, `${path}[${index}]`, look)
  else if (isObject(value))
    for (const key of Object.keys(value)) {
      const listed = schema.properties !== undefined && Object.hasOwn(schema.properties, key)
      visit(
        schemaOfKey(schema, key),
        value[key],
        !listed ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
        look,
      )
    }
}

const repeated = (list: readonly unknown[], path: string): Problem[] =>
  secondOccurrences(list.map((one) => canonical(one))).map((index) => duplicate(`${path}[${index}]`, list[index]))

const repeatedKeys = (list: readonly unknown[], keys: readonly string[], path: string): Problem[] => {
  const stranger = list.findIndex((one) => one !== null && !isObject(one))
  if (stranger >= 0)
    return [invalid(`${path}[${stranger}]`, list[stranger], 'must be an object for an array of list-type map')]
  const identities = list.map((one): JsonObject => {
    const identity: JsonObject = {}
    for (const key of keys) if (isObject(one) && Object.hasOwn(one, key)) identity[key] = one[key]
    return identity
  })
  return secondOccurrences(identities.map((one) => canonical(one))).map((index) =>
    duplicate(`${path}[${index}]`, identities[index]),
  )
}

// The API server reports each repeated value once, at its second appearance.
const secondOccurrences = (texts: readonly string[]): number[] => {
  const seen = new Map<string, number>()
  return texts.flatMap((text, index) => {
    const times = (seen.get(text) ?? 0) + 1
    seen.set(text, times)
    return times === 2 ? [index] : []
  })
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  ) ?? ''
