/** What a JobManager says, as plain data that rules may rely on. Parsed at the edge by `@drey/flink`. */

export type FlinkJobState =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'FAILED'
  | 'CANCELLING'
  | 'CANCELED'
  | 'FINISHED'
  | 'RESTARTING'
  | 'SUSPENDED'
  | 'RECONCILING'

export interface JobOverview {
  jobId: string
  name: string
  state: FlinkJobState
  /** epoch ms */
  startTime: number
  /** epoch ms by the JobManager's clock; absent while it runs */
  endTime?: number
  tasks: { total: number; running: number; finished: number }
}

export interface ClusterConfig {
  flinkVersion: string
  flinkRevision: string
}

export interface CheckpointEntry {
  id: number
  path: string
  /** epoch ms of the trigger (restored ones: of the restore) */
  at: number
  savepoint: boolean
}

export interface CheckpointFacts {
  /** the newest of restored, completed and savepoint, by id: what a restart would lose nothing after */
  latest: CheckpointEntry | undefined
  restored: CheckpointEntry | undefined
  completed: CheckpointEntry | undefined
  /** bytes of the newest completed one */
  stateSize: number | undefined
  /** epoch ms at which a checkpoint that is still running was triggered */
  inProgressSince: number | undefined
  completedCount: number
  /** anything at all was counted, or checkpointing is off; otherwise the adaptive scheduler may only be hiding what there is */
  counted: boolean
  /** the newest one exists but has no path Flink could tell */
  notAddressable: boolean
}

/** A savepoint, stop or checkpoint that was asked for under a trigger id. */
export type TriggerFact =
  /** the JobManager does not know the id: never asked, forgotten after five minutes, or restarted since */
  | { state: 'unknown' }
  | { state: 'in-progress' }
  | { state: 'completed'; location: string; checkpointId?: number }
  | { state: 'failed'; why: string; trace: string }

export interface ExceptionEntry {
  name: string
  stacktrace: string
  at: number
  task?: string
  endpoint?: string
  taskManager?: string
  labels: Readonly<Record<string, string>>
}

export type ResourceRequirements = Readonly<Record<string, { lower: number; upper: number }>>

export const noCheckpoints: CheckpointFacts = {
  latest: undefined,
  restored: undefined,
  completed: undefined,
  stateSize: undefined,
  inProgressSince: undefined,
  completedCount: 0,
  counted: true,
  notAddressable: false,
}
