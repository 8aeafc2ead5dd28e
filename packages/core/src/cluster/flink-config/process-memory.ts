/** Total process memory, and the refusal of a configuration that Flink would refuse. */
export { jobManagerMemory } from '../memory/job-manager.ts'
export { taskManagerCpu, taskManagerMemory } from '../memory/task-manager.ts'
