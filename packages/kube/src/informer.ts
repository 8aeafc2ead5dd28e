/**
 * A cache of one kind that stays true: list, then watch, then list again. It also remembers our own writes, so that a
 * controller never acts on an object older than what it wrote itself.
 */
import {
  KubeError,
  keyOf,
  pathOf,
  pause,
  type Clock,
  type KubeObject,
  type KubeTransport,
  type ResourceType,
} from '@drey/reconcile'
import { kubeClient } from './client.ts'

export interface InformerOptions {
  transport: KubeTransport
  clock: Clock
  /** between 0 and 1; spreads watch time-outs and back-offs */
  random: () => number
  type: ResourceType
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  /** told when a list or watch failed; the informer goes on by itself */
  trouble?(error: unknown): void
}

export interface Change<T extends KubeObject> {
  /** absent when the object is new */
  old: T | undefined
  /** absent when the object is gone */
  now: T | undefined
}

export interface Informer<T extends KubeObject = KubeObject> {
  readonly type: ResourceType
  /** `namespace/name`, or `name` for cluster-scoped kinds */
  get(key: string): T | undefined
  list(): T[]
  /** objects by an index declared with `index` */
  byIndex(name: string, value: string): T[]
  /** declares an index: which values an object is found under */
  index(name: string, valuesOf: (object: T) => readonly string[]): void
  onChange(listener: (change: Change<T>) => void): () => void
  /** takes an object a write of ours returned, unless the cache is already newer */
  remember(object: T): void
  /** takes note that a delete of ours succeeded at once */
  start(): Promise<void>
  readonly synced: boolean
  /** when the server was last heard (an event, bookmark or list), for noticing deaf watches */
  readonly heardAt: number
  close(): void
}

const versionOf = (object: KubeObject): bigint => BigInt(object.metadata.resourceVersion ?? '0')
const firstRetryMs = 250
const maxRetryMs = 15_000
const goneMax = 1_000

export const informer = <T extends KubeObject = KubeObject>(options: InformerOptions): Informer<T> => {
  const { transport, clock, random, type } = options
  const client = kubeClient(transport)
  const objects = new Map<string, T>()
  const indexes = new Map<string, { valuesOf: (object: T) => readonly string[]; keys: Map<string, Set<string>> }>()
  const listeners = new Set<(change: Change<T>) => void>()
  /** uids seen deleted: the answer to a write of ours may arrive after the event that ended its object */
  const gone = new Set<string>()
  const stop = new AbortController()
  let synced = false
  let heardAt = 0

  const reindex = (key: string, old: T | undefined, now: T | undefined) => {
    for (const { valuesOf, keys } of indexes.values()) {
      if (old) for (const value of valuesOf(old)) keys.get(value)?.delete(key)
      if (now)
        for (const value of valuesOf(now)) {
          const set = keys.get(value)
          if (set) set.add(key)
          else keys.set(value, new Set([key]))
        }
    }
  }

  const put = (key: string, now: T | undefined) => {
    const old = objects.get(key)
    if (old === now || (old && now && old.metadata.resourceVersion === now.metadata.resourceVersion)) return
    if (now) objects.set(key, now)
    else if (!objects.delete(key)) return
    reindex(key, old, now)
    for (const listener of listeners) listener({ old, now })
  }

  /** An older state must not replace a newer one that a write of ours returned. */
  const take = (object: T) => {
    const key = keyOf(object)
    if (gone.has(object.metadata.uid ?? '')) return
    const have = objects.get(key)
    if (have && have.metadata.uid === object.metadata.uid && versionOf(have) > versionOf(object)) return
    put(key, object)
  }

  const relist = async (): Promise<string> => {
    const { items, resourceVersion } = await client.list<T>(type, {
      ...(options.namespace ? { namespace: options.namespace } : {}),
      ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
      ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
      signal: stop.signal,
    })
    const seen = new Set<string>()
    for (const item of items) {
      seen.add(keyOf(item))
      take(item)
    }
    const listedAt = BigInt(resourceVersion)
    for (const [key, object] of objects) if (!seen.has(key) && versionOf(object) <= listedAt) put(key, undefined)
    heardAt = clock.now()
    return resourceVersion
  }

  /** Follows changes from `from`; answers where to go on, or undefined when a new list is needed. */
  const follow = async (from: string): Promise<string | undefined> => {
    let at = from
    const events = transport.watch({
      method: 'GET',
      path: pathOf(type, { namespace: options.namespace }),
      query: {
        watch: 'true',
        resourceVersion: from,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(240 + Math.floor(random() * 120)),
        ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
        ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
      },
      signal: stop.signal,
    })
    for await (const event of events) {
      heardAt = clock.now()
      if (event.type === 'ERROR') {
        const status = event.object as unknown as { code?: number }
        if (status.code === 410) return undefined
        throw new KubeError(status.code ?? 500, status as never, `watch ${type.resource}`)
      }
      at = event.object.metadata.resourceVersion ?? at
      if (event.type === 'BOOKMARK') continue
      const object = event.object as T
      if (event.type === 'DELETED') {
        if (object.metadata.uid) gone.add(object.metadata.uid)
        if (gone.size > goneMax) gone.delete(gone.values().next().value!)
        const have = objects.get(keyOf(object))
        // A successor of the same name may already be known from a write of ours.
        if (!have || have.metadata.uid === object.metadata.uid) put(keyOf(object), undefined)
      } else take(object)
    }
    return at
  }

  const loop = async (firstList: (error?: unknown) => void) => {
    let at: string | undefined
    let retryMs = firstRetryMs
    while (!stop.signal.aborted) {
      try {
        if (at === undefined) {
          at = await relist()
          synced = true
          firstList()
        }
        at = await follow(at)
        retryMs = firstRetryMs
      } catch (error) {
        if (stop.signal.aborted) return
        if (error instanceof KubeError && error.code === 410) at = undefined
        else {
          options.trouble?.(error)
          at = undefined
          await pause(clock, retryMs * (0.5 + random()), stop.signal).catch(() => {})
          retryMs = Math.min(retryMs * 2, maxRetryMs)
        }
      }
    }
  }

  return {
    type,
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    byIndex(name, value) {
      const keys = indexes.get(name)?.keys.get(value)
      return keys ? [...keys].flatMap((key) => objects.get(key) ?? []) : []
    },
    index(name, valuesOf) {
      const keys = new Map<string, Set<string>>()
      indexes.set(name, { valuesOf, keys })
      for (const [key, object] of objects)
        for (const value of valuesOf(object)) keys.set(value, (keys.get(value) ?? new Set()).add(key))
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    remember: take,
    start: () => new Promise<void>((resolve) => void loop(() => resolve())),
    get synced() {
      return synced
    },
    get heardAt() {
      return heardAt
    },
    close() {
      stop.abort()
      listeners.clear()
    },
  }
}
