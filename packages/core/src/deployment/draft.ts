/**
 * The status as rules work on it: upstream's fields with their assumed values filled in and the recorded specs parsed. Values
 * are never edited in place; a rule answers what is different, and `toStatus` writes the whole next status.
 */
import type { FlinkDeploymentSpec, FlinkDeploymentStatus, FlinkJobState, JobStatus, SavepointInfo } from '@drey/api'
import type { JobManagerState } from '../job/view.ts'
import { lookAtRecord, readRecordedSpec, type RecordedSpec } from '../spec/index.ts'

export type ReconciliationState = 'DEPLOYED' | 'UPGRADING' | 'ROLLING_BACK' | 'ROLLED_BACK'

export interface JobDraft {
  id: string | undefined
  name: string | undefined
  state: FlinkJobState | undefined
  startTime: number | undefined
  updateTime: number | undefined
  /** upgradeSavepointPath */
  path: string | undefined
  savepointInfo: SavepointInfo
  checkpointInfo: JobStatus['checkpointInfo']
}

export interface Draft {
  state: ReconciliationState
  recorded: RecordedSpec<FlinkDeploymentSpec> | undefined
  /** why the recorded spec cannot be read; then nothing may be decided */
  unreadable: string | undefined
  stable: RecordedSpec<FlinkDeploymentSpec> | undefined
  timestamp: number
  jobManager: JobManagerState
  job: JobDraft
  error: string | undefined
  observedGeneration: number | undefined
  clusterInfo: Readonly<Record<string, string>>
  taskManager: FlinkDeploymentStatus['taskManager']
  conditions: NonNullable<FlinkDeploymentStatus['conditions']>
  /** DELETING, once written */
  deleting: boolean
}

export const toDraft = (status: FlinkDeploymentStatus | undefined): Draft => {
  const job = status?.jobStatus
  const bookkeeping = status?.reconciliationStatus
  const recorded = lookAtRecord('FlinkDeployment', bookkeeping?.lastReconciledSpec)
  return {
    state: bookkeeping?.state ?? 'UPGRADING',
    recorded: recorded.found === 'spec' ? recorded.record : undefined,
    unreadable: recorded.found === 'unreadable' ? recorded.why : undefined,
    stable: readRecordedSpec(bookkeeping?.lastStableSpec),
    timestamp: bookkeeping?.reconciliationTimestamp ?? 0,
    jobManager: status?.jobManagerDeploymentStatus ?? 'MISSING',
    job: {
      id: job?.jobId || undefined,
      name: job?.jobName ?? undefined,
      state: job?.state ?? undefined,
      startTime: numberOf(job?.startTime),
      updateTime: numberOf(job?.updateTime),
      path: job?.upgradeSavepointPath || undefined,
      savepointInfo: job?.savepointInfo ?? {},
      checkpointInfo: job?.checkpointInfo,
    },
    error: status?.error || undefined,
    observedGeneration: status?.observedGeneration ?? undefined,
    clusterInfo: status?.clusterInfo ?? {},
    taskManager: status?.taskManager,
    conditions: status?.conditions ?? [],
    deleting: status?.lifecycleState === 'DELETING' || status?.lifecycleState === 'DELETED',
  }
}

export const toJobStatus = (job: JobDraft): JobStatus => ({
  ...(job.name === undefined ? {} : { jobName: job.name }),
  ...(job.id === undefined ? {} : { jobId: job.id }),
  ...(job.state === undefined ? {} : { state: job.state }),
  ...(job.startTime === undefined ? {} : { startTime: String(job.startTime) }),
  ...(job.updateTime === undefined ? {} : { updateTime: String(job.updateTime) }),
  ...(job.path === undefined ? {} : { upgradeSavepointPath: job.path }),
  savepointInfo: { savepointHistory: [], lastPeriodicSavepointTimestamp: 0, ...job.savepointInfo },
  checkpointInfo: { lastPeriodicCheckpointTimestamp: 0, ...job.checkpointInfo },
})

export const toReconciliationStatus = (draft: {
  state: ReconciliationState
  recorded: RecordedSpec | undefined
  stable: RecordedSpec | undefined
  timestamp: number
}): NonNullable<FlinkDeploymentStatus['reconciliationStatus']> => ({
  state: draft.state,
  reconciliationTimestamp: draft.timestamp,
  ...(draft.recorded ? { lastReconciledSpec: draft.recorded.text } : {}),
  ...(draft.stable ? { lastStableSpec: draft.stable.text } : {}),
})

const numberOf = (text: string | null | undefined): number | undefined => {
  const value = Number(text)
  return text && Number.isFinite(value) ? value : undefined
}
