/** Layers for the processes and the job: memory, cpu, replicas, the application's own settings. */
import type { ClusterSpec, Settings } from '../input.ts'
import { javaDouble, printList, printMemoryBytes } from '@drey/api'
import { numberOf, parseComponentMemory, parseQuantity, type ComponentMemory } from '../../quantity.ts'
import { refuse } from '../problem.ts'
import type { Layer, LayerView, SettingsPatch } from './layers.ts'
import { intOf, isSet, mapOf } from './read.ts'

type Role = 'jobmanager' | 'taskmanager'

export const jobManager: Layer = {
  name: 'spec.jobManager',
  settings: (at) => ({
    ...resources(at, 'jobmanager', at.spec.jobManager),
    // One JobManager unless the spec says otherwise: the CRD has no default, the Java model had.
    ...(at.spec.jobManager && (at.spec.jobManager.replicas ?? 1) > 0
      ? { 'kubernetes.jobmanager.replicas': String(at.spec.jobManager.replicas ?? 1) }
      : {}),
  }),
}

export const taskManager: Layer = {
  name: 'spec.taskManager',
  settings: (at) => ({
    ...resources(at, 'taskmanager', at.spec.taskManager),
    ...((at.spec.taskManager?.replicas ?? 0) > 0
      ? { 'kubernetes.internal.taskmanager.replicas': String(at.spec.taskManager!.replicas) }
      : {}),
  }),
}

export const job: Layer = {
  name: 'spec.job',
  settings: ({ spec, config, name, modeFacts, notation, mode }) => {
    if (!spec.job) return {}
    const { jarURI } = spec.job
    return {
      ...(jarURI
        ? { [modeFacts.jarKey]: notation.list([mode === 'standalone' ? jarURI.replace(/^local:/, 'file:') : jarURI]) }
        : {}),
      // The JobManager outlives its job, so that the operator can read the outcome.
      'execution.shutdown-on-application-finish': 'false',
      ...unlessSet(config, 'execution.submit-failed-job-on-application-error', 'true'),
      ...jobDefaults(config, name, spec.job),
    }
  },
}

/** What every job gets, in an application and in a session cluster. */
export const jobDefaults = (config: Settings, name: string, spec: NonNullable<ClusterSpec['job']>): SettingsPatch => ({
  ...unlessSet(config, 'pipeline.name', name),
  ...(spec.upgradeMode === 'last-state' ? unlessSet(config, 'execution.checkpointing.interval', '5 min') : {}),
  ...unlessSet(config, 'execution.checkpointing.externalized-checkpoint-retention', 'RETAIN_ON_CANCELLATION'),
  ...(typeof spec.allowNonRestoredState === 'boolean'
    ? { 'execution.savepoint.ignore-unclaimed-state': String(spec.allowNonRestoredState) }
    : {}),
  ...(spec.entryClass ? { '$internal.application.main': spec.entryClass } : {}),
  // Flink's client encodes this one itself, always in the flat notation.
  '$internal.application.program-args': printList(spec.args ?? []),
})

/** Runs after `job`; replicas set explicitly win over the parallelism of the spec. */
export const parallelism: Layer = {
  name: 'spec.job.parallelism',
  settings: ({ spec, config, mode }) => {
    if (!spec.job) return {}
    const slots = intOf(config, 1, 'taskmanager.numberOfTaskSlots')
    const replicas = spec.taskManager?.replicas ?? 0
    const wanted =
      replicas > 0 ? replicas * slots : mode === 'standalone' ? largestOverride(config, spec) : spec.job.parallelism
    return {
      ...(typeof wanted === 'number' ? { 'parallelism.default': String(wanted) } : {}),
      ...(mode === 'standalone' && typeof wanted === 'number'
        ? unlessSet(config, 'kubernetes.internal.taskmanager.replicas', String(Math.ceil(wanted / Math.max(1, slots))))
        : {}),
    }
  },
}

const largestOverride = (config: Settings, spec: ClusterSpec): number | null | undefined => {
  const overrides = Object.values(mapOf(config, 'pipeline.jobvertex-parallelism-overrides')).map(Number)
  return overrides.length > 0 ? Math.max(...overrides) : spec.job?.parallelism
}

const resources = ({ version }: LayerView, role: Role, process: ClusterSpec['jobManager']): SettingsPatch => {
  if (!process) return {}
  // A non-empty `resources` hides the deprecated `resource` altogether.
  const required = process.resources
  const asked = isEmpty(required) ? undefined : required!
  const { memory, cpu } = asked
    ? {
        memory: asked.requests?.memory ?? asked.limits?.memory,
        cpu: asked.requests?.cpu ?? asked.limits?.cpu,
      }
    : { memory: process.resource?.memory, cpu: process.resource?.cpu }
  return {
    ...(memory === undefined || memory === null || String(memory).trim() === ''
      ? {}
      : { [`${role}.memory.process.size`]: memorySetting(role, String(memory)) }),
    ...(cpu === undefined || cpu === null ? {} : cpuSettings(role, cpuOf(role, cpu), version.cpuAmountOptions)),
    ...(asked ? limitFactors(role, asked) : {}),
  }
}

const memorySetting = (role: Role, text: string): string => {
  const { bytes, isQuantity } = memoryOf(role, text)
  return isQuantity ? String(bytes) : printMemoryBytes(bytes)
}

const memoryOf = (role: Role, text: string): ComponentMemory => {
  const memory = parseComponentMemory(text)
  return memory.ok
    ? memory.value
    : refuse('MEMORY_UNREADABLE', `The memory of the ${role}: ${memory.why}.`, 'Write it as "2048m" or "2Gi".')
}

const cpuOf = (role: Role, text: string | number): number => {
  const amount = parseQuantity(String(text))
  return amount.ok
    ? numberOf(amount.value)
    : refuse('CPU_UNREADABLE', `The cpu of the ${role}: ${amount.why}.`, 'Write it as 1, 0.5 or "500m".')
}

const cpuSettings = (role: Role, cpu: number, currentKeys: boolean): SettingsPatch => ({
  [`kubernetes.${role}.cpu.amount`]: javaDouble(cpu),
  ...(currentKeys ? {} : { [`kubernetes.${role}.cpu`]: javaDouble(cpu) }),
})

const limitFactors = (
  role: Role,
  { requests, limits }: NonNullable<NonNullable<ClusterSpec['jobManager']>['resources']>,
): SettingsPatch => {
  const factor = (request: number, limit: number): string | undefined =>
    request > 0 ? javaDouble(limit / request) : undefined
  const has = (name: string) => requests?.[name] !== undefined && limits?.[name] !== undefined
  return defined({
    // Both sides are read as the process size is: `2048m` against `4Gi` is a factor of 2, not upstream's 2.097152E9.
    [`kubernetes.${role}.memory.limit-factor`]: has('memory')
      ? factor(
          Number(memoryOf(role, String(requests!.memory)).bytes),
          Number(memoryOf(role, String(limits!.memory)).bytes),
        )
      : undefined,
    [`kubernetes.${role}.cpu.limit-factor`]: has('cpu')
      ? factor(cpuOf(role, requests!.cpu!), cpuOf(role, limits!.cpu!))
      : undefined,
  })
}

const defined = (patch: SettingsPatch): SettingsPatch =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))

export const isEmpty = (required: { requests?: unknown; limits?: unknown } | null | undefined): boolean =>
  [required?.requests, required?.limits].every(
    (part) => part === null || part === undefined || Object.keys(part).length === 0,
  )

const unlessSet = (config: Settings, key: string, value: string): SettingsPatch =>
  isSet(config, key) ? {} : { [key]: value }
