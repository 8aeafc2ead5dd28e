/** Nothing was asked for yet: write the trigger id down, then ask Flink for the snapshot under it (W-5). */
import type { Action } from '../../action.ts'
import { abandoned, answer, failed, instant, type SnapshotRule } from '../pass.ts'
import { retryDelayMs } from '../retry.ts'
import { instantOf, type SnapshotView } from '../view.ts'

const rule = 'trigger'

export const trigger: SnapshotRule = (view) => {
  if (view.status.state !== 'TRIGGER_PENDING') return undefined
  const { job, status } = view
  if (!job?.running) return abandoned(view, rule)
  const waitMs = (instantOf(status.resultTimestamp) ?? 0) + retryDelayMs(status.failures) - view.now
  if (status.failures > 0 && waitMs > 0)
    return answer(view, {
      rule,
      because: `the last attempt failed; the next one in ${Math.ceil(waitMs / 1000)} s`,
      lookAgainMs: waitMs,
    })
  if (view.kind === 'checkpoint' && !job.triggersCheckpoints)
    return failed(view, rule, 'Triggering checkpoints needs Flink 1.17 or later.')
  if (view.kind === 'savepoint' && !directoryOf(view))
    return failed(
      view,
      rule,
      'There is no savepoint directory: set spec.savepoint.path, or state.savepoints.dir of the job.',
    )
  return answer(view, {
    rule,
    because: `the ${view.kind} is asked for`,
    change: {
      state: 'IN_PROGRESS',
      triggerId: view.trigger,
      triggerTimestamp: instant(view.now),
      resultTimestamp: undefined,
    },
    actions: triggerActions(view),
    lookAgainMs: 500,
  })
}

/** What asks Flink for it. Under the same id as often as one likes: it is taken once. */
export const triggerActions = (view: SnapshotView): Action[] => {
  const { job } = view
  if (!job?.jobId) return []
  const at = { job: { cluster: job.cluster, jobId: job.jobId }, trigger: view.trigger }
  if (view.kind === 'checkpoint') return [{ do: 'checkpoint', ...at, type: 'FULL' }]
  const directory = directoryOf(view)
  return [
    {
      do: 'savepoint',
      ...at,
      ...(directory ? { directory } : {}),
      format: String(view.resource.spec?.savepoint?.formatType ?? 'CANONICAL'),
    },
  ]
}

const directoryOf = (view: SnapshotView): string | undefined =>
  view.resource.spec?.savepoint?.path || view.job?.savepointDirectory || undefined
