/** Everything a rule about a FlinkSessionJob may look at. */
import type { FlinkDeployment } from '@drey/api'
import type { Disposal, SnapshotFact } from '../job/snapshot-facts.ts'
import type { FlinkFacts, OperatorFacts } from '../deployment/observed.ts'

export interface SessionJobObserved {
  now: number
  operator: OperatorFacts
  /** the cluster it names, as last seen; undefined: there is none */
  cluster: FlinkDeployment | undefined
  flink: FlinkFacts
  /** the FlinkStateSnapshots of this job */
  snapshots?: readonly SnapshotFact[]
  /** which savepoints of its history Flink was told to dispose of */
  disposals?: readonly Disposal[]
  /** what the last act for this very generation ended in, if it failed */
  lastFailure: { generation: number; message: string } | undefined
}
