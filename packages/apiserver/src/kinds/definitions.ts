/** CustomResourceDefinitions as objects: defaults and validation. What they make served is `crd.ts`. */
import { duplicateValue, forbiddenField, invalidValue, required, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const definitions: Strategy = {
  status: true,
  generation: true,
  endsWith: 'customresourcecleanup.apiextensions.k8s.io',
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    const names: Json = (spec['names'] ??= {})
    spec['conversion'] ??= { strategy: 'None' }
    names['singular'] ??= String(names['kind'] ?? '').toLowerCase()
    names['listKind'] ??= `${names['kind'] ?? ''}List`
    for (const version of spec['versions'] ?? []) if (version.subresources?.scale === null) delete version.subresources.scale
  },
  create(draft) {
    const spec: Json = draft['spec']
    draft['status'] = { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: (spec['versions'] ?? []).filter((one: Json) => one['storage']).map((one: Json) => one['name']) }
  },
  update(draft, old) {
    const stored: string[] = [...(((old['status'] as Json | undefined)?.['storedVersions'] as string[]) ?? [])]
    const storage = (draft['spec'].versions ?? []).find((one: Json) => one['storage'])?.name
    if (storage && !stored.includes(storage)) draft['status'] = { ...draft['status'], storedVersions: [...stored, storage] }
  },
  validate(draft, old) {
    const spec: Json = draft['spec']
    const { names } = spec
    const causes: Cause[] = []
    if (!spec['group']) causes.push(required('spec.group'))
    if (!spec['versions']?.length) causes.push(required('spec.versions'))
    if (!names.plural) causes.push(required('spec.names.plural'))
    if (!names.kind) causes.push(required('spec.names.kind'))
    if (!['Namespaced', 'Cluster'].includes(spec['scope'])) causes.push(spec['scope'] ? { reason: 'FieldValueNotSupported', message: `Unsupported value: "${spec['scope']}": supported values: "Cluster", "Namespaced"`, field: 'spec.scope' } : required('spec.scope'))
    const name = `${names.plural}.${spec['group']}`
    if (draft.metadata.name !== name) causes.push(invalidValue('metadata.name', draft.metadata.name, `must be spec.names.plural+"."+spec.group`))
    const seen = new Set<string>()
    for (const [index, version] of (spec['versions'] ?? []).entries()) {
      if (seen.has(version.name)) causes.push(duplicateValue(`spec.versions[${index}].name`, version.name))
      seen.add(version.name)
      if (!version.schema?.openAPIV3Schema) causes.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'))
      else causes.push(...structuralProblems(version.schema.openAPIV3Schema, `spec.versions[${index}].schema.openAPIV3Schema`, true))
    }
    const stored = (spec['versions'] ?? []).filter((one: Json) => one['storage']).length
    if (spec['versions']?.length && stored !== 1) causes.push(invalidValue('spec.versions', spec['versions'].map((one: Json) => one['name']), 'must have exactly one version marked as storage version'))
    if (old) {
      const was = old['spec'] as Json
      for (const field of ['group', 'scope'] as const) if (!equalJson(spec[field], was[field])) causes.push(invalidValue(`spec.${field}`, spec[field], 'field is immutable'))
      if (names.kind !== was['names'].kind) causes.push(invalidValue('spec.names.kind', names.kind, 'field is immutable'))
      const dropped = (((old['status'] as Json | undefined)?.['storedVersions'] as string[]) ?? []).filter((one) => !seen.has(one))
      for (const one of dropped) causes.push(invalidValue('status.storedVersions[0]', one, 'missing from spec.versions; '.replace('; ', '')))
    }
    return causes
  },
}

/** What makes a schema not structural, as far as people meet it. */
const structuralProblems = (schema: Json, at: string, root = false): Cause[] => {
  const causes: Cause[] = []
  const free = schema['x-kubernetes-preserve-unknown-fields'] || schema['x-kubernetes-int-or-string']
  if (!schema['type'] && !free) causes.push(required(`${at}.type`, root ? 'must not be empty at the root' : 'must not be empty for specified object fields'))
  if (root && schema['type'] && schema['type'] !== 'object') causes.push(invalidValue(`${at}.type`, schema['type'], 'must be object at the root'))
  if (schema['properties'] && schema['additionalProperties'])
    causes.push(forbiddenField(`${at}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'))
  if (schema['type'] === 'array' && !schema['items']) causes.push(required(`${at}.items`, 'must be specified'))
  if (schema['x-kubernetes-list-type'] === 'map' && !schema['x-kubernetes-list-map-keys']?.length)
    causes.push(required(`${at}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'))
  for (const [key, one] of Object.entries<Json>(schema['properties'] ?? {})) causes.push(...structuralProblems(one, `${at}.properties[${key}]`))
  if (schema['items'] && typeof schema['items'] === 'object') causes.push(...structuralProblems(schema['items'], `${at}.items`))
  if (schema['additionalProperties'] && typeof schema['additionalProperties'] === 'object') causes.push(...structuralProblems(schema['additionalProperties'], `${at}.additionalProperties`))
  return causes
}
