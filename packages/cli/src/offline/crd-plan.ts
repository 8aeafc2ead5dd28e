/** What installing our CRDs would change in a cluster, decided from the schemas: no version number tells what a CRD really holds. */
import type { CustomResourceDefinition, StructuralSchema } from '@drey/schema'

export type CrdPlan =
  | { do: 'create' }
  | { do: 'nothing' }
  /** ours knows everything that is there, and more, or says it differently */
  | { do: 'update'; added: string[]; changed: string[] }
  /** what is there knows fields that ours lacks: somebody installed a newer one */
  | { do: 'leave'; missing: string[] }

/** Never a step back: a CRD that knows fields we lack is left alone, since objects may carry them. */
export const planCrd = (installed: CustomResourceDefinition | undefined, ours: CustomResourceDefinition): CrdPlan => {
  if (installed === undefined) return { do: 'create' }
  const [before, after] = [fieldsOf(installed), fieldsOf(ours)]
  const missing = [...before.keys()].filter((path) => !after.has(path))
  if (missing.length > 0) return { do: 'leave', missing }
  const added = [...after.keys()].filter((path) => !before.has(path))
  const changed = [...after]
    .filter(([path, facts]) => before.has(path) && before.get(path) !== facts)
    .map(([path]) => path)
  return added.length + changed.length === 0 ? { do: 'nothing' } : { do: 'update', added, changed }
}

/** Every field path of every version, with what a change of it would be noticed by: type, choices, rules; not the descriptions. */
const fieldsOf = ({ spec }: CustomResourceDefinition): Map<string, string> => {
  const fields = new Map<string, string>()
  for (const version of spec.versions) walk(version.schema?.openAPIV3Schema, version.name, fields)
  return fields
}

const walk = (schema: StructuralSchema | undefined, path: string, into: Map<string, string>): void => {
  if (schema === undefined) return
  const { type, enum: choices, default: fallback, nullable } = schema
  const rules = schema['x-kubernetes-validations']?.map(({ rule }) => rule)
  const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true
  into.set(path, JSON.stringify([type, choices && choices.toSorted(), fallback, nullable === true, rules, isFree]))
  for (const [name, below] of Object.entries(schema.properties ?? {})) walk(below, `${path}.${name}`, into)
  if (typeof schema.additionalProperties === 'object') walk(schema.additionalProperties, `${path}.*`, into)
  walk(schema.items, `${path}[]`, into)
}
