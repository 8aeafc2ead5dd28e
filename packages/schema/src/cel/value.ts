/** The values of CEL: whole numbers are bigint, doubles are number, objects keep their schema until a field is asked for. */
import { isObject, schemaOfKey, type StructuralSchema } from '../structural.ts'
import { durationOf, timestampOf, type Duration, type Timestamp } from './library/time.ts'

export type Value =
  | bigint
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | List
  | Fields
  | ReadonlyMap<Value, Value>
  | Optional
  | Duration
  | Timestamp
  | Custom

/** A list; when it comes from a schema it may compare as a set or as a map by keys. */
export type List = readonly Value[] & {
  readonly listType?: 'set' | 'map' | undefined
  readonly mapKeys?: readonly string[] | undefined
}
/** An object of the resource, converted field by field as it is read. */
export interface Fields {
  readonly is: 'fields'
  readonly schema: StructuralSchema | undefined
  readonly raw: Record<string, unknown>
}
export interface Optional {
  readonly is: 'optional'
  readonly value: Value | undefined
}
/** A value of one of Kubernetes' own CEL types: a quantity, a URL, an address. */
export interface Custom {
  readonly is: 'quantity' | 'url' | 'ip' | 'cidr' | 'format' | 'semver'
  readonly of: unknown
}

/** A failure of an evaluation, in the words of the API server. */
export class CelError extends Error {}
/** The evaluation was given up because it costs too much. */
export class CostError extends CelError {}

export const none: Optional = { is: 'optional', value: undefined }
export const some = (value: Value): Optional => ({ is: 'optional', value })

/** A JSON value as CEL sees it under its schema. */
export const fromJson = (raw: unknown, schema: StructuralSchema | undefined): Value => {
  switch (typeof raw) {
    case 'string':
      return schema?.format ? formatted(raw, schema.format) : raw
    case 'number':
      return schema?.type === 'number' || !Number.isInteger(raw) ? raw : BigInt(raw)
    case 'boolean':
    case 'bigint':
      return raw
  }
  if (Array.isArray(raw)) {
    const list: Value[] & { listType?: unknown; mapKeys?: unknown } = raw.map((one) => fromJson(one, schema?.items))
    const listType = schema?.['x-kubernetes-list-type']
    if (listType === 'set' || listType === 'map') {
      list.listType = listType
      list.mapKeys = schema?.['x-kubernetes-list-map-keys']
    }
    return list as List
  }
  return isObject(raw) ? { is: 'fields', schema, raw } : null
}

const formatted = (text: string, format: string): Value => {
  switch (format.replaceAll('-', '')) {
    case 'byte':
      return bytesOfBase64(text)
    case 'date':
    case 'datetime':
      return timestampOf(text) ?? text
    case 'duration':
      return durationOf(text) ?? text
    default:
      return text
  }
}

const bytesOfBase64 = (text: string): Uint8Array => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return new TextEncoder().encode(text)
  }
}

export const isList = (value: Value): value is List => Array.isArray(value)
export const isFields = (value: Value): value is Fields =>
  typeof value === 'object' && value !== null && 'is' in value && value.is === 'fields'
export const isMap = (value: Value): value is ReadonlyMap<Value, Value> | Fields =>
  value instanceof Map || isFields(value)
export const isOptional = (value: Value): value is Optional =>
  typeof value === 'object' && value !== null && 'is' in value && value.is === 'optional'
export const isCustom = <K extends Custom['is']>(value: Value, is: K): value is Custom & { is: K } =>
  typeof value === 'object' && value !== null && 'is' in value && value.is === is

/** The value under a key, or undefined when there is none. */
export const entryOf = (map: ReadonlyMap<Value, Value> | Fields, key: Value): Value | undefined => {
  if (!isFields(map)) {
    const own = map.get(key)
    if (own !== undefined || typeof key !== 'number') return own
    return Number.isInteger(key) ? map.get(BigInt(key)) : undefined
  }
  if (typeof key !== 'string' || !Object.hasOwn(map.raw, key)) return undefined
  return fromJson(map.raw[key], map.schema ? schemaOfKey(map.schema, key) : undefined)
}

export const keysOf = (map: ReadonlyMap<Value, Value> | Fields): Value[] =>
  isFields(map) ? Object.keys(map.raw) : [...map.keys()]
export const sizeOf = (map: ReadonlyMap<Value, Value> | Fields): number =>
  isFields(map) ? Object.keys(map.raw).length : map.size

/** The name of the type, as `type(x)` and error messages give it. */
export const typeName = (value: Value): string => {
  if (value === null) return 'null_type'
  switch (typeof value) {
    case 'bigint':
      return 'int'
    case 'number':
      return 'double'
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
  }
  if (Array.isArray(value)) return 'list'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Map || !('is' in value) || value.is === 'fields') return 'map'
  return (
    { optional: 'optional_type', duration: 'google.protobuf.Duration', timestamp: 'google.protobuf.Timestamp' }[
      value.is as 'optional'
    ] ?? `kubernetes.${value.is}`
  )
}
