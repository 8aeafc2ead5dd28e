/** What this pass saw of a session job, carried into its status: state, resume point, stability, events. */
import type { Note } from '@drey/reconcile'
import { effectiveState } from '../job/effective-state.ts'
import { exceptionNotes } from '../job/exception-notes.ts'
import { resumePointOf } from '../job/resume-point.ts'
import { endsInSavepoint } from '../job/savepoint-progress.ts'
import { isTerminal } from '../job/view.ts'
import { failedJobError, JOB_NOT_FOUND } from '../status/index.ts'
import { recordedJobState } from './pass.ts'
import { evidenceOf, type SessionJobDraft, type SessionJobView } from './view.ts'

export interface Seen {
  draft: SessionJobDraft
  notes: readonly Note[]
}

export const seenIn = (view: SessionJobView): Seen => {
  const draft = view.before
  if (!draft.recorded || draft.job.id === undefined || recordedJobState(draft) === 'suspended')
    return { draft: stable(draft), notes: [] }
  if (!view.foundJob.known) {
    // Without an answer, or a cluster that could give one, it is not known to run any more.
    const unanswered = draft.job.state === 'RUNNING' && (view.observed.flink.jobs !== undefined || !view.clusterIsReady)
    return { draft: unanswered ? { ...draft, job: { ...draft.job, state: 'RECONCILING' } } : stable(draft), notes: [] }
  }
  return view.foundJob.value === undefined ? missing(draft) : found(view, draft, view.foundJob.value)
}

const missing = (draft: SessionJobDraft): Seen => {
  // Terminal is final, also after Flink forgot the job (W-16); RECONCILING was never seen yet.
  if (isTerminal(draft.job.state) || (draft.job.state === 'RECONCILING' && draft.error === JOB_NOT_FOUND))
    return { draft, notes: [] }
  // Submitted, and not on its cluster yet; or being cancelled, which its own rule follows.
  if (draft.state !== 'DEPLOYED' && draft.state !== 'ROLLED_BACK') return { draft, notes: [] }
  return {
    draft: { ...draft, error: JOB_NOT_FOUND, job: { ...draft.job, state: 'RECONCILING' } },
    notes: [{ type: 'Warning', reason: 'Missing', message: JOB_NOT_FOUND, component: 'Job' }],
  }
}

const found = (
  view: SessionJobView,
  draft: SessionJobDraft,
  job: NonNullable<Extract<SessionJobView['foundJob'], { known: true }>['value']>,
): Seen => {
  const { result, checkpoints, exceptions, trigger } = view.observed.flink
  const state = effectiveState(job)
  const changed = state !== draft.job.state
  const named = { ...draft.job, name: job.name, startTime: job.startTime }
  // The end of a job and what its successor resumes from are written down together or not at all (W-2).
  if (changed && isTerminal(state) && !checkpoints?.known && !endsInSavepoint(view.phase, state, trigger))
    return {
      draft: {
        ...draft,
        job: draft.job.state === 'CANCELLING' ? named : { ...named, state: 'RECONCILING' },
      },
      notes: exceptions?.known ? exceptionNotes(exceptions.value, view.conf) : [],
    }
  const failure = changed && state === 'FAILED' && result?.known ? result.value : undefined
  const path =
    isTerminal(state) && checkpoints?.known
      ? resumePointOf(state, checkpoints.value, view.conf, evidenceOf(view, draft))
      : draft.job.path
  return {
    draft: stable({
      ...draft,
      error: failure
        ? failedJobError(failure.trace || failure.class)
        : draft.error === JOB_NOT_FOUND
          ? undefined
          : draft.error,
      job: { ...named, state, path, ...(changed ? { updateTime: view.now } : {}) },
    }),
    notes: [
      ...(changed
        ? [
            {
              type: 'Normal' as const,
              reason: 'JobStatusChanged',
              message: draft.job.state
                ? `Job status changed from ${draft.job.state} to ${state}`
                : `Job status changed to ${state}`,
              component: 'Job',
            },
          ]
        : []),
      ...(failure
        ? [
            {
              type: 'Warning' as const,
              reason: 'Error',
              message: (failure.trace || failure.class).split('\n', 1)[0] ?? '',
              component: 'Job',
            },
          ]
        : []),
      ...(exceptions?.known ? exceptionNotes(exceptions.value, view.conf) : []),
    ],
  }
}

/** Submitted and seen running (or finished): this spec is one to come back to. */
const stable = (draft: SessionJobDraft): SessionJobDraft =>
  draft.state === 'DEPLOYED' &&
  draft.recorded &&
  (draft.job.state === 'RUNNING' || (draft.job.state === 'FINISHED' && recordedJobState(draft) === 'running'))
    ? { ...draft, stable: draft.recorded }
    : draft
