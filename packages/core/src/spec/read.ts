/**
 * Reading a spec by its layout, as leniently as upstream's JSON reader: numbers as text, text as numbers where they are ones, null
 * as missing. What cannot be read is left out and told. Total on any input.
 */
import { perObject } from '../memo.ts'
import { schemaOfKey, type StructuralSchema } from '@drey/schema'
import type { Kind, Layout } from './layout.ts'

export type Json = Record<string, unknown>

export interface Unreadable {
  path: string
  /** what was expected instead: `a whole number`, `one of native, standalone` */
  expected: string
}

/** The readable members of `value`; members the layout does not know stay as they are. */
export const readSpec = <Spec>(
  value: unknown,
  layout: Layout,
  path = 'spec',
): { spec: Spec; unreadable: Unreadable[] } => {
  const unreadable: Unreadable[] = []
  const spec = readMembers(value, layout, path, unreadable) ?? {}
  return { spec: spec as Spec, unreadable }
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readMembers = (value: unknown, layout: Layout, path: string, unreadable: Unreadable[]): Json | undefined => {
  if (value === null || value === undefined) return undefined
  if (!isJson(value)) return tell(unreadable, path, 'an object')
  const result: Json = {}
  const kinds = kindsOf(layout)
  for (const [name, member] of Object.entries(value)) {
    if (member === null || member === undefined) continue
    const kind = kinds.get(name)
    const read = kind === undefined ? member : readKind(member, kind, `${path}.${name}`, unreadable)
    if (read === undefined) continue
    if (name !== '__proto__') result[name] = read
    else Object.defineProperty(result, name, { value: read, enumerable: true, configurable: true, writable: true })
  }
  return result
}

const kindsOf = perObject((layout: Layout) => new Map(layout.map(([name, kind]) => [name, kind])))

const readKind = (value: unknown, kind: Kind, path: string, unreadable: Unreadable[]): unknown => {
  if (typeof kind === 'string') return readScalarOrMap(value, kind, path, unreadable)
  if ('members' in kind) return readMembers(value, kind.members, path, unreadable)
  if ('each' in kind) return readEach(value, kind.each, path, unreadable)
  if ('words' in kind)
    return typeof value === 'string' && kind.words.includes(value)
      ? value
      : tell(unreadable, path, `one of ${kind.words.join(', ')}`)
  const misfits = misfitsOf(kind.model, value, path)
  unreadable.push(...misfits)
  return misfits.length === 0 ? value : undefined
}

/**
 * Where lists, objects and scalars of a Kubernetes object are mixed up. Scalars among themselves are converted upstream, and the API
 * server has judged them by the CRD before.
 */
const misfitsOf = (schema: StructuralSchema | undefined, value: unknown, path: string): Unreadable[] => {
  if (schema === undefined || value === null || value === undefined) return []
  if (schema.type === 'array')
    return Array.isArray(value)
      ? value.flatMap((item, index) => misfitsOf(schema.items, item, `${path}[${index}]`))
      : [{ path, expected: 'a list' }]
  if (schema.type === 'object')
    return isJson(value)
      ? Object.entries(value).flatMap(([name, member]) =>
          misfitsOf(schemaOfKey(schema, name), member, `${path}.${name}`),
        )
      : [{ path, expected: 'an object' }]
  return schema.type !== undefined && typeof value === 'object' ? [{ path, expected: 'a plain value' }] : []
}

const readEach = (value: unknown, layout: Layout, path: string, unreadable: Unreadable[]): unknown =>
  Array.isArray(value)
    ? value.flatMap((entry, index) => readMembers(entry, layout, `${path}[${index}]`, unreadable) ?? [])
    : tell(unreadable, path, 'a list')

const readScalarOrMap = (
  value: unknown,
  kind: Exclude<Kind, object>,
  path: string,
  unreadable: Unreadable[],
): unknown => {
  switch (kind) {
    case 'text':
      return scalarText(value) ?? tell(unreadable, path, 'text')
    case 'int':
      return wholeNumber(value, 2 ** 31) ?? tell(unreadable, path, 'a whole number of 32 bits')
    case 'long':
      return wholeNumber(value, 2 ** 63) ?? tell(unreadable, path, 'a whole number')
    case 'double':
      return numberOf(value) ?? tell(unreadable, path, 'a number')
    case 'flag':
      return flagOf(value) ?? tell(unreadable, path, 'true or false')
    case 'texts':
      return readTexts(value, path, unreadable)
    case 'text map':
      return readTextMap(value, path, unreadable)
    case 'configuration':
    case 'object':
      return isJson(value) ? value : tell(unreadable, path, 'an object')
  }
}

const readTexts = (value: unknown, path: string, unreadable: Unreadable[]): unknown => {
  if (!Array.isArray(value)) return tell(unreadable, path, 'a list of texts')
  const texts = value.map((part) => (part === null ? null : scalarText(part)))
  return texts.includes(undefined) ? tell(unreadable, path, 'a list of texts') : texts
}

const readTextMap = (value: unknown, path: string, unreadable: Unreadable[]): unknown => {
  if (!isJson(value)) return tell(unreadable, path, 'a map of texts')
  // An entry with a null value stays: what counts may be the key alone.
  const entries = Object.entries(value).map(([key, part]) => [key, part === null ? null : scalarText(part)] as const)
  return entries.some(([, text]) => text === undefined)
    ? tell(unreadable, path, 'a map of texts')
    : Object.fromEntries(entries)
}

const scalarText = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined

const wholeNumber = (value: unknown, bound: number): number | undefined => {
  const number = typeof value === 'string' ? (/^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : Number.NaN) : value
  if (typeof number !== 'number' || Number.isNaN(number)) return undefined
  const whole = Math.trunc(number)
  return whole >= -bound && whole < bound ? whole : undefined
}

const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'string')
    return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : undefined
  return typeof value === 'number' ? value : undefined
}

const flagOf = (value: unknown): boolean | undefined => {
  if (value === 'true' || value === 'True' || value === 'TRUE') return true
  if (value === 'false' || value === 'False' || value === 'FALSE') return false
  return typeof value === 'boolean'
    ? value
    : typeof value === 'number' && Number.isInteger(value)
      ? value !== 0
      : undefined
}

const tell = (unreadable: Unreadable[], path: string, expected: string): undefined => {
  unreadable.push({ path, expected })
  return undefined
}
