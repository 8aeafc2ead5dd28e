import { describe, expect, test } from 'vitest'
import { planRestore, recordedState, type Restore } from '../../src/job/plan-restore.ts'
import { planSuspend, type Suspend } from '../../src/job/plan-suspend.ts'
import { isTerminal, lastStateMark, type JobView, type UpgradeMode } from '../../src/job/view.ts'
import { naiveSuspend } from './naive-suspend.ts'
import { jobViews } from './views.ts'

const wordsOf = (plan: Suspend): string => {
  if (plan.by === 'refuse') return `refuse ${plan.code}`
  if (plan.by === 'wait') return plan.idle ? 'wait' : 'wait for the end'
  return `${plan.by}, ${plan.restore}`
}

/** The first view for which something is not so, in full; undefined: it is so for all of them. */
const firstExcept = (holds: (view: JobView, plan: Suspend) => boolean): unknown => {
  for (const view of jobViews()) {
    const plan = planSuspend(view)
    if (!holds(view, plan)) return { view, plan }
  }
  return undefined
}
const available = (view: JobView) => view.haMetadata.available

describe('how to stop a job, for every view there is', () => {
  test('is what a naive reading of the table says', () => {
    let count = 0
    const odd = firstExcept((view, plan) => (count++, wordsOf(plan) === naiveSuspend(view)))
    expect(odd && { ...(odd as object), naive: naiveSuspend((odd as { view: JobView }).view) }).toBeUndefined()
    expect(count).toBeGreaterThan(50_000)
  })
  test('throws state away only when the user says stateless', () =>
    expect(
      firstExcept((view, plan) => view.mode === 'stateless' || !('restore' in plan) || plan.restore !== 'stateless'),
    ).toBeUndefined())
  test('relies on HA metadata only where there is some, and never across Flink versions', () =>
    expect(
      firstExcept(
        (view, plan) =>
          !('restore' in plan) ||
          plan.restore !== 'last-state' ||
          (available(view) && view.haConfigured && !view.versionChanged),
      ),
    ).toBeUndefined())
  test('takes savepoints of running jobs only', () =>
    expect(firstExcept((view, plan) => plan.by !== 'savepoint' || view.state === 'RUNNING')).toBeUndefined())
  test('cancels only what can be asked to end and has not ended', () =>
    expect(
      firstExcept(
        (view, plan) =>
          plan.by !== 'cancel' ||
          (view.state !== undefined &&
            !isTerminal(view.state) &&
            (view.kind === 'session-job' || view.jobManager === 'READY')),
      ),
    ).toBeUndefined())
  test('cancels nothing whose state could not be found again afterwards', () =>
    expect(firstExcept((view, plan) => plan.by !== 'cancel' || !view.checkpointsHidden)).toBeUndefined())
  test('goes on at once only from a job that has ended, and from a place that is known', () =>
    expect(
      firstExcept(
        (view, plan) =>
          plan.by !== 'nothing' ||
          plan.restore === 'stateless' ||
          (isTerminal(view.state) && recordedState(view) !== lastStateMark),
      ),
    ).toBeUndefined())
  test('removes a cluster with the recorded path only if its JobManager never started, so that the path is the newest state', () =>
    expect(
      firstExcept(
        (view, plan) =>
          plan.by !== 'unstarted' ||
          (view.neverStarted && view.restoredBy !== 'last-state' && view.path !== lastStateMark),
      ),
    ).toBeUndefined())
  test('leads to a start that is neither refused nor empty, unless the job itself was', () =>
    expect(
      firstExcept((view, plan) => {
        if (plan.by !== 'remove' && plan.by !== 'unstarted' && plan.by !== 'nothing') return true
        const restore = planRestore(view, plan.restore, view.mode)
        if (view.mode === 'stateless') return 'from' in restore && restore.from === 'nothing'
        return (
          'from' in restore &&
          restore.from !== 'nothing' &&
          (restore.from === 'ha' || restore.path === pathOf(view, plan))
        )
      }),
    ).toBeUndefined())
})
const pathOf = (view: JobView, plan: Suspend) => {
  const path = plan.by === 'nothing' || plan.by === 'unstarted' ? recordedState(view) : view.path
  return path === lastStateMark ? undefined : path
}

describe('what to resume from, for every record there is', () => {
  const modes: readonly UpgradeMode[] = ['stateless', 'last-state', 'savepoint']
  const paths = [undefined, '/p', lastStateMark]
  const metadata: readonly JobView['haMetadata'][] = [
    { available: false, checkpoint: false },
    { available: true, checkpoint: false },
    { available: true, checkpoint: true },
  ]
  const base: JobView = { ...(jobViews().next().value as JobView), haConfigured: true }
  const all = modes.flatMap((recorded) =>
    modes.flatMap((wanted) =>
      paths.flatMap((path) =>
        paths.flatMap((legacySavepoint) =>
          metadata.flatMap((haMetadata) =>
            (['FINISHED', 'CANCELED'] as const).map((state) => {
              const view: JobView = { ...base, path, legacySavepoint, haMetadata, state }
              return { view, recorded, wanted, restore: planRestore(view, recorded, wanted) }
            }),
          ),
        ),
      ),
    ),
  )
  const except = (holds: (one: (typeof all)[number]) => boolean) => all.find((one) => !holds(one))
  const wordsOf = (restore: Restore): string =>
    'refuse' in restore
      ? `refuse ${restore.code}`
      : restore.from === 'path'
        ? `${restore.path ?? 'empty'}, ${restore.jobId} job`
        : `${restore.from}, ${restore.jobId} job`

  test('is what a naive reading says', () => {
    const naive = ({ view, recorded, wanted }: (typeof all)[number]): string => {
      if (wanted === 'stateless' || recorded === 'stateless') return 'nothing, new job'
      if (recorded === 'savepoint') {
        const path = view.path ?? (view.state === 'CANCELED' ? undefined : view.legacySavepoint) ?? 'empty'
        return path === lastStateMark ? 'refuse LAST_CHECKPOINT_UNKNOWN' : `${path}, new job`
      }
      if (view.haMetadata.checkpoint) return 'ha, same job'
      // Without metadata nobody knows how much newer than the recorded path the state was.
      if (!view.haMetadata.available || view.path === lastStateMark) return 'refuse HA_METADATA_MISSING'
      return `${view.path ?? 'empty'}, same job`
    }
    expect(all.map((one) => wordsOf(one.restore))).toEqual(all.map(naive))
  })
  test('is nothing only where somebody said stateless', () =>
    expect(
      except(
        ({ recorded, wanted, restore }) =>
          !('from' in restore) || restore.from !== 'nothing' || recorded === 'stateless' || wanted === 'stateless',
      ),
    ).toBeUndefined())
  test('is never the mark in place of a path', () =>
    expect(
      except(({ restore }) => !('from' in restore) || restore.from !== 'path' || restore.path !== lastStateMark),
    ).toBeUndefined())
  test('keeps the job id exactly where HA metadata of that id may be used', () =>
    expect(
      except(
        ({ recorded, restore }) =>
          !('jobId' in restore) ||
          (restore.jobId === 'same') ===
            (recorded === 'last-state' && !('from' in restore && restore.from === 'nothing')),
      ),
    ).toBeUndefined())
  test('is never older than the state that was lost: without metadata a last-state start is refused', () =>
    expect(
      except(
        ({ view, recorded, wanted, restore }) =>
          recorded !== 'last-state' || wanted === 'stateless' || view.haMetadata.available || 'refuse' in restore,
      ),
    ).toBeUndefined())
})
