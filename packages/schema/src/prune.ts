/** Pruning: what the schema does not know is dropped, as the API server does before it stores an object. */
import { isObject, schemaOfKey, type JsonObject, type StructuralSchema } from './structural.ts'

export interface Pruned<T = unknown> {
  /** the same value when nothing was dropped; untouched parts are shared with the input */
  value: T
  /** paths of everything dropped, sorted: the `unknown field "spec.foo"` of warnings and strict validation */
  unknown: string[]
}

/** Prunes a value. At the root of an object `apiVersion`, `kind` and `metadata` stay, whatever the schema says. */
export const prune = <T>(schema: StructuralSchema, value: T, { root = true }: { root?: boolean } = {}): Pruned<T> => {
  const unknown: string[] = []
  const pruned = pruneAt(root ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema, value, '', unknown)
  return { value: pruned as T, unknown: unknown.sort() }
}

/** The sentence for one dropped field. */
export const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`

const metaKeys: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

const pruneAt = (schema: StructuralSchema | undefined, value: unknown, path: string, unknown: string[]): unknown => {
  if (Array.isArray(value)) {
    const items = schema?.['x-kubernetes-preserve-unknown-fields'] ? preservingItems(schema) : schema?.items
    return items === keep ? value : mapSame(value, (one, index) => pruneAt(items, one, `${path}[${index}]`, unknown))
  }
  if (!isObject(value)) return value
  let copy: JsonObject | undefined
  for (const key of Object.keys(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (schema?.['x-kubernetes-embedded-resource'] && metaKeys.has(key)) {
      const after = key === 'metadata' ? pruneAt(objectMeta, value[key], at, unknown) : value[key]
      if (after !== value[key]) (copy ??= { ...value })[key] = after
      continue
    }
    if (schema && governs(schema, key)) {
      const before = value[key]
      const after = pruneAt(schemaOfKey(schema, key), before, at, unknown)
      if (after !== before) setOwn((copy ??= { ...value }), key, after)
    } else if (!schema?.['x-kubernetes-preserve-unknown-fields']) {
      unknown.push(at)
      delete (copy ??= { ...value })[key]
    }
  }
  return copy ?? value
}

/** The fields of meta/v1 ObjectMeta; what lies below them is judged elsewhere. */
const objectMeta: StructuralSchema = {
  properties: Object.fromEntries(
    (
      'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp ' +
      'deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields'
    )
      .split(' ')
      .map((name) => [name, { 'x-kubernetes-preserve-unknown-fields': true }]),
  ),
}

const governs = (schema: StructuralSchema, key: string): boolean =>
  (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) ||
  (schema.additionalProperties !== undefined && schema.additionalProperties !== false)

const keep = Symbol('keep') as unknown as StructuralSchema
// Below a list that preserves unknown fields, items without a schema are kept whole; with one, their own unknown keys stay too.
const preservingItems = (schema: StructuralSchema): StructuralSchema =>
  schema.items ? { ...schema.items, 'x-kubernetes-preserve-unknown-fields': true } : keep

const mapSame = (list: readonly unknown[], change: (one: unknown, index: number) => unknown): readonly unknown[] => {
  let copy: unknown[] | undefined
  for (let index = 0; index < list.length; index++) {
    const after = change(list[index], index)
    if (after !== list[index]) (copy ??= [...list])[index] = after
  }
  return copy ?? list
}

/** Assigns an own property even for the key `__proto__`, which plain assignment would swallow. */
export const setOwn = (target: JsonObject, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
