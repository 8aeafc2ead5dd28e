/** Sizes of memory as Flink reads, computes and writes them. Bytes are bigint: Flink's own limit is 2^63 - 1. */
import { FlinkHomeError } from '../errors.ts'

export const MIB = 1n << 20n
export const UNLIMITED = (1n << 63n) - 1n

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  bytes: 1n,
  ...unit(1n << 10n, 'k', 'kb', 'kibibytes'),
  ...unit(1n << 20n, 'm', 'mb', 'mebibytes'),
  ...unit(1n << 30n, 'g', 'gb', 'gibibytes'),
  ...unit(1n << 40n, 't', 'tb', 'tebibytes'),
}

/** `1600m`, `1 gb`, `134217728b`, `1048576`; all units are binary, case does not matter (Flink's MemorySize). */
export const parseSize = (text: string, key: string): bigint => {
  const match = /^(\d+)\s*([a-z]*)$/i.exec(text.trim())
  const factor = UNITS[match?.[2]?.toLowerCase() ?? '-']
  if (!match || factor === undefined)
    throw memoryError(`${key} has the value "${text}", which is no memory size like 1600m or 2g.`)
  return BigInt(match[1] ?? 0) * factor
}

/** For sentences: `1.00 GiB (1073741824 bytes)` */
export const readableSize = (bytes: bigint): string => {
  const units: [string, bigint][] = [
    ['GiB', 1n << 30n],
    ['MiB', MIB],
    ['KiB', 1n << 10n],
  ]
  const [name, size] = units.find(([, size]) => bytes >= size) ?? ['bytes', 1n]
  return size === 1n ? `${bytes} bytes` : `${(Number(bytes) / Number(size)).toFixed(2)} ${name} (${bytes} bytes)`
}

/**
 * A product cut to whole bytes. Flink multiplies with the decimal digits that Java prints for the factor, and its
 * fractions are floats widened to double, so that 0.1 counts as 0.10000000149011612.
 */
export const multiply = (bytes: bigint, factor: number): bigint => {
  const [mantissa = '0', exponent = '0'] = String(factor).split('e')
  const [whole = '0', decimals = ''] = mantissa.split('.')
  const scale = decimals.length - Number(exponent)
  const digits = BigInt(whole + decimals)
  return scale >= 0 ? (bytes * digits) / 10n ** BigInt(scale) : bytes * digits * 10n ** BigInt(-scale)
}

export const memoryError = (message: string, fix = ''): FlinkHomeError =>
  new FlinkHomeError('MEMORY_CONFIGURATION', message, fix)

function unit(factor: bigint, ...names: string[]): Record<string, bigint> {
  return Object.fromEntries(names.map((name) => [name, factor]))
}
