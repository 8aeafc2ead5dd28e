/**
 * Flink's memory model as far as Kubernetes objects need it: the total process memory of a JobManager or TaskManager, and
 * the errors with which Flink refuses a configuration (texts as Flink writes them, since users search for them).
 * Source: ProcessMemoryUtils, JobManagerFlinkMemoryUtils, TaskExecutorFlinkMemoryUtils.
 */
import type { Settings } from '../input.ts'
import { refuse } from '../problem.ts'
import { doubleOf, intOf, memoryOf } from './read.ts'

const MiB = 1024 ** 2
const GiB = 1024 ** 3

/** Bytes of the whole process. */
export const jobManagerMemory = (config: Settings): number => {
  const heap = memoryOf(config, 'jobmanager.memory.heap.size')
  const flink = memoryOf(config, 'jobmanager.memory.flink.size')
  const offHeap = memoryOf(config, 'jobmanager.memory.off-heap.size')
  if (heap !== undefined && flink !== undefined) {
    mustHold('JobManager', flink, heap, 'JVM Heap')
    if (offHeap !== undefined && heap + offHeap !== flink)
      refuseMemory(
        'JobManager',
        `Configured JVM Heap (${human(heap)}) and Off-heap (${human(offHeap)}) do not add up to configured Total Flink Memory (${human(flink)}).`,
        'Remove one of the three sizes.',
      )
  }
  const inside = heap !== undefined ? (flink ?? heap + (offHeap ?? 128 * MiB)) : flink
  if (inside !== undefined && heap === undefined) mustHold('JobManager', inside, offHeap ?? 128 * MiB, 'JVM Off-heap')
  if (inside !== undefined) return withJvm(config, 'JobManager', inside)
  const process = processSize(config, 'jobmanager') ?? refuseMissing('JobManager', 'jobmanager.memory.heap.size')
  mustHold('JobManager', withoutJvm(config, 'JobManager', process), offHeap ?? 128 * MiB, 'JVM Off-heap')
  return process
}

/** Bytes of the whole process. */
export const taskManagerMemory = (config: Settings): number => {
  cpuMustBePositive(config)
  const heap = memoryOf(config, 'taskmanager.memory.task.heap.size')
  const managed = memoryOf(config, ...MANAGED)
  const flink =
    memoryOf(config, 'taskmanager.memory.flink.size') ??
    (heap !== undefined && managed !== undefined ? fromParts(config, fixedParts(config) + heap + managed) : undefined)
  if (flink !== undefined) {
    partsMustFit(config, flink)
    return withJvm(config, 'TaskManager', flink)
  }
  const process =
    processSize(config, 'taskmanager') ??
    refuseMissing('TaskManager', 'taskmanager.memory.task.heap.size and taskmanager.memory.managed.size')
  partsMustFit(config, withoutJvm(config, 'TaskManager', process))
  return process
}

/** cpus that one TaskManager asks for: the explicit key, else the Kubernetes key, else one per slot. */
export const taskManagerCpu = (config: Settings): number => {
  const kubernetes = doubleOf(config, 'kubernetes.taskmanager.cpu.amount', 'kubernetes.taskmanager.cpu') ?? -1
  return doubleOf(config, 'taskmanager.cpu.cores') ?? (kubernetes > 0 ? kubernetes : slotsOf(config))
}

type Who = 'JobManager' | 'TaskManager'

interface Range {
  name: string
  min: number
  max: number
  fraction: number
}

const MANAGED = ['taskmanager.memory.managed.size', 'taskmanager.memory.size']

// Flink 1.10 and older set the heap; on Kubernetes that always meant the whole process.
const processSize = (config: Settings, role: string): number | undefined =>
  memoryOf(config, `${role}.memory.process.size`, `${role}.heap.size`) ??
  (config[`${role}.heap.mb`] === undefined ? undefined : intOf(config, 0, `${role}.heap.mb`) * MiB)

const metaspaceOf = (config: Settings, who: Who): number =>
  memoryOf(config, `${who.toLowerCase()}.memory.jvm-metaspace.size`) ?? 256 * MiB

const overheadRange = (config: Settings, who: Who): Range =>
  rangeOf(config, who, 'JVM Overhead', [`${who.toLowerCase()}.memory.jvm-overhead`], { min: 192 * MiB, max: GiB })

const networkRange = (config: Settings): Range =>
  rangeOf(config, 'TaskManager', 'Network Memory', ['taskmanager.memory.network', 'taskmanager.network.memory'], {
    min: 64 * MiB,
    max: Number.MAX_SAFE_INTEGER,
  })

