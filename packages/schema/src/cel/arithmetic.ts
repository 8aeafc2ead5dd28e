/** Arithmetic of CEL: 64-bit whole numbers that overflow loudly, doubles, and `+` of texts, lists, times. */
import { same } from './compare.ts'
import { CelError, entryOf, isFields, isList, type List, type Value } from './value.ts'

const bounded = (value: bigint): bigint => {
  if (value !== BigInt.asIntN(64, value)) throw new CelError('integer overflow')
  return value
}
const noOverload = (): never => {
  throw new CelError('no such overload')
}

const numeric =
  (whole: (a: bigint, b: bigint) => bigint, double: (a: number, b: number) => number) =>
  (one: Value, other: Value): Value | undefined => {
    if (typeof one === 'bigint' && typeof other === 'bigint') return bounded(whole(one, other))
    if (typeof one === 'number' && typeof other === 'number') return double(one, other)
    return undefined
  }

const plus = numeric(
  (a, b) => a + b,
  (a, b) => a + b,
)
const minus = numeric(
  (a, b) => a - b,
  (a, b) => a - b,
)
const times = numeric(
  (a, b) => a * b,
  (a, b) => a * b,
)
const over = numeric(
  (a, b) => (b === 0n ? fail('division by zero') : a / b),
  (a, b) => a / b,
)

export const add = (one: Value, other: Value): Value => {
  if (typeof one === 'string' && typeof other === 'string') return one + other
  if (isList(one) && isList(other)) return joined(one, other)
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Uint8Array.of(...one, ...other)
  if (isTime(one) && isTime(other)) {
    if (one.is === 'duration') return { is: other.is, nanos: one.nanos + other.nanos }
    if (other.is === 'duration') return { is: one.is, nanos: one.nanos + other.nanos }
  }
  return plus(one, other) ?? noOverload()
}

export const subtract = (one: Value, other: Value): Value => {
  if (isTime(one) && isTime(other)) {
    if (one.is === other.is) return { is: 'duration', nanos: one.nanos - other.nanos }
    if (other.is === 'duration') return { is: one.is, nanos: one.nanos - other.nanos }
  }
  return minus(one, other) ?? noOverload()
}
export const multiply = (one: Value, other: Value): Value => times(one, other) ?? noOverload()
export const divide = (one: Value, other: Value): Value => over(one, other) ?? noOverload()
export const modulo = (one: Value, other: Value): Value => {
  if (typeof one !== 'bigint' || typeof other !== 'bigint') return noOverload()
  return other === 0n ? fail('modulus by zero') : one % other
}
export const negate = (value: Value): Value =>
  typeof value === 'bigint' ? bounded(-value) : typeof value === 'number' ? -value : noOverload()

const fail = (why: string): never => {
  throw new CelError(why)
}

const isTime = (value: Value): value is { is: 'duration' | 'timestamp'; nanos: bigint } =>
  typeof value === 'object' && value !== null && 'is' in value && (value.is === 'duration' || value.is === 'timestamp')

// Lists that the schema calls sets or maps are united, not appended; of two entries with one key the later wins in place.
const joined = (one: List, other: List): List => {
  if (one.listType === 'set')
    return marked([...one, ...other.filter((item) => !one.some((known) => same(known, item)))], one)
  if (one.listType !== 'map') return [...one, ...other]
  const identity = (item: Value): Value[] =>
    (one.mapKeys ?? []).map((key) => (isFields(item) ? (entryOf(item, key) ?? null) : null))
  const equal = (a: Value, b: Value): boolean => same(identity(a), identity(b))
  const kept = one.map((item) => other.find((later) => equal(item, later)) ?? item)
  return marked([...kept, ...other.filter((item) => !one.some((known) => equal(known, item)))], one)
}
const marked = (items: Value[], like: List): List =>
  Object.assign(items, { listType: like.listType, mapKeys: like.mapKeys })
