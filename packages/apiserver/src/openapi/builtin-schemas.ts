/** Schemas of the built-in types and of everything they refer to. */
import type { ResourceInfo } from '../api-server.ts'
import { builtinType, type BuiltinField, type BuiltinType, type FieldType } from '../builtin/types.ts'
import { fieldSentence, kindSentence } from './descriptions.ts'

type Schema = Record<string, unknown>

export const fullName = (typeName: string): string => `io.k8s.${typeName}`
const metaKinds = new Set(['apimachinery.pkg.apis.meta.v1.DeleteOptions', 'apimachinery.pkg.apis.meta.v1.Status'])

/** `roots` and all types reachable from them, by full name. `infos` tell for which kinds options and Status are spoken. */
export const builtinSchemas = (roots: Iterable<string>, infos: readonly ResourceInfo[]): Record<string, Schema> => {
  const schemas: Record<string, Schema> = {}
  const todo = [...roots]
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const full = fullName(name)
    if (schemas[full]) continue
    const scalar = scalarByName.get(name)
    if (scalar) schemas[full] = scalar
    const type = builtinType(name)
    if (!type) continue
    schemas[full] = schemaOf(type, (other) => todo.push(other))
    if (metaKinds.has(name)) {
      const kind = name.slice(name.lastIndexOf('.') + 1)
      schemas[full]['x-kubernetes-group-version-kind'] = [
        { group: '', version: 'v1', kind },
        ...infos
          .slice(0, 1)
          .filter((info) => info.group)
          .map((info) => ({ group: info.group, version: info.version, kind })),
      ]
    }
  }
  return schemas
}

const schemaOf = (type: BuiltinType, meet: (name: string) => void): Schema => {
  const kind = type.name.slice(type.name.lastIndexOf('.') + 1)
  const sentence = kindSentence(kind)
  const description = sentence ? { description: sentence } : {}
  if (type.is) return { ...description, ...typeSchema(type.is, meet) }
  const required = type.fields.filter((field) => field.required).map((field) => field.name)
  return {
    ...description,
    type: 'object',
    ...(type.fields.length
      ? { properties: Object.fromEntries(type.fields.map((field) => [field.name, fieldSchema(kind, field, meet)])) }
      : {}),
    ...(required.length ? { required } : {}),
    ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(type.gvk.length
      ? {
          'x-kubernetes-group-version-kind': type.gvk.map((gvk) => {
            const [group, version, name] = gvk.split('/')
            return { group, version, kind: name }
          }),
        }
      : {}),
  }
}

const fieldSchema = (kind: string, field: BuiltinField, meet: (name: string) => void): Schema => {
  const inner = typeSchema(field.name === 'fieldsV1' ? { scalar: 'fieldsv1' } : field.type, meet)
  const sentence = fieldSentence(kind, field)
  return {
    ...(sentence ? { description: sentence } : {}),
    // a reference must stand alone, or its neighbours are ignored
    ...('$ref' in inner ? { allOf: [inner] } : inner),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.choices && !('list' in field.type) ? { enum: field.choices } : {}),
    ...(field.listType ? { 'x-kubernetes-list-type': field.listType } : {}),
    ...(field.listMapKeys ? { 'x-kubernetes-list-map-keys': field.listMapKeys } : {}),
    ...(field.atomicMap ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.patchStrategy ? { 'x-kubernetes-patch-strategy': field.patchStrategy } : {}),
    ...(field.patchMergeKey ? { 'x-kubernetes-patch-merge-key': field.patchMergeKey } : {}),
  }
}

const typeSchema = (type: FieldType, meet: (name: string) => void): Schema => {
  if ('list' in type) return { type: 'array', items: typeSchema(type.list, meet) }
  if ('map' in type) return { type: 'object', additionalProperties: typeSchema(type.map, meet) }
  if ('ref' in type) {
    meet(type.ref)
    return { $ref: `#/components/schemas/${fullName(type.ref)}` }
  }
  const named = namedScalars[type.scalar]
  if (!named) return scalarSchemas[type.scalar] ?? { type: 'object' }
  meet(named.name)
  return { $ref: `#/components/schemas/${fullName(named.name)}` }
}

const scalarSchemas: Record<string, Schema> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
}

/** Types whose JSON form is no object, but which documents show by name. */
const extensions = 'apiextensions-apiserver.pkg.apis.apiextensions.v1'
const namedScalars: Record<string, { name: string; schema: Schema }> = {
  quantity: {
    name: 'apimachinery.pkg.api.resource.Quantity',
    schema: {
      description: 'An amount with a unit: `500m`, `2`, `1Gi`.',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  },
  intstr: {
    name: 'apimachinery.pkg.util.intstr.IntOrString',
    schema: {
      description: 'A number, or a text such as a percentage or the name of a port.',
      format: 'int-or-string',
      oneOf: [{ type: 'integer' }, { type: 'string' }],
    },
  },
  raw: { name: 'apimachinery.pkg.runtime.RawExtension', schema: { description: 'Any object.', type: 'object' } },
  fieldsv1: {
    name: 'apimachinery.pkg.apis.meta.v1.FieldsV1',
    schema: { description: 'A set of fields, as a trie.', type: 'object' },
  },
  json: { name: `${extensions}.JSON`, schema: { description: 'Any JSON value.' } },
  schemaorbool: {
    name: `${extensions}.JSONSchemaPropsOrBool`,
    schema: { description: 'A schema, or whether anything is allowed.' },
  },
  schemaorarray: {
    name: `${extensions}.JSONSchemaPropsOrArray`,
    schema: { description: 'A schema, or a list of them.' },
  },
  schemaorstrings: {
    name: `${extensions}.JSONSchemaPropsOrStringArray`,
    schema: { description: 'A schema, or a list of names.' },
  },
}
const scalarByName = new Map(Object.values(namedScalars).map(({ name, schema }) => [name, schema]))
