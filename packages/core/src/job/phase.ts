/**
 * Which phase of a change a job is in, read off upstream's status fields alone, so that either operator can go on where the
 * other stopped:
 *
 * | phase       | written down as                                                                                  |
 * |-------------|--------------------------------------------------------------------------------------------------|
 * | `savepoint` | `savepointInfo.triggerId` with type UPGRADE; the recorded spec is still the running one           |
 * | `cancel`    | state UPGRADING, recorded `job.state` running (and its `upgradeMode` how to resume), CANCELLING    |
 * | `remove`    | state UPGRADING with recorded `job.state` suspended, or ROLLING_BACK; JobManager not MISSING      |
 * | `deploy`    | the same with JobManager MISSING: the absence was verified and written down, and the job id with it |
 * | `settled`   | state DEPLOYED or ROLLED_BACK                                                                     |
 */
import type { JobManagerState } from './view.ts'

export type Phase = 'first' | 'savepoint' | 'cancel' | 'remove' | 'deploy' | 'settled'

export interface PhaseFields {
  recorded: boolean
  state: 'DEPLOYED' | 'UPGRADING' | 'ROLLING_BACK' | 'ROLLED_BACK'
  /** `job.state` of the recorded spec; undefined for a session cluster */
  recordedJobState: 'running' | 'suspended' | undefined
  jobManager: JobManagerState
  upgradeTrigger: string | undefined
}

export const phaseOf = (s: PhaseFields): Phase => {
  if (!s.recorded) return 'first'
  if (s.upgradeTrigger) return 'savepoint'
  if (s.state === 'DEPLOYED' || s.state === 'ROLLED_BACK') return 'settled'
  if (s.state === 'UPGRADING' && s.recordedJobState === 'running') return 'cancel'
  return s.jobManager === 'MISSING' ? 'deploy' : 'remove'
}
