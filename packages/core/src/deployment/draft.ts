/**
 * The status as rules work on it: upstream's fields with their assumed values filled in and the recorded specs parsed. Values
 * are never edited in place; a rule answers what is different, and `toStatus` writes the whole next status.
 */
import type { FlinkDeploymentSpec, FlinkDeploymentStatus } from '@drey/api'
import { perObject } from '../memo.ts'
import { toJobDraft, type JobDraft, type ReconciliationState } from '../job/draft.ts'
import type { JobManagerState } from '../job/view.ts'
import { lookAtRecord, readRecordedSpec, type RecordedSpec } from '../spec/index.ts'

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

export const toDraft = (status: FlinkDeploymentStatus | undefined): Draft => draftOf(status ?? nothingYet)

const nothingYet: FlinkDeploymentStatus = {}
const draftOf = perObject((status: FlinkDeploymentStatus): Draft => {
  const bookkeeping = status.reconciliationStatus
  const recorded = lookAtRecord('FlinkDeployment', bookkeeping?.lastReconciledSpec)
  return {
    state: bookkeeping?.state ?? 'UPGRADING',
    recorded: recorded.found === 'spec' ? recorded.record : undefined,
    unreadable: recorded.found === 'unreadable' ? recorded.why : undefined,
    stable: readRecordedSpec(bookkeeping?.lastStableSpec),
    timestamp: bookkeeping?.reconciliationTimestamp ?? 0,
    jobManager: status.jobManagerDeploymentStatus ?? 'MISSING',
    job: toJobDraft(status.jobStatus),
    error: status.error || undefined,
    observedGeneration: status.observedGeneration ?? undefined,
    clusterInfo: status.clusterInfo ?? {},
    taskManager: status.taskManager,
    conditions: status.conditions ?? [],
    deleting: status.lifecycleState === 'DELETING' || status.lifecycleState === 'DELETED',
  }
})
