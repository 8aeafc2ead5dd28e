/**
 * The write path, the same for every kind: read as the kind's type → defaults → who owns what → allocations → admission →
 * validation → commit. Creates, updates and patches end here.
 */
import type { KubeObject } from '@drey/reconcile'
import { prune, unknownField, withDefaults } from '@drey/schema'
import type { Admission } from './admission.ts'
import { coerceEmbedded, validateCustom } from './custom.ts'
import { decodeBuiltin, WrongType } from './decode.ts'
import { alreadyExists, ApiError, badRequest, conflict, forbidden, invalid, notFound, staleWrite, type Cause } from './errors.ts'
import { equalJson } from './json.ts'
import { validateMeta, validateMetaUpdate } from './kinds/metadata.ts'
import { randomSuffix, randomUid } from './kinds/random.ts'
import type { Draft, WriteContext } from './kinds/strategy.ts'
import type { WriteOptions } from './options.ts'
import { emptySet, parseSet, type FieldSet } from './patch/field-set.ts'
import { ownersAfterUpdate, zeroObject, type Writer } from './patch/managed-fields.ts'
import type { Kind } from './resources.ts'
import { isMap } from './shape.ts'
import { keyFor, type Store } from './store.ts'
import type { UserInfo } from './types.ts'

export interface Machine {
  store: Store
  now: () => number
  random: () => number
  admission: Admission
}

export interface Write {
  kind: Kind
  namespace?: string
  /** absent for a POST: the body names it */
  name?: string
  subresource?: string
  options: WriteOptions
  user: UserInfo
  warnings: string[]
}

export interface Written {
  object: KubeObject
  created: boolean
}

/** RFC 3339 in whole seconds, as metav1.Time. */
export const timeOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

const statusFields = parseSet({ 'f:status': {} })
const everythingButStatus = (object: KubeObject): FieldSet =>
  parseSet({ ...Object.fromEntries(Object.keys(object).filter((key) => key !== 'status' && key !== 'metadata').map((key) => [`f:${key}`, {}])), 'f:metadata': {} })

/** Fields that a write through this endpoint cannot own. */
export const ignoredFields = (kind: Kind, subresource: string | undefined, object: KubeObject): FieldSet => {
  if (subresource === 'status') return kind.origin === 'crd' ? everythingButStatus(object) : parseSet({ 'f:spec': {} })
  return hasStatus(kind) ? statusFields : emptySet
}

export const hasStatus = (kind: Kind): boolean => kind.subresources.some((one) => one.name === 'status')

const context = (machine: Machine, write: Write): WriteContext => ({
  store: machine.store,
  now: machine.now(),
  time: timeOf(machine.now()),
  random: machine.random,
  warnings: write.warnings,
  dryRun: write.options.dryRun,
})

const writerOf = (machine: Machine, write: Write): Writer => ({
  manager: write.options.manager,
  apiVersion: write.kind.apiVersion,
  subresource: write.subresource ?? '',
  // the real server gives entries of scale no time
  time: write.subresource === 'scale' ? '' : timeOf(machine.now()),
})

export const asStored = (kind: Kind, object: KubeObject): KubeObject =>
  kind.toStored ? kind.toStored(object) : object.apiVersion === kind.storageApiVersion ? object : { ...object, apiVersion: kind.storageApiVersion }

const shownObjects = new WeakMap<Kind, WeakMap<KubeObject, KubeObject>>()

/** The object in the version a client asked for, with defaults its schema got after it was stored; the same value each time. */
export const asShown = (kind: Kind, object: KubeObject): KubeObject => {
  if (!kind.fromStored && !kind.defaultsOnRead && object.apiVersion === kind.apiVersion) return object
  let known = shownObjects.get(kind)
  if (!known) shownObjects.set(kind, (known = new WeakMap()))
  let shown = known.get(object)
  if (!shown) known.set(object, (shown = converted(kind, object)))
  return shown
}

const converted = (kind: Kind, object: KubeObject): KubeObject => {
  if (kind.fromStored) return kind.fromStored(object)
  const full = kind.defaultsOnRead && kind.structural ? withDefaults(kind.structural, object) : object
  return full.apiVersion === kind.apiVersion ? full : { ...full, apiVersion: kind.apiVersion }
}

// reading a body ---------------------------------------------------------------------------------------------------------

