/** The API server's errors as values: a `Status` in its wording, thrown inside the machinery, answered by `handle`. */
import type { Status } from '@drey/reconcile'

export interface Cause {
  reason: string
  message: string
  field: string
}

/** A refused request. `status.code` is the HTTP status. */
export class ApiError extends Error {
  readonly status: Status & { code: number }
  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    // An answer, not a defect: nobody reads where it came from, and finding that out costs more than the request.
    const depth = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = depth
    this.name = 'ApiError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    }
  }
}

/** The disk did not take a write, or gave back what cannot be read. The store is as before. */
export class StorageError extends Error {
  /** the file system is full (or a quota is) */
  readonly full: boolean
  constructor(message: string, full: boolean, cause?: unknown) {
    super(message, { cause })
    this.name = 'StorageError'
    this.full = full
  }
}

/** What errors name: `pods`, `deployments.apps`. */
export interface Named {
  group: string
  resource: string
}
interface Kinded {
  group: string
  kind: string
}

const qualified = (of: Named): string => (of.group ? `${of.resource}.${of.group}` : of.resource)
const detailsOf = (of: Named, name: string) => ({
  ...(name ? { name } : {}),
  ...(of.group ? { group: of.group } : {}),
  kind: of.resource,
})

export const notFound = (of: Named, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(of)} "${name}" not found`, detailsOf(of, name))

/** No such path or resource at all. */
export const unknownPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (of: Named, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(of)} "${name}" already exists`, detailsOf(of, name))

export const conflict = (of: Named, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
    detailsOf(of, name),
  )

export const staleWrite = (of: Named, name: string): ApiError =>
  conflict(of, name, 'the object has been modified; please apply your changes to the latest version and try again')

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message)

export const forbidden = (of: Named, name: string, why: string): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    name ? `${qualified(of)} "${name}" is forbidden: ${why}` : `${qualified(of)} is forbidden: ${why}`,
    detailsOf(of, name),
  )

export const methodNotAllowed = (of: Named, verb: string): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind "${qualified(of)}"`,
    detailsOf(of, ''),
  )

export const unsupportedMedia = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )

export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message)

/** Several problems of one object: the sentence the API server makes of them. */
export const invalid = (of: Kinded, name: string, causes: readonly Cause[]): ApiError => {
  const texts = [...new Set(causes.map((c) => `${c.field}: ${c.message}`))]
  const joined = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
  const kind = of.group ? `${of.kind}.${of.group}` : of.kind
  return new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${joined}`, {
    ...(name ? { name } : {}),
    ...(of.group ? { group: of.group } : {}),
    kind: of.kind,
    causes: causes.map((c) => ({ ...c })),
  })
}

export const tooLargeResourceVersion = (asked: number, current: number): ApiError =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

// the causes of 422, in the API server's wording ------------------------------------------------------------------------

const shown = (value: unknown): string =>
  value === undefined
    ? 'null'
    : typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)

export const required = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: why ? `Required value: ${why}` : 'Required value',
  field,
})
export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
  field,
})
export const forbiddenField = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
})
export const unsupportedValue = (field: string, value: unknown, supported: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${supported
    .map((v) => JSON.stringify(v))
    .join(', ')}`,
  field,
})
export const duplicateValue = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
  field,
})
export const tooLong = (field: string, max: number): Cause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${max} bytes`,
  field,
})

export const methodNotAllowedHere = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
