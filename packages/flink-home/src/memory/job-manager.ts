/** A JobManager's memory: heap and off-heap inside Flink's total (Flink's JobManagerFlinkMemoryUtils, JobManagerProcessUtils). */
import type { FlinkConfig } from '../flink-config.ts'
import type { JvmMemory } from './index.ts'
import { optionsOf, processMemory } from './process.ts'
import type { Model, Options } from './process.ts'
import { MIB, memoryError, readableSize } from './size.ts'

interface Inside {
  heap: bigint
  offHeap: bigint
}

const HEAP = 'jobmanager.memory.heap.size'
const OFF_HEAP = 'jobmanager.memory.off-heap.size'
const FLINK = 'jobmanager.memory.flink.size'

const model: Model<Inside> = {
  process: 'jobmanager',
  fineGrained: [[HEAP]],
  total: ({ heap, offHeap }) => heap + offHeap,
  fromFineGrained(options) {
    const heap = options.size(HEAP, 0n)
    const offHeap = options.size(OFF_HEAP, 128n * MIB)
    if (!options.has(FLINK)) return { heap, offHeap }
    const total = options.size(FLINK, 0n)
    if (!options.has(OFF_HEAP) && heap <= total) return { heap, offHeap: total - heap }
    if (heap + offHeap === total) return { heap, offHeap }
    throw memoryError(
      `${FLINK} (${readableSize(total)}) is not the sum of heap (${readableSize(heap)}) and off-heap (${readableSize(offHeap)}).`,
    )
  },
  fromFlinkSize(options, flinkSize) {
    const offHeap = options.size(OFF_HEAP, 128n * MIB)
    if (offHeap > flinkSize)
      throw memoryError(
        `${OFF_HEAP} (${readableSize(offHeap)}) is more than Flink's total memory (${readableSize(flinkSize)}).`,
      )
    return { heap: flinkSize - offHeap, offHeap }
  },
}

export const jobManagerMemory = (config: FlinkConfig): JvmMemory => {
  const options = optionsOf(withHeapOfOldTimes(config))
  const { inside, metaspace, overhead } = processMemory(options, model)
  const { heap, offHeap } = inside
  return {
    jvm: [`-Xmx${heap}`, `-Xms${heap}`, ...directLimit(options, offHeap), `-XX:MaxMetaspaceSize=${metaspace}`],
    dynamic: {
      [OFF_HEAP]: `${offHeap}b`,
      'jobmanager.memory.jvm-overhead.min': `${overhead}b`,
      'jobmanager.memory.jvm-metaspace.size': `${metaspace}b`,
      [HEAP]: `${heap}b`,
      'jobmanager.memory.jvm-overhead.max': `${overhead}b`,
    },
  }
}

const directLimit = (options: Options, offHeap: bigint): string[] =>
  options.text('jobmanager.memory.enable-jvm-direct-memory-limit')?.toLowerCase() === 'true'
    ? [`-XX:MaxDirectMemorySize=${offHeap}`]
    : []

/** `jobmanager.heap.size` and `jobmanager.heap.mb` of Flink before 1.11 mean the JVM heap, if nothing newer is set. */
const withHeapOfOldTimes = (config: FlinkConfig): FlinkConfig => {
  if ([HEAP, FLINK, 'jobmanager.memory.process.size'].some((key) => config[key] !== undefined)) return config
  const megabytes = config['jobmanager.heap.mb']
  const heap = config['jobmanager.heap.size'] ?? (megabytes === undefined ? undefined : `${megabytes}m`)
  return heap === undefined ? config : { ...config, [HEAP]: heap }
}
