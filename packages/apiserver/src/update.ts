/**
 * Changing an object, the same for every kind: typed → defaults → who owns what → allocations → admission → validation → commit.
 * PUT, patches, scale and binding end here; so does the last finalizer of an object on its way out.
 */
import type { KubeObject } from '@drey/reconcile'
import { validateCustom } from './custom.ts'
import { validateMeta, validateMetaUpdate } from './kinds/metadata.ts'
import { createObject } from './create.ts'
import { maskSubresource, raiseGeneration } from './endpoint.ts'
import { ApiError, badRequest, type Cause, conflict, invalid, notFound, staleWrite } from './errors.ts'
import { equalJson } from './json.ts'
import type { Draft } from './kinds/strategy.ts'
import {
  cleanManaged,
  contextOf,
  ignoredFields,
  type Machine,
  setManaged,
  type Write,
  writerOf,
  type Written,
} from './machine.ts'
import { ownersAfterUpdate } from './patch/managed-fields.ts'
import type { Kind } from './resources.ts'
import { keyFor } from './store.ts'
import { checkKind, conversionError, patchRefusal, placeIn, typed, typedAgain } from './typed.ts'
import { asShown, asStored } from './versions.ts'

export interface Next {
  /** the whole next object as JSON, untyped */
  value: Draft
  /** managedFields that are already right (apply) */
  managed?: unknown
  /** the change is a patch: errors about types name the patch; the live resourceVersion is inside it */
  patched?: boolean
  /** already of the kind's type */
  isTyped?: boolean
}

/**
 * Changes a stored object. `change` gets the live object in the request's version (shared: never change it) and may be called
 * again when another write slipped in between.
 */
export const updateObject = async (
  machine: Machine,
  write: Write,
  change: (live: KubeObject) => Next,
): Promise<Written> => {
  const { kind, namespace, name = '' } = write
  const key = keyFor(kind.namespaced ? namespace : undefined, name)
  for (let attempt = 0; ; attempt++) {
    const stored = machine.store.get(kind.bucket, key)
    if (!stored) throw notFound(kind, name)
    const result = await tryUpdate(machine, write, key, stored, change)
    if (result) return { object: result, created: false }
    if (attempt === 5) throw staleWrite(kind, name)
  }
}

