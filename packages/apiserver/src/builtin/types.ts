/**
 * The built-in Kubernetes types as facts: field names, wire numbers, types and list semantics. One table serves protobuf
 * decoding, OpenAPI documents and strategic merge.
 *
 * `types.json` (written by `scripts/builtin-facts.ts`) maps a type name, for example `api.core.v1.Container`, to its fields.
 * A field is one line: wire number (`2.4`: through the embedded message in field 2; `-`: not on the wire), type, flags.
 * Types: `[]T` list, `{}T` map with string keys, `T!` required, `T?` a scalar whose
 * zero value differs from its absence; scalars `string int32 int64 double bool bytes time microtime
 * quantity intstr raw json any`; anything else names a type. Flags: `atomic`, `set`, `granular`, `map:key,…` (list type),
 * `patch:strategy:key` (strategic merge), `default:JSON`, `enum:a|b`.
 */
import facts from './types.json' with { type: 'json' }

export interface BuiltinField {
  name: string
  /** wire numbers from the outer message inwards; empty when the field is never on the wire */
  numbers: readonly number[]
  type: FieldType
  required: boolean
  /** 0, false and '' say something else than nothing; other optional scalars leave their zero value out of JSON */
  zeroMatters: boolean
  listType?: 'atomic' | 'set' | 'map'
  listMapKeys?: readonly string[]
  atomicMap?: boolean
  patchStrategy?: string
  patchMergeKey?: string
  default?: unknown
  choices?: readonly string[]
}

export type FieldType = { list: FieldType } | { map: FieldType } | { scalar: string } | { ref: string }

export interface BuiltinType {
  name: string
  /** `group/version/Kind`, group empty for core; absent for parts */
  gvk: readonly string[]
  atomic: boolean
  /** set where the JSON form is a scalar or a list instead of an object */
  is?: FieldType
  fields: readonly BuiltinField[]
}

interface Fact {
  gvk?: string[]
  atomic?: boolean
  is?: string
  fields?: Record<string, string>
}

const table = facts as unknown as Record<string, Fact>
const parsed = new Map<string, BuiltinType>()

export const builtinTypeNames = (): readonly string[] => Object.keys(table)

/** The type of that name, parsed on first use. */
export const builtinType = (name: string): BuiltinType | undefined => {
  const known = parsed.get(name)
  if (known) return known
  const fact = Object.hasOwn(table, name) ? table[name] : undefined
  if (!fact) return undefined
  const type: BuiltinType = {
    name,
    gvk: fact.gvk ?? [],
    atomic: fact.atomic ?? false,
    ...(fact.is ? { is: parseType(fact.is) } : {}),
    fields: Object.entries(fact.fields ?? {}).map(([field, line]) => parseField(field, line)),
  }
  parsed.set(name, type)
  return type
}

let byKind: Map<string, string> | undefined

/** The name of the type that has this apiVersion and kind, for example `apps/v1`, `Deployment`. */
export const builtinTypeNameOf = (apiVersion: string, kind: string): string | undefined => {
  if (!byKind) {
    byKind = new Map()
    for (const [name, fact] of Object.entries(table)) for (const gvk of fact.gvk ?? []) byKind.set(gvk, name)
  }
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return byKind.get(`${group}/${version}/${kind}`)
}

const scalars = new Set(
  'string int32 int64 double bool bytes time microtime quantity intstr raw json any object schemaorbool schemaorarray schemaorstrings'.split(
    ' ',
  ),
)

const parseType = (text: string): FieldType => {
  if (text.startsWith('[]')) return { list: parseType(text.slice(2)) }
  if (text.startsWith('{}')) return { map: parseType(text.slice(2)) }
  return scalars.has(text) ? { scalar: text } : { ref: text }
}

const parseField = (name: string, line: string): BuiltinField => {
  const [numbers = '-', typeText = 'any', ...flags] = splitFlags(line)
  const required = typeText.endsWith('!')
  const field: BuiltinField = {
    name,
    numbers: numbers === '-' ? [] : numbers.split('.').map(Number),
    type: parseType(typeText.replace(/[!?]$/, '')),
    required,
    zeroMatters: required || typeText.endsWith('?'),
  }
  const isList = 'list' in field.type
  for (const flag of flags) {
    if (flag === 'atomic' && isList) field.listType = 'atomic'
    else if (flag === 'atomic') field.atomicMap = true
    else if (flag === 'set') field.listType = 'set'
    else if (flag.startsWith('map:')) {
      field.listType = 'map'
      field.listMapKeys = flag.slice(4).split(',')
    } else if (flag.startsWith('patch:')) {
      const [, strategy = '', key] = flag.split(':')
      field.patchStrategy = strategy
      if (key) field.patchMergeKey = key
    } else if (flag.startsWith('default:')) field.default = JSON.parse(flag.slice(8))
    else if (flag.startsWith('enum:')) field.choices = flag.slice(5).split('|')
  }
  return field
}

/** `default:` holds JSON that may contain spaces; no other flag does. */
const splitFlags = (line: string): string[] => {
  const at = line.indexOf(' default:')
  if (at < 0) return line.split(' ')
  const tail = line.slice(at + 1)
  const end = tail.indexOf(' enum:')
  return [...line.slice(0, at).split(' '), ...(end < 0 ? [tail] : [tail.slice(0, end), tail.slice(end + 1)])]
}
