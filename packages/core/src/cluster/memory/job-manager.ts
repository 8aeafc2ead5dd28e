/** The process memory of a JobManager. Source: JobManagerFlinkMemoryUtils, JobManagerProcessUtils. */
import type { Settings } from '../input.ts'
import { memoryOf } from '../flink-config/read.ts'
import { human, MiB, mustHold, processSize, refuseMemory, refuseMissing, withJvm, withoutJvm } from './process.ts'

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
