/**
 * Creating an object, the same for every kind: typed → defaults → who owns what → allocations → admission → validation → commit.
 */
import type { KubeObject } from '@drey/reconcile'
import { validateCustom } from './custom.ts'
import { validateMeta } from './kinds/metadata.ts'
import { alreadyExists, ApiError, badRequest, forbidden, invalid, notFound } from './errors.ts'
import { randomSuffix, randomUid } from './kinds/random.ts'
import type { Draft } from './kinds/strategy.ts'
import {
  cleanManaged,
  contextOf,
  hasStatus,
  ignoredFields,
  type Machine,
  setManaged,
  timeOf,
  type Write,
  writerOf,
  type Written,
} from './machine.ts'
import { ownersAfterUpdate, zeroObject } from './patch/managed-fields.ts'
import type { Kind } from './resources.ts'
import { keyFor } from './store.ts'
import { checkKind, placeIn, typed, typedAgain } from './typed.ts'
import { asShown, asStored } from './versions.ts'

export const createObject = async (machine: Machine, write: Write, body: unknown): Promise<Written> => {
  const { kind, namespace } = write
  const given = checkKind(kind, body)
  if (kind.namespaced && given.metadata?.namespace && given.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  let draft = typed(kind, given, write)
  placeIn(draft, kind, namespace)
  checkNamespace(machine, write, draft.metadata.name ?? '')
  return { object: await storeNew(machine, write, draft), created: true }
}

/** Nothing new goes into a namespace that is not there or is going. */
const checkNamespace = (machine: Machine, write: Write, name: string): void => {
  const { kind, namespace } = write
  if (!kind.namespaced || !namespace) return
  const home = machine.store.get('namespaces', namespace)
  if (!home) throw notFound({ group: '', resource: 'namespaces' }, namespace)
  if (!home.metadata.deletionTimestamp) return
  const refusal = forbidden(
    kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  refusal.status.details = {
    ...refusal.status.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  }
  throw refusal
}

/** From a typed draft to a stored object. `managedFields` already known (apply) are kept. */
export const storeNew = async (
  machine: Machine,
  write: Write,
  typedDraft: Draft,
  applied?: unknown,
): Promise<KubeObject> => {
  const { kind, namespace, options } = write
  const { strategy } = kind
  let draft = typedDraft
  const { metadata: meta } = draft
  if (meta.resourceVersion) throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created')
  if (hasStatus(kind)) {
    delete draft['status']
    if (kind.origin === 'builtin') draft['status'] = {}
  }
  strategy.defaults?.(draft)
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const)
    delete (meta as unknown as Record<string, unknown>)[field]
  const managed =
    applied ??
    ownersAfterUpdate(
      kind.shape,
      (kind.origin === 'crd' ? { metadata: {} } : zeroObject) as Record<string, unknown>,
      draft,
      cleanManaged(meta.managedFields),
      writerOf(machine, write),
      ignoredFields(kind, write.subresource, draft),
    )
  setManaged(draft, managed)
  meta.uid = randomUid(machine.random)
  meta.creationTimestamp = timeOf(machine.now())
  if (strategy.generation) meta.generation = 1
  else delete meta.generation
  if (!meta.name && meta.generateName) meta.name = generatedName(machine, kind, namespace, meta.generateName)
  strategy.create?.(draft, contextOf(machine, write))

  const pending = machine.admission.review(write, 'CREATE', draft, undefined)
  if (pending) {
    draft = typedAgain(kind, await pending, write)
    checkNamespace(machine, write, draft.metadata.name)
  }
  const causes = [
    ...validateMeta(draft, strategy.name, kind.origin === 'builtin'),
    ...(strategy.validate?.(draft, undefined) ?? []),
    ...validateCustom(kind, draft, undefined),
  ]
  if (causes.length) throw invalid(kind, meta.name ?? '', causes)
  const key = keyFor(kind.namespaced ? namespace : undefined, draft.metadata.name)
  if (machine.store.get(kind.bucket, key)) throw alreadyExists(kind, draft.metadata.name)
  const stored = asStored(kind, draft)
  if (options.dryRun) return asShown(kind, stored)
  return asShown(kind, machine.store.put(kind.bucket, key, stored).object)
}

const generatedName = (machine: Machine, kind: Kind, namespace: string | undefined, prefix: string): string => {
  const base = prefix.slice(0, 63 - 5)
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = base + randomSuffix(machine.random)
    if (!machine.store.get(kind.bucket, keyFor(kind.namespaced ? namespace : undefined, name))) return name
  }
  throw new ApiError(
    409,
    'AlreadyExists',
    `the server was not able to generate a unique name for the object ${kind.resource}`,
    { name: prefix, group: kind.group, kind: kind.resource, retryAfterSeconds: 1 },
  )
}