/** The body must be an object of this kind; missing type information is taken from the path. */
export const checkKind = (kind: Kind, body: unknown): Draft => {
  if (!isMap(body)) throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: unexpected end of JSON input`)
  const { apiVersion, kind: name } = body as { apiVersion?: string; kind?: string }
  if ((name && name !== kind.kind) || (apiVersion && apiVersion !== kind.apiVersion)) {
    const [theirs, ours] = [shortVersion(apiVersion ?? kind.apiVersion), shortVersion(kind.apiVersion)]
    if (kind.origin === 'crd' && apiVersion === kind.apiVersion)
      throw invalid({ group: kind.group, kind: name! }, (body['metadata'] as { name?: string } | undefined)?.name ?? '', [
        { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(name)}: must be ${kind.kind}`, field: 'kind' },
      ])
    if (kind.origin === 'crd') throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`)
    throw badRequest(
      `${name ?? kind.kind} in version ${JSON.stringify(theirs)} cannot be handled as a ${kind.kind}: converting (${theirs}.${name ?? kind.kind}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`.replace(
        `${JSON.stringify(theirs)}`,
        JSON.stringify(apiVersion ? theirs : ours),
      ),
    )
  }
  return body as Draft
}
const shortVersion = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1)

/** A new object of the kind's type: unknown fields dropped (or refused, or warned about), defaults filled in. */
export const typed = (kind: Kind, value: Draft, write: Write, patched = false): Draft => {
  const { fieldValidation } = write.options
  const named = (fields: readonly string[]): void => {
    if (!fields.length || fieldValidation === 'Ignore') return
    const sentences = fields.map((field) => unknownField(field))
    if (fieldValidation === 'Warn') {
      for (const one of sentences) if (!write.warnings.includes(one)) write.warnings.push(one)
      return
    }
    throw patched
      ? new ApiError(422, 'Invalid', ` "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(value))}: strict decoding error: ${sentences.join(', ')}`, {
          causes: [{ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(JSON.stringify(value))}: strict decoding error: ${sentences.join(', ')}`, field: 'patch' }],
        })
      : badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${sentences.join(', ')}`)
  }
  if (kind.origin === 'crd') return typedCustom(kind, value, named)
  try {
    const { value: read, unknown } = decodeBuiltin(kind.typeName!, value)
    named(unknown)
    const draft = read as Draft
    draft.apiVersion = kind.apiVersion
    draft.kind = kind.kind
    draft.metadata ??= {} as KubeObject['metadata']
    return draft
  } catch (error) {
    if (!(error instanceof WrongType)) throw error
    if (!patched) throw badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${error.message}`)
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(value))}: ${error.message}`
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] })
  }
}

const objectMetaType = 'apimachinery.pkg.apis.meta.v1.ObjectMeta'

const typedCustom = (kind: Kind, value: Draft, named: (fields: readonly string[]) => void): Draft => {
  const { value: metadata, unknown } = decodeMeta(kind, value.metadata ?? {})
  let body: Draft = value
  const dropped = unknown.map((field) => `metadata.${field}`)
  if (kind.structural) {
    const pruned = prune(kind.structural, value as unknown)
    dropped.push(...pruned.unknown)
    body = (kind.embeds ? coerceEmbedded(kind.structural, pruned.value, dropped) : pruned.value) as Draft
  }
  named(dropped)
  if (kind.structural) body = withDefaults(kind.structural, body)
  return { ...body, apiVersion: kind.apiVersion, kind: kind.kind, metadata: metadata as unknown as KubeObject['metadata'] }
}

const decodeMeta = (kind: Kind, metadata: unknown) => {
  try {
    return decodeBuiltin(objectMetaType, metadata)
  } catch (error) {
    if (error instanceof WrongType) throw badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${error.message}`)
    throw error
  }
}

// create -----------------------------------------------------------------------------------------------------------------

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

const placeIn = (draft: Draft, kind: Kind, namespace: string | undefined): void => {
  if (kind.namespaced && namespace) draft.metadata.namespace = namespace
  else delete draft.metadata.namespace
}

/** Nothing new goes into a namespace that is not there or is going. */
const checkNamespace = (machine: Machine, write: Write, name: string): void => {
  const { kind, namespace } = write
  if (!kind.namespaced || !namespace) return
  const home = machine.store.get('namespaces', namespace)
  if (!home) throw notFound({ group: '', resource: 'namespaces' }, namespace)
  if (!home.metadata.deletionTimestamp) return
  const refusal = forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`)
  refusal.status.details = { ...refusal.status.details, causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }] }
  throw refusal
}

