/**
 * Garbage collection by owner references, as the real collector does it: dependants without a living owner go, foreground
 * deletion waits for those that block it, orphan deletion cuts the ties first. Works from commits; a queue keeps it off the
 * writer's stack.
 */
import type { KubeObject, OwnerReference } from '@drey/reconcile'
import { ApiError } from '../errors.ts'
import { deleteObject } from '../remove.ts'
import type { Registry } from '../resources.ts'
import { keyFor, type Change } from '../store.ts'
import type { Machine } from '../machine.ts'
import { dropFinalizer } from './finalizers.ts'

const user = {
  name: 'system:serviceaccount:kube-system:generic-garbage-collector',
  groups: ['system:serviceaccounts', 'system:authenticated'],
}

interface Place {
  bucket: string
  key: string
}
const textOf = (place: Place): string => `${place.bucket}\n${place.key}`
const placeOf = (text: string): Place => {
  const at = text.indexOf('\n')
  return { bucket: text.slice(0, at), key: text.slice(at + 1) }
}

/** uids of deleted objects that are remembered, so that their dependants go even when their kind is no longer served */
const rememberedGone = 10_000

export const collectGarbage = (machine: Machine, registry: Registry): { retry(): void; stop(): void } => {
  const { store } = machine
  const places = new Map<string, Place>()
  const dependants = new Map<string, Set<string>>()
  const gone = new Set<string>()
  const queue = new Set<string>()
  const failed = new Set<string>()
  let scheduled = false
  let stopped = false

  const enqueue = (text: string): void => {
    queue.add(text)
    if (scheduled || stopped) return
    scheduled = true
    queueMicrotask(() => void drain())
  }

  const drain = async (): Promise<void> => {
    for (const text of queue) {
      queue.delete(text)
      if (stopped) return
      try {
        await look(placeOf(text))
      } catch (error) {
        // ApiError: gone or changed meanwhile, its next commit brings it back here; otherwise the disk: `retry`
        if (!(error instanceof ApiError)) failed.add(text)
      }
    }
    scheduled = false
  }

  const link = (place: Place, before: KubeObject | undefined, after: KubeObject | undefined): void => {
    const text = textOf(place)
    for (const owner of before?.metadata.ownerReferences ?? []) {
      const known = dependants.get(owner.uid)
      known?.delete(text)
      if (known?.size === 0) dependants.delete(owner.uid)
    }
    for (const owner of after?.metadata.ownerReferences ?? []) {
      const known = dependants.get(owner.uid)
      if (known) known.add(text)
      else dependants.set(owner.uid, new Set([text]))
    }
  }

  const see = (change: Pick<Change, 'type' | 'bucket' | 'key' | 'object' | 'before'>): void => {
    const { bucket, key, object, before } = change
    const place = { bucket, key }
    const uid = object.metadata.uid
    if (change.type === 'DELETED') {
      link(place, before, undefined)
      if (!uid) return
      places.delete(uid)
      const left = dependants.get(uid)
      if (left?.size) {
        gone.add(uid)
        if (gone.size > rememberedGone) gone.delete(gone.values().next().value!)
        for (const text of left) enqueue(text)
      }
      for (const owner of before?.metadata.ownerReferences ?? []) wakeOwner(owner)
      return
    }
    if (before?.metadata.ownerReferences !== object.metadata.ownerReferences) link(place, before, object)
    if (uid) places.set(uid, place)
    const { deletionTimestamp, finalizers, ownerReferences } = object.metadata
    if (ownerReferences?.length || (deletionTimestamp && finalizers?.some(isOurs))) enqueue(textOf(place))
    if (before?.metadata.ownerReferences !== ownerReferences)
      for (const owner of before?.metadata.ownerReferences ?? []) wakeOwner(owner)
  }

  /** An owner that waits for its dependants looks again. */
  const wakeOwner = (owner: OwnerReference): void => {
    const place = places.get(owner.uid)
    const object = place && store.get(place.bucket, place.key)
    if (object?.metadata.deletionTimestamp) enqueue(textOf(place!))
  }

  const look = async (place: Place): Promise<void> => {
    const object = store.get(place.bucket, place.key)
    if (!object) return
    const { metadata: meta } = object
    if (meta.deletionTimestamp && meta.finalizers?.includes('orphan')) return orphan(place, object)
    if (meta.deletionTimestamp && meta.finalizers?.includes('foregroundDeletion')) return foreground(place, object)
    if (meta.ownerReferences?.length && !meta.deletionTimestamp) return judge(place, object)
  }

  const orphan = (place: Place, object: KubeObject): void => {
    const uid = object.metadata.uid!
    for (const text of Array.from(dependants.get(uid) ?? [])) forget(placeOf(text), [uid])
    dropFinalizer(store, place.bucket, place.key, 'orphan')
  }

  const foreground = async (place: Place, object: KubeObject): Promise<void> => {
    const uid = object.metadata.uid!
    let waiting = false
    for (const text of Array.from(dependants.get(uid) ?? [])) {
      const at = placeOf(text)
      const dependant = store.get(at.bucket, at.key)
      if (!dependant) continue
      if (!dependant.metadata.deletionTimestamp) await judge(at, dependant)
      const still = store.get(at.bucket, at.key)?.metadata.ownerReferences?.find((owner) => owner.uid === uid)
      if (still?.blockOwnerDeletion) waiting = true
    }
    if (!waiting) dropFinalizer(store, place.bucket, place.key, 'foregroundDeletion')
  }

  /** Solid owners keep a dependant; the others are dropped from it. Without a solid one it goes. */
  const judge = async (place: Place, object: KubeObject): Promise<void> => {
    const owners = object.metadata.ownerReferences ?? []
    const states = owners.map((owner) => ({ owner, state: stateOf(owner, object) }))
    const lost = states.filter(({ state }) => state !== 'solid').map(({ owner }) => owner.uid)
    if (!lost.length) return
    if (lost.length < owners.length) return forget(place, lost)
    const kind = registry.ofBucket(place.bucket)
    if (!kind) return
    const waiting = states.some(({ state }) => state === 'waiting')
    const { namespace, name, uid, finalizers } = object.metadata
    const propagation = finalizers?.includes('orphan')
      ? 'Orphan'
      : finalizers?.includes('foregroundDeletion') || (waiting && dependants.has(uid!))
        ? 'Foreground'
        : 'Background'
    await deleteObject(
      machine,
      {
        kind,
        ...(namespace ? { namespace } : {}),
        options: { dryRun: false, graceSeconds: undefined, propagation, uid, resourceVersion: undefined },
        user,
        warnings: [],
      },
      name,
    )
  }

  const stateOf = (owner: OwnerReference, dependant: KubeObject): 'solid' | 'waiting' | 'absent' => {
    const place = places.get(owner.uid)
    const object = place && store.get(place.bucket, place.key)
    const group = owner.apiVersion.includes('/') ? owner.apiVersion.slice(0, owner.apiVersion.indexOf('/')) : ''
    if (!object) {
      if (gone.has(owner.uid)) return 'absent'
      // nobody knows what a kind that is not served once was: keep
      return registry.all().some((kind) => kind.kind === owner.kind && kind.group === group) ? 'absent' : 'solid'
    }
    const home = object.metadata.namespace
    if (home && home !== dependant.metadata.namespace) return 'absent'
    return object.metadata.deletionTimestamp && object.metadata.finalizers?.includes('foregroundDeletion')
      ? 'waiting'
      : 'solid'
  }

  const forget = (place: Place, uids: readonly string[]): void => {
    const object = store.get(place.bucket, place.key)
    if (!object) return
    const rest = object.metadata.ownerReferences?.filter((owner) => !uids.includes(owner.uid)) ?? []
    const metadata = { ...object.metadata, ownerReferences: rest }
    if (!rest.length) delete (metadata as Partial<typeof metadata>).ownerReferences
    store.put(place.bucket, place.key, { ...object, metadata })
  }

  for (const bucket of store.buckets())
    for (const object of store.list(bucket))
      see({ type: 'ADDED', bucket, key: keyFor(object.metadata.namespace, object.metadata.name), object })
  const stop = store.subscribe(see)
  return {
    retry() {
      for (const text of failed) enqueue(text)
      failed.clear()
    },
    stop() {
      stopped = true
      stop()
    },
  }
}

const isOurs = (finalizer: string): boolean => finalizer === 'orphan' || finalizer === 'foregroundDeletion'
