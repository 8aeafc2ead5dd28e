/** A snapshot is under way: ask how far it is, and write the result down. */
import type { Note } from '@drey/reconcile'
import { abandoned, answer, failed, idleMs, instant, type SnapshotDecision, type SnapshotRule } from '../pass.ts'
import { snapshotProgress } from '../progress.ts'
import type { SnapshotView } from '../view.ts'
import { triggerActions } from './trigger.ts'

const rule = 'follow'

export const follow: SnapshotRule = (view) => {
  if (view.status.state !== 'IN_PROGRESS') return undefined
  const progress = snapshotProgress(view)
  switch (progress.is) {
    case 'waiting':
      return answer(view, { rule, because: progress.because, lookAgainMs: patience(view.now - view.since) })
    case 'to be asked':
      return answer(view, { rule, because: progress.because, actions: triggerActions(view), lookAgainMs: 500 })
    case 'failed':
      return failed(view, rule, progress.why)
    case 'abandoned':
      return abandoned(view, rule)
    case 'done':
      return done(view, progress.path)
  }
}

const done = (view: SnapshotView, path: string | undefined): SnapshotDecision => {
  const notes: Note[] =
    path === undefined
      ? [
          {
            type: 'Warning',
            reason: 'CheckpointError',
            message:
              'The checkpoint is complete, but Flink does not tell its path any more. Raise web.checkpoints.history to keep more checkpoints in its statistics.',
            component: 'Snapshot',
          },
        ]
      : []
  return answer(view, {
    rule,
    because: path ? `the ${view.kind} is at ${path}` : `the ${view.kind} is complete`,
    change: { state: 'COMPLETED', path: path ?? '', resultTimestamp: instant(view.now), error: undefined },
    notes,
    lookAgainMs: idleMs,
  })
}

/** Often while it is young, ever more rarely as it ages. */
const patience = (ageMs: number): number => Math.min(10_000, Math.max(500, ageMs / 10))
