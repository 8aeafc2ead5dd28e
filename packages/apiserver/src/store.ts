/**
 * The store: every object of the cluster in memory, one global revision, and a bounded history. Synchronous and
 * deterministic; knows nothing of kinds, defaults or HTTP. Objects in it are shared and never changed in place.
 */
import type { KubeObject } from '@drey/reconcile'
import { historyOf, type Change, type History, type HistoryBounds } from './history.ts'
import type { Persist } from './persist.ts'

export type { Change } from './history.ts'

export interface Store {
  /** of the last committed write */
  readonly revision: number
  get(bucket: string, key: string): KubeObject | undefined
  /** the objects of a bucket, ordered by key; `namespace` cuts out one namespace */
  list(bucket: string, namespace?: string): readonly KubeObject[]
  count(bucket: string): number
  /** the same as it was at a past revision; nothing when that is forgotten */
  listAt(bucket: string, revision: number, namespace?: string): readonly KubeObject[] | undefined
  /** the changes of a bucket after a revision; nothing when that is forgotten */
  since(bucket: string, revision: number): readonly Change[] | undefined
  /** up to where the past of a bucket is forgotten */
  forgotten(bucket: string): number
  /** stores the object under the next revision, which becomes its resourceVersion; throws when it cannot be made durable */
  put(bucket: string, key: string, object: KubeObject): Change
  /** removes the object; `last` is its last state, told to watchers under the deletion's revision */
  remove(bucket: string, key: string, last?: KubeObject): Change | undefined
  /** called after every commit, in order, never nested; without a bucket: for all of them */
  subscribe(listener: (change: Change) => void, bucket?: string): () => void
  buckets(): readonly string[]
  /** forgets what is too old */
  trim(): void
}

interface Bucket {
  objects: Map<string, KubeObject>
  /** the keys of `objects`, sorted */
  keys: string[]
  history: History
  listeners: Set<(change: Change) => void>
}

export interface StoreOptions {
  now: () => number
  persist?: Persist
  history?: Partial<HistoryBounds>
  /** told when a listener throws */
  failed?: (error: unknown) => void
  /** applied to every object that enters; tests freeze with it */
  entering?: (object: KubeObject) => KubeObject
}

export const keyFor = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name

export const createStore = (options: StoreOptions): Store => {
  const bounds: HistoryBounds = { size: 4096, ms: 300_000, atLeast: 100, ...options.history }
  const { persist, entering } = options
  const buckets = new Map<string, Bucket>()
  const everyone = new Set<(change: Change) => void>()
  const untold: Change[] = []
  let telling = false
  let revision = 0
  let start = 0

  const bucketOf = (name: string): Bucket => {
    let bucket = buckets.get(name)
    if (!bucket) {
      bucket = { objects: new Map(), keys: [], history: historyOf(start, bounds), listeners: new Set() }
      buckets.set(name, bucket)
    }
    return bucket
  }

  const load = (): void => {
    const past = persist?.load()
    if (!past) return
    start = revision = past.revision
    for (const { bucket, key, object } of past.objects)
      bucketOf(bucket).objects.set(key, entering ? entering(object) : object)
    for (const bucket of buckets.values()) bucket.keys = [...bucket.objects.keys()].sort(byCode)
  }

  const commit = (bucket: Bucket, change: Change): Change => {
    persist?.append(change)
    revision = change.revision
    if (change.type === 'DELETED') {
      bucket.objects.delete(change.key)
      bucket.keys.splice(lowerBound(bucket.keys, change.key), 1)
    } else {
      bucket.objects.set(change.key, change.object)
      if (change.type === 'ADDED') bucket.keys.splice(lowerBound(bucket.keys, change.key), 0, change.key)
    }
    bucket.history.add(change)
    tell(change)
    return change
  }

  const tell = (change: Change): void => {
    untold.push(change)
    if (telling) return
    telling = true
    try {
      for (let next = untold.shift(); next; next = untold.shift()) {
        for (const listener of bucketOf(next.bucket).listeners) hear(listener, next)
        for (const listener of everyone) hear(listener, next)
      }
    } finally {
      telling = false
    }
  }

  /** The commit stands whatever a listener does with it; one that fails to write in turn is told to whoever watches over it. */
  const hear = (listener: (change: Change) => void, change: Change): void => {
    try {
      listener(change)
    } catch (error) {
      options.failed?.(error)
    }
  }

  const stamped = (object: KubeObject, at: number): KubeObject => {
    const copy = { ...object, metadata: { ...object.metadata, resourceVersion: String(at) } }
    return entering ? entering(copy) : copy
  }

  const rangeOf = (keys: readonly string[], namespace: string | undefined): readonly [number, number] =>
    namespace ? [lowerBound(keys, `${namespace}/`), lowerBound(keys, `${namespace}0`)] : [0, keys.length]

  load()

  return {
    get revision() {
      return revision
    },
    get: (bucket, key) => buckets.get(bucket)?.objects.get(key),
    count: (bucket) => buckets.get(bucket)?.keys.length ?? 0,
    list(name, namespace) {
      const bucket = buckets.get(name)
      if (!bucket) return []
      const [from, to] = rangeOf(bucket.keys, namespace)
      const found: KubeObject[] = []
      for (let i = from; i < to; i++) found.push(bucket.objects.get(bucket.keys[i]!)!)
      return found
    },
    listAt(name, at, namespace) {
      const later = bucketOf(name).history.since(at)
      if (!later) return undefined
      if (!later.length) return this.list(name, namespace)
      const bucket = bucketOf(name)
      const past = new Map<string, KubeObject | undefined>()
      for (const change of later) if (!past.has(change.key)) past.set(change.key, change.before)
      const keys = bucket.keys.filter((key) => !past.has(key))
      for (const [key, before] of past) if (before) keys.push(key)
      keys.sort(byCode)
      const [from, to] = rangeOf(keys, namespace)
      return keys.slice(from, to).map((key) => past.get(key) ?? bucket.objects.get(key)!)
    },
    since: (bucket, at) => bucketOf(bucket).history.since(at),
    forgotten: (bucket) => bucketOf(bucket).history.forgotten,
    put(name, key, object) {
      const bucket = bucketOf(name)
      const before = bucket.objects.get(key)
      const next = revision + 1
      return commit(bucket, {
        revision: next,
        type: before ? 'MODIFIED' : 'ADDED',
        bucket: name,
        key,
        object: stamped(object, next),
        ...(before ? { before } : {}),
        at: options.now(),
      })
    },
    remove(name, key, last) {
      const bucket = bucketOf(name)
      const before = bucket.objects.get(key)
      if (!before) return undefined
      const next = revision + 1
      return commit(bucket, {
        revision: next,
        type: 'DELETED',
        bucket: name,
        key,
        object: stamped(last ?? before, next),
        before,
        at: options.now(),
      })
    },
    subscribe(listener, name) {
      const set = name === undefined ? everyone : bucketOf(name).listeners
      // one registration per call, even for the same function
      const own = (change: Change): void => listener(change)
      set.add(own)
      return () => void set.delete(own)
    },
    buckets: () => [...buckets.keys()],
    trim() {
      for (const bucket of buckets.values()) bucket.history.trim(options.now())
    },
  }
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const lowerBound = (keys: readonly string[], key: string): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}
