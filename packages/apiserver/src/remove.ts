/** DELETE of one object and of collections: preconditions, grace, finalizers, propagation. */
import type { KubeObject, Status } from '@drey/reconcile'
import { ApiError, notFound } from './errors.ts'
import { equalJson } from './json.ts'
import { timeOf, type Machine } from './machine.ts'
import { asShown } from './versions.ts'
import type { DeleteOptions } from './options.ts'
import type { Kind } from './resources.ts'
import { keyFor } from './store.ts'
import type { UserInfo } from './types.ts'

export interface Removal {
  kind: Kind
  namespace?: string
  options: DeleteOptions
  user: UserInfo
  warnings: string[]
}

/** Kinds whose DELETE answers with the object even when it is gone at once. */
const answersWithObject = new Set([
  'pods',
  'services',
  'serviceaccounts',
  'persistentvolumeclaims',
  'persistentvolumes',
  'resourcequotas',
  'podtemplates',
  'replicationcontrollers',
])

/** The answer: `Status` when the object is gone, the object while something holds it. */
export const deleteObject = async (machine: Machine, removal: Removal, name: string): Promise<KubeObject | Status> => {
  const { kind, namespace, options } = removal
  const key = keyFor(kind.namespaced ? namespace : undefined, name)
  const stored = machine.store.get(kind.bucket, key)
  if (!stored) throw notFound(kind, name)
  const pending = machine.admission.review(
    {
      kind,
      ...(namespace ? { namespace } : {}),
      name,
      user: removal.user,
      options: { dryRun: options.dryRun },
      warnings: removal.warnings,
    },
    'DELETE',
    undefined,
    asShown(kind, stored),
  )
  if (pending) {
    await pending
    if (machine.store.get(kind.bucket, key) !== stored) return deleteObject(machine, removal, name)
  }
  checkPreconditions(kind, stored, options)
  const finalizers = finalizersAfter(kind, stored, removal)
  const grace = kind.strategy.grace?.(stored, options.graceSeconds) ?? 0
  const held = finalizers.length > 0 || isNamespace(kind)
  if (!held && (grace === 0 || (kind.bucket === 'pods' && options.graceSeconds === 0)))
    return removeNow(machine, kind, key, stored, options)
  return asShown(kind, mark(machine, kind, key, stored, finalizers, grace, options))
}

const isNamespace = (kind: Kind): boolean => kind.bucket === 'namespaces'

const checkPreconditions = (kind: Kind, stored: KubeObject, options: DeleteOptions): void => {
  const { uid, resourceVersion, name } = stored.metadata
  const refuse = (why: string): never => {
    const qualified = kind.group ? `${kind.kind}.${kind.group}` : kind.kind
    throw new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified} "${name}": ${why}`, {
      name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.kind,
    })
  }
  if (options.uid !== undefined && options.uid !== uid)
    refuse(
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    )
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion)
    refuse(
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    )
}

const warningForJobs =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

/** Foreground and orphan deletion are finalizers that the collector removes. */
const finalizersAfter = (kind: Kind, stored: KubeObject, { options, warnings }: Removal): readonly string[] => {
  const { endsWith } = kind.strategy
  const now = [
    ...new Set([
      ...(stored.metadata.finalizers ?? []),
      ...(endsWith && !stored.metadata.deletionTimestamp ? [endsWith] : []),
    ]),
  ]
  let policy = options.propagation
  if (policy === undefined && kind.bucket === 'jobs.batch') {
    policy = 'Orphan'
    warnings.push(warningForJobs)
  }
  if (policy === undefined) return now
  const others = now.filter((one) => one !== 'orphan' && one !== 'foregroundDeletion')
  return policy === 'Orphan'
    ? [...others, 'orphan']
    : policy === 'Foreground'
      ? [...others, 'foregroundDeletion']
      : others
}

const removeNow = (
  machine: Machine,
  kind: Kind,
  key: string,
  stored: KubeObject,
  options: DeleteOptions,
): KubeObject | Status => {
  const last = kind.strategy.grace ? marked(machine, kind, stored, [], 0) : stored
  const gone = options.dryRun ? last : machine.store.remove(kind.bucket, key, last)!.object
  kind.strategy.removed?.(stored)
  if (answersWithObject.has(kind.resource) && kind.group === '')
    return asShown(kind, { ...gone, metadata: last.metadata })
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: stored.metadata.name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.resource,
      uid: stored.metadata.uid!,
    },
  }
}

const marked = (
  machine: Machine,
  kind: Kind,
  stored: KubeObject,
  finalizers: readonly string[],
  grace: number,
): KubeObject => {
  const { metadata: meta } = stored
  const deadline = machine.now() + grace * 1000
  const asked = meta.deletionTimestamp ? Date.parse(meta.deletionTimestamp) : Infinity
  const sooner = !meta.deletionTimestamp || (grace < (meta.deletionGracePeriodSeconds ?? 0) && deadline < asked)
  const metadata = { ...meta, ...(finalizers.length ? { finalizers: [...finalizers] } : {}) }
  if (!finalizers.length) delete metadata.finalizers
  if (sooner) {
    metadata.deletionTimestamp = timeOf(deadline)
    if (!isNamespace(kind)) metadata.deletionGracePeriodSeconds = grace
    if (meta.generation !== undefined && !meta.deletionTimestamp) metadata.generation = meta.generation + 1
  }
  return {
    ...stored,
    metadata,
    ...(isNamespace(kind) ? { status: { ...(stored['status'] as object), phase: 'Terminating' } } : {}),
  }
}

const mark = (
  machine: Machine,
  kind: Kind,
  key: string,
  stored: KubeObject,
  finalizers: readonly string[],
  grace: number,
  options: DeleteOptions,
): KubeObject => {
  const next = marked(machine, kind, stored, finalizers, grace)
  const unchanged = equalJson(next, stored)
  if (unchanged || options.dryRun) return next
  return machine.store.put(kind.bucket, key, next).object
}
