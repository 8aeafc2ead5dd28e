/** CustomResourceDefinitions as objects: defaults and validation. What they make served is `crd.ts`. */
import { duplicateValue, invalidValue, required, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import { schemaProblems, type StructuralSchema } from '@drey/schema'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const definitions: Strategy = {
  status: true,
  generation: true,
  versionRequired: true,
  endsWith: 'customresourcecleanup.apiextensions.k8s.io',
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    const names: Json = (spec['names'] ??= {})
    spec['conversion'] ??= { strategy: 'None' }
    names['singular'] ??= String(names['kind'] ?? '').toLowerCase()
    names['listKind'] ??= `${names['kind'] ?? ''}List`
    for (const version of spec['versions'] ?? [])
      if (version.subresources?.scale === null) delete version.subresources.scale
  },
  create(draft) {
    const spec: Json = draft['spec']
    draft['status'] = {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: (spec['versions'] ?? []).filter((one: Json) => one['storage']).map((one: Json) => one['name']),
    }
  },
  update(draft, old) {
    const stored: string[] = [...(((old['status'] as Json | undefined)?.['storedVersions'] as string[]) ?? [])]
    const storage = (draft['spec'].versions ?? []).find((one: Json) => one['storage'])?.name
    if (storage && !stored.includes(storage))
      draft['status'] = { ...draft['status'], storedVersions: [...stored, storage] }
  },
  validate(draft, old) {
    const spec: Json = draft['spec']
    const { names } = spec
    const causes: Cause[] = []
    if (!spec['group']) causes.push(required('spec.group'))
    if (!spec['versions']?.length) causes.push(required('spec.versions'))
    if (!names.plural) causes.push(required('spec.names.plural'))
    if (!names.kind) causes.push(required('spec.names.kind'))
    if (!['Namespaced', 'Cluster'].includes(spec['scope']))
      causes.push(
        spec['scope']
          ? {
              reason: 'FieldValueNotSupported',
              message: `Unsupported value: "${spec['scope']}": supported values: "Cluster", "Namespaced"`,
              field: 'spec.scope',
            }
          : required('spec.scope'),
      )
    const name = `${names.plural}.${spec['group']}`
    if (draft.metadata.name !== name)
      causes.push(invalidValue('metadata.name', draft.metadata.name, `must be spec.names.plural+"."+spec.group`))
    const seen = new Set<string>()
    for (const [index, version] of (spec['versions'] ?? []).entries()) {
      if (seen.has(version.name)) causes.push(duplicateValue(`spec.versions[${index}].name`, version.name))
      seen.add(version.name)
      if (!version.schema?.openAPIV3Schema)
        causes.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'))
      else if (!knownSchema(old, version))
        causes.push(...schemaCauses(version.schema.openAPIV3Schema, schemaPath(spec, index)))
    }
    const stored = (spec['versions'] ?? []).filter((one: Json) => one['storage']).length
    if (spec['versions']?.length && stored !== 1)
      causes.push(
        invalidValue(
          'spec.versions',
          spec['versions'].map((one: Json) => one['name']),
          'must have exactly one version marked as storage version',
        ),
      )
    if (old) {
      const was = old['spec'] as Json
      for (const field of ['group', 'scope'] as const)
        if (!equalJson(spec[field], was[field]))
          causes.push(invalidValue(`spec.${field}`, spec[field], 'field is immutable'))
      if (names.kind !== was['names'].kind)
        causes.push(invalidValue('spec.names.kind', names.kind, 'field is immutable'))
      const dropped = (((old['status'] as Json | undefined)?.['storedVersions'] as string[]) ?? []).filter(
        (one) => !seen.has(one),
      )
      for (const one of dropped)
        causes.push(invalidValue('status.storedVersions[0]', one, 'missing from spec.versions; '.replace('; ', '')))
    }
    return causes
  },
}

/** Where the API server says a schema stands; a lone version's it takes for the schema of the whole CRD. */
const schemaPath = (spec: Json, index: number): string =>
  spec['versions'].length === 1 ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`

/** A schema that is stored already is not judged again. */
const knownSchema = (old: Json | undefined, version: Json): boolean =>
  ((old?.['spec']?.versions ?? []) as Json[]).some(
    (one) => one['name'] === version['name'] && equalJson(one['schema'], version['schema']),
  )

const schemaCauses = (schema: StructuralSchema, at: string): Cause[] =>
  schemaProblems(schema, at).map((problem) => ({ reason: problem.type, message: problem.body, field: problem.path }))
