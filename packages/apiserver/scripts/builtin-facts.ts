/**
 * Writes `src/builtin/types.json`: names, wire numbers, types and list semantics of the built-in Kubernetes types.
 *
 *   node scripts/builtin-facts.ts OPENAPI_DIR MODULES_DIR
 *
 * OPENAPI_DIR holds the OpenAPI v3 documents of a kube-apiserver (one `*.json` per group version, `kubectl get --raw
 * /openapi/v3/…`), MODULES_DIR the checked-out modules `api`, `apimachinery` … with their `generated.proto` files. Only
 * facts are kept; every sentence is left out. The grammar of an entry is explained in `src/builtin/types.ts`.
 */
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [openapiDir, modulesDir] = process.argv.slice(2)
if (!openapiDir || !modulesDir) throw new Error('usage: builtin-facts.ts OPENAPI_DIR MODULES_DIR')

type Schema = Record<string, any>
const schemas: Record<string, Schema> = {}
for (const file of readdirSync(openapiDir)
  .filter((name) => name.endsWith('.json'))
  .sort()) {
  const document = JSON.parse(readFileSync(join(openapiDir, file), 'utf8'))
  Object.assign(schemas, document.components?.schemas ?? {})
}

interface ProtoField {
  name: string
  number: number
  type: string
}
const messages: Record<string, ProtoField[]> = {}
const protoFiles = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return protoFiles(path)
    return name === 'generated.proto' ? [path] : []
  })
for (const path of protoFiles(modulesDir)) {
  const text = readFileSync(path, 'utf8').replace(/\/\/.*$/gm, '')
  const pkg = /^package ([\w.]+);/m.exec(text)?.[1]
  if (!pkg) continue
  for (const message of text.matchAll(/^message (\w+) \{([^}]*)\}/gm)) {
    const fields: ProtoField[] = []
    for (const f of message[2]!.matchAll(/(?:optional |repeated )?(map<[^>]+>|\.?[\w.]+) (\w+) = (\d+);/g)) {
      const type = f[1]!.startsWith('.') ? f[1]!.slice(1) : f[1]!
      const full =
        /^(map<|string$|bytes$|bool$|int32$|int64$|double$)/.test(type) || type.includes('.') ? type : `${pkg}.${type}`
      fields.push({ name: f[2]!, number: Number(f[3]), type: full.replace(/^k8s\.io\./, '').replaceAll('_', '-') })
    }
    messages[`${pkg.replace(/^k8s\.io\./, '').replaceAll('_', '-')}.${message[1]}`] = fields
  }
}

/** `api.core.v1.Probe/terminationGracePeriodSeconds`: fields that are pointers in Go, whose zero differs from their absence. */
const pointers = new Set<string>()
const goFiles = (dir: string): string[] =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return goFiles(path)
    return /^types.*\.go$/.test(name) ? [path] : []
  })
for (const path of goFiles(modulesDir)) {
  const pkg = path.slice(modulesDir.length).split('/').filter(Boolean).slice(0, -1).join('.')
  for (const struct of readFileSync(path, 'utf8').matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
    for (const field of struct[2]!.matchAll(/^\t\w+\s+\*[\w.]+\s+`[^`]*json:"([^",]+)/gm))
      pointers.add(`${pkg}.${struct[1]}/${field[1]}`)
}

const short = (ref: string): string => ref.replace('#/components/schemas/', '').replace(/^io\.k8s\./, '')
/** Types whose JSON form is not an object: they get a scalar's name. */
const special: Record<string, string> = {
  'apimachinery.pkg.apis.meta.v1.Time': 'time',
  'apimachinery.pkg.apis.meta.v1.MicroTime': 'microtime',
  'apimachinery.pkg.api.resource.Quantity': 'quantity',
  'apimachinery.pkg.util.intstr.IntOrString': 'intstr',
  'apimachinery.pkg.runtime.RawExtension': 'raw',
  'apimachinery.pkg.apis.meta.v1.FieldsV1': 'raw',
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'json',
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'schemaorbool',
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'schemaorarray',
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'schemaorstrings',
}

