/** Equality and order of CEL values. */
import { compareAddresses } from './library/ip.ts'
import { compareQuantities } from './library/quantity.ts'
import {
  CelError,
  entryOf,
  isCustom,
  isList,
  isMap,
  isOptional,
  keysOf,
  sizeOf,
  type List,
  type Value,
} from './value.ts'

/** `==`: whole numbers and doubles compare by value; lists by order unless the schema calls them a set or a map. */
export const same = (one: Value, other: Value): boolean => {
  if (one === other) return true
  if (isNumber(one) || isNumber(other)) return isNumber(one) && isNumber(other) && one == other
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false
  if (isList(one)) return isList(other) && sameList(one, other)
  if (isMap(one)) {
    if (!isMap(other) || sizeOf(one) !== sizeOf(other)) return false
    return keysOf(one).every((key) => {
      const partner = entryOf(other, key)
      return partner !== undefined && same(entryOf(one, key)!, partner)
    })
  }
  if (one instanceof Uint8Array)
    return (
      other instanceof Uint8Array && one.length === other.length && one.every((byte, index) => byte === other[index])
    )
  if (isOptional(one))
    return (
      isOptional(other) &&
      (one.value === undefined ? other.value === undefined : other.value !== undefined && same(one.value, other.value))
    )
  return compare(one, other, true) === 0
}

const sameList = (one: List, other: List): boolean => {
  if (one.length !== other.length) return false
  const type = one.listType ?? other.listType
  if (type === 'set') return one.every((item) => other.some((partner) => same(item, partner)))
  if (type === 'map') return one.every((item) => other.some((partner) => same(item, partner)))
  return one.every((item, index) => same(item, other[index]!))
}

/** Negative, zero or positive. Throws `no such overload` for values that have no order (`NaN` when `lenient`). */
export const compare = (one: Value, other: Value, lenient = false): number => {
  if (isNumber(one) && isNumber(other)) return one < other ? -1 : one > other ? 1 : one == other ? 0 : Number.NaN
  if (typeof one === 'string' && typeof other === 'string') return byCodePoint(one, other)
  if (typeof one === 'boolean' && typeof other === 'boolean') return Number(one) - Number(other)
  if (one instanceof Uint8Array && other instanceof Uint8Array) return byBytes(one, other)
  if (
    typeof one === 'object' &&
    typeof other === 'object' &&
    one !== null &&
    other !== null &&
    'is' in one &&
    'is' in other &&
    one.is === other.is
  ) {
    if ((one.is === 'timestamp' && other.is === 'timestamp') || (one.is === 'duration' && other.is === 'duration'))
      return one.nanos < other.nanos ? -1 : one.nanos > other.nanos ? 1 : 0
    if (isCustom(one, 'quantity') && isCustom(other, 'quantity')) return compareQuantities(one.of, other.of)
    if (isCustom(one, 'ip') && isCustom(other, 'ip')) return compareAddresses(one.of, other.of)
    if (lenient) return fingerprint(one) === fingerprint(other) ? 0 : Number.NaN
  }
  if (lenient) return Number.NaN
  throw new CelError('no such overload')
}

const fingerprint = (value: Value): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one))

const isNumber = (value: Value): value is bigint | number => typeof value === 'bigint' || typeof value === 'number'

const byCodePoint = (one: string, other: string): number =>
  one === other ? 0 : byBytes(utf8.encode(one), utf8.encode(other))
const utf8 = new TextEncoder()

const byBytes = (one: Uint8Array, other: Uint8Array): number => {
  for (let index = 0; index < Math.min(one.length, other.length); index++)
    if (one[index] !== other[index]) return one[index]! - other[index]!
  return one.length - other.length
}
