/** What the rules about one job may look at: the same for an application and for a session job. Derived once per pass. */
import type { CheckpointFacts, FlinkJobState } from '@drey/api'
import type { Fact } from '@drey/reconcile'

export type UpgradeMode = 'stateless' | 'last-state' | 'savepoint'

export type JobManagerState = 'MISSING' | 'DEPLOYING' | 'DEPLOYED_NOT_READY' | 'READY' | 'ERROR'

/** Upstream writes this instead of a path when the state lives in HA metadata and its place is not known. */
export const lastStateMark = 'KUBERNETES_OPERATOR_LAST_STATE'

export interface JobSettings {
  savepointDirectory: string | undefined
  savepointFormat: string
  drain: boolean
  /** ms; how long a stop with savepoint may take: the checkpoint timeout */
  checkpointTimeoutMs: number
  cancelTimeoutMs: number
  clientTimeoutMs: number
  /** kubernetes.operator.job.upgrade.last-state-fallback.enabled */
  lastStateFallback: boolean
  /** kubernetes.operator.job.upgrade.last-state.job-cancel.enabled */
  cancelInLastState: boolean
  /** kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age */
  checkpointAgeMaxMs: number | undefined
}

export interface JobView {
  kind: 'application' | 'session-job'
  now: number
  /** how the user wants state to be kept */
  mode: UpgradeMode
  jobId: string | undefined
  /** the newest state we know; undefined before the first submission */
  state: FlinkJobState | undefined
  /** Flink shows the end of the job, but not yet where its last checkpoint is: its HA metadata is about to go */
  ending?: boolean
  /** epoch ms at which Flink says the job started */
  startTime: number | undefined
  /** session jobs: READY while their cluster is */
  jobManager: JobManagerState
  /** Kubernetes or ZooKeeper HA, in the deployed and in the wanted configuration */
  haConfigured: boolean
  /** ms for which the JobManager was asked without an answer; 0: it answered, or was not asked */
  silentMs: number
  /** HA metadata of this job: whether there is any, and whether it names a checkpoint */
  haMetadata: { available: boolean; checkpoint: boolean }
  /** the recorded resume point: a path, the last-state mark, or nothing */
  path: string | undefined
  /** upstream's older place for the newest savepoint */
  legacySavepoint: string | undefined
  checkpoints: Fact<CheckpointFacts>
  /** it may have checkpoints that its scheduler does not show at the moment: cancelled now, it could not be resumed */
  checkpointsHidden: boolean
  /** the wanted Flink version differs from the deployed one */
  versionChanged: boolean
  /** the JobManager pod of the deployed cluster never became available, so the recorded path is still the newest state */
  neverStarted: boolean
  /** how the running job was restored (the mode in the recorded spec) */
  restoredBy: UpgradeMode
  settings: JobSettings
}

export const isTerminal = (state: FlinkJobState | undefined): boolean =>
  state === 'FINISHED' || state === 'FAILED' || state === 'CANCELED'
