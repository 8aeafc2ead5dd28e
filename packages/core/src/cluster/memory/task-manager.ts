/** The process memory and cpu of a TaskManager. Source: TaskExecutorFlinkMemoryUtils, TaskExecutorProcessUtils. */
import type { Settings } from '../input.ts'
import { doubleOf, intOf, memoryOf } from '../flink-config/read.ts'
import {
  human,
  MiB,
  mustBeWithin,
  processSize,
  rangeOf,
  refuseMemory,
  refuseMissing,
  within,
  withJvm,
  withoutJvm,
  type Range,
} from './process.ts'

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

const MANAGED = ['taskmanager.memory.managed.size', 'taskmanager.memory.size']

const networkRange = (config: Settings): Range =>
  rangeOf(config, 'TaskManager', 'Network Memory', ['taskmanager.memory.network', 'taskmanager.network.memory'], {
    min: 64 * MiB,
    max: Number.MAX_SAFE_INTEGER,
  })

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
