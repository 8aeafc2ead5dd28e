/**
 * Reads a JSON value as a built-in type, as the real server's typed structs do: unknown fields and zero values go, a wrong
 * JSON type is refused with Go's sentence.
 */
import { builtinType, type BuiltinField, type FieldType } from './builtin/types.ts'
import { canonicalQuantity, isQuantity } from './quantity.ts'
import { isMap } from './shape.ts'

export interface Decoded {
  /** a new value; nothing of it is shared with the input's maps and lists */
  value: Record<string, unknown>
  /** paths of unknown fields, in order */
  unknown: string[]
}

/** Go's complaint about a value of the wrong type: `json: cannot unmarshal string into Go struct field …`. */
export class WrongType extends Error {}

export const decodeBuiltin = (typeName: string, value: unknown): Decoded => {
  const unknown: string[] = []
  const decoded = readType(typeName, value, undefined, unknown)
  return { value: isMap(decoded) ? decoded : {}, unknown }
}

/** Where a value stands, from the inside out: written down only when something is wrong with it. */
interface Place {
  readonly up: Place | undefined
  /** a member's name, or `[3]` */
  readonly name: string | number
  /** Go's errors name members of structs only, not items and keys of maps */
  readonly isField: boolean
}

const pathOf = (place: Place | undefined): string => {
  const parts: string[] = []
  for (let at = place; at; at = at.up) parts.push(typeof at.name === 'number' ? `[${at.name}]` : at.name)
  return parts.reverse().join('.').replaceAll('.[', '[')
}

const goPathOf = (place: Place | undefined): string[] => {
  const parts: string[] = []
  for (let at = place; at; at = at.up) if (at.isField) parts.push(String(at.name))
  return parts.reverse()
}

/** Optional fields that Go keeps as pointers: their zero value means something. */
const pointers = new Set(
  (
    'storageClassName ingressClassName volumeName holderIdentity preferredHolder strategy appProtocol className runtimeClassName ' +
    'automountServiceAccountToken enableServiceLinks controller blockOwnerDeletion immutable optional readOnlyRootFilesystem privileged ' +
    'allowPrivilegeEscalation runAsNonRoot hostUsers suspend shareProcessNamespace setHostnameAsFQDN started serving terminating ready ' +
    'allowVolumeExpansion attachRequired podInfoOnMount allocateLoadBalancerNodePorts hostProcess replicas priority runAsUser runAsGroup ' +
    'fsGroup terminationGracePeriodSeconds activeDeadlineSeconds revisionHistoryLimit progressDeadlineSeconds backoffLimit parallelism ' +
    'completions ttlSecondsAfterFinished deletionGracePeriodSeconds defaultMode mode expirationSeconds tolerationSeconds partition ' +
    'leaseDurationSeconds leaseTransitions startingDeadlineSeconds successfulJobsHistoryLimit failedJobsHistoryLimit timeoutSeconds ' +
    'minReplicas value stabilizationWindowSeconds averageUtilization maxUnavailable maxSurge minAvailable port targetPort timeAdded ' +
    'matchLabelExpressions hostnameOverride portName ordinals userSpecifiedCommand schema served storage preserveUnknownFields ' +
    'maximum minimum maxLength minLength maxItems minItems maxProperties minProperties'
  ).split(' '),
)
/** Names above that are plain numbers in these types. */
const plain: Record<string, ReadonlySet<string>> = {
  'api.apps.v1.DeploymentStatus': new Set(['replicas']),
  'api.core.v1.Probe': new Set(['timeoutSeconds']),
  'api.core.v1.EnvVar': new Set(['value']),
  'api.core.v1.Toleration': new Set(['value']),
}

const readType = (name: string, value: unknown, place: Place | undefined, unknown: string[]): unknown => {
  const type = builtinType(name)
  if (!type) return value
  if (type.is) return readField(type.is, value, place, unknown, name)
  if (value === null || value === undefined) return undefined
  if (!isMap(value)) throw wrong(value, place, lastOf(name, place), name)
  const read: Record<string, unknown> = {}
  const fields = fieldsOf(name)
  for (const key in value) {
    const field = fields.get(key)
    if (!field) {
      unknown.push(pathOf({ up: place, name: key, isField: true }))
      continue
    }
    const given = value[key]
    if (given === null || given === undefined) continue
    const one = readField(field.type, given, { up: place, name: key, isField: true }, unknown, name)
    if (!isZero(name, field, one)) read[key] = one
  }
  return read
}

