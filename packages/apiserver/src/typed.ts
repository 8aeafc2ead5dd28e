/** Reading a request's body as the kind it must be. */
import type { KubeObject } from '@drey/reconcile'
import { prune, unknownField, withDefaults } from '@drey/schema'
import { builtinTypeNameOf } from './builtin/types.ts'
import { coerceEmbedded } from './custom.ts'
import { decodeBuiltin, WrongType } from './decode.ts'
import { ApiError, badRequest, invalid } from './errors.ts'
import type { Draft } from './kinds/strategy.ts'
import type { Write } from './machine.ts'
import type { Kind } from './resources.ts'
import { isMap } from './shape.ts'

/** The body must be an object of this kind; missing type information is taken from the path. */
export const checkKind = (kind: Kind, body: unknown): Draft => {
  if (!isMap(body))
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: unexpected end of JSON input`,
    )
  const { apiVersion, kind: name } = body as { apiVersion?: string; kind?: string }
  if ((name && name !== kind.kind) || (apiVersion && apiVersion !== kind.apiVersion)) {
    const theirs = shortVersion(apiVersion ?? kind.apiVersion)
    if (kind.origin === 'crd' && apiVersion === kind.apiVersion)
      throw invalid(
        { group: kind.group, kind: name! },
        (body['metadata'] as { name?: string } | undefined)?.name ?? '',
        [
          {
            reason: 'FieldValueInvalid',
            message: `Invalid value: ${JSON.stringify(name)}: must be ${kind.kind}`,
            field: 'kind',
          },
        ],
      )
    if (kind.origin === 'crd')
      throw badRequest(
        `the API version in the data (${apiVersion}) does not match the expected API version (${kind.apiVersion})`,
      )
    throw badRequest(
      `${name ?? kind.kind} in version ${JSON.stringify(theirs)} cannot be handled as a ${kind.kind}: ${conversionError(kind, apiVersion ?? kind.apiVersion, name ?? kind.kind)}`,
    )
  }
  return body as Draft
}
/** Why an object of one built-in type is not one of another. */
export const conversionError = (kind: Kind, apiVersion: string, name: string): string =>
  builtinTypeNameOf(apiVersion, name)
    ? `converting (${shortVersion(apiVersion)}.${name}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`
    : `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`

/** A patch whose result is no object of its kind. */
export const patchRefusal = (value: unknown, why: string): ApiError => {
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(value))}: ${why}`
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
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
      ? new ApiError(
          422,
          'Invalid',
          ` "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(value))}: strict decoding error: ${sentences.join(', ')}`,
          {
            causes: [
              {
                reason: 'FieldValueInvalid',
                message: `Invalid value: ${JSON.stringify(JSON.stringify(value))}: strict decoding error: ${sentences.join(', ')}`,
                field: 'patch',
              },
            ],
          },
        )
      : badRequest(
          `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: strict decoding error: ${sentences.join(', ')}`,
        )
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
    if (!patched)
      throw badRequest(
        `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${error.message}`,
      )
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(value))}: ${error.message}`
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
      causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
    })
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
  return {
    ...body,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: metadata as unknown as KubeObject['metadata'],
  }
}

const decodeMeta = (kind: Kind, metadata: unknown) => {
  try {
    return decodeBuiltin(objectMetaType, metadata)
  } catch (error) {
    if (error instanceof WrongType)
      throw badRequest(
        `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${error.message}`,
      )
    throw error
  }
}

/** What a webhook made of an object, read as the kind's type again. */
export const typedAgain = (kind: Kind, mutated: KubeObject, write: Write): Draft => {
  const draft = typed(kind, mutated as Draft, { ...write, options: { ...write.options, fieldValidation: 'Ignore' } })
  if (write.subresource !== 'status') kind.strategy.defaults?.(draft)
  return draft
}

/** Namespaced objects are where the path says, others nowhere. */
export const placeIn = (draft: Draft, kind: Kind, namespace: string | undefined): void => {
  if (kind.namespaced && namespace) draft.metadata.namespace = namespace
  else delete draft.metadata.namespace
}
