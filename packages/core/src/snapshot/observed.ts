/** Everything a rule about a FlinkStateSnapshot may look at. */
import type { FlinkDeployment, FlinkSessionJob, TriggerFact } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import type { OperatorFacts } from '../deployment/observed.ts'

/** The resource of the job the snapshot is of, as last seen; a session job comes with its cluster. */
export type SnapshotTarget =
  | { kind: 'FlinkDeployment'; resource: FlinkDeployment }
  | { kind: 'FlinkSessionJob'; resource: FlinkSessionJob; cluster: FlinkDeployment | undefined }

/** What the JobManager said in this pass; undefined: not asked. */
export interface SnapshotFlinkFacts {
  trigger?: Fact<TriggerFact>
  /** where a completed checkpoint lies; value undefined: the JobManager does not remember it any more */
  checkpointPath?: Fact<string | undefined>
}

export type SnapshotQuestion = keyof SnapshotFlinkFacts

export interface SnapshotObserved {
  now: number
  operator: OperatorFacts
  /** undefined: there is no such job */
  target: SnapshotTarget | undefined
  flink: SnapshotFlinkFacts
  /** what the last act of this snapshot ended in, if it failed */
  lastFailure: string | undefined
}