const fieldMaps = new Map<string, ReadonlyMap<string, BuiltinField>>()
const fieldsOf = (name: string): ReadonlyMap<string, BuiltinField> => {
  let map = fieldMaps.get(name)
  if (!map) fieldMaps.set(name, (map = new Map((builtinType(name)?.fields ?? []).map((field) => [field.name, field]))))
  return map
}

/** What `omitempty` leaves out. */
const isZero = (type: string, field: BuiltinField, value: unknown): boolean => {
  if (value === undefined) return true
  if (field.required) return false
  if (Array.isArray(value)) return value.length === 0
  if ('map' in field.type) return isMap(value) && Object.keys(value).length === 0
  if (value !== '' && value !== 0 && value !== false) return false
  if (pointers.has(field.name) && !plain[type]?.has(field.name)) return false
  return (
    'scalar' in field.type &&
    field.type.scalar !== 'intstr' &&
    field.type.scalar !== 'quantity' &&
    field.type.scalar !== 'json'
  )
}

const readField = (
  type: FieldType,
  value: unknown,
  place: Place | undefined,
  unknown: string[],
  owner: string,
): unknown => {
  if (value === null || value === undefined) return undefined
  if ('ref' in type) return readType(type.ref, value, place, unknown)
  if ('list' in type) {
    if (!Array.isArray(value)) throw wrong(value, place, `[]${goName(type.list)}`, owner)
    const inner = type.list
    return value.map(
      (one, index) =>
        readField(inner, one, { up: place, name: index, isField: false }, unknown, owner) ?? (one === null ? null : {}),
    )
  }
  if ('map' in type) {
    if (!isMap(value)) throw wrong(value, place, `map[string]${goName(type.map)}`, owner)
    const read: Record<string, unknown> = {}
    for (const key in value) {
      const one = readField(type.map, value[key], { up: place, name: key, isField: false }, unknown, owner)
      setOwn(read, key, one ?? ('scalar' in type.map ? '' : {}))
    }
    return read
  }
  return readScalar(type.scalar, value, place, owner)
}

const readScalar = (scalar: string, value: unknown, place: Place | undefined, owner: string): unknown => {
  switch (scalar) {
    case 'string':
    case 'bytes':
    case 'time':
    case 'microtime':
      if (typeof value !== 'string') throw wrong(value, place, 'string', owner)
      return value
    case 'int32':
    case 'int64':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong(value, place, scalar, owner)
      return value
    case 'double':
      if (typeof value !== 'number') throw wrong(value, place, 'float64', owner)
      return value
    case 'bool':
      if (typeof value !== 'boolean') throw wrong(value, place, 'bool', owner)
      return value
    case 'quantity':
      return readQuantity(value)
    default:
      return value
  }
}

const readQuantity = (value: unknown): unknown => {
  if (typeof value !== 'number' && typeof value !== 'string') return value
  const text = String(value)
  if (!isQuantity(text))
    throw new WrongType("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
  return canonicalQuantity(text)
}

const wrong = (value: unknown, place: Place | undefined, expected: string, owner: string): WrongType => {
  const found = Array.isArray(value)
    ? 'array'
    : value !== null && typeof value === 'object'
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value
  const number = found === 'number' && !Number.isInteger(value) ? ` ${String(value)}` : ''
  return new WrongType(
    `json: cannot unmarshal ${found}${number} into Go struct field ${shortName(owner)}.${goPathOf(place).join('.')} of type ${expected}`,
  )
}

const shortName = (type: string): string => type.slice(type.lastIndexOf('.') + 1)
const goPackage = (type: string): string => `v${type.split('.').at(-2)?.replace(/^v/, '') ?? '1'}.${shortName(type)}`
const lastOf = (name: string, place: Place | undefined): string =>
  goPathOf(place).length ? goPackage(name) : shortName(name)
const goName = (type: FieldType): string =>
  'ref' in type
    ? goPackage(type.ref)
    : 'list' in type
      ? `[]${goName(type.list)}`
      : 'map' in type
        ? `map[string]${goName(type.map)}`
        : goScalar(type.scalar)
const goScalar = (scalar: string): string =>
  ({ double: 'float64', bytes: 'uint8', time: 'v1.Time', quantity: 'resource.Quantity' })[scalar] ?? scalar

const setOwn = (target: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
