/** What a request asks beside its object: options in the query or body, checked in the API server's words. */
import { ApiError, badRequest, invalid, type Cause } from './errors.ts'
import { isMap } from './shape.ts'
import type { ApiRequest } from './types.ts'

export interface WriteOptions {
  dryRun: boolean
  manager: string
  fieldValidation: 'Strict' | 'Warn' | 'Ignore'
  force: boolean
}

export interface DeleteOptions {
  dryRun: boolean
  graceSeconds: number | undefined
  propagation: 'Background' | 'Foreground' | 'Orphan' | undefined
  uid: string | undefined
  resourceVersion: string | undefined
}

const refused = (kind: string, ...causes: Cause[]): ApiError => invalid({ group: 'meta.k8s.io', kind }, '', causes)

const dryRunOf = (values: readonly string[], kind: string): boolean => {
  if (values.some((value) => value !== 'All'))
    throw refused(kind, {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: []string{${values.map((one) => JSON.stringify(one)).join(', ')}}: supported values: "All"`,
      field: 'dryRun',
    })
  return values.length > 0
}

/** `kind` names the options in errors: CreateOptions, UpdateOptions, PatchOptions. */
export const writeOptions = (request: ApiRequest, kind: string): WriteOptions => {
  const { query } = request
  const causes: Cause[] = []
  const isApply = request.contentType === 'application/apply-patch+yaml'
  const manager = query.get('fieldManager') ?? ''
  if (kind === 'PatchOptions') {
    if (isApply && !manager)
      causes.push({
        reason: 'FieldValueRequired',
        message: 'Required value: is required for apply patch',
        field: 'fieldManager',
      })
    if (!isApply && query.has('force'))
      causes.push({
        reason: 'FieldValueForbidden',
        message: 'Forbidden: may not be specified for non-apply patch',
        field: 'force',
      })
  }
  if (manager.length > 128)
    causes.push({
      reason: 'FieldValueTooLong',
      message: 'Too long: may not be more than 128 bytes',
      field: 'fieldManager',
    })
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u001f\u007f]/.test(manager))
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(manager)}: should only contain printable characters`,
      field: 'fieldManager',
    })
  const validation = query.get('fieldValidation') || 'Warn'
  if (!['Strict', 'Warn', 'Ignore'].includes(validation))
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`,
      field: 'fieldValidation',
    })
  const dryRun = dryRunOf(query.getAll('dryRun'), kind)
  if (causes.length) throw refused(kind, ...causes)
  return {
    dryRun,
    manager: manager || managerOf(request.userAgent),
    fieldValidation: validation as WriteOptions['fieldValidation'],
    force: query.get('force') === 'true',
  }
}

/** Without a fieldManager, the first word of the user agent owns what is written. */
const managerOf = (userAgent: string | undefined): string =>
  (userAgent ?? 'unknown').split('/')[0]!.slice(0, 128) || 'unknown'

export const deleteOptions = (request: ApiRequest): DeleteOptions => {
  const body: Record<string, any> = isMap(request.body) ? request.body : {}
  const { query } = request
  const policy = (body['propagationPolicy'] ?? query.get('propagationPolicy') ?? undefined) as
    DeleteOptions['propagation'] | undefined
  const orphan = (body['orphanDependents'] ??
    (query.has('orphanDependents') ? query.get('orphanDependents') !== 'false' : undefined)) as boolean | undefined
  const causes: Cause[] = []
  if (policy !== undefined && orphan !== undefined)
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set`,
      field: 'propagationPolicy',
    })
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy))
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
      field: 'propagationPolicy',
    })
  if (causes.length) throw refused('DeleteOptions', ...causes)
  const grace =
    body['gracePeriodSeconds'] ??
    (query.get('gracePeriodSeconds') === null ? undefined : Number(query.get('gracePeriodSeconds')))
  if (grace !== undefined && !Number.isInteger(grace))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(String(grace))}: invalid syntax`)
  return {
    dryRun: dryRunOf([...(body['dryRun'] ?? []), ...query.getAll('dryRun')], 'DeleteOptions'),
    graceSeconds: grace,
    propagation: policy ?? (orphan === undefined ? undefined : orphan ? 'Orphan' : 'Background'),
    uid: body['preconditions']?.uid,
    resourceVersion: body['preconditions']?.resourceVersion,
  }
}

export interface ListOptions {
  labels: string | null
  fields: string | null
  limit: number
  continue: string
  /** '' when not given */
  resourceVersion: string
  match: '' | 'Exact' | 'NotOlderThan'
}

export const listOptions = (query: URLSearchParams, watch: boolean): ListOptions => {
  const match = query.get('resourceVersionMatch') ?? ''
  const resourceVersion = query.get('resourceVersion') ?? ''
  const limitText = query.get('limit')
  if (limitText && !/^[+-]?\d+$/.test(limitText))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limitText)}: invalid syntax`)
  const causes: Cause[] = []
  const no = (field: string, why: string): void =>
    void causes.push({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field })
  const initial = query.get('sendInitialEvents')
  if (watch) {
    if (initial !== null) {
      if (match !== 'NotOlderThan')
        no('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
    } else if (match)
      no('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
  } else {
    if (initial !== null) no('sendInitialEvents', 'sendInitialEvents is forbidden for list')
    if (match) {
      if (!resourceVersion)
        no('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided')
      if (query.get('continue'))
        no('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided')
      if (match !== 'Exact' && match !== 'NotOlderThan')
        causes.push({
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
          field: 'resourceVersionMatch',
        })
      if (match === 'Exact' && resourceVersion === '0')
        no('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    }
  }
  if (causes.length) throw refused('ListOptions', ...causes)
  return {
    labels: query.get('labelSelector'),
    fields: query.get('fieldSelector'),
    limit: Number(limitText ?? 0),
    continue: query.get('continue') ?? '',
    resourceVersion,
    match: match as ListOptions['match'],
  }
}

/** A resourceVersion as a number; throws the API server's 400. */
export const revisionOf = (text: string): number => {
  if (!/^\d+$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    )
  return Number(text)
}
