/**
 * What a typed walk needs to know about a value, whoever declared it: the table of built-in types or a CRD's schema.
 * Server-side apply, strategic merge and managed fields walk by shapes only.
 */
import type { StructuralSchema } from '@drey/schema'
import { builtinType, type BuiltinField, type BuiltinType, type FieldType } from './builtin/types.ts'

export interface Shape {
  /** owned and replaced as one, whatever is below */
  readonly atomic: boolean
  /** what is below a key; for keys nobody declared: anything */
  at(key: string): Shape
  /** true for a declared field, false for a key of a map */
  declares(key: string): boolean
  /** what is inside a list */
  readonly items: Shape
  /** how items of a list are told apart */
  readonly list: 'atomic' | 'set' | 'map'
  readonly keys: readonly string[]
  keyDefault(key: string): unknown
  /** strategic merge: `merge`, `replace`, `retainKeys` … and the key that tells items apart */
  readonly patchStrategy?: string
  readonly patchMergeKey?: string
}

/** Nothing is declared: maps are merged key by key, lists are replaced. */
export const anything: Shape = {
  atomic: false,
  at: () => anything,
  declares: () => false,
  get items() {
    return anything
  },
  list: 'atomic',
  keys: [],
  keyDefault: () => undefined,
}

/** One value, never looked into. */
const leaf: Shape = { ...anything, atomic: true, items: anything }

// built-in types ---------------------------------------------------------------------------------------------------------

const ofTypes = new Map<string, Shape>()

/** The shape of a built-in type, for example `api.apps.v1.Deployment`. */
export const builtinShape = (name: string): Shape => {
  let shape = ofTypes.get(name)
  if (!shape) {
    const type = builtinType(name)
    shape = type ? shapeOfType(type) : anything
    ofTypes.set(name, shape)
  }
  return shape
}

const shapeOfType = (type: BuiltinType): Shape => {
  if (type.is) return leaf
  const fields = new Map(type.fields.map((field) => [field.name, field]))
  const shapes = new Map<string, Shape>()
  return {
    ...anything,
    items: anything,
    atomic: type.atomic,
    declares: (key) => fields.has(key),
    at(key) {
      let shape = shapes.get(key)
      const field = fields.get(key)
      if (!shape && field) shapes.set(key, (shape = shapeOfField(field)))
      return shape ?? anything
    },
  }
}

const shapeOfField = (field: BuiltinField): Shape => {
  const base = shapeOfFieldType(field.type)
  const keys = field.listMapKeys ?? []
  return {
    ...base,
    items: base.items,
    atomic: base.atomic || field.atomicMap === true,
    list: field.listType ?? 'atomic',
    keys,
    keyDefault: (key) => {
      const item = 'list' in field.type && 'ref' in field.type.list ? builtinType(field.type.list.ref) : undefined
      return item?.fields.find((f) => f.name === key)?.default
    },
    ...(field.patchStrategy ? { patchStrategy: field.patchStrategy } : {}),
    ...(field.patchMergeKey ? { patchMergeKey: field.patchMergeKey } : {}),
  }
}

const shapeOfFieldType = (type: FieldType): Shape => {
  if ('ref' in type) return builtinShape(type.ref)
  if ('list' in type) {
    const inner = type.list
    return {
      ...anything,
      get items() {
        return shapeOfFieldType(inner)
      },
    }
  }
  if ('map' in type) {
    const inner = shapeOfFieldType(type.map)
    return { ...anything, items: anything, at: () => inner }
  }
  return type.scalar === 'object' || type.scalar === 'any' ? anything : leaf
}

// CRDs -------------------------------------------------------------------------------------------------------------------

const ofSchemas = new WeakMap<StructuralSchema, Shape>()

/** The shape of a structural schema. */
export const schemaShape = (schema: StructuralSchema | undefined): Shape => {
  if (!schema) return anything
  let shape = ofSchemas.get(schema)
  if (!shape) {
    shape = shapeOfSchema(schema)
    ofSchemas.set(schema, shape)
  }
  return shape
}

const shapeOfSchema = (schema: StructuralSchema): Shape => {
  if (schema['x-kubernetes-int-or-string']) return leaf
  if (schema.type && schema.type !== 'object' && schema.type !== 'array') return leaf
  const { properties = {}, additionalProperties } = schema
  const other = typeof additionalProperties === 'object' ? additionalProperties : undefined
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    declares: (key) => Object.hasOwn(properties, key),
    at: (key) =>
      key === 'metadata' && schema['x-kubernetes-embedded-resource']
        ? objectMeta()
        : schemaShape(Object.hasOwn(properties, key) ? properties[key] : other),
    get items() {
      return schemaShape(schema.items)
    },
    list: schema['x-kubernetes-list-type'] ?? 'atomic',
    keys: schema['x-kubernetes-list-map-keys'] ?? [],
    keyDefault: (key) => schema.items?.properties?.[key]?.default,
  }
}

const objectMeta = (): Shape => builtinShape('apimachinery.pkg.apis.meta.v1.ObjectMeta')

/** The shape of a whole custom resource: its schema, with the metadata every object has. */
export const customResourceShape = (schema: StructuralSchema | undefined): Shape => {
  const body = schemaShape(schema)
  return {
    ...anything,
    items: anything,
    declares: (key) => key === 'metadata' || key === 'apiVersion' || key === 'kind' || body.declares(key),
    at: (key) => (key === 'metadata' ? objectMeta() : key === 'apiVersion' || key === 'kind' ? leaf : body.at(key)),
  }
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
