/**
 * What the memory models of JobManager and TaskManager share: process memory = Flink's memory + JVM metaspace + JVM overhead.
 * Refusals have Flink's wording, since users search for it. Source: ProcessMemoryUtils.
 */
import type { Settings } from '../input.ts'
import { refuse } from '../problem.ts'
import { doubleOf, intOf, memoryOf } from '../flink-config/read.ts'

export const MiB = 1024 ** 2
const GiB = 1024 ** 3

export type Who = 'JobManager' | 'TaskManager'

export interface Range {
  name: string
  min: number
  max: number
  fraction: number
}

export const rangeOf = (
  config: Settings,
  who: Who,
  name: string,
  prefixes: string[],
  fallback: { min: number; max: number },
): Range => {
  const keys = (what: string) => prefixes.map((prefix) => `${prefix}.${what}`)
  const min = memoryOf(config, ...keys('min')) ?? fallback.min
  const max = memoryOf(config, ...keys('max')) ?? fallback.max
  if (min > max)
    refuseMemory(
      who,
      `The minimum of ${name} (${human(min)}) is more than its maximum (${human(max)}).`,
      `Set ${keys('max')[0]} to at least ${keys('min')[0]}.`,
    )
  // Fractions are Java floats widened to double: 0.1f is not 0.1.
  return { name, min, max, fraction: Math.fround(doubleOf(config, ...keys('fraction')) ?? 0.1) }
}

export const within = (bytes: number, { min, max }: Range): number => Math.max(min, Math.min(max, Math.trunc(bytes)))

export const mustBeWithin = (who: Who, bytes: number, { name, min, max }: Range): void => {
  if (bytes < min || bytes > max)
    refuseMemory(
      who,
      `Derived ${name} size (${human(bytes)}) is not in configured ${name} range [${human(min)}, ${human(max)}].`,
      'Remove one of the sizes it is derived from, or widen the range.',
    )
}

export const withoutJvm = (config: Settings, who: Who, process: number): number => {
  const metaspace = metaspaceOf(config, who)
  const range = overheadRange(config, who)
  const overhead = within(range.fraction * process, range)
  if (metaspace + overhead > process)
    refuseMemory(
      who,
      `Sum of configured JVM Metaspace (${human(metaspace)}) and JVM Overhead (${human(overhead)}) exceed configured Total Process Memory (${human(process)}).`,
      `Give the ${who} more memory: at least ${Math.ceil((metaspace + overhead) / MiB) + 256}m.`,
    )
  return process - metaspace - overhead
}

export const withJvm = (config: Settings, who: Who, flink: number): number => {
  const base = flink + metaspaceOf(config, who)
  const range = overheadRange(config, who)
  const process = memoryOf(config, `${who.toLowerCase()}.memory.process.size`)
  if (process === undefined) return base + within((range.fraction / (1 - range.fraction)) * base, range)
  if (base > process)
    refuseMemory(
      who,
      `Configured Total Flink Memory (${human(flink)}) and JVM Metaspace exceed configured Total Process Memory (${human(process)}).`,
      `Set either ${who.toLowerCase()}.memory.flink.size (and finer sizes) or the memory of the process, not both.`,
    )
  mustBeWithin(who, process - base, range)
  return process
}

export const mustHold = (who: Who, total: number, part: number, name: string): void => {
  if (part > total)
    refuseMemory(
      who,
      `The configured Total Flink Memory (${human(total)}) is less than the configured ${name} Memory (${human(part)}).`,
      `Give the ${who} more memory.`,
    )
}

// Flink 1.10 and older set the heap; on Kubernetes that always meant the whole process.
export const processSize = (config: Settings, role: string): number | undefined =>
  memoryOf(config, `${role}.memory.process.size`, `${role}.heap.size`) ??
  (config[`${role}.heap.mb`] === undefined ? undefined : intOf(config, 0, `${role}.heap.mb`) * MiB)

const metaspaceOf = (config: Settings, who: Who): number =>
  memoryOf(config, `${who.toLowerCase()}.memory.jvm-metaspace.size`) ?? 256 * MiB

const overheadRange = (config: Settings, who: Who): Range =>
  rangeOf(config, who, 'JVM Overhead', [`${who.toLowerCase()}.memory.jvm-overhead`], { min: 192 * MiB, max: GiB })

export const refuseMissing = (who: Who, fine: string): never => {
  const prefix = who.toLowerCase()
  return refuse(
    'MEMORY_NOT_CONFIGURED',
    `${who} memory configuration failed: Either required fine-grained memory (${fine}), or Total Flink Memory size (Key: '${prefix}.memory.flink.size' , default: null (fallback keys: [])), or Total Process Memory size (Key: '${prefix}.memory.process.size' , default: null (fallback keys: [])) need to be configured explicitly.`,
    `Set ${who === 'JobManager' ? 'jobManager' : 'taskManager'}.resource.memory, for example "2048m".`,
  )
}

export const refuseMemory = (who: Who, sentence: string, fix: string): never =>
  refuse('MEMORY_NOT_SUFFICIENT', `${who} memory configuration failed: ${sentence}`, fix)

/** `256.000mb (268435456 bytes)`, as Flink's error messages print a size. */
export const human = (bytes: number): string => {
  const unit = (
    [
      ['tb', 1024 ** 4],
      ['gb', GiB],
      ['mb', MiB],
      ['kb', 1024],
    ] as const
  ).find(([, size]) => bytes >= size)
  return unit ? `${(bytes / unit[1]).toFixed(3)}${unit[0]} (${bytes} bytes)` : `${bytes} bytes`
}
