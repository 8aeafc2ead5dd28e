/**
 * The memory settings that Flink's scripts compute with a Java program before each start (`BashJavaUtils`), computed here:
 * the same arithmetic, one JVM start less. A test compares the two.
 */
import { atLeast } from '../distribution/version.ts'
import type { FlinkConfig } from '../flink-config.ts'
import { jobManagerMemory } from './job-manager.ts'
import { taskManagerMemory } from './task-manager.ts'

export interface JvmMemory {
  /** flags of the JVM, in the scripts' order */
  jvm: readonly string[]
  /** options that tell the process its own division, passed as `-D key=value` */
  dynamic: Readonly<Record<string, string>>
}

/** Throws a FlinkHomeError with code MEMORY_CONFIGURATION where Flink refuses the configuration. */
export const memoryOf = (process: 'jobmanager' | 'taskmanager', config: FlinkConfig, version: string): JvmMemory =>
  process === 'jobmanager' ? jobManagerMemory(config) : taskManagerMemory(withOldLimits(config, version))

/** Up to 1.16 network memory has a limit of 1 GiB unless the user sets another. */
const withOldLimits = (config: FlinkConfig, version: string): FlinkConfig =>
  atLeast(version, '1.17') ? config : { 'taskmanager.memory.network.max': '1g', ...config }
