/**
 * A TaskManager's memory: framework and task heap, their off-heap counterparts, managed memory, network memory
 * (Flink's TaskExecutorFlinkMemoryUtils, TaskExecutorProcessUtils).
 */
import type { FlinkConfig } from '../flink-config.ts'
import type { JvmMemory } from './index.ts'
import { keysOf, optionsOf, processMemory, rangeOf, refuseOutside, within } from './process.ts'
import type { Model, Options, Range } from './process.ts'
import { MIB, UNLIMITED, memoryError, multiply, readableSize } from './size.ts'

interface Inside {
  frameworkHeap: bigint
  frameworkOffHeap: bigint
  taskHeap: bigint
  taskOffHeap: bigint
  managed: bigint
  network: bigint
}

const TASK_HEAP = 'taskmanager.memory.task.heap.size'
const MANAGED = ['taskmanager.memory.managed.size', 'taskmanager.memory.size'] as const
const FLINK = keysOf('taskmanager').flinkSize

/** The parts with a size of their own; the rest is divided by fractions. */
const fixedParts = (options: Options): Pick<Inside, 'frameworkHeap' | 'frameworkOffHeap' | 'taskOffHeap'> => ({
  frameworkHeap: options.size('taskmanager.memory.framework.heap.size', 128n * MIB),
  frameworkOffHeap: options.size('taskmanager.memory.framework.off-heap.size', 128n * MIB),
  taskOffHeap: options.size('taskmanager.memory.task.off-heap.size', 0n),
})

const networkRange = (options: Options): Range =>
  rangeOf(options, {
    name: 'Network memory',
    keys: rangeKeys('taskmanager.memory.network'),
    older: rangeKeys('taskmanager.network.memory'),
    fallback: { min: 64n * MIB, max: UNLIMITED, fraction: 0.1 },
  })

const rangeKeys = (prefix: string) => ({ min: `${prefix}.min`, max: `${prefix}.max`, fraction: `${prefix}.fraction` })

const managedOf = (options: Options, flinkSize: bigint): bigint => {
  if (options.has(...MANAGED)) return options.size(MANAGED[0], 0n, MANAGED[1])
  const fraction = options.fraction('taskmanager.memory.managed.fraction', 0.4, 'taskmanager.memory.fraction')
  if (!(fraction >= 0 && fraction < 1))
    throw memoryError('taskmanager.memory.managed.fraction must be at least 0 and less than 1.')
  return multiply(flinkSize, fraction)
}

const sum = (parts: Partial<Inside>): bigint => Object.values(parts).reduce((total, part) => total + part, 0n)

const model: Model<Inside> = {
  process: 'taskmanager',
  fineGrained: [[TASK_HEAP], MANAGED],
  total: sum,
  fromFineGrained(options) {
    const managed = options.size(MANAGED[0], 0n, MANAGED[1])
    const known = { ...fixedParts(options), taskHeap: options.size(TASK_HEAP, 0n), managed }
    const range = networkRange(options)
    if (!options.has(FLINK)) {
      const ratio = range.fraction / (1 - range.fraction)
      return { ...known, network: within(multiply(sum(known), ratio), range) }
    }
    return { ...known, network: refuseOutside(rest(options.size(FLINK, 0n), known), range) }
  },
  fromFlinkSize(options, flinkSize) {
    const managed = managedOf(options, flinkSize)
    const range = networkRange(options)
    if (options.has(TASK_HEAP)) {
      const known = { ...fixedParts(options), taskHeap: options.size(TASK_HEAP, 0n), managed }
      return { ...known, network: refuseOutside(rest(flinkSize, known), range) }
    }
    const known = { ...fixedParts(options), managed, network: within(multiply(flinkSize, range.fraction), range) }
    return { ...known, taskHeap: rest(flinkSize, known) }
  },
}

const rest = (flinkSize: bigint, known: Partial<Inside>): bigint => {
  const used = sum(known)
  if (used <= flinkSize) return flinkSize - used
  const parts = Object.entries(known).map(([name, bytes]) => `${name} ${readableSize(bytes)}`)
  throw memoryError(
    `The TaskManager's parts (${parts.join(', ')}) do not fit into Flink's total memory (${readableSize(flinkSize)}).`,
    'Give the TaskManager more memory, or its parts less.',
  )
}

export const taskManagerMemory = (config: FlinkConfig): JvmMemory => {
  const options = optionsOf(withHeapOfOldTimes(config))
  const { inside, metaspace, overhead } = processMemory(options, model)
  const heap = inside.frameworkHeap + inside.taskHeap
  const direct = inside.frameworkOffHeap + inside.taskOffHeap + inside.network
  const slots = config['taskmanager.numberOfTaskSlots'] ?? '1'
  return {
    jvm: [`-Xmx${heap}`, `-Xms${heap}`, `-XX:MaxDirectMemorySize=${direct}`, `-XX:MaxMetaspaceSize=${metaspace}`],
    dynamic: {
      'taskmanager.memory.network.min': `${inside.network}b`,
      'taskmanager.cpu.cores': javaDouble(config['taskmanager.cpu.cores'] ?? slots),
      'taskmanager.memory.task.off-heap.size': `${inside.taskOffHeap}b`,
      'taskmanager.memory.jvm-metaspace.size': `${metaspace}b`,
      ...externalResources(config),
      'taskmanager.memory.jvm-overhead.min': `${overhead}b`,
      'taskmanager.memory.framework.off-heap.size': `${inside.frameworkOffHeap}b`,
      'taskmanager.memory.network.max': `${inside.network}b`,
      'taskmanager.memory.framework.heap.size': `${inside.frameworkHeap}b`,
      'taskmanager.memory.managed.size': `${inside.managed}b`,
      'taskmanager.memory.task.heap.size': `${inside.taskHeap}b`,
      'taskmanager.numberOfTaskSlots': slots,
      'taskmanager.memory.jvm-overhead.max': `${overhead}b`,
    },
  }
}

/** Java writes whole doubles with `.0`. */
const javaDouble = (text: string): string => {
  const value = Number(text)
  if (Number.isNaN(value)) throw memoryError(`taskmanager.cpu.cores has the value "${text}", which is no number.`)
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** Resources like GPUs count only if an amount is set. */
const externalResources = (config: FlinkConfig): Record<string, string> => {
  const names = (config['external-resources'] ?? '').split(';').map((name) => name.trim())
  const amounts = names.flatMap((name) => {
    const amount = config[`external-resource.${name}.amount`]
    return name && name !== 'none' && amount !== undefined ? [[name, amount] as const] : []
  })
  if (amounts.length === 0) return { 'external-resources': 'none' }
  return {
    'external-resources': `"${amounts.map(([name]) => name).join(';')}"`,
    ...Object.fromEntries(amounts.map(([name, amount]) => [`external-resource.${name}.amount`, amount])),
  }
}

/** `taskmanager.heap.size` and `taskmanager.heap.mb` of Flink before 1.10 mean Flink's total memory, if nothing newer is set. */
const withHeapOfOldTimes = (config: FlinkConfig): FlinkConfig => {
  const newer = [FLINK, keysOf('taskmanager').processSize].some((key) => config[key] !== undefined)
  if (newer || (config[TASK_HEAP] !== undefined && MANAGED.some((key) => config[key] !== undefined))) return config
  const megabytes = config['taskmanager.heap.mb']
  const total = config['taskmanager.heap.size'] ?? (megabytes === undefined ? undefined : `${megabytes}m`)
  return total === undefined ? config : { ...config, [FLINK]: total }
}
