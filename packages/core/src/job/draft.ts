/** The job's part of a status and the bookkeeping of specs, as rules work on them; the same in deployments and session jobs. */
import type { FlinkJobState, JobStatus, ReconciliationStatus, SavepointInfo } from '@drey/api'
import type { RecordedSpec } from '../spec/index.ts'

/**
 * Of which generation what is recorded was made. CRDs of earlier releases prune `observedGeneration` (and Helm never replaces CRDs): then the
 * present one is taken, since otherwise no cluster and no job would ever be known again.
 */
export const attemptGeneration = (
  before: { observedGeneration: number | undefined },
  generation: number | undefined,
): number | undefined => before.observedGeneration ?? generation

/** The first deployment was written down and has never been completed, so there is no state but what the spec names. */
export const isNeverDeployed = (draft: {
  state: ReconciliationState
  recorded: RecordedSpec<unknown> | undefined
}): boolean => draft.state === 'UPGRADING' && draft.recorded?.firstDeployment === true

/** As before the first submission. */
export const unsubmitted = (job: JobDraft): JobDraft => ({ ...job, id: undefined, state: undefined, path: undefined })

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

export const toJobDraft = (job: JobStatus | undefined): JobDraft => ({
  id: job?.jobId || undefined,
  name: job?.jobName ?? undefined,
  state: job?.state ?? undefined,
  startTime: numberOf(job?.startTime),
  updateTime: numberOf(job?.updateTime),
  path: job?.upgradeSavepointPath || undefined,
  savepointInfo: job?.savepointInfo ?? {},
  checkpointInfo: job?.checkpointInfo,
})

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
  recorded: RecordedSpec<unknown> | undefined
  stable: RecordedSpec<unknown> | undefined
  timestamp: number
}): ReconciliationStatus => ({
  state: draft.state,
  reconciliationTimestamp: draft.timestamp,
  ...(draft.recorded ? { lastReconciledSpec: draft.recorded.text } : {}),
  ...(draft.stable ? { lastStableSpec: draft.stable.text } : {}),
})

/** The pending trigger is answered, one way or the other. Its time stays: the next attempt keeps a distance from it. */
export const withoutTrigger = (info: SavepointInfo): SavepointInfo => {
  const { triggerId: _, triggerType: __, formatType: ___, ...rest } = info
  return rest
}

const numberOf = (text: string | null | undefined): number | undefined => {
  const value = Number(text)
  return text && Number.isFinite(value) ? value : undefined
}
