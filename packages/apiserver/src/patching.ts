/** PATCH: which of the four patch types, applied to which object, through the ordinary write path. */
import type { KubeObject } from '@drey/reconcile'
import { prune } from '@drey/schema'
import { ApiError, badRequest, unsupportedMedia } from './errors.ts'
import { decodeBuiltin } from './decode.ts'
import { applyConfig } from './patch/apply.ts'
import { applyJsonPatch } from './patch/json.ts'
import { mergePatch } from './patch/merge.ts'
import { strategicMerge } from './patch/strategic.ts'
import type { Kind } from './resources.ts'
import { isMap } from './shape.ts'
import { keyFor } from './store.ts'
import type { Draft } from './kinds/strategy.ts'
import { storeNew } from './create.ts'
import { ignoredFields, timeOf, type Machine, type Write, type Written } from './machine.ts'
import { typed } from './typed.ts'
import { updateObject } from './update.ts'
import { asShown } from './versions.ts'

export const jsonPatchType = 'application/json-patch+json'
export const mergePatchType = 'application/merge-patch+json'
export const strategicPatchType = 'application/strategic-merge-patch+json'
export const applyPatchType = 'application/apply-patch+yaml'

/** The patched JSON for the three patch types that are no apply. */
export const patchedValue = (
  kind: Pick<Kind, 'origin' | 'shape'>,
  live: unknown,
  patch: unknown,
  type: string | undefined,
): unknown => {
  switch (type) {
    case jsonPatchType:
      return applyJsonPatch(live, patch)
    case mergePatchType:
      if (!isMap(patch))
        throw badRequest(
          'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
        )
      return mergePatch(live, patch)
    case strategicPatchType:
      if (!isMap(patch))
        throw badRequest(
          'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
        )
      return strategicMerge(kind.shape, live, patch)
  }
  throw unaccepted(kind)
}

const accepted = (kind: Pick<Kind, 'origin'>): readonly string[] =>
  kind.origin === 'crd'
    ? [jsonPatchType, mergePatchType, applyPatchType]
    : [jsonPatchType, mergePatchType, strategicPatchType, applyPatchType]

const unaccepted = (kind: Pick<Kind, 'origin'>): ApiError =>
  kind.origin === 'crd'
    ? unsupportedMedia(accepted(kind))
    : new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

export const patchObject = (
  machine: Machine,
  write: Write,
  patch: unknown,
  type: string | undefined,
): Promise<Written> => {
  if (type === applyPatchType) return applyObject(machine, write, patch)
  if (!accepted(write.kind).includes(type ?? '')) throw unaccepted(write.kind)
  return updateObject(machine, write, (live) => ({
    value: patchedValue(write.kind, live, patch, type) as Draft,
    patched: true,
  }))
}

const applyObject = async (machine: Machine, write: Write, config: unknown): Promise<Written> => {
  const { kind, namespace, name = '', subresource } = write
  if (!isMap(config)) throw badRequest('error decoding YAML: object is no map')
  const {
    apiVersion,
    kind: kindName,
    metadata = {},
  } = config as { apiVersion?: string; kind?: string; metadata?: Record<string, unknown> }
  if (apiVersion !== kind.apiVersion || kindName !== kind.kind)
    throw badRequest(`invalid object type: ${spokenType(apiVersion ?? '', kindName ?? '')}`)
  if (metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil')
  if (metadata['name'] !== undefined && metadata['name'] !== name)
    throw badRequest(
      `the name of the object (${String(metadata['name'])}) does not match the name on the URL (${name})`,
    )
  refuseUndeclared(kind, config)

  const request = (live: KubeObject | undefined) =>
    applyConfig({
      shape: kind.shape,
      live: live as Record<string, unknown> | undefined,
      config: { ...config, metadata: { ...metadata, name, ...(kind.namespaced && namespace ? { namespace } : {}) } },
      writer: {
        manager: write.options.manager,
        apiVersion: kind.apiVersion,
        subresource: subresource ?? '',
        time: timeOf(machine.now()),
      },
      force: write.options.force,
      ignored: ignoredFields(kind, subresource, config as unknown as KubeObject),
    })
  const exists = machine.store.get(kind.bucket, keyFor(kind.namespaced ? namespace : undefined, name)) !== undefined
  if (exists || subresource)
    return updateObject(machine, write, (live) => {
      const { object, managedFields } = request(live)
      return { value: withLastApplied(object, config, write) as Draft, managed: managedFields, patched: true }
    })

  const { object, managedFields } = request(undefined)
  const draft = typed(kind, object as Draft, write)
  draft.metadata.name = name
  if (kind.namespaced && namespace) draft.metadata.namespace = namespace
  if (draft.metadata.uid)
    throw new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${kind.group ? `${kind.resource}.${kind.group}` : kind.resource} "${name}": uid mismatch: the provided object specified uid ${draft.metadata.uid}, and no existing object was found`,
      {
        name,
        ...(kind.group ? { group: kind.group } : {}),
        kind: kind.resource,
      },
    )
  return { object: await storeNew(machine, write, draft, managedFields), created: true }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** kubectl's own annotation, once an object has it, follows its server-side applies, so that both ways may alternate. */
const withLastApplied = (
  object: Record<string, unknown>,
  config: Record<string, unknown>,
  write: Write,
): Record<string, unknown> => {
  const metadata = object['metadata'] as KubeObject['metadata']
  if (write.options.manager !== 'kubectl' || write.subresource || metadata.annotations?.[lastApplied] === undefined)
    return object
  const applied = JSON.parse(JSON.stringify(config)) as KubeObject
  delete applied.metadata.managedFields
  delete applied.metadata.annotations?.[lastApplied]
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [lastApplied]: `${JSON.stringify(applied)}\n` } },
  }
}

const spokenType = (apiVersion: string, kind: string): string =>
  `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`

/** An applied object may only name fields its type has. */
const refuseUndeclared = (kind: Kind, config: Record<string, unknown>): void => {
  const unknown =
    kind.origin === 'builtin'
      ? decodeBuiltin(kind.typeName!, config).unknown
      : [
          ...decodeBuiltin('apimachinery.pkg.apis.meta.v1.ObjectMeta', config['metadata'] ?? {}).unknown.map(
            (field) => `metadata.${field}`,
          ),
          ...(kind.structural ? prune(kind.structural, config).unknown : []),
        ]
  if (!unknown.length) return
  const { namespace = '', name = '' } = (config['metadata'] ?? {}) as { namespace?: string; name?: string }
  const sentences = unknown.map((path) => `.${path}: field not declared in schema`)
  const type = `${kind.group ? kind.apiVersion : `/${kind.version}`}, Kind=${kind.kind}`
  throw new ApiError(
    500,
    '',
    `failed to create typed patch object (${namespace}/${name}; ${type}): ${sentences.length === 1 ? sentences[0] : `errors:\n  ${sentences.join('\n  ')}`}`,
  )
}

export const liveOf = (
  machine: Machine,
  kind: Kind,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined => {
  const stored = machine.store.get(kind.bucket, keyFor(kind.namespaced ? namespace : undefined, name))
  return stored && asShown(kind, stored)
}
