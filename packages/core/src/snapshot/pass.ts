/** The one way to turn an answer about a snapshot into a decision: status first, then labels, then acts. */
import type { FlinkStateSnapshotStatus } from '@drey/api'
import type { Decision, Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { plainError, writeStatus } from '../status/index.ts'
import { labelPatch } from './labels.ts'
import { isExhausted, retryDelayMs } from './retry.ts'
import type { SnapshotView } from './view.ts'

export type SnapshotDecision = Decision<FlinkStateSnapshotStatus, Action>
export type SnapshotRule = (view: SnapshotView) => SnapshotDecision | undefined

export interface SnapshotAnswer {
  rule: string
  because: string
  /** what is different from the status as it is; undefined members are removed */
  change?: { [K in keyof FlinkStateSnapshotStatus]?: FlinkStateSnapshotStatus[K] | undefined }
  actions?: readonly Action[]
  notes?: readonly Note[]
  lookAgainMs?: number
  finalizer?: 'hold' | 'release'
}

/** When nothing is expected any more: upstream does not look again; a look that asks nobody costs nothing. */
export const idleMs = 600_000
/** When something may change that somebody tells us about anyhow. */
export const restMs = 60_000

export const answer = (view: SnapshotView, a: SnapshotAnswer): SnapshotDecision => {
  const status = { ...view.status, ...a.change } as FlinkStateSnapshotStatus
  return {
    rule: a.rule,
    because: a.because,
    status: writeStatus('FlinkStateSnapshot', status),
    // A snapshot that is going away needs no labels, and a merge must not race its removal.
    actions: [
      ...(a.actions ?? []),
      ...(view.resource.metadata.deletionTimestamp ? [] : labelPatch(view, status.state ?? 'TRIGGER_PENDING')),
    ],
    events: a.notes ?? [],
    finalizer: a.finalizer ?? 'hold',
    lookAgainMs: a.lookAgainMs ?? restMs,
  }
}

export const instant = (ms: number): string => new Date(ms).toISOString()

/** An attempt failed: another one later under another id, unless there were enough of them. */
export const failed = (view: SnapshotView, rule: string, why: string): SnapshotDecision => {
  const failures = view.status.failures + 1
  const limit = view.resource.spec?.backoffLimit
  const final = isExhausted(failures, limit)
  return answer(view, {
    rule,
    because: final
      ? `${why}; that was failure ${failures} of ${limit} allowed: no further attempt`
      : `${why}; the next attempt in ${Math.round(retryDelayMs(failures) / 1000)} s`,
    change: {
      state: final ? 'FAILED' : 'TRIGGER_PENDING',
      triggerId: undefined,
      resultTimestamp: instant(view.now),
      failures,
      error: plainError('ReconciliationException', why),
    },
    notes: [
      {
        type: 'Warning',
        reason: view.kind === 'checkpoint' ? 'CheckpointError' : 'SavepointError',
        message: why,
        component: 'Snapshot',
      },
    ],
    lookAgainMs: final ? idleMs : retryDelayMs(failures),
  })
}

/** The job does not run (any more): no snapshot will come, and nobody tries again. */
export const abandoned = (view: SnapshotView, rule: string): SnapshotDecision => {
  const why = view.job
    ? `Snapshot ${view.name} was abandoned: the job ${view.job.name} is not RUNNING (it is ${view.job.state}).`
    : `Snapshot ${view.name} was abandoned: its job ${view.resource.spec?.jobReference?.name} does not exist any more.`
  return answer(view, {
    rule,
    because: why,
    change: { state: 'ABANDONED', path: undefined, error: why, resultTimestamp: instant(view.now) },
    notes: [{ type: 'Warning', reason: 'SnapshotAbandoned', message: why, component: 'Snapshot' }],
    lookAgainMs: idleMs,
  })
}
