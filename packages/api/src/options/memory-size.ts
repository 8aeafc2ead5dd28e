/** Memory sizes as Flink writes them: `1024m`, `2 gb`, `100` (bytes). Every unit is a power of 1024. Values are bytes. */
import { parsed, unreadable, type Parsed } from './parsed.ts'

/** Bytes of a Flink memory size; exact over the whole 64-bit range, hence a bigint. */
export const parseMemoryBytes = (text: string): Parsed<bigint> => {
  const trimmed = text.trim()
  if (trimmed === '') return unreadable('a memory size is needed, such as "2048m"')
  const [, digits, unit] = /^(\d*)(.*)$/s.exec(trimmed) as unknown as [string, string, string]
  if (digits === '')
    return unreadable(`"${text}" does not start with a number; a memory size looks like "2048m" or "2g"`)
  const count = digits.length > 19 ? LONGEST + 1n : BigInt(digits)
  if (count > LONGEST) return unreadable(`"${digits}" does not fit into 64 bits`)
  const label = unit.trim().toLowerCase()
  const factor = label === '' ? 1n : FACTORS.get(label)
  if (factor === undefined)
    return unreadable(`"${label}" is not a unit of memory; use b, k, m, g or t (powers of 1024, whole numbers)`)
  const bytes = count * factor
  return bytes > LONGEST ? unreadable(`"${text}" is more bytes than fit into 64 bits`) : parsed(bytes)
}

/** As `parseMemoryBytes`, as a number: exact up to 8 PiB, which no JVM has. */
export const parseMemorySize = (text: string): Parsed<number> => {
  const bytes = parseMemoryBytes(text)
  return bytes.ok ? parsed(Number(bytes.value)) : bytes
}

/**
 * The text Flink gives a size: the largest unit that divides it exactly.
 * An exact multiple of 1 TiB comes out in bytes: Flink's formatter compares with the wrong bound there, and its text ends up in
 * rendered configuration, so we print the same.
 */
export const printMemoryBytes = (bytes: bigint): string => {
  const unit = PRINTED.find(([factor]) => bytes % factor === 0n && bytes >= factor)
  return unit === undefined || unit[1] === 'tb' ? `${bytes} bytes` : `${bytes / unit[0]} ${unit[1]}`
}

export const printMemorySize = (bytes: number): string => printMemoryBytes(BigInt(Math.trunc(bytes)))

const LONGEST = 2n ** 63n - 1n
const UNITS: [bigint, string[]][] = [
  [1n, ['b', 'bytes']],
  [2n ** 10n, ['k', 'kb', 'kibibytes']],
  [2n ** 20n, ['m', 'mb', 'mebibytes']],
  [2n ** 30n, ['g', 'gb', 'gibibytes']],
  [2n ** 40n, ['t', 'tb', 'tebibytes']],
]
const FACTORS = new Map(UNITS.flatMap(([factor, labels]) => labels.map((label) => [label, factor] as const)))
const PRINTED: [bigint, string][] = [
  [2n ** 40n, 'tb'],
  [2n ** 30n, 'gb'],
  [2n ** 20n, 'mb'],
  [2n ** 10n, 'kb'],
]
