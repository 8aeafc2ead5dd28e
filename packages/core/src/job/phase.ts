/**
 * Which phase of a change a job is in, read off upstream's status fields alone, so that either operator can go on where the
 * other stopped:
 *
 * | phase       | written down as                                                                                  |
 * |-------------|--------------------------------------------------------------------------------------------------|
 * | `savepoint` | `savepointInfo.triggerId` with type UPGRADE; the recorded spec is still the running one           |
 * | `cancel`    | state UPGRADING, recorded `job.state` running (and its `upgradeMode` how to resume), CANCELLING    |
 * | `unstarted` | the same without a state of the job: its JobManager never started, and goes only if that stays so |
 * | `remove`    | state UPGRADING with recorded `job.state` suspended, or ROLLING_BACK; JobManager not MISSING      |
 * | `deploy`    | the same with JobManager MISSING: the absence was verified and written down, and the job id with it |
 * | `settled`   | state DEPLOYED or ROLLED_BACK                                                                     |
 */
import type { FlinkJobState } from '@drey/api'
import type { JobManagerState } from './view.ts'

export type Phase = 'first' | 'savepoint' | 'cancel' | 'unstarted' | 'remove' | 'deploy' | 'settled'

export interface PhaseFields {
  recorded: boolean
  state: 'DEPLOYED' | 'UPGRADING' | 'ROLLING_BACK' | 'ROLLED_BACK'
  /** `job.state` of the recorded spec; undefined for a session cluster */
  recordedJobState: 'running' | 'suspended' | undefined
  jobManager: JobManagerState
  jobState: FlinkJobState | undefined
  upgradeTrigger: string | undefined
}

export const phaseOf = (s: PhaseFields): Phase => {
  if (!s.recorded) return 'first'
  if (s.upgradeTrigger) return 'savepoint'
  if (s.state === 'DEPLOYED' || s.state === 'ROLLED_BACK') return 'settled'
  if (s.state === 'UPGRADING' && s.recordedJobState === 'running')
    return s.jobState === undefined ? 'unstarted' : 'cancel'
  return s.jobManager === 'MISSING' ? 'deploy' : 'remove'
}

/** The job is being cancelled, and it is written down that its successor starts without any state. */
export const isDiscarding = ({
  phase,
  before,
}: {
  phase: Phase
  before: { recorded?: { spec: { job?: { upgradeMode?: string | null } | null } } | undefined }
}): boolean => phase === 'cancel' && before.recorded?.spec.job?.upgradeMode === 'stateless'