const tryUpdate = async (
  machine: Machine,
  write: Write,
  key: string,
  stored: KubeObject,
  change: (live: KubeObject) => Next,
): Promise<KubeObject | undefined> => {
  const { kind, name = '', namespace, subresource, options } = write
  const { strategy } = kind
  const live = asShown(kind, stored)
  const next = change(live)
  const given = next.value
  checkIdentity(given, live, kind, name, namespace, next.patched === true)
  let draft = next.isTyped ? given : typedPart(kind, given, live, write, next.patched)
  const meta = draft.metadata
  placeIn(draft, kind, namespace)
  meta.name ||= name
  if (meta.resourceVersion && !/^\d+$/.test(meta.resourceVersion))
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(meta.resourceVersion)}: invalid syntax`)
  if (meta.resourceVersion && meta.resourceVersion !== live.metadata.resourceVersion) throw staleWrite(kind, name)
  if (!meta.resourceVersion && (kind.origin === 'crd' || strategy.versionRequired) && !next.patched)
    throw invalid({ group: kind.group, kind: kind.resource }, name, [invalidVersion])
  meta.resourceVersion = live.metadata.resourceVersion!

  keepServersOwn(draft, live)
  const asked = (given.metadata as Draft['metadata'] | undefined)?.managedFields
  const reset = Array.isArray(asked) && cleanManaged(asked) === undefined
  maskSubresource(draft, live, kind, subresource)
  if (subresource === 'status' || subresource === 'binding') strategy.statusDefaults?.(draft)
  else strategy.defaults?.(draft)
  const base = meta.managedFields ?? live.metadata.managedFields
  const managed = reset
    ? undefined
    : (next.managed ??
      // an object that nobody owns stays so until somebody applies it
      (base &&
        ownersAfterUpdate(
          kind.shape,
          live,
          draft,
          base,
          writerOf(machine, write),
          ignoredFields(kind, subresource, draft),
        )))
  setManaged(draft, managed)
  if (!subresource) strategy.update?.(draft, live, contextOf(machine, write))

  const pending = equalButVersion(draft, live) ? undefined : machine.admission.review(write, 'UPDATE', draft, live)
  if (pending) {
    draft = typedAgain(kind, await pending, write)
    if (machine.store.get(kind.bucket, key) !== stored) return undefined
    maskSubresource(draft, live, kind, subresource)
  }
  const causes: Cause[] = [
    ...validateMetaUpdate(draft, live),
    ...(subresource === 'status' || subresource === 'binding'
      ? []
      : [
          ...validateMeta(draft, strategy.name, kind.origin === 'builtin').filter(
            (cause) => cause.field !== 'metadata.name',
          ),
          ...(strategy.validate?.(draft, live) ?? []),
        ]),
    ...validateCustom(kind, draft, live, subresource),
  ]
  if (causes.length) throw invalid(kind, name, causes)
  raiseGeneration(draft, live, kind, subresource)
  if (mayLeave(draft, live)) return leave(machine, write, key, draft)
  if (equalButVersion(draft, live)) return live
  const result = asStored(kind, draft)
  if (options.dryRun) return asShown(kind, result)
  return asShown(kind, machine.store.put(kind.bucket, key, result).object)
}

/** A write of the status takes everything else from the live object: what it leaves as it is need not be read again. */
const typedPart = (kind: Kind, given: Draft, live: KubeObject, write: Write, patched: boolean | undefined): Draft => {
  if (write.subresource !== 'status') return typed(kind, given, write, patched)
  const part = { ...given }
  for (const field of Object.keys(given))
    if (given[field] === live[field] && !read.has(field)) delete (part as Record<string, unknown>)[field]
  try {
    return typed(kind, part, write, patched)
  } catch {
    // The refusal of the whole object tells the whole object.
    return typed(kind, given, write, patched)
  }
}
const read = new Set(['apiVersion', 'kind', 'metadata', 'status'])

const invalidVersion: Cause = {
  reason: 'FieldValueInvalid',
  message: 'Invalid value: 0x0: must be specified for an update',
  field: 'metadata.resourceVersion',
}

const checkIdentity = (
  given: Draft,
  live: KubeObject,
  kind: Kind,
  name: string,
  namespace: string | undefined,
  patched: boolean,
): void => {
  const meta = given.metadata as Draft['metadata'] | undefined
  if (meta?.name && meta.name !== name)
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`)
  if (!meta?.name && !patched)
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  if (patched && kind.origin === 'builtin' && given.kind !== kind.kind)
    throw patchRefusal(given, conversionError(kind, given.apiVersion, given.kind))
  if (kind.namespaced && meta?.namespace && meta.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (meta?.uid && meta.uid !== live.metadata.uid && !patched)
    throw conflict(
      kind,
      name,
      `StorageError: invalid object, Code: 4, Key: /registry/${kind.group ? `${kind.group}/` : ''}${kind.resource}/${keyFor(namespace, name)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${meta.uid}, UID in object meta: ${live.metadata.uid}`,
    )
}

const keepServersOwn = (draft: Draft, live: KubeObject): void => {
  const meta = draft.metadata as unknown as Record<string, unknown>
  const was = live.metadata as unknown as Record<string, unknown>
  meta['creationTimestamp'] = was['creationTimestamp']
  for (const field of ['uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'])
    if (meta[field] === undefined && was[field] !== undefined) meta[field] = was[field]
  for (const field of ['generation', 'generateName']) {
    if (was[field] === undefined) {
      if (field === 'generation') delete meta[field]
    } else meta[field] = was[field]
  }
}

const equalButVersion = (draft: KubeObject, live: KubeObject): boolean => equalJson(draft, live)

/** An object on its way out goes with its last finalizer, unless a kubelet still has to end it. */
const mayLeave = (draft: KubeObject, live: KubeObject): boolean =>
  live.metadata.deletionTimestamp !== undefined &&
  !draft.metadata.finalizers?.length &&
  (live.metadata.finalizers?.length ?? 0) > 0 &&
  !(draft.metadata.deletionGracePeriodSeconds! > 0) &&
  !namespaceHeld(draft)

const namespaceHeld = (object: KubeObject): boolean =>
  object.kind === 'Namespace' &&
  object.apiVersion === 'v1' &&
  ((object['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0

const leave = (machine: Machine, write: Write, key: string, draft: Draft): KubeObject => {
  const last = asStored(write.kind, draft)
  if (write.options.dryRun) return asShown(write.kind, last)
  machine.store.remove(write.kind.bucket, key, last)
  return asShown(write.kind, last)
}

/** PUT: the body is the whole next object. */
export const replaceObject = (machine: Machine, write: Write, body: unknown): Promise<Written> => {
  const value = checkKind(write.kind, body)
  if (
    write.kind.createOnUpdate &&
    !machine.store.get(write.kind.bucket, keyFor(write.kind.namespaced ? write.namespace : undefined, write.name!))
  )
    return createObject(machine, write, { ...value, metadata: { ...value.metadata, name: write.name } })
  return updateObject(machine, write, () => ({ value }))
}