const rangeOf = (
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

const within = (bytes: number, { min, max }: Range): number => Math.max(min, Math.min(max, Math.trunc(bytes)))

const mustBeWithin = (who: Who, bytes: number, { name, min, max }: Range): void => {
  if (bytes < min || bytes > max)
    refuseMemory(
      who,
      `Derived ${name} size (${human(bytes)}) is not in configured ${name} range [${human(min)}, ${human(max)}].`,
      'Remove one of the sizes it is derived from, or widen the range.',
    )
}

const withoutJvm = (config: Settings, who: Who, process: number): number => {
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

const withJvm = (config: Settings, who: Who, flink: number): number => {
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

/** The parts of a TaskManager that have a size of their own. */
const FIXED_PARTS: readonly [key: string, fallback: number, name: string][] = [
  ['taskmanager.memory.framework.heap.size', 128 * MiB, 'Framework Heap Memory'],
  ['taskmanager.memory.framework.off-heap.size', 128 * MiB, 'Framework Off-Heap Memory'],
  ['taskmanager.memory.task.off-heap.size', 0, 'Task Off-Heap Memory'],
]

const fixedParts = (config: Settings): number =>
  FIXED_PARTS.reduce((sum, [key, fallback]) => sum + (memoryOf(config, key) ?? fallback), 0)

const fromParts = (config: Settings, known: number): number => {
  const range = networkRange(config)
  return known + within((range.fraction / (1 - range.fraction)) * known, range)
}

const partsMustFit = (config: Settings, flink: number): void => {
  const heap = memoryOf(config, 'taskmanager.memory.task.heap.size')
  const fraction = Math.fround(
    doubleOf(config, 'taskmanager.memory.managed.fraction', 'taskmanager.memory.fraction') ?? 0.4,
  )
  const managed = memoryOf(config, ...MANAGED) ?? Math.trunc(fraction * flink)
  const range = networkRange(config)
  // With an explicit heap the network gets what is left; otherwise the heap does.
  const last: [string, number] =
    heap === undefined ? ['Network Memory', within(range.fraction * flink, range)] : ['Task Heap Memory', heap]
  const parts: [string, number][] = [
    ...FIXED_PARTS.map(([key, fallback, name]): [string, number] => [name, memoryOf(config, key) ?? fallback]),
    ['Managed Memory', managed],
    last,
  ]
  const sum = parts.reduce((total, [, bytes]) => total + bytes, 0)
  if (sum > flink) {
    const named = parts.map(([name, bytes]) => `${name} (${human(bytes)})`)
    refuseMemory(
      'TaskManager',
      `Sum of configured ${named.slice(0, -1).join(', ')} and ${named.at(-1)} exceed configured Total Flink Memory (${human(flink)}).`,
      'Give the TaskManager more memory, or less to the parts that are set explicitly.',
    )
  }
  if (heap !== undefined) mustBeWithin('TaskManager', flink - sum, range)
}

const mustHold = (who: Who, total: number, part: number, name: string): void => {
  if (part > total)
    refuseMemory(
      who,
      `The configured Total Flink Memory (${human(total)}) is less than the configured ${name} Memory (${human(part)}).`,
      `Give the ${who} more memory.`,
    )
}

const slotsOf = (config: Settings): number => intOf(config, 1, 'taskmanager.numberOfTaskSlots')

// Flink looks at its own keys here, before anything of Kubernetes: 0 slots is an error even with cpus for Kubernetes.
const cpuMustBePositive = (config: Settings): void => {
  if ((doubleOf(config, 'taskmanager.cpu.cores') ?? slotsOf(config)) > 0) return
  refuseMemory(
    'TaskManager',
    'TaskExecutors need to be started with a positive number of CPU cores. Please configure taskmanager.cpu.cores accordingly.',
    'Set taskmanager.numberOfTaskSlots to at least 1.',
  )
}

const refuseMissing = (who: Who, fine: string): never => {
  const prefix = who.toLowerCase()
  return refuse(
    'MEMORY_NOT_CONFIGURED',
    `${who} memory configuration failed: Either required fine-grained memory (${fine}), or Total Flink Memory size (Key: '${prefix}.memory.flink.size' , default: null (fallback keys: [])), or Total Process Memory size (Key: '${prefix}.memory.process.size' , default: null (fallback keys: [])) need to be configured explicitly.`,
    `Set ${who === 'JobManager' ? 'jobManager' : 'taskManager'}.resource.memory, for example "2048m".`,
  )
}

const refuseMemory = (who: Who, sentence: string, fix: string): never =>
  refuse('MEMORY_NOT_SUFFICIENT', `${who} memory configuration failed: ${sentence}`, fix)

/** `256.000mb (268435456 bytes)`, as Flink's error messages print a size. */
const human = (bytes: number): string => {
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