const refOf = (schema: Schema): string | undefined => schema['$ref'] ?? schema['allOf']?.[0]?.['$ref']
const typeOf = (schema: Schema): string => {
  const ref = refOf(schema)
  if (ref) return special[short(ref)] ?? short(ref)
  if (schema['type'] === 'array') return `[]${typeOf(schema['items'])}`
  if (schema['type'] === 'object')
    return schema['additionalProperties'] ? `{}${typeOf(schema['additionalProperties'])}` : 'object'
  if (schema['type'] === 'integer') return schema['format'] ?? 'int64'
  if (schema['type'] === 'number') return 'double'
  if (schema['type'] === 'boolean') return 'bool'
  if (schema['type'] === 'string') return schema['format'] === 'byte' ? 'bytes' : 'string'
  return 'any'
}

const isScalar = (schema: Schema): boolean => /^(string|int32|int64|double|bool)$/.test(typeOf(schema))

const flagsOf = (schema: Schema): string[] => {
  const flags: string[] = []
  const list = schema['x-kubernetes-list-type']
  if (list) flags.push(list === 'map' ? `map:${schema['x-kubernetes-list-map-keys'].join(',')}` : list)
  if (schema['x-kubernetes-map-type'] === 'atomic') flags.push('atomic')
  const strategy = schema['x-kubernetes-patch-strategy']
  const key = schema['x-kubernetes-patch-merge-key']
  if (strategy) flags.push(`patch:${strategy}${key ? `:${key}` : ''}`)
  const fallback = schema['default']
  if (
    fallback !== undefined &&
    fallback !== '' &&
    JSON.stringify(fallback) !== '{}' &&
    fallback !== 0 &&
    fallback !== false
  )
    flags.push(`default:${JSON.stringify(fallback)}`)
  const choices = schema['enum'] ?? schema['items']?.['enum']
  if (choices) flags.push(`enum:${choices.join('|')}`)
  return flags
}

const jsonName = (proto: string): string =>
  proto.startsWith('xKubernetes') ? proto.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) : proto
const aliases: Record<string, Record<string, string>> = {
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps': { ref: '$ref', schema: '$schema' },
}
/** The number path of every JSON field: fields of embedded messages carry the path through the embedding field. */
const numbersOf = (
  message: string,
  properties: Schema,
  prefix = '',
): Record<string, { number: string; pointer: boolean }> => {
  const found: Record<string, { number: string; pointer: boolean }> = {}
  for (const field of messages[message] ?? []) {
    const wanted = aliases[message]?.[field.name] ?? jsonName(field.name)
    // a few wire names differ from the JSON name in case only (`Webhooks`, `uID`)
    const name =
      wanted in properties ? wanted : Object.keys(properties).find((key) => key.toLowerCase() === wanted.toLowerCase())
    if (name !== undefined)
      found[name] ??= { number: `${prefix}${field.number}`, pointer: pointers.has(`${message}/${name}`) }
    else if (messages[field.type]) Object.assign(found, numbersOf(field.type, properties, `${prefix}${field.number}.`))
  }
  return found
}

const types: Record<string, unknown> = {}
for (const [name, schema] of Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))) {
  const key = short(name)
  if (special[key] || !name.startsWith('io.k8s.')) continue
  const properties: Schema = schema['properties'] ?? {}
  const numbers = numbersOf(key, properties)
  const required: string[] = schema['required'] ?? []
  const fields: Record<string, string> = {}
  for (const [field, value] of Object.entries(properties))
    fields[field] = [
      numbers[field]?.number ?? '-',
      typeOf(value as Schema) +
        (required.includes(field) ? '!' : isScalar(value as Schema) && numbers[field]?.pointer ? '?' : ''),
      ...flagsOf(value as Schema),
    ].join(' ')
  const gvk = (schema['x-kubernetes-group-version-kind'] ?? []) as { group: string; version: string; kind: string }[]
  types[key] = {
    ...(gvk.length && gvk.length < 5 ? { gvk: gvk.map((g) => [g.group, g.version, g.kind].join('/')) } : {}),
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {}),
    ...(schema['type'] !== 'object' ? { is: typeOf(schema) } : {}),
    ...(Object.keys(fields).length ? { fields } : {}),
  }
}
writeFileSync(new URL('../src/builtin/types.json', import.meta.url), JSON.stringify(types, undefined, 1) + '\n')
console.log(`${Object.keys(types).length} types`)
