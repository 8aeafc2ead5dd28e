/** A JobManager's configuration file, read the way Flink reads it, as far as the model acts on it. */
import { parseConfigYaml, parseFlinkConf } from '@drey/api'

export interface FlinkSettings {
  get(key: string): string | undefined
  version: string
  haIsOn: boolean
  clusterId: string
  /** application clusters have one */
  jobId: string | undefined
  jobName: string
  parallelism: number
  slots: number
  restorePath: string | undefined
  checkpointIntervalMs: number | undefined
  checkpointDir: string
  /** checkpoints live in the JobManager's memory: no path names them */
  checkpointsInMemory: boolean
  savepointDir: string | undefined
  resultStore: string | undefined
  native: boolean
  isApplication: boolean
  webRefreshMs: number
  /** how long an answer about checkpoints is given again */
  statisticsMs: number
  /** how long ended jobs are still shown */
  jobStoreMs: number
}

export const readSettings = (data: Readonly<Record<string, string>>): FlinkSettings => {
  const yaml = data['config.yaml']
  const { entries } = yaml === undefined ? parseFlinkConf(data['flink-conf.yaml'] ?? '') : parseConfigYaml(yaml)
  return settingsOf((key) => entries.get(key))
}

/** The settings of one job of a session cluster: what came with its submission goes before what the cluster says. */
export const forJob = (settings: FlinkSettings, config: Readonly<Record<string, string>>): FlinkSettings => ({
  ...settingsOf((key) => config[key] ?? settings.get(key)),
  version: settings.version,
})

const settingsOf = (get: (key: string) => string | undefined): FlinkSettings => {
  const target = get('execution.target') ?? ''
  const mode = get('kubernetes.internal.cluster-mode')
  const ha = get('high-availability.type') ?? get('high-availability') ?? 'NONE'
  return {
    get,
    version: (get('$internal.flink.version') ?? 'v1_20').slice(1).replace('_', '.'),
    haIsOn: ha.toUpperCase() !== 'NONE',
    clusterId: get('kubernetes.cluster-id') ?? '',
    jobId: get('$internal.pipeline.job-id'),
    jobName: get('pipeline.name') ?? 'job',
    parallelism: Number(
      /:(\d+)/.exec(get('pipeline.jobvertex-parallelism-overrides') ?? '')?.[1] ?? get('parallelism.default') ?? 1,
    ),
    slots: Number(get('taskmanager.numberOfTaskSlots') ?? 1),
    restorePath: get('execution.state-recovery.path') ?? get('execution.savepoint.path'),
    checkpointIntervalMs: duration(get('execution.checkpointing.interval')),
    checkpointDir: get('execution.checkpointing.dir') ?? get('state.checkpoints.dir') ?? 'file:///checkpoints',
    checkpointsInMemory: (get('execution.checkpointing.storage') ?? get('state.checkpoint-storage')) === 'jobmanager',
    savepointDir: get('execution.checkpointing.savepoint-dir') ?? get('state.savepoints.dir'),
    resultStore: get('job-result-store.storage-path'),
    native: target.startsWith('kubernetes'),
    isApplication: target === 'kubernetes-application' || mode === 'APPLICATION',
    webRefreshMs: duration(get('web.refresh-interval')) ?? 3_000,
    statisticsMs: duration(get('rest.cache.checkpoint-statistics.timeout') ?? get('web.refresh-interval')) ?? 3_000,
    jobStoreMs: (Number(get('jobstore.expiration-time')) || 3_600) * 1_000,
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, min: 60_000, m: 60_000, h: 3_600_000 }

const duration = (text: string | undefined): number | undefined => {
  const found = /^(\d+)\s*([a-z]*)/.exec(text ?? '')
  return found ? Number(found[1]) * (units[found[2] || 'ms'] ?? 1) : undefined
}
