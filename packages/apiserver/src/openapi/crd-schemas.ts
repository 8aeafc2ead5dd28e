/** Schemas of custom resources: the CRD's own, completed by type and metadata; and of lists. */
import type { ResourceInfo } from '../api-server.ts'
import { fullName } from './builtin-schemas.ts'
import { typeMetaSentences } from './descriptions.ts'

type Schema = Record<string, unknown>

const meta = (name: string): Schema => ({
  allOf: [{ $ref: `#/components/schemas/${fullName(`apimachinery.pkg.apis.meta.v1.${name}`)}` }],
})
const gvk = (info: ResourceInfo, kind: string): Schema => ({
  'x-kubernetes-group-version-kind': [{ group: info.group, version: info.version, kind }],
})
const typeMeta = {
  apiVersion: { type: 'string', description: typeMetaSentences.apiVersion },
  kind: { type: 'string', description: typeMetaSentences.kind },
}

export const crdSchemas = (info: ResourceInfo, name: string): Record<string, Schema> => {
  const schema = (info.schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }) as Schema
  return {
    [name]: {
      ...schema,
      type: 'object',
      properties: {
        ...(schema['properties'] as Schema | undefined),
        ...typeMeta,
        metadata: { ...meta('ObjectMeta'), description: typeMetaSentences.metadata },
      },
      ...gvk(info, info.kind),
    },
  }
}

export const listSchema = (info: ResourceInfo, name: string): Schema => ({
  description: `A list of ${info.kind} objects.`,
  type: 'object',
  required: ['items'],
  properties: {
    ...typeMeta,
    metadata: { ...meta('ListMeta'), description: typeMetaSentences.metadata },
    items: { type: 'array', items: { $ref: `#/components/schemas/${name}` } },
  },
  ...gvk(info, info.listKind),
})
