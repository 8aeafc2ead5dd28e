/** Kubernetes quantities, exactly: a whole number of nano units as far as the notation allows. */
import { CelError } from '../value.ts'

/** In units of 10^-9, rounded away from zero as Kubernetes does. */
export type Quantity = bigint

const binary: Record<string, bigint> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** Undefined when the text is no quantity. */
export const parseQuantity = (text: string): Quantity | undefined => {
  const parts = /^([+-]?)(\d{1,100})?(?:\.(\d{0,100}))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,3})?$/.exec(text)
  if (!parts || (parts[2] === undefined && !parts[3])) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = parts
  let digits = BigInt(whole + fraction || '0')
  let exponent = 9 - fraction.length
  if (suffix in binary) digits <<= binary[suffix]!
  else if (suffix in decimal) exponent += decimal[suffix]!
  else exponent += Number(suffix.slice(1))
  if (exponent > 300 || exponent < -300) return undefined
  let nanos: bigint
  if (exponent >= 0) nanos = digits * 10n ** BigInt(exponent)
  else {
    const divisor = 10n ** BigInt(-exponent)
    nanos = (digits + divisor - 1n) / divisor
  }
  return sign === '-' ? -nanos : nanos
}

export const compareQuantities = (one: unknown, other: unknown): number =>
  (one as Quantity) < (other as Quantity) ? -1 : (one as Quantity) > (other as Quantity) ? 1 : 0

const unit = 1_000_000_000n
export const quantityOfInteger = (value: bigint): Quantity => value * unit
export const isWhole = (quantity: Quantity): boolean => quantity % unit === 0n
export const wholeOf = (quantity: Quantity): bigint => {
  if (!isWhole(quantity)) throw new CelError('cannot convert value to integer')
  return quantity / unit
}
export const doubleOf = (quantity: Quantity): number => Number(quantity / unit) + Number(quantity % unit) / 1e9
