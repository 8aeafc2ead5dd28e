/** What one JobManager and one TaskManager may use: their limits, in cores and bytes. */
import type { RenderInput } from './input.ts'
import { applyLayers, specLayers } from './flink-config/layers.ts'
import { jobManagerMemory, taskManagerCpu, taskManagerMemory } from './flink-config/process-memory.ts'
import { doubleOf } from './flink-config/read.ts'
import { attempt } from './problem.ts'

export interface ClusterResources {
  jobManager: { cpu: number; memory: number }
  taskManager: { cpu: number; memory: number }
}

/** Undefined: the spec does not say, in a way Flink would understand. */
export const resourcesOf = (input: Pick<RenderInput, 'resource' | 'config'>): ClusterResources | undefined => {
  const result = attempt((): ClusterResources => {
    const { config } = applyLayers({ operator: {}, ...input }, specLayers)
    const factor = (role: string, what: string) => doubleOf(config, `kubernetes.${role}.${what}.limit-factor`) ?? 1
    return {
      jobManager: {
        cpu:
          (doubleOf(config, 'kubernetes.jobmanager.cpu.amount', 'kubernetes.jobmanager.cpu') ?? 1) *
          factor('jobmanager', 'cpu'),
        memory: jobManagerMemory(config) * factor('jobmanager', 'memory'),
      },
      taskManager: {
        cpu: taskManagerCpu(config) * factor('taskmanager', 'cpu'),
        memory: taskManagerMemory(config) * factor('taskmanager', 'memory'),
      },
    }
  })
  return result.ok ? result.value : undefined
}