/** From a typed draft to a stored object. `managedFields` already known (apply) are kept. */
export const storeNew = async (machine: Machine, write: Write, typedDraft: Draft, applied?: unknown): Promise<KubeObject> => {
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
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const) delete (meta as unknown as Record<string, unknown>)[field]
  const managed = applied ?? ownersAfterUpdate(kind.shape, (kind.origin === 'crd' ? { metadata: {} } : zeroObject) as Record<string, unknown>, draft, cleanManaged(meta.managedFields), writerOf(machine, write), ignoredFields(kind, write.subresource, draft))
  setManaged(draft, managed)
  meta.uid = randomUid(machine.random)
  meta.creationTimestamp = timeOf(machine.now())
  if (strategy.generation) meta.generation = 1
  else delete meta.generation
  if (!meta.name && meta.generateName) meta.name = generatedName(machine, kind, namespace, meta.generateName)
  strategy.create?.(draft, context(machine, write))

  const pending = machine.admission.review(write, 'CREATE', draft, undefined)
  if (pending) {
    draft = typedAgain(kind, await pending, write)
    checkNamespace(machine, write, draft.metadata.name)
  }
  const causes = [...validateMeta(draft, strategy.name, kind.origin === 'builtin'), ...(strategy.validate?.(draft, undefined) ?? []), ...validateCustom(kind, draft, undefined)]
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
  throw new ApiError(409, 'AlreadyExists', `the server was not able to generate a unique name for the object ${kind.resource}`, { name: prefix, group: kind.group, kind: kind.resource, retryAfterSeconds: 1 })
}

/** `[]` or `[{}]` asks to forget all owners. */
const cleanManaged = (managed: unknown): unknown => (Array.isArray(managed) && managed.every((one) => isMap(one) && Object.keys(one).length === 0) ? undefined : managed)

const setManaged = (draft: Draft, managed: unknown): void => {
  if (Array.isArray(managed) && managed.length) draft.metadata.managedFields = managed
  else delete draft.metadata.managedFields
}

