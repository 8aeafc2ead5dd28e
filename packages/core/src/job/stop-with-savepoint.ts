/** A stop with savepoint, for an upgrade or a deletion: its trigger in the status, and the order that may be repeated under the same id. */
import type { Action, JobRef } from '../action.ts'
import type { JobDraft } from './draft.ts'
import type { JobSettings } from './view.ts'

export const stopWithSavepoint = (job: JobRef, trigger: string, settings: JobSettings, format?: string): Action => ({
  do: 'stop-with-savepoint',
  job,
  trigger,
  ...(settings.savepointDirectory ? { directory: settings.savepointDirectory } : {}),
  drain: settings.drain,
  format: format ?? settings.savepointFormat,
})

export const withUpgradeTrigger = (job: JobDraft, trigger: string, now: number, settings: JobSettings): JobDraft => ({
  ...job,
  savepointInfo: {
    ...job.savepointInfo,
    triggerId: trigger,
    triggerTimestamp: now,
    triggerType: 'UPGRADE',
    formatType: settings.savepointFormat as 'CANONICAL',
  },
})

/** The last attempt failed: its time stays in the status, and the next one keeps a distance from it. */
export const hasFailed = (info: JobDraft['savepointInfo']): boolean =>
  !info.triggerId && !info.triggerType && typeof info.triggerTimestamp === 'number'
