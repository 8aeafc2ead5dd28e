/** Kubernetes quantities in their canonical form: `0.5` is `500m`, `1024Mi` is `1Gi`. */

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

export const isQuantity = (text: string): boolean =>
  /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/.test(text)

/** The canonical text; what is no quantity comes back as it is (validation says so). */
export const canonicalQuantity = (given: string): string => {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/.exec(given)
  if (!match || (!match[2] && !match[3])) return given
  const [, sign, whole = '', fraction = '', exponentMark, exponent, suffix = ''] = match
  const digits = BigInt(whole + fraction || '0')
  if (digits === 0n) return '0'
  const minus = sign === '-' ? '-' : ''
  if (suffix.endsWith('i')) {
    const scaled = (digits * 1024n ** BigInt(binary.indexOf(suffix))) / 10n ** BigInt(fraction.length)
    const exact = scaled * 10n ** BigInt(fraction.length) === digits * 1024n ** BigInt(binary.indexOf(suffix))
    if (!exact) return given
    return minus + inBinary(scaled)
  }
  // nano units: everything finer is rounded up
  const power = 9 + (exponentMark ? Number(exponent) : (decimal.indexOf(suffix) - 3) * 3) - fraction.length
  const nanos = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power))
  return minus + inDecimal(nanos, exponentMark !== undefined)
}

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

const inBinary = (value: bigint): string => {
  let unit = 0
  while (unit < binary.length - 1 && value % 1024n === 0n) {
    value /= 1024n
    unit++
  }
  return `${value}${binary[unit]}`
}

const inDecimal = (nanos: bigint, exponents: boolean): string => {
  let unit = 0
  while (unit < decimal.length - 1 && nanos % 1000n === 0n) {
    nanos /= 1000n
    unit++
  }
  if (!exponents) return `${nanos}${decimal[unit]}`
  const exponent = (unit - 3) * 3
  return exponent === 0 ? String(nanos) : `${nanos}e${exponent}`
}
