/** Conversions, sizes, types and optionals: the standard functions of CEL. */
import { goDouble } from '../../problem.ts'
import {
  CelError,
  isList,
  isMap,
  isOptional,
  none,
  sizeOf,
  some,
  typeName,
  type Optional,
  type Value,
} from '../value.ts'
import { noOverload, text, type Fn, type Methods } from './args.ts'
import { durationOf, durationText, timestampOf, timestampText } from './time.ts'

const size: Fn = (value) => {
  if (typeof value === 'string') return BigInt([...value].length)
  if (value instanceof Uint8Array || isList(value!)) return BigInt(value.length)
  return isMap(value!) ? BigInt(sizeOf(value)) : noOverload()
}

const int: Fn = (value) => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') {
    if (!(Math.abs(value) < 2 ** 63)) throw new CelError('integer overflow')
    return BigInt(Math.trunc(value))
  }
  if (typeof value === 'string') {
    if (!/^[+-]?\d{1,19}$/.test(value) || BigInt(value) !== BigInt.asIntN(64, BigInt(value)))
      throw new CelError(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
    return BigInt(value)
  }
  if (isTime(value!, 'timestamp')) return value.nanos / 1_000_000_000n
  if (isTime(value!, 'duration')) return value.nanos
  return noOverload()
}

const uint: Fn = (value) => {
  const whole = int(value!) as bigint
  if (whole < 0n) throw new CelError('unsigned integer overflow')
  return whole
}

const double: Fn = (value) => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string') return noOverload()
  const parsed = value.trim() === '' ? Number.NaN : Number(value)
  if (Number.isNaN(parsed) && value !== 'NaN')
    throw new CelError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
  return parsed
}

const string: Fn = (value) => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goDouble(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return new TextDecoder('utf-8', { fatal: true }).decode(value)
  if (isTime(value!, 'timestamp')) return timestampText(value)
  if (isTime(value!, 'duration')) return durationText(value)
  return noOverload()
}

const bool: Fn = (value) => {
  if (typeof value === 'boolean') return value
  const word = text(value)
  if (['true', 'True', 'TRUE', 't', '1'].includes(word)) return true
  if (['false', 'False', 'FALSE', 'f', '0'].includes(word)) return false
  throw new CelError(`strconv.ParseBool: parsing ${JSON.stringify(word)}: invalid syntax`)
}

const isTime = <K extends 'duration' | 'timestamp'>(value: Value, is: K): value is { is: K; nanos: bigint } & Value =>
  typeof value === 'object' && value !== null && 'is' in value && value.is === is

export const basicFunctions: Record<string, Fn> = {
  size,
  int,
  uint,
  double,
  string,
  bool,
  bytes: (value) => (value instanceof Uint8Array ? value : new TextEncoder().encode(text(value))),
  dyn: (value) => value!,
  type: (value) => typeName(value!),
  duration: (value) =>
    isTime(value!, 'duration')
      ? value
      : (durationOf(text(value)) ?? fail(`time: invalid duration ${JSON.stringify(value)}`)),
  timestamp: (value) => {
    if (isTime(value!, 'timestamp')) return value
    if (typeof value === 'bigint') return { is: 'timestamp', nanos: value * 1_000_000_000n }
    return timestampOf(text(value)) ?? fail(`parsing time ${JSON.stringify(value)}: invalid timestamp`)
  },
  'optional.none': () => none,
  'optional.of': (value) => some(value!),
  'optional.ofNonZeroValue': (value) => (isZero(value!) ? none : some(value!)),
}

const fail = (why: string): never => {
  throw new CelError(why)
}

const isZero = (value: Value): boolean =>
  value === null ||
  value === 0n ||
  value === 0 ||
  value === '' ||
  value === false ||
  (isList(value) && value.length === 0) ||
  (isMap(value) && sizeOf(value) === 0)

export const mapMethods: Methods = { on: isMap, methods: { size } }
export const bytesMethods: Methods = { on: (value) => value instanceof Uint8Array, methods: { size } }
export const optionalMethods: Methods = {
  on: isOptional,
  methods: {
    hasValue: (receiver) => (receiver as Optional).value !== undefined,
    value: (receiver) => {
      const { value } = receiver as Optional
      return value === undefined ? fail('optional.none() dereference') : value
    },
  },
}
