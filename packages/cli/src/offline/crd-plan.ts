/** What installing our CRDs would change in a cluster, decided from the schemas: no version number tells what a CRD really holds. */
import type { CustomResourceDefinition, StructuralSchema } from '@drey/schema'

export type CrdPlan =
  | { do: 'create' }
  | { do: 'nothing' }
  /** what is there is being deleted, and goes when its objects and its finalizers are gone */
  | { do: 'wait'; finalizers: string[] }
  /** ours knows everything that is there, and more, or says it differently */
  | { do: 'update'; added: string[]; changed: string[] }
  /** what is there knows fields that ours lacks: somebody installed a newer one */
  | { do: 'leave'; missing: string[] }
  /** what is there has no version in common with ours: objects of the one cannot become objects of the other */
  | { do: 'stop'; versions: string[] }

/** Never a step back: a CRD that knows fields we lack is left alone, since objects may carry them. */
export const planCrd = (installed: CustomResourceDefinition | undefined, ours: CustomResourceDefinition): CrdPlan => {
  if (installed === undefined) return { do: 'create' }
  const { deletionTimestamp, finalizers = [] } = installed.metadata as Leaving
  if (deletionTimestamp !== undefined) return { do: 'wait', finalizers }
  const theirs = versionsOf(installed)
  if (!theirs.some((version) => versionsOf(ours).includes(version))) return { do: 'stop', versions: theirs }
  const [before, after] = [fieldsOf(installed), fieldsOf(ours)]
  const open = [...after].filter(([, { isFree }]) => isFree).map(([path]) => path)
  const isKept = (path: string) => after.has(path) || open.some((above) => isBelow(path, above)) || isRetired(path)
  const missing = [...before.keys()].filter((path) => !isKept(path))
  if (missing.length > 0) return { do: 'leave', missing }
  const added = [...after.keys()].filter((path) => !before.has(path))
  const changed = [...after]
    .filter(([path, { facts }]) => before.has(path) && before.get(path)!.facts !== facts)
    .map(([path]) => path)
  const around = aroundFields.filter(({ of }) => JSON.stringify(of(installed)) !== JSON.stringify(of(ours)))
  const differences = [...changed, ...around.map(({ called }) => called)]
  return added.length + differences.length === 0 ? { do: 'nothing' } : { do: 'update', added, changed: differences }
}

interface Leaving {
  deletionTimestamp?: string
  finalizers?: string[]
}

/** Fields of pods that Kubernetes itself took away again; CRDs of upstream up to 1.12 still list them, later ones do not. */
const RETIRED = [
  /\.metadata\.clusterName$/,
  /\.resourceClaims\[\]\.source(\.|$)/,
  /\.volumeClaimTemplate\.spec\.resources\.claims(\[|$)/,
]
const isRetired = (path: string): boolean => RETIRED.some((retired) => retired.test(path))
const isBelow = (path: string, above: string): boolean => path.startsWith(`${above}.`) || path.startsWith(`${above}[`)
const versionsOf = ({ spec }: CustomResourceDefinition): string[] => spec.versions.map(({ name }) => name)

/** What a user meets besides fields. */
const aroundFields: { called: string; of(crd: CustomResourceDefinition): unknown }[] = [
  {
    called: 'printer columns',
    of: ({ spec }) =>
      spec.versions.map(({ additionalPrinterColumns = [] }) =>
        additionalPrinterColumns.map(({ name, type, jsonPath }) => [name, type, jsonPath]),
      ),
  },
  { called: 'served versions', of: ({ spec }) => spec.versions.map(({ name, served }) => [name, served]) },
  {
    called: 'subresources',
    of: ({ spec }) =>
      spec.versions.map(({ subresources }) => {
        const { specReplicasPath, statusReplicasPath, labelSelectorPath } = subresources?.scale ?? {}
        return [subresources?.status !== undefined, specReplicasPath, statusReplicasPath, labelSelectorPath]
      }),
  },
  { called: 'short names', of: ({ spec }) => spec.names.shortNames ?? [] },
]

interface Field {
  /** what a change would be noticed by: type, choices, rules; not the description */
  facts: string
  /** holds anything */
  isFree: boolean
}

/** Every field path of every version. */
const fieldsOf = ({ spec }: CustomResourceDefinition): Map<string, Field> => {
  const fields = new Map<string, Field>()
  for (const version of spec.versions) walk(version.schema?.openAPIV3Schema, version.name, fields)
  return fields
}

const walk = (schema: StructuralSchema | undefined, path: string, into: Map<string, Field>): void => {
  if (schema === undefined) return
  const { type, enum: choices, default: fallback, nullable } = schema
  const rules = schema['x-kubernetes-validations']?.map(({ rule }) => rule)
  const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true
  const facts = JSON.stringify([type, choices && choices.toSorted(), fallback, nullable === true, rules, isFree])
  into.set(path, { facts, isFree })
  for (const [name, below] of Object.entries(schema.properties ?? {})) walk(below, `${path}.${name}`, into)
  if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}.*`, into)
  walk(schema.items, `${path}[]`, into)
}
