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
// Fractions are Java floats widened to double; 0.1f is not 0.1.
const tenth = Math.fround(0.1)

/** Bytes of the whole process. */
export const jobManagerMemory = (config: Settings): number => {
  const options = { who: 'JobManager', prefix: 'jobmanager.memory' }
  const heap = memoryOf(config, 'jobmanager.memory.heap.size')
  const offHeap = memoryOf(config, 'jobmanager.memory.off-heap.size') ?? 128 * MiB
  if (heap !== undefined) {
    const total = memoryOf(config, 'jobmanager.memory.flink.size')
    return withJvm(config, options, total === undefined ? heap + offHeap : (offHeapFits(total, heap), total))
  }
  const flink = memoryOf(config, 'jobmanager.memory.flink.size')
  if (flink !== undefined) {
    mustHold('JobManager', flink, offHeap, 'Total Flink Memory', 'JVM Off-heap')
    return withJvm(config, options, flink)
  }
  const process = memoryOf(config, 'jobmanager.memory.process.size', 'jobmanager.heap.size', 'jobmanager.heap.mb')
  if (process === undefined) return refuseMissing('JobManager', 'jobmanager.memory.heap.size')
  mustHold('JobManager', withoutJvm(config, options, process), offHeap, 'Total Flink Memory', 'JVM Off-heap')
  return process
}

/** Bytes of the whole process. */
export const taskManagerMemory = (config: Settings): number => {
  cpuMustBePositive(config)
  const options = { who: 'TaskManager', prefix: 'taskmanager.memory' }
  const heap = memoryOf(config, 'taskmanager.memory.task.heap.size')
  const managed = memoryOf(config, 'taskmanager.memory.managed.size')
  const fixed = memoryOf(config, 'taskmanager.memory.flink.size')
  if (heap !== undefined && managed !== undefined)
    return withJvm(config, options, fixed ?? fineGrained(config, heap, managed))
  if (fixed !== undefined) {
    partsMustFit(config, fixed)
    return withJvm(config, options, fixed)
  }
  const process = memoryOf(config, 'taskmanager.memory.process.size', 'taskmanager.heap.size', 'taskmanager.heap.mb')
  if (process === undefined)
    return refuseMissing('TaskManager', 'taskmanager.memory.task.heap.size and taskmanager.memory.managed.size')
  partsMustFit(config, withoutJvm(config, options, process))
  return process
}

/** cpus that one TaskManager asks for: the explicit key, else the Kubernetes key, else one per slot. */
export const taskManagerCpu = (config: Settings): number => {
  const kubernetes = doubleOf(config, 'kubernetes.taskmanager.cpu.amount', 'kubernetes.taskmanager.cpu') ?? -1
  return (
    doubleOf(config, 'taskmanager.cpu.cores') ??
    (kubernetes > 0 ? kubernetes : intOf(config, 1, 'taskmanager.numberOfTaskSlots'))
  )
}

interface Who {
  who: string
  prefix: string
}

const metaspaceOf = (config: Settings, { prefix }: Who): number =>
  memoryOf(config, `${prefix}.jvm-metaspace.size`) ?? 256 * MiB

const overheadOf = (config: Settings, { prefix }: Who, share: (fraction: number) => number): number => {
  const min = memoryOf(config, `${prefix}.jvm-overhead.min`) ?? 192 * MiB
  const max = memoryOf(config, `${prefix}.jvm-overhead.max`) ?? GiB
  const fraction = doubleOf(config, `${prefix}.jvm-overhead.fraction`)
  return clamp(Math.trunc(share(fraction === undefined ? tenth : Math.fround(fraction))), min, max)
}

const withoutJvm = (config: Settings, options: Who, process: number): number => {
  const metaspace = metaspaceOf(config, options)
  const overhead = overheadOf(config, options, (fraction) => fraction * process)
  if (metaspace + overhead > process)
    refuseMemory(
      options.who,
      `Sum of configured JVM Metaspace (${human(metaspace)}) and JVM Overhead (${human(overhead)}) exceed configured Total Process Memory (${human(process)}).`,
      `Give the ${options.who} more memory: at least ${Math.ceil((metaspace + overhead) / MiB) + 256}m.`,
    )
  return process - metaspace - overhead
}

const withJvm = (config: Settings, options: Who, flink: number): number => {
  const base = flink + metaspaceOf(config, options)
  const explicit = memoryOf(config, `${options.prefix}.process.size`)
  if (explicit !== undefined) return explicit
  return base + overheadOf(config, options, (fraction) => (fraction / (1 - fraction)) * base)
}

