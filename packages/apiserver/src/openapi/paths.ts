/** The operations of a resource: which paths, which verbs, which query parameters and patch types. */
import type { ResourceInfo } from '../api-server.ts'
import { builtinTypeNameOf } from '../builtin/types.ts'
import { fullName } from './builtin-schemas.ts'

type Json = Record<string, unknown>

const query = (name: string, type: 'string' | 'boolean' | 'integer'): Json => ({
  name,
  in: 'query',
  schema: { type, uniqueItems: true },
})
const pathParameter = (name: string): Json => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', uniqueItems: true },
})
const writeParameters = [query('dryRun', 'string'), query('fieldManager', 'string'), query('fieldValidation', 'string')]
const listParameters = [
  query('allowWatchBookmarks', 'boolean'),
  query('continue', 'string'),
  query('fieldSelector', 'string'),
  query('labelSelector', 'string'),
  query('limit', 'integer'),
  query('resourceVersion', 'string'),
  query('resourceVersionMatch', 'string'),
  query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'),
  query('watch', 'boolean'),
]
const deleteParameters = [
  query('dryRun', 'string'),
  query('gracePeriodSeconds', 'integer'),
  query('propagationPolicy', 'string'),
]

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })
const ok = (name: string): Json => ({
  '200': { description: 'OK', content: { 'application/json': { schema: ref(name) } } },
})
const body = (name: string, types: readonly string[]): Json => ({
  content: Object.fromEntries(types.map((type) => [type, { schema: ref(name) }])),
})
const status = fullName('apimachinery.pkg.apis.meta.v1.Status')
const deleteOptions = fullName('apimachinery.pkg.apis.meta.v1.DeleteOptions')
const patch = fullName('apimachinery.pkg.apis.meta.v1.Patch')

/** The paths of one resource. Only built-in kinds merge strategically. */
export const pathsOf = (info: ResourceInfo, name: string, listName: string): Record<string, Json> => {
  const root = info.group ? `/apis/${info.group}/${info.version}` : `/api/${info.version}`
  const collection = info.namespaced ? `${root}/namespaces/{namespace}/${info.resource}` : `${root}/${info.resource}`
  const patchTypes = [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    ...(info.origin === 'builtin' ? ['application/strategic-merge-patch+json'] : []),
  ]
  const has = (verb: string): boolean => (info.verbs as readonly string[]).includes(verb)
  const operation = (action: string, kind: { group: string; version: string; kind: string }, more: Json): Json => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
    ...more,
  })
  const own = { group: info.group, version: info.version, kind: info.kind }
  const shared = info.namespaced ? [pathParameter('namespace')] : []
  const item = (type: string, kind: typeof own, verbs: readonly string[], named = true): Json => ({
    ...(verbs.includes('get') ? { get: operation('get', kind, { responses: ok(type) }) } : {}),
    ...(verbs.includes('create')
      ? {
          post: operation('post', kind, {
            parameters: writeParameters,
            requestBody: body(type, ['*/*']),
            responses: ok(type),
          }),
        }
      : {}),
    ...(verbs.includes('update')
      ? {
          put: operation('put', kind, {
            parameters: writeParameters,
            requestBody: body(type, ['*/*']),
            responses: ok(type),
          }),
        }
      : {}),
    ...(verbs.includes('patch')
      ? {
          patch: operation('patch', kind, {
            parameters: [...writeParameters, query('force', 'boolean')],
            requestBody: body(patch, patchTypes),
            responses: ok(type),
          }),
        }
      : {}),
    ...(verbs.includes('delete')
      ? {
          delete: operation('delete', kind, {
            parameters: deleteParameters,
            requestBody: body(deleteOptions, ['*/*']),
            responses: ok(status),
          }),
        }
      : {}),
    parameters: [...(named ? [pathParameter('name')] : []), ...shared],
  })

  const paths: Record<string, Json> = {}
  paths[collection] = {
    ...(has('list') ? { get: operation('list', own, { parameters: listParameters, responses: ok(listName) }) } : {}),
    ...(has('create')
      ? {
          post: operation('post', own, {
            parameters: writeParameters,
            requestBody: body(name, ['*/*']),
            responses: ok(name),
          }),
        }
      : {}),
    ...(has('deletecollection')
      ? {
          delete: operation('deletecollection', own, {
            parameters: [...listParameters, ...deleteParameters],
            requestBody: body(deleteOptions, ['*/*']),
            responses: ok(status),
          }),
        }
      : {}),
    ...(shared.length ? { parameters: shared } : {}),
  }
  if (info.namespaced && has('list'))
    paths[`${root}/${info.resource}`] = {
      get: operation('list', own, { parameters: listParameters, responses: ok(listName) }),
    }
  if (has('get'))
    paths[`${collection}/{name}`] = item(
      name,
      own,
      info.verbs.filter((verb) => verb !== 'create'),
    )
  for (const sub of info.subresources) {
    const kind = { group: sub.group ?? info.group, version: sub.version ?? info.version, kind: sub.kind }
    const typeName =
      sub.kind === info.kind
        ? name
        : builtinTypeNameOf(kind.group ? `${kind.group}/${kind.version}` : kind.version, sub.kind)
    const full = typeName && (typeName === name ? name : fullName(typeName))
    if (full) paths[`${collection}/{name}/${sub.name}`] = item(full, kind, sub.verbs)
  }
  return paths
}
