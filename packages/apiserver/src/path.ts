/** What a request path of the Kubernetes API means: resource, namespace, name, subresource and verb. */
import type { RequestInfo } from './api-server.ts'

/**
 * The resource request behind `method path?query`, or nothing when the path is no resource path (discovery, health,
 * version …). Follows kube-apiserver: a GET without a name is a `list`, with `watch` a `watch`.
 */
export const parsePath = (method: string, path: string, query?: URLSearchParams): RequestInfo | undefined => {
  const parts = segments(path)
  if (!parts) return undefined
  const group = parts[0] === 'api' ? '' : parts[0] === 'apis' ? parts[1] : undefined
  if (group === undefined) return undefined
  let rest = parts.slice(group === '' ? 1 : 2)
  const version = rest[0]
  rest = rest.slice(1)
  if (!version || !rest.length) return undefined
  const prefixedWatch = rest[0] === 'watch' && rest.length > 1
  if (prefixedWatch) rest = rest.slice(1)

  const info: RequestInfo = { verb: '', group, version, resource: '' }
  if (rest[0] === 'namespaces' && rest.length > 2 && !isNamespaceSubresource(rest[2]!)) {
    info.namespace = rest[1]!
    rest = rest.slice(2)
  }
  info.resource = rest[0]!
  if (rest[1]) info.name = rest[1]
  if (rest[2]) info.subresource = rest[2]
  if (rest.length > 3) info.rest = rest.slice(3).join('/')
  info.verb = prefixedWatch ? 'watch' : verbOf(method, info.name !== undefined, query)
  return info
}

const isNamespaceSubresource = (segment: string): boolean => segment === 'status' || segment === 'finalize'

const verbOf = (method: string, named: boolean, query: URLSearchParams | undefined): string => {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return named ? 'delete' : 'deletecollection'
    case 'GET':
    case 'HEAD':
      return named ? 'get' : isTrue(query?.get('watch')) ? 'watch' : 'list'
    default:
      return method.toLowerCase()
  }
}

/** A boolean query parameter as Kubernetes reads it: present and neither `false` nor `0`. */
export const isTrue = (value: string | null | undefined): boolean =>
  value !== null && value !== undefined && value !== 'false' && value !== '0'

const segments = (path: string): string[] | undefined => {
  try {
    const parts = path.split('/').filter(Boolean)
    return path.includes('%') ? parts.map(decodeURIComponent) : parts
  } catch {
    return undefined
  }
}
