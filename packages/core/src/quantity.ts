/**
 * Kubernetes quantities as fabric8's Java model reads them, with exact decimal arithmetic. More lenient and odder than Kubernetes
 * itself (`2M2` is 200), and what upstream accepts or refuses hangs on it.
 */
import { parsed, parseMemoryBytes, unreadable, type Parsed } from '@drey/api'

/** `unscaled × 10^-scale`, as Java's BigDecimal holds it. */
export interface Decimal {
  unscaled: bigint
  scale: number
}

/** The amount of a quantity. */
export const parseQuantity = (text: string): Parsed<Decimal> => {
  if (text === '') return unreadable('a quantity is needed, such as "500m" or "2Gi"')
  if (text.length > 400) return unreadable('the text is too long for a quantity')
  const split = text.search(/[eEinumkKMGTP]/)
  const [amountText, unit] = split < 0 ? [text, ''] : [text.slice(0, split), text.slice(split)]
  const amount = parseDecimal(amountText)
  if (amount === undefined) return unreadable(`"${text}" is not a quantity such as "500m" or "2Gi"`)
  const factor = factorOf(unit)
  return factor === undefined
    ? unreadable(`"${unit}" in "${text}" is not a unit of a quantity`)
    : parsed(times(amount, factor))
}

/** Negative, zero or positive. */
export const signOf = ({ unscaled }: Decimal): number => (unscaled < 0n ? -1 : unscaled > 0n ? 1 : 0)

export const numberOf = ({ unscaled, scale }: Decimal): number => Number(`${unscaled}e${-scale}`)

/** The memory of a component, and whether it was written as a quantity: that one reaches Flink as plain bytes, the other with its unit. */
export interface ComponentMemory {
  bytes: bigint
  isQuantity: boolean
}

/**
 * `resource.memory` and `memory` in `resources`: Flink's notation first (`2048m`, `2G`: powers of 1024), then a quantity without
 * blanks, in upper case, without a final `B` (upstream's ResourceConfigUtils). A quantity counts only if it comes out as plain
 * digits: `1.5Gi` and `1E` do not.
 */
export const parseComponentMemory = (text: string): Parsed<ComponentMemory> => {
  const size = parseMemoryBytes(text)
  if (size.ok) return parsed({ bytes: size.value, isQuantity: false })
  const quantity = parseQuantity(text.replaceAll(/\s/g, '').toUpperCase().replace(/B$/, '').replace(/I$/, 'i'))
  if (!quantity.ok) return unreadable(`"${text}" is neither a memory size such as "2048m" nor a quantity such as "2Gi"`)
  const { unscaled, scale } = quantity.value
  if (unscaled < 0n) return unreadable(`"${text}" is negative`)
  if (scale !== 0)
    return unreadable(
      `"${text}" is not a whole number of its unit; write it in a smaller unit, such as "1536Mi" for "1.5Gi"`,
    )
  return unscaled >= 2n ** 63n
    ? unreadable(`"${text}" does not fit into 64 bits`)
    : parsed({ bytes: unscaled, isQuantity: true })
}

const parseDecimal = (text: string): Decimal | undefined => {
  // Java reads decimal digits of every script.
  const ascii = text.replaceAll(/\p{Nd}/gu, asciiDigit)
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(ascii)
  const [, sign, whole, fraction = ''] = match ?? []
  if (!match || `${whole}${fraction}` === '') return undefined
  const unscaled = BigInt(`${whole}${fraction}`)
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale: fraction.length }
}

const asciiDigit = (digit: string): string => {
  let zero = digit.codePointAt(0) as number
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1)) && (digit.codePointAt(0) as number) - zero < 9) zero--
  return String((digit.codePointAt(0) as number) - zero)
}

const POWERS: Record<string, number> = { '': 0, n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const factorOf = (unit: string): Decimal | undefined => {
  if (/\d/.test(unit)) {
    // Any letter followed by a number is taken for an exponent.
    const exponent = /^[a-zA-Z]([+-]?\d{1,4})$/.exec(unit)
    return exponent && Math.abs(Number(exponent[1])) <= 1000 ? powerOfTen(Number(exponent[1])) : undefined
  }
  if (BINARY.includes(unit)) return rounded(2n ** BigInt(10 * (BINARY.indexOf(unit) + 1)))
  const power = POWERS[unit]
  return power === undefined ? undefined : powerOfTen(power)
}

const powerOfTen = (power: number): Decimal =>
  power < 0 ? { unscaled: 1n, scale: -power } : rounded(10n ** BigInt(power))

/** Sixteen digits, as `MathContext.DECIMAL64` keeps. */
const rounded = (value: bigint): Decimal => {
  const excess = value.toString().length - 16
  if (excess <= 0) return { unscaled: value, scale: 0 }
  const divisor = 10n ** BigInt(excess)
  return { unscaled: (value + divisor / 2n) / divisor, scale: -excess }
}

const times = (a: Decimal, b: Decimal): Decimal => ({ unscaled: a.unscaled * b.unscaled, scale: a.scale + b.scale })
