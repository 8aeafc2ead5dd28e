/** Writing a spec as upstream's JSON writer does: fixed order of members, null for what is missing, Java's text for doubles. */
import { javaDouble, printNumber } from '@drey/api'
import { schemaOfKey, type StructuralSchema } from '@drey/schema'
import type { Kind, Layout } from './layout.ts'
import { isJson, type Json } from './read.ts'

/** The JSON text of an object by its layout; members that the layout does not know come last, as they are. */
export const writeMembers = (value: Json, layout: Layout): string => {
  const known = layout.map(([name, kind, assumed]) => {
    const member = value[name] ?? assumed
    return pair(name, member === null || member === undefined ? 'null' : writeKind(member, kind))
  })
  const names = new Set(layout.map(([name]) => name))
  const unknown = Object.entries(value).filter(([name, member]) => !names.has(name) && member !== undefined)
  return braces([...known, ...unknown.map(([name, member]) => pair(name, writeAny(member)))])
}

/** Any JSON value, numbers as Java writes them. Nothing is written below a depth that no configuration has and no stack would survive. */
export const writeAny = (value: unknown, depth = 0): string => {
  if (depth > DEEPEST) return 'null'
  if (Array.isArray(value)) return `[${value.map((item) => writeAny(item, depth + 1)).join(',')}]`
  if (isJson(value))
    return braces(Object.entries(value).map(([name, member]) => pair(name, writeAny(member, depth + 1))))
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'number') return writeNumber(value, printNumber)
  return typeof value === 'boolean' ? String(value) : 'null'
}

const DEEPEST = 500

const writeKind = (value: unknown, kind: Kind): string => {
  if (kind === 'double' && typeof value === 'number') return writeNumber(value, javaDouble)
  if (typeof kind === 'object' && 'members' in kind && isJson(value)) return writeMembers(value, kind.members)
  if (typeof kind === 'object' && 'model' in kind) return writeModel(value, kind.model, '')
  return writeAny(value)
}

// A Kubernetes object as its Java model writes it: these three first, then the others by name.
const FIRST = ['apiVersion', 'kind', 'metadata']
const LAST_OF_TEMPLATE = ['apiVersion', 'kind', 'status']
const QUANTITY_MAPS = new Set(['limits', 'requests', 'capacity', 'allocatable', 'overhead', 'allocatedResources'])
const QUANTITIES = new Set(['sizeLimit', 'divisor'])

const writeModel = (value: unknown, schema: StructuralSchema | undefined, name: string): string => {
  // Beyond the schema there is nothing that needs a model's order.
  if (schema === undefined) return writeAny(value)
  if (Array.isArray(value)) return `[${value.map((item) => writeModel(item, schema?.items, name)).join(',')}]`
  if (!isJson(value))
    return QUANTITIES.has(name) && typeof value === 'number' ? writeText(String(value)) : writeAny(value)
  const isMap = schema?.properties === undefined
  const written = Object.entries(value)
    .filter(
      ([key, member]) =>
        member !== null && member !== undefined && !isEmptied(member, schema && schemaOfKey(schema, key)),
    )
    .map(([key, member]) => {
      const below = schema && schemaOfKey(schema, key)
      const quantity = isMap && QUANTITY_MAPS.has(name) && typeof member === 'number'
      return [key, pair(key, quantity ? writeText(String(member)) : writeModel(member, below, key))] as const
    })
  if (isMap) return braces(written.map(([, text]) => text))
  const isTemplate = name === '' && schema?.properties?.['spec'] !== undefined
  const rank = (key: string): number =>
    isTemplate && LAST_OF_TEMPLATE.includes(key)
      ? 9
      : FIRST.includes(key)
        ? FIRST.indexOf(key)
        : schema?.properties?.[key]
          ? 3
          : 8
  return braces(written.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)).map(([, text]) => text))
}

/** Lists and maps without entries are left out; objects without members (`emptyDir: {}`) say something and stay. */
const isEmptied = (value: unknown, schema: StructuralSchema | undefined): boolean =>
  (Array.isArray(value) && value.length === 0) ||
  (isJson(value) && Object.keys(value).length === 0 && typeof schema?.additionalProperties === 'object')

/** JSON has no infinity (`1e999` reads as one); Jackson writes such numbers as text. */
const writeNumber = (value: number, print: (value: number) => string): string =>
  Number.isFinite(value) ? print(value) : writeText(javaDouble(value))

const pair = (name: string, text: string): string => `${writeText(name)}:${text}`
const braces = (pairs: readonly string[]): string => `{${pairs.join(',')}}`

/** A JSON string; control characters in upper-case hex, which is where Jackson and JavaScript differ. */
const writeText = (text: string): string =>
  JSON.stringify(text).replaceAll(/\\(?:u([0-9a-f]{4})|.)/g, (whole, hex: string | undefined) =>
    hex ? `\\u${hex.toUpperCase()}` : whole,
  )
