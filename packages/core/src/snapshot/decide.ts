/** What a FlinkStateSnapshot needs next. Its status says what was asked for before Flink is asked. */
import type { FlinkStateSnapshot } from '@drey/api'
import { firstOf } from '@drey/reconcile'
import type { SnapshotObserved, SnapshotQuestion } from './observed.ts'
import { answer, idleMs, type SnapshotDecision, type SnapshotRule } from './pass.ts'
import { dispose } from './rules/dispose.ts'
import { follow } from './rules/follow.ts'
import { refuse } from './rules/refuse.ts'
import { register } from './rules/register.ts'
import { trigger } from './rules/trigger.ts'
import { snapshotViewOf } from './view.ts'

/** The order is part of the behaviour; a test pins it. */
export const snapshotRules: readonly SnapshotRule[] = [dispose, follow, register, refuse, trigger]

export const decideSnapshot = (resource: FlinkStateSnapshot, observed: SnapshotObserved): SnapshotDecision =>
  firstOf(snapshotRules, (view) =>
    answer(view, { rule: 'settle', because: `the snapshot is ${view.status.state}`, lookAgainMs: idleMs }),
  )(snapshotViewOf(resource, observed))

/** Which questions a pass has for the JobManager: only about a snapshot under way. */
export const snapshotQuestions = (
  resource: FlinkStateSnapshot,
  observed: SnapshotObserved,
): readonly SnapshotQuestion[] => {
  const { status, job, kind } = snapshotViewOf(resource, observed)
  if (status.state !== 'IN_PROGRESS' || !job?.jobId || !job.answers) return []
  const { trigger: asked, checkpointPath } = observed.flink
  if (asked === undefined) return ['trigger']
  const completed = asked.known && asked.value.state === 'completed'
  return kind === 'checkpoint' && completed && checkpointPath === undefined ? ['checkpointPath'] : []
}
