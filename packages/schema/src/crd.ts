/** Writes a CRD from a declaration: the schema without our own keys, rules where they belong, columns, subresources. */
import { ownKeys, type StructuralSchema, type ValidationRule } from './structural.ts'

/** What a CRD is made of. The declaration of a resource satisfies this. */
export interface CrdSource {
  readonly type: {
    readonly group: string
    readonly version: string
    readonly resource: string
    readonly kind: string
    readonly namespaced: boolean
  }
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly description: string
  readonly spec: StructuralSchema
  readonly status: StructuralSchema
  readonly columns: readonly {
    readonly name: string
    readonly type: string
    readonly jsonPath: string
    readonly description?: string
  }[]
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** CEL rules with the path of the schema node they belong to, `spec.job` for example */
  readonly rules?: readonly ({ readonly at: string } & ValidationRule)[]
}

export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1'
  kind: 'CustomResourceDefinition'
  metadata: { name: string; annotations?: Record<string, string>; labels?: Record<string, string> }
  spec: {
    group: string
    scope: 'Namespaced' | 'Cluster'
    names: { kind: string; plural: string; singular: string; shortNames?: string[] }
    versions: {
      name: string
      served: boolean
      storage: boolean
      schema: { openAPIV3Schema: StructuralSchema }
      subresources?: { status?: Record<string, never>; scale?: CrdSource['scale'] }
      additionalPrinterColumns?: CrdSource['columns'][number][]
    }[]
  }
  [field: string]: unknown
}

/** The CRD of a declared resource: one version, served and stored, with a status subresource. */
export const customResourceDefinition = (
  source: CrdSource,
  { rules = true }: { rules?: boolean } = {},
): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${source.type.resource}.${source.type.group}` },
  spec: {
    group: source.type.group,
    scope: source.type.namespaced ? 'Namespaced' : 'Cluster',
    names: {
      kind: source.type.kind,
      plural: source.type.resource,
      singular: source.singular,
      shortNames: [...source.shortNames],
    },
    versions: [
      {
        name: source.type.version,
        served: true,
        storage: true,
        additionalPrinterColumns: source.columns.map((column) => ({ ...column })),
        schema: {
          openAPIV3Schema: wireSchema(
            {
              type: 'object',
              description: source.description,
              properties: { spec: source.spec, status: source.status },
            },
            rules ? (source.rules ?? []) : [],
          ),
        },
        subresources: { status: {}, ...(source.scale ? { scale: { ...source.scale } } : {}) },
      },
    ],
  },
})

/** A schema as a cluster may see it: plain JSON, our own keys dropped, rules attached at their paths. */
export const wireSchema = (
  schema: StructuralSchema,
  rules: readonly ({ readonly at: string } & ValidationRule)[] = [],
  path = '',
): StructuralSchema => {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (ownKeys.has(key)) continue
    if (key === 'properties')
      out[key] = Object.fromEntries(
        Object.entries(value as Record<string, StructuralSchema>).map(([name, own]) => [
          name,
          wireSchema(own, rules, path === '' ? name : `${path}.${name}`),
        ]),
      )
    else if (key === 'items') out[key] = wireSchema(value as StructuralSchema, rules, `${path}[]`)
    else if (key === 'additionalProperties' && typeof value === 'object')
      out[key] = wireSchema(value as StructuralSchema, rules, `${path}{}`)
    else out[key] = Array.isArray(value) ? [...(value as unknown[])] : value
  }
  const own = rules.filter((rule) => rule.at === path)
  if (own.length > 0) out['x-kubernetes-validations'] = own.map(({ at: _at, ...rule }) => rule)
  return out
}
