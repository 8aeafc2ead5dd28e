/**
 * The part of Flink's memory model that JobManager and TaskManager share: total process memory = total Flink memory + JVM
 * metaspace + JVM overhead, whichever of them the user has set (Flink's ProcessMemoryUtils).
 */
import type { FlinkConfig } from '../flink-config.ts'
import { MIB, memoryError, multiply, parseSize, readableSize } from './size.ts'

/** Reads options of one configuration, with their older keys. */
export interface Options {
  has(...keys: string[]): boolean
  size(key: string, fallback: bigint, ...older: string[]): bigint
  /** a fraction as the float that Flink reads */
  fraction(key: string, fallback: number, ...older: string[]): number
  text(key: string): string | undefined
}

export const optionsOf = (config: FlinkConfig): Options => {
  const find = (keys: string[]): { key: string; text: string } | undefined => {
    const key = keys.find((candidate) => config[candidate] !== undefined)
    return key === undefined ? undefined : { key, text: config[key] ?? '' }
  }
  return {
    has: (...keys) => find(keys) !== undefined,
    text: (key) => config[key],
    size(key, fallback, ...older) {
      const found = find([key, ...older])
      return found ? parseSize(found.text, found.key) : fallback
    },
    fraction(key, fallback, ...older) {
      const found = find([key, ...older])
      const value = found ? Number(found.text) : fallback
      if (found && (found.text.trim() === '' || Number.isNaN(value)))
        throw memoryError(`${found.key} has the value "${found.text}", which is no number.`)
      return Math.fround(value)
    },
  }
}

export interface Range {
  name: string
  min: bigint
  max: bigint
  fraction: number
}

/** What remains inside Flink, and the two parts around it. */
export interface ProcessMemory<Inside> {
  inside: Inside
  metaspace: bigint
  overhead: bigint
}

/** What differs between the two kinds of process. */
export interface Model<Inside> {
  /** `jobmanager` or `taskmanager`, the first word of its keys */
  process: string
  /** sizes that, when all are set, make every other total unnecessary */
  fineGrained: readonly (readonly string[])[]
  fromFineGrained(options: Options): Inside
  fromFlinkSize(options: Options, flinkSize: bigint): Inside
  total(inside: Inside): bigint
}

export const processMemory = <Inside>(options: Options, model: Model<Inside>): ProcessMemory<Inside> => {
  const keys = keysOf(model.process)
  const metaspace = options.size(keys.metaspace, 256n * MIB)
  const overheadRange = rangeOf(options, {
    name: 'JVM overhead',
    keys: keys.overhead,
    fallback: { min: 192n * MIB, max: 1024n * MIB, fraction: 0.1 },
  })

  const around = (inside: Inside): ProcessMemory<Inside> => {
    const used = model.total(inside) + metaspace
    if (!options.has(keys.processSize)) {
      const ratio = overheadRange.fraction / (1 - overheadRange.fraction)
      return { inside, metaspace, overhead: within(multiply(used, ratio), overheadRange) }
    }
    const total = options.size(keys.processSize, 0n)
    if (used > total)
      throw memoryError(
        `${keys.processSize} (${readableSize(total)}) is less than Flink's memory and JVM metaspace together (${readableSize(used)}).`,
        `Raise it, or remove it: it follows from the other sizes.`,
      )
    return { inside, metaspace, overhead: refuseOutside(total - used, overheadRange) }
  }

  if (model.fineGrained.every((names) => options.has(...names))) return around(model.fromFineGrained(options))
  if (options.has(keys.flinkSize)) return around(model.fromFlinkSize(options, options.size(keys.flinkSize, 0n)))
  if (!options.has(keys.processSize))
    throw memoryError(
      `The ${model.process}'s memory is not configured: neither ${model.fineGrained.map(([name]) => name).join(' and ')}, nor ${keys.flinkSize}, nor ${keys.processSize} is set.`,
      `Set one of them, for example ${keys.processSize}: 1600m.`,
    )
  const total = options.size(keys.processSize, 0n)
  const overhead = within(multiply(total, overheadRange.fraction), overheadRange)
  if (metaspace + overhead > total)
    throw memoryError(
      `JVM metaspace (${readableSize(metaspace)}) and JVM overhead (${readableSize(overhead)}) do not fit into ${keys.processSize} (${readableSize(total)}).`,
      `Give the ${model.process} more memory; 1024m is about the least.`,
    )
  return { inside: model.fromFlinkSize(options, total - metaspace - overhead), metaspace, overhead }
}

export const rangeOf = (
  options: Options,
  {
    name,
    keys,
    older = {},
    fallback,
  }: {
    name: string
    keys: RangeKeys
    older?: Partial<RangeKeys>
    fallback: { min: bigint; max: bigint; fraction: number }
  },
): Range => {
  const old = (key: string | undefined): string[] => (key ? [key] : [])
  const range = {
    name,
    min: options.size(keys.min, fallback.min, ...old(older.min)),
    max: options.size(keys.max, fallback.max, ...old(older.max)),
    fraction: options.fraction(keys.fraction, fallback.fraction, ...old(older.fraction)),
  }
  if (range.min > range.max)
    throw memoryError(`${keys.min} (${readableSize(range.min)}) is more than ${keys.max} (${readableSize(range.max)}).`)
  if (!(range.fraction >= 0 && range.fraction < 1))
    throw memoryError(`${keys.fraction} must be at least 0 and less than 1.`)
  return range
}

/** The nearest size inside a range. */
export const within = (bytes: bigint, { min, max }: Range): bigint => (bytes > max ? max : bytes < min ? min : bytes)

/** A size that follows from others must lie inside its range; it cannot be moved. */
export const refuseOutside = (bytes: bigint, { name, min, max }: Range): bigint => {
  if (bytes >= min && bytes <= max) return bytes
  throw memoryError(
    `${name} would be ${readableSize(bytes)}, what the configured sizes leave, but must lie between ${readableSize(min)} and ${readableSize(max)}.`,
    'Change the sizes, or the limits of this part.',
  )
}

export interface RangeKeys {
  min: string
  max: string
  fraction: string
}

export const keysOf = (process: string) => ({
  processSize: `${process}.memory.process.size`,
  flinkSize: `${process}.memory.flink.size`,
  metaspace: `${process}.memory.jvm-metaspace.size`,
  overhead: {
    min: `${process}.memory.jvm-overhead.min`,
    max: `${process}.memory.jvm-overhead.max`,
    fraction: `${process}.memory.jvm-overhead.fraction`,
  },
})
