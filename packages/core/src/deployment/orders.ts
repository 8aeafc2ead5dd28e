/** What the job of a deployment is ordered to do, in the same words whichever rule orders it. */
import type { Action } from '../action.ts'
import type { Pass } from './pass.ts'

/** Ends the job with a savepoint; the same `trigger` asks for the same savepoint, however often. */
export const stopWithSavepoint = (
  { view, draft, job: { settings } }: Pass,
  trigger: string,
  format = settings.savepointFormat,
): Action => ({
  do: 'stop-with-savepoint',
  job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
  trigger,
  ...(settings.savepointDirectory ? { directory: settings.savepointDirectory } : {}),
  drain: settings.drain,
  format,
})

/** Ends the job; its last checkpoint is kept. */
export const cancel = ({ view, draft, job }: Pass): Extract<Action, { do: 'cancel' }> => ({
  do: 'cancel',
  job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
  lenient: false,
  timeoutMs: job.settings.cancelTimeoutMs,
})

/** A cancel whose only use is a clean end of sinks must not hold up the removal that follows. */
export const cancelIfItAnswers = (pass: Pass): Action => ({ ...cancel(pass), lenient: true, timeoutMs: 3_000 })
