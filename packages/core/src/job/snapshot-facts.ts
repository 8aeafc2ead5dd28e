/** The FlinkStateSnapshots of a job and its options about them, as the shared job rules see them. */
import { isAtLeast, isFlinkVersion, options, read, type FlinkConf, type TriggerFact } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import type { ClusterRef } from '../action.ts'
import type { JobDraft } from './draft.ts'

export type SnapshotKind = 'savepoint' | 'checkpoint'

/** One FlinkStateSnapshot of the job. */
export interface SnapshotFact {
  name: string
  uid: string
  kind: SnapshotKind
  /** label `snapshot.trigger-type` */
  trigger: 'MANUAL' | 'PERIODIC' | 'UPGRADE' | 'UNKNOWN'
  state: 'TRIGGER_PENDING' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'ABANDONED'
  /** epoch ms */
  createdAt: number
  deleting: boolean
}

/** An order to dispose of a savepoint of the history: whether Flink took it, and when (epoch ms). */
export interface Disposal {
  path: string
  at: number
  accepted: boolean
}

/** Everything about one job that decides which snapshots are taken and removed. */
export interface SnapshotSituation {
  owner: { kind: 'FlinkDeployment' | 'FlinkSessionJob'; name: string; namespace: string; uid: string }
  /** epoch ms at which the resource was created: periods count from there */
  createdAt: number
  now: number
  conf: FlinkConf
  /** the operator's own configuration, which caps what resources may keep */
  operatorConf: FlinkConf
  flinkVersion: string | undefined
  cluster: ClusterRef
  job: JobDraft
  nonces: Readonly<Record<SnapshotKind, { wanted: number | undefined; reconciled: number | undefined }>>
  /** reconciliationTimestamp: constant until a nonce is written down as handled */
  timestamp: number
  snapshots: readonly SnapshotFact[]
  disposals: readonly Disposal[]
  /** snapshots are resources rather than entries of the status */
  asResources: boolean
  /** answers about pending entries of the status; unknown: not asked, or no answer */
  triggers: Readonly<Record<SnapshotKind, Fact<TriggerFact>>>
}

export const snapshotKinds: readonly SnapshotKind[] = ['savepoint', 'checkpoint']

export const isRunning = ({ job }: SnapshotSituation): boolean => job.state === 'RUNNING' && job.id !== undefined

/** The text of the period of a kind. */
export const periodOf = (kind: SnapshotKind, conf: FlinkConf): string =>
  read(
    kind === 'savepoint' ? options.snapshots.periodicSavepointInterval : options.snapshots.periodicCheckpointInterval,
    conf,
  )

/** Flink can be asked for checkpoints from 1.17 on. */
export const isTriggerable = (kind: SnapshotKind, { flinkVersion }: SnapshotSituation): boolean =>
  kind === 'savepoint' || !isFlinkVersion(flinkVersion) || isAtLeast(flinkVersion, 'v1_17')

/** A trigger in the status that is not an upgrade's; those belong to the upgrade. */
export const pendingTrigger = (
  kind: SnapshotKind,
  job: JobDraft,
): { id: string; since: number | undefined; type: 'MANUAL' | 'PERIODIC' | 'UNKNOWN' } | undefined => {
  const info = kind === 'savepoint' ? job.savepointInfo : job.checkpointInfo
  if (!info?.triggerId || info.triggerType === 'UPGRADE') return undefined
  return { id: info.triggerId, since: info.triggerTimestamp ?? undefined, type: info.triggerType ?? 'UNKNOWN' }
}

/** What a snapshot rule about a job wants; the rules of each kind of resource turn it into their decision. */
export interface SnapshotStep {
  because: string
  job?: JobDraft
  /** this nonce is handled: the recorded spec takes over its wanted value */
  handled?: SnapshotKind
  actions?: readonly import('../action.ts').Action[]
  notes?: readonly import('@drey/reconcile').Note[]
  lookAgainMs?: number
}
