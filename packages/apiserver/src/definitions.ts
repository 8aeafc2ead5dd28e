/** Keeps the served kinds in step with the stored CRDs, and the CRDs' conditions with what is served. */
import type { KubeObject } from '@drey/reconcile'
import { acceptedStatus, kindsOf } from './crd.ts'
import type { Registry } from './resources.ts'
import { noAdmission } from './admission.ts'
import { timeOf, type Machine } from './machine.ts'
import { updateObject } from './update.ts'

const bucket = 'customresourcedefinitions.apiextensions.k8s.io'
const user = { name: 'system:apiserver', groups: ['system:masters'] }
const ignore = (): void => {}
const cleanup = 'customresourcecleanup.apiextensions.k8s.io'

/** Serves what is stored now and follows changes; the returned function ends it. */
export const serveDefinitions = (machine: Machine, registry: Registry): (() => void) => {
  const { store } = machine

  const serve = (crd: KubeObject): void => {
    const { name } = crd.metadata
    if (crd.metadata.deletionTimestamp) return void endInstances(crd)
    const status = acceptedStatus(crd, registry, timeOf(machine.now()))
    if (status) return write(name, status)
    const conditions = (crd['status'] as { conditions: { type: string; status: string }[] }).conditions
    const established = conditions.some((one) => one.type === 'Established' && one.status === 'True')
    registry.setCustom(name, established ? kindsOf(crd) : [])
  }

  /** Synchronous: no webhook is asked about what the server itself writes. */
  const write = (name: string, status: unknown): void => {
    const kind = registry.ofBucket(bucket)!
    const options = { dryRun: false, manager: 'kube-apiserver', fieldValidation: 'Ignore', force: false } as const
    const own = { ...machine, admission: noAdmission }
    void updateObject(own, { kind, name, subresource: 'status', options, user, warnings: [] }, (live) => ({
      value: { ...live, status },
    })).catch(ignore)
  }

  /** A CRD takes its objects with it; it goes when the last one is gone. */
  const endInstances = (crd: KubeObject): void => {
    const spec = crd['spec'] as { group: string; names: { plural: string } }
    const objects = `${spec.names.plural}.${spec.group}`
    for (const object of store.list(objects)) {
      const key = object.metadata.namespace
        ? `${object.metadata.namespace}/${object.metadata.name}`
        : object.metadata.name
      if (!object.metadata.finalizers?.length) store.remove(objects, key)
      else if (!object.metadata.deletionTimestamp)
        store.put(objects, key, {
          ...object,
          metadata: { ...object.metadata, deletionTimestamp: timeOf(machine.now()), deletionGracePeriodSeconds: 0 },
        })
    }
    if (store.count(objects) > 0) return
    const current = store.get(bucket, crd.metadata.name)
    if (!current) return
    const finalizers = current.metadata.finalizers ?? []
    const rest = finalizers.filter((one) => one !== cleanup)
    // Somebody else's finalizer is waited for; writing what stands there already would wake us again, for ever.
    if (rest.length > 0 && rest.length === finalizers.length) return
    if (rest.length)
      store.put(bucket, crd.metadata.name, { ...current, metadata: { ...current.metadata, finalizers: rest } })
    else store.remove(bucket, crd.metadata.name)
  }

  const stop = store.subscribe((change) => {
    if (change.bucket === bucket) {
      if (change.type === 'DELETED') registry.setCustom(change.object.metadata.name, [])
      else if (store.get(bucket, change.key) === change.object) serve(change.object)
      return
    }
    if (change.type !== 'DELETED') return
    const dot = change.bucket.indexOf('.')
    const crd = dot > 0 ? store.get(bucket, change.bucket) : undefined
    if (crd?.metadata.deletionTimestamp) endInstances(crd)
  })
  for (const crd of store.list(bucket)) serve(crd)
  return stop
}
