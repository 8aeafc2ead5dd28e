/**
 * OpenAPI v3, one document per group version: what `kubectl explain` shows, and where `kubectl apply` looks whether the server
 * validates fields and merges strategically. Schemas of built-in kinds come from the table of types, those of CRDs from the CRD.
 */
import { createHash } from 'node:crypto'
import type { ResourceInfo } from './api-server.ts'
import { builtinTypeNameOf } from './builtin/types.ts'
import { crdSchemas, listSchema } from './openapi/crd-schemas.ts'
import { builtinSchemas, fullName } from './openapi/builtin-schemas.ts'
import { pathsOf } from './openapi/paths.ts'
import { version2Of } from './openapi/version2.ts'
import { version2Protobuf } from './openapi/version2-protobuf.ts'
import { kubernetesVersion } from './version.ts'

export interface OpenApi {
  /** `/openapi/v3` */
  index(): Record<string, unknown>
  /** `api/v1`, `apis/apps/v1` …; nothing when there is no such group version */
  document(path: string): { body: string; etag: string } | undefined
  /** all schemas in the form of version 2; not kept, few ask */
  version2(as: 'json' | 'protobuf'): { body: string | Buffer; etag: string }
}

export const openApiOf = (resources: readonly ResourceInfo[]): OpenApi => {
  const groups = Map.groupBy(resources, (info) =>
    info.group ? `apis/${info.group}/${info.version}` : `api/${info.version}`,
  )
  const documents = new Map<string, { body: string; etag: string }>()
  const hashes = new Map<string, string>()
  const hashOf = (path: string): string => {
    const known = hashes.get(path) ?? digest(JSON.stringify((groups.get(path) ?? []).map(relevant)))
    hashes.set(path, known)
    return known
  }
  return {
    index: () => ({
      paths: Object.fromEntries(
        [...groups.keys()]
          .sort()
          .map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(path)}` }]),
      ),
    }),
    document: (path) => {
      const infos = groups.get(path)
      if (!infos) return undefined
      const known = documents.get(path) ?? { body: JSON.stringify(documentOf(infos)), etag: `"${hashOf(path)}"` }
      documents.set(path, known)
      return known
    },
    version2: (as) => {
      const document = version2Of([...groups.values()].map(documentOf))
      return {
        body: as === 'protobuf' ? version2Protobuf(document) : JSON.stringify(document),
        etag: `"${digest([as, ...[...groups.keys()].sort().map(hashOf)].join())}"`,
      }
    },
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase()

/** What a document is made from: when this changes, clients must read it anew. */
const relevant = ({ kind, resource, verbs, subresources, schema }: ResourceInfo): unknown => [
  kind,
  resource,
  verbs,
  subresources,
  schema,
]

const documentOf = (infos: readonly ResourceInfo[]) => {
  const schemas: Record<string, unknown> = {}
  const roots = new Set([
    'apimachinery.pkg.apis.meta.v1.Status',
    'apimachinery.pkg.apis.meta.v1.DeleteOptions',
    'apimachinery.pkg.apis.meta.v1.Patch',
  ])
  const paths: Record<string, unknown> = {}
  for (const info of infos) {
    const typeName = info.origin === 'builtin' ? builtinTypeNameOf(apiVersionOf(info), info.kind) : undefined
    const name = typeName ? fullName(typeName) : crdTypeName(info.group, info.version, info.kind)
    const listName = `${name}List`
    if (typeName) roots.add(typeName)
    else {
      roots.add('apimachinery.pkg.apis.meta.v1.ObjectMeta')
      Object.assign(schemas, crdSchemas(info, name))
    }
    if (info.listKind) {
      roots.add('apimachinery.pkg.apis.meta.v1.ListMeta')
      schemas[listName] = listSchema(info, name)
    }
    for (const sub of info.subresources) {
      const subType = builtinTypeNameOf(
        sub.group ? `${sub.group}/${sub.version}` : (sub.version ?? apiVersionOf(info)),
        sub.kind,
      )
      if (subType) roots.add(subType)
    }
    Object.assign(paths, pathsOf(info, name, listName))
  }
  Object.assign(schemas, builtinSchemas(roots, infos))
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: kubernetesVersion.gitVersion },
    paths,
    components: { schemas },
  }
}

const apiVersionOf = (info: ResourceInfo): string => (info.group ? `${info.group}/${info.version}` : info.version)

/** `flink.apache.org`, `v1beta1`, `FlinkDeployment` → `org.apache.flink.v1beta1.FlinkDeployment` */
const crdTypeName = (group: string, version: string, kind: string): string =>
  [...group.split('.').toReversed(), version, kind].join('.')
