/**
 * A small API server in memory, for tests of the kubelet alone: optimistic versions, selectors, watches, merge patches, the
 * grace period of pods, bindings and tokens. Everything else of Kubernetes is missing.
 */
import { mergePatchOf } from '@drey/kube'
import type { KubeObject, KubeRequest, KubeResponse, KubeTransport, WatchEvent } from '@drey/reconcile'

export interface FakeApi {
  transport: KubeTransport
  get<T extends KubeObject = KubeObject>(path: string): T | undefined
  put(path: string, object: KubeObject): KubeObject
  /** resolves as soon as the condition holds, now or after any later write */
  when(holds: () => boolean, what: () => string): Promise<void>
  /** every state the object at the path ever had, oldest first */
  history(path: string): readonly KubeObject[]
  list(collection: string): KubeObject[]
}

export const fakeApi = (): FakeApi => {
  const objects = new Map<string, KubeObject>()
  const past: { path: string; type: WatchEvent['type']; object: KubeObject }[] = []
  const watchers = new Set<(path: string, type: WatchEvent['type'], object: KubeObject, old?: KubeObject) => void>()
  let version = 100

  const commit = (path: string, type: WatchEvent['type'], object: KubeObject): KubeObject => {
    const old = objects.get(path)
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } }
    if (type === 'DELETED') objects.delete(path)
    else objects.set(path, next)
    past.push({ path, type, object: next })
    for (const watcher of [...watchers]) watcher(path, type, next, old)
    return next
  }
  const put = (path: string, object: KubeObject): KubeObject => {
    const old = objects.get(path)
    if (old && mergePatchOf(withoutVersion(old), withoutVersion(object)) === undefined) return old
    const metadata = { uid: `uid-${++version}`, creationTimestamp: new Date().toISOString(), ...object.metadata }
    return commit(path, old ? 'MODIFIED' : 'ADDED', { ...object, metadata })
  }
  const inCollection = (path: string, collection: string) => {
    if (path.startsWith(`${collection}/`)) return !path.slice(collection.length + 1).includes('/')
    const [root, resource] = [collection.slice(0, collection.lastIndexOf('/')), collection.split('/').at(-1)]
    const parts = path.startsWith(`${root}/namespaces/`) ? path.slice(root.length + 1).split('/') : []
    return parts.length === 4 && parts[2] === resource
  }

  const send = async (request: KubeRequest): Promise<KubeResponse> => {
    await Promise.resolve()
    const { method, path, body } = request
    const subresource = /\/(status|binding|token)$/.exec(path)?.[1]
    const at = subresource ? path.slice(0, -subresource.length - 1) : path
    const have = objects.get(at)
    const fail = (code: number, reason: string) => ({
      status: code,
      body: { kind: 'Status', code, reason, message: `${at}: ${reason}` },
    })
    if (subresource === 'token') return { status: 201, body: { status: { token: `token-of-${at.split('/').at(-1)}` } } }
    switch (method) {
      case 'GET': {
        if (have) return { status: 200, body: have }
        const last = path.split('/').at(-1) ?? ''
        if (!collections.has(last)) return fail(404, 'NotFound')
        const items = [...objects]
          .filter(([key, object]) => inCollection(key, path) && selected(object, request.query))
          .map(([, object]) => object)
        return { status: 200, body: { kind: 'List', metadata: { resourceVersion: String(version) }, items } }
      }
      case 'POST': {
        if (subresource === 'binding') {
          if (!have) return fail(404, 'NotFound')
          const target = (body as { target: { name: string } }).target.name
          const conditions = [{ type: 'PodScheduled', status: 'True', lastTransitionTime: new Date().toISOString() }]
          const spec = { ...(have['spec'] as object), nodeName: target }
          commit(at, 'MODIFIED', { ...have, spec, status: { ...(have['status'] as object), conditions } })
          return { status: 201, body: {} }
        }
        const object = body as KubeObject
        const key = `${path}/${object.metadata.name}`
        if (objects.has(key)) return fail(409, 'AlreadyExists')
        return { status: 201, body: put(key, object) }
      }
      case 'PUT':
        return { status: 200, body: put(at, body as KubeObject) }
      case 'PATCH': {
        if (!have) return fail(404, 'NotFound')
        const patch = body as { metadata?: { uid?: string; resourceVersion?: string } }
        if (patch.metadata?.uid && patch.metadata.uid !== have.metadata.uid) return fail(409, 'Conflict')
        return { status: 200, body: put(at, merge(have, patch) as KubeObject) }
      }
      case 'DELETE': {
        if (!have) return fail(404, 'NotFound')
        const options = (body ?? {}) as { gracePeriodSeconds?: number; preconditions?: { uid?: string } }
        if (options.preconditions?.uid && options.preconditions.uid !== have.metadata.uid) return fail(409, 'Conflict')
        const spec = (have['spec'] ?? {}) as { terminationGracePeriodSeconds?: number; nodeName?: string }
        const grace = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30
        if (have.kind !== 'Pod' || grace === 0 || !spec.nodeName)
          return { status: 200, body: commit(at, 'DELETED', have) }
        const metadata = {
          ...have.metadata,
          deletionTimestamp: new Date().toISOString(),
          deletionGracePeriodSeconds: grace,
        }
        return { status: 200, body: commit(at, 'MODIFIED', { ...have, metadata }) }
      }
    }
  }

  async function* watch(request: KubeRequest): AsyncGenerator<WatchEvent<KubeObject>> {
    const queue: WatchEvent<KubeObject>[] = []
    let wake = () => {}
    const watcher = (path: string, type: WatchEvent['type'], object: KubeObject, old?: KubeObject) => {
      if (!inCollection(path, request.path)) return
      const was = old !== undefined && selected(old, request.query)
      const is = type !== 'DELETED' && selected(object, request.query)
      if (was || is) queue.push({ type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object })
      wake()
    }
    watchers.add(watcher)
    const from = Number(request.query?.['resourceVersion'] ?? 0)
    const latest = new Map<string, KubeObject>()
    for (const { path, type, object } of past) {
      if (Number(object.metadata.resourceVersion) > from) watcher(path, type, object, latest.get(path))
      latest.set(path, object)
    }
    request.signal?.addEventListener('abort', () => wake())
    try {
      while (!request.signal?.aborted) {
        const next = queue.shift()
        if (next) yield next
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      watchers.delete(watcher)
    }
  }

  return {
    transport: { send, watch },
    get: <T extends KubeObject>(path: string) => objects.get(path) as T | undefined,
    put,
    list: (collection) => [...objects].filter(([path]) => inCollection(path, collection)).map(([, object]) => object),
    history: (path) => past.filter((entry) => entry.path === path).map(({ object }) => object),
    when(holds, what) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(new Error(`Never happened: ${what()}`))
        }, 15_000)
        const look = () => {
          if (!holds()) return
          clearTimeout(timer)
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      })
    },
  }
}

const collections = new Set([
  'pods',
  'services',
  'endpointslices',
  'configmaps',
  'secrets',
  'nodes',
  'events',
  'leases',
])

const withoutVersion = ({ metadata: { resourceVersion: _, ...metadata }, ...object }: KubeObject) => ({
  ...object,
  metadata,
})

const selected = (object: KubeObject, query: Record<string, string> | undefined): boolean =>
  (query?.['fieldSelector'] ?? '')
    .split(',')
    .filter(Boolean)
    .every((term) => {
      const [path = '', value = ''] = term.split('=')
      const found = path
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object)
      return String(found ?? '') === value
    })

const merge = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as object) }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(isRecord(result[key]) ? result[key] : {}, value)
  }
  return result
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