// update -----------------------------------------------------------------------------------------------------------------

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
export const updateObject = async (machine: Machine, write: Write, change: (live: KubeObject) => Next): Promise<Written> => {
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

const tryUpdate = async (machine: Machine, write: Write, key: string, stored: KubeObject, change: (live: KubeObject) => Next): Promise<KubeObject | undefined> => {
  const { kind, name = '', namespace, subresource, options } = write
  const { strategy } = kind
  const live = asShown(kind, stored)
  const next = change(live)
  const given = next.value
  checkIdentity(given, live, kind, name, namespace, next.patched === true)
  let draft = next.isTyped ? given : typed(kind, given, write, next.patched)
  const meta = draft.metadata
  placeIn(draft, kind, namespace)
  meta.name ||= name
  if (meta.resourceVersion && meta.resourceVersion !== live.metadata.resourceVersion) throw staleWrite(kind, name)
  if (!meta.resourceVersion && kind.origin === 'crd' && !next.patched)
    throw invalid({ group: kind.group, kind: kind.resource }, name, [invalidVersion])
  meta.resourceVersion = live.metadata.resourceVersion!

  keepServersOwn(draft, live)
  const reset = Array.isArray(meta.managedFields) && cleanManaged(meta.managedFields) === undefined
  maskSubresource(draft, live, kind, subresource)
  if (subresource === 'status' || subresource === 'binding') strategy.statusDefaults?.(draft)
  else strategy.defaults?.(draft)
  const base = meta.managedFields ?? live.metadata.managedFields
  const managed = reset
    ? undefined
    : (next.managed ?? ownersAfterUpdate(kind.shape, live, draft, base, writerOf(machine, write), ignoredFields(kind, subresource, draft)))
  setManaged(draft, managed)
  if (!subresource) strategy.update?.(draft, live, context(machine, write))

  const pending = equalButVersion(draft, live) ? undefined : machine.admission.review(write, 'UPDATE', draft, live)
  if (pending) {
    draft = typedAgain(kind, await pending, write)
    if (machine.store.get(kind.bucket, key) !== stored) return undefined
    maskSubresource(draft, live, kind, subresource)
  }
  const causes: Cause[] = [
    ...validateMetaUpdate(draft, live),
    ...(subresource === 'status' || subresource === 'binding' ? [] : [...validateMeta(draft, strategy.name, kind.origin === 'builtin').filter((cause) => cause.field !== 'metadata.name'), ...(strategy.validate?.(draft, live) ?? [])]),
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

const invalidVersion: Cause = { reason: 'FieldValueInvalid', message: 'Invalid value: 0x0: must be specified for an update', field: 'metadata.resourceVersion' }

const typedAgain = (kind: Kind, mutated: KubeObject, write: Write): Draft => {
  const draft = typed(kind, mutated as Draft, { ...write, options: { ...write.options, fieldValidation: 'Ignore' } })
  if (write.subresource !== 'status') kind.strategy.defaults?.(draft)
  return draft
}

const checkIdentity = (given: Draft, live: KubeObject, kind: Kind, name: string, namespace: string | undefined, patched: boolean): void => {
  const meta = given.metadata as Draft['metadata'] | undefined
  if (meta?.name && meta.name !== name) throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`)
  if (!meta?.name && !patched) throw badRequest('name must be provided'.replace('name must be provided', `the name of the object (${meta?.name ?? ''}) does not match the name on the URL (${name})`))
  if (kind.namespaced && meta?.namespace && meta.namespace !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
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
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) if (meta[field] === undefined && was[field] !== undefined) meta[field] = was[field]
  for (const field of ['generation', 'generateName']) {
    if (was[field] === undefined) {
      if (field === 'generation') delete meta[field]
    } else meta[field] = was[field]
  }
}

/** Each endpoint writes its part only. */
const maskSubresource = (draft: Draft, live: KubeObject, kind: Kind, subresource: string | undefined): void => {
  if (subresource === 'status') {
    for (const field of Object.keys(draft)) if (field !== 'status' && field !== 'metadata') delete draft[field]
    for (const field of Object.keys(live)) if (field !== 'status' && field !== 'metadata') draft[field] = live[field]
    if (kind.origin === 'crd') draft.metadata = { ...live.metadata, ...(draft.metadata.managedFields ? { managedFields: draft.metadata.managedFields } : {}) }
    else if (kind.resource !== 'pods' && kind.resource !== 'nodes') {
      if (live.metadata.labels) draft.metadata.labels = live.metadata.labels
      else delete draft.metadata.labels
    }
    return
  }
  if (!hasStatus(kind) || subresource === 'binding') return
  if (live['status'] === undefined) delete draft['status']
  else draft['status'] = live['status']
}

const raiseGeneration = (draft: Draft, live: KubeObject, kind: Kind, subresource: string | undefined): void => {
  const was = live.metadata.generation
  if (was === undefined || !kind.strategy.generation || subresource === 'status' || subresource === 'binding') return
  draft.metadata.generation = changed(kind, draft, live) ? was + 1 : was
}

/** Built-in kinds count changes of spec; custom resources every change outside metadata and status. */
const changed = (kind: Kind, draft: KubeObject, live: KubeObject): boolean => {
  if (kind.strategy.generation === 'annotations' && !equalJson(draft.metadata.annotations, live.metadata.annotations)) return true
  if (kind.origin === 'builtin' && 'spec' in live) return !equalJson(draft['spec'], live['spec'])
  const body = (object: KubeObject): unknown => ({ ...object, metadata: undefined, ...(hasStatus(kind) ? { status: undefined } : {}) })
  return !equalJson(body(draft), body(live))
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
  object.kind === 'Namespace' && object.apiVersion === 'v1' && ((object['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0

const leave = (machine: Machine, write: Write, key: string, draft: Draft): KubeObject => {
  const last = asStored(write.kind, draft)
  if (write.options.dryRun) return asShown(write.kind, last)
  machine.store.remove(write.kind.bucket, key, last)
  return asShown(write.kind, last)
}

/** PUT: the body is the whole next object. */
export const replaceObject = (machine: Machine, write: Write, body: unknown): Promise<Written> => {
  const value = checkKind(write.kind, body)
  if (write.kind.createOnUpdate && !machine.store.get(write.kind.bucket, keyFor(write.kind.namespaced ? write.namespace : undefined, write.name!)))
    return createObject(machine, write, { ...value, metadata: { ...value.metadata, name: write.name } })
  return updateObject(machine, write, () => ({ value }))
}

