/**
 * The same schemas in the form of OpenAPI v2. kubectl reads it where version 3 does not know a kind, and kubectl before 1.27
 * (Debian 12 has 1.20) reads nothing else: without it, not even `apply` works there.
 */
import { kubernetesVersion } from '../version.ts'

export type Json = Record<string, unknown>

export interface Version2 {
  swagger: '2.0'
  info: { title: string; version: string }
  /** only what tells clients which kinds can be patched, and with which parameters (`dryRun`) */
  paths: Record<string, { patch: Json }>
  definitions: Record<string, Json>
}

export const version2Of = (documents: readonly { paths: Json; components: { schemas: Json } }[]): Version2 => {
  const schemas = Object.assign({}, ...documents.map(({ components }) => components.schemas)) as Record<string, Json>
  const paths = Object.assign({}, ...documents.map((document) => document.paths)) as Record<string, { patch?: Json }>
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: kubernetesVersion.gitVersion },
    paths: Object.fromEntries(
      Object.entries(paths).flatMap(([path, { patch }]) => (patch ? [[path, { patch: operation(patch) }]] : [])),
    ),
    definitions: Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, schema(one)])),
  }
}

const gvk = 'x-kubernetes-group-version-kind'

const operation = (patch: Json): Json => ({
  [gvk]: patch[gvk],
  parameters: ((patch['parameters'] ?? []) as { name: string; in: string }[])
    .filter((one) => one.in === 'query')
    .map(({ name }) => ({ name, in: 'query', type: 'string' })),
})

/** A reference beside its description, as version 2 has it; alternatives that version 2 has no words for become a text. */
const schema = (one: Json): Json => {
  const { allOf, oneOf, anyOf: _, not: __, nullable: ___, ...rest } = one
  const [only, ...more] = (allOf ?? []) as Json[]
  const merged: Json = {
    ...rest,
    ...(only !== undefined && more.length === 0 ? only : {}),
    ...(oneOf && rest['type'] === undefined && rest['x-kubernetes-int-or-string'] === undefined
      ? { type: 'string' }
      : {}),
  }
  return Object.fromEntries(Object.entries(merged).map(([key, value]) => [key, inside(key, value)]))
}

const inside = (key: string, value: unknown): unknown => {
  if (key === '$ref') return String(value).replace('#/components/schemas/', '#/definitions/')
  if (key === 'properties')
    return Object.fromEntries(Object.entries(value as Record<string, Json>).map(([name, one]) => [name, schema(one)]))
  if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object') return schema(value as Json)
  return value
}
