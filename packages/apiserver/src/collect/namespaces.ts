/** Namespaces from beginning to end: what each gets when it is made, and taking everything along when it goes. */
import { noAdmission } from '../admission.ts'
import { ApiError, StorageError } from '../errors.ts'
import { equalJson } from '../json.ts'
import { deleteObject } from '../remove.ts'
import type { Registry } from '../resources.ts'
import { createObject } from '../create.ts'
import type { Machine, Write } from '../machine.ts'
import { updateObject } from '../update.ts'

const user = { name: 'system:kube-controller-manager', groups: ['system:masters'] }
const bucket = 'namespaces'

const writing = (registry: Registry, resource: string, namespace?: string): Write => ({
  kind: registry.find('', 'v1', resource)!,
  ...(namespace ? { namespace } : {}),
  options: { dryRun: false, manager: 'kube-controller-manager', fieldValidation: 'Ignore', force: false },
  user,
  warnings: [],
})

const firstNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** The namespaces every cluster has; throws when they cannot be stored, since nothing works without them. */
export const makeFirstNamespaces = (machine: Machine, registry: Registry): void => {
  for (const name of firstNamespaces) {
    if (machine.store.get(bucket, name)) continue
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    // nothing in it waits, so the commit has happened, or not, when the call returns
    void createObject({ ...machine, admission: noAdmission }, writing(registry, 'namespaces'), body).catch(ignore)
    if (!machine.store.get(bucket, name))
      throw new StorageError(`cannot store the namespace ${name}: is the disk full?`, true)
  }
}

const ignore = (): void => {}

/** Keeps ServiceAccount `default` and ConfigMap `kube-root-ca.crt` in every namespace. */
export const furnishNamespaces = (machine: Machine, registry: Registry, caCertificate: string): (() => void) => {
  const { store } = machine
  const furnish = (name: string): void => {
    if (store.get(bucket, name)?.metadata.deletionTimestamp !== undefined || !store.get(bucket, name)) return
    if (!store.get('serviceaccounts', `${name}/default`))
      void createObject(machine, writing(registry, 'serviceaccounts', name), {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: 'default' },
      }).catch(ignore)
    if (!caCertificate) return
    const data = { 'ca.crt': caCertificate }
    const known = store.get('configmaps', `${name}/kube-root-ca.crt`)
    if (!known)
      void createObject(machine, writing(registry, 'configmaps', name), {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'kube-root-ca.crt',
          annotations: {
            'kubernetes.io/description':
              'The certificate authority of this API server, for the pods of this namespace.',
          },
        },
        data,
      }).catch(ignore)
    else if (!equalJson(known['data'], data))
      void updateObject(machine, { ...writing(registry, 'configmaps', name), name: 'kube-root-ca.crt' }, (live) => ({
        value: { ...live, data },
      })).catch(ignore)
  }
  for (const namespace of store.list(bucket)) furnish(namespace.metadata.name)
  const stops = [
    store.subscribe((change) => change.type === 'ADDED' && furnish(change.key), bucket),
    store.subscribe(
      (change) =>
        change.type === 'DELETED' &&
        change.object.metadata.name === 'default' &&
        furnish(change.object.metadata.namespace!),
      'serviceaccounts',
    ),
    store.subscribe(
      (change) =>
        change.type !== 'ADDED' &&
        change.object.metadata.name === 'kube-root-ca.crt' &&
        furnish(change.object.metadata.namespace!),
      'configmaps',
    ),
  ]
  return () => stops.forEach((stop) => stop())
}

/** Empties namespaces that are going, and lets them go when they are empty. */
export const endNamespaces = (machine: Machine, registry: Registry): (() => void) => {
  const { store } = machine
  const ending = new Set<string>()

  const empty = async (namespace: string): Promise<void> => {
    for (const name of store.buckets()) {
      const kind = registry.ofBucket(name)
      if (!kind?.namespaced) continue
      for (const object of store.list(name, namespace)) {
        if (object.metadata.deletionTimestamp) continue
        const options = {
          dryRun: false,
          graceSeconds: undefined,
          propagation: 'Background' as const,
          uid: object.metadata.uid,
          resourceVersion: undefined,
        }
        await deleteObject(machine, { kind, namespace, options, user, warnings: [] }, object.metadata.name).catch(
          (error: unknown) => {
            if (!(error instanceof ApiError)) throw error
          },
        )
      }
    }
    settle(namespace)
  }

  const settle = (namespace: string): void => {
    const left = store
      .buckets()
      .some((name) => registry.ofBucket(name)?.namespaced && store.list(name, namespace).length > 0)
    const object = store.get(bucket, namespace)
    if (left || !object?.metadata.deletionTimestamp) return
    ending.delete(namespace)
    const next = { ...object, spec: {} }
    if (object.metadata.finalizers?.length) store.put(bucket, namespace, next)
    else store.remove(bucket, namespace, next)
  }

  const begin = (namespace: string): void => {
    if (ending.has(namespace)) return
    ending.add(namespace)
    queueMicrotask(() => void empty(namespace))
  }

  for (const namespace of store.list(bucket)) if (namespace.metadata.deletionTimestamp) begin(namespace.metadata.name)
  return store.subscribe((change) => {
    if (change.bucket === bucket) {
      if (change.type === 'DELETED') ending.delete(change.key)
      else if (
        change.object.metadata.deletionTimestamp &&
        ((change.object['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0
      )
        begin(change.key)
    } else if (
      change.type === 'DELETED' &&
      change.object.metadata.namespace &&
      ending.has(change.object.metadata.namespace)
    )
      settle(change.object.metadata.namespace)
  })
}
