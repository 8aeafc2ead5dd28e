/** Durations as Flink writes them: `10 s`, `5 min`, `100` (milliseconds), and ISO-8601 (`PT5M`). Values are milliseconds. */
import { parsed, unreadable, type Parsed } from './parsed.ts'

/**
 * Milliseconds of a duration text; fractions stand for micro- and nanoseconds. No sign, no fraction, no compound of units.
 * ISO-8601 goes further than Flink 1.20's own reader, which knows units only; refusing it would help nobody.
 */
export const parseDuration = (text: string): Parsed<number> => {
  const trimmed = text.trim()
  if (trimmed === '') return unreadable('a duration is needed, such as "10 s"')
  const iso = parseIso(trimmed)
  if (iso !== undefined) return parsed(iso)
  const [, digits, unit] = /^(\d*)(.*)$/s.exec(trimmed) as unknown as [string, string, string]
  if (digits === '')
    return unreadable(`"${text}" does not start with a number; a duration looks like "10 s" or "5 min"`)
  if (digits.length > 19 || BigInt(digits) > LONGEST) return unreadable(`"${digits}" does not fit into 64 bits`)
  const label = unit.trim().toLowerCase()
  const factor = label === '' ? 1 : MILLIS_OF_UNIT.get(label)
  if (factor === undefined) return unreadable(`"${label}" is not a unit of time; use d, h, min, s, ms, µs or ns`)
  return parsed(Number(digits) * factor)
}

/** The text for a duration, in the largest unit that divides it: 60000 → `1 min`. */
export const printDuration = (millis: number): string => {
  if (millis === 0) return '0 ms'
  const unit = PRINTED.find(([factor]) => Number.isInteger(millis / factor)) ?? [1e-6, 'ns']
  return `${Math.round(millis / unit[0])} ${unit[1]}`
}

export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => count * 60_000
export const hours = (count: number): number => count * 3_600_000
export const days = (count: number): number => count * 86_400_000

const LONGEST = 2n ** 63n - 1n

const plurals = (...names: string[]): string[] => names.flatMap((name) => [name, `${name}s`])
const UNITS: [millis: number, labels: string[]][] = [
  [days(1), ['d', ...plurals('day')]],
  [hours(1), ['h', ...plurals('hour')]],
  [minutes(1), ['min', 'm', ...plurals('minute')]],
  [seconds(1), ['s', ...plurals('sec', 'second')]],
  [1, ['ms', ...plurals('milli', 'millisecond')]],
  [1e-3, ['µs', 'μs', ...plurals('micro', 'microsecond')]],
  [1e-6, ['ns', ...plurals('nano', 'nanosecond')]],
]
const MILLIS_OF_UNIT = new Map(UNITS.flatMap(([millis, labels]) => labels.map((label) => [label, millis] as const)))
const PRINTED: [number, string][] = [
  [days(1), 'd'],
  [hours(1), 'h'],
  [minutes(1), 'min'],
  [seconds(1), 's'],
  [1, 'ms'],
  [1e-3, 'µs'],
]

const parseIso = (text: string): number | undefined => {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$/i.exec(text)
  if (!match || /[PT]$/i.test(text)) return undefined
  const [, d, h, m, s] = match
  return days(Number(d ?? 0)) + hours(Number(h ?? 0)) + minutes(Number(m ?? 0)) + Number(s ?? 0) * 1000
}