const TASK_PARTS: [key: string, fallback: number, name: string][] = [
  ['taskmanager.memory.framework.heap.size', 128 * MiB, 'Framework Heap Memory'],
  ['taskmanager.memory.framework.off-heap.size', 128 * MiB, 'Framework Off-Heap Memory'],
  ['taskmanager.memory.task.off-heap.size', 0, 'Task Off-Heap Memory'],
]

const fixedParts = (config: Settings): number =>
  TASK_PARTS.reduce((sum, [key, fallback]) => sum + (memoryOf(config, key) ?? fallback), 0)

const networkOf = (config: Settings, share: (fraction: number) => number): number => {
  const min = memoryOf(config, 'taskmanager.memory.network.min', 'taskmanager.network.memory.min') ?? 64 * MiB
  const max =
    memoryOf(config, 'taskmanager.memory.network.max', 'taskmanager.network.memory.max') ?? Number.MAX_SAFE_INTEGER
  const fraction = doubleOf(config, 'taskmanager.memory.network.fraction', 'taskmanager.network.memory.fraction')
  return clamp(Math.trunc(share(fraction === undefined ? tenth : Math.fround(fraction))), min, max)
}

const fineGrained = (config: Settings, heap: number, managed: number): number => {
  const rest = fixedParts(config) + heap + managed
  return rest + networkOf(config, (fraction) => (fraction / (1 - fraction)) * rest)
}

const partsMustFit = (config: Settings, flink: number): void => {
  const fraction = doubleOf(config, 'taskmanager.memory.managed.fraction')
  const managed =
    memoryOf(config, 'taskmanager.memory.managed.size') ??
    Math.trunc((fraction === undefined ? Math.fround(0.4) : Math.fround(fraction)) * flink)
  const network = networkOf(config, (share) => share * flink)
  const heap = memoryOf(config, 'taskmanager.memory.task.heap.size') ?? 0
  const sum = fixedParts(config) + managed + network + heap
  if (sum > flink)
    refuseMemory(
      'TaskManager',
      `Sum of configured Framework Heap Memory (${human(memoryOf(config, TASK_PARTS[0]![0]) ?? 128 * MiB)}), Framework Off-Heap Memory (${human(memoryOf(config, TASK_PARTS[1]![0]) ?? 128 * MiB)}), Task Off-Heap Memory (${human(memoryOf(config, TASK_PARTS[2]![0]) ?? 0)}), Managed Memory (${human(managed)}) and Network Memory (${human(network)}) exceed configured Total Flink Memory (${human(flink)}).`,
      'Give the TaskManager more memory, or less to the parts that are set explicitly.',
    )
}

const offHeapFits = (total: number, heap: number): void =>
  mustHold('JobManager', total, heap, 'Total Flink Memory', 'JVM Heap')

const mustHold = (who: string, total: number, part: number, totalName: string, partName: string): void => {
  if (part > total)
    refuseMemory(
      who,
      `The configured ${totalName} (${human(total)}) is less than the configured ${partName} Memory (${human(part)}).`,
      `Give the ${who} more memory.`,
    )
}

// Flink looks at its own keys here, before anything of Kubernetes: 0 slots is an error even with cpus for Kubernetes.
const cpuMustBePositive = (config: Settings): void => {
  if ((doubleOf(config, 'taskmanager.cpu.cores') ?? intOf(config, 1, 'taskmanager.numberOfTaskSlots')) > 0) return
  refuse(
    'MEMORY_NOT_SUFFICIENT',
    'TaskManager memory configuration failed: TaskExecutors need to be started with a positive number of CPU cores. Please configure taskmanager.cpu.cores accordingly.',
    'Set taskmanager.numberOfTaskSlots to at least 1.',
  )
}

const refuseMissing = (who: string, fine: string): never => {
  const prefix = who.toLowerCase()
  return refuse(
    'MEMORY_NOT_CONFIGURED',
    `${who} memory configuration failed: Either required fine-grained memory (${fine}), or Total Flink Memory size (Key: '${prefix}.memory.flink.size' , default: null (fallback keys: [])), or Total Process Memory size (Key: '${prefix}.memory.process.size' , default: null (fallback keys: [])) need to be configured explicitly.`,
    `Set ${who === 'JobManager' ? 'jobManager' : 'taskManager'}.resource.memory, for example "2048m".`,
  )
}

const refuseMemory = (who: string, sentence: string, fix: string): never =>
  refuse('MEMORY_NOT_SUFFICIENT', `${who} memory configuration failed: ${sentence}`, fix)

const clamp = (value: number, min: number, max: number): number => Math.max(min, Math.min(value, max))

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
