/**
 * The snapshot is being deleted. Always ends (W-22): a savepoint under way is waited for within its time limit, a disposal is tried
 * for a bounded time, and what stays behind is named in an event.
 */
import { options, read } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { defaultsFor, valuesOf } from '../../config/index.ts'
import { answer, instant, type SnapshotRule } from '../pass.ts'
import { snapshotProgress } from '../progress.ts'
import { instantOf, type SnapshotView } from '../view.ts'

const rule = 'dispose'

export const dispose: SnapshotRule = (view) => {
  const { deletionTimestamp } = view.resource.metadata
  if (!deletionTimestamp) return undefined
  const { savepoint, jobReference } = view.resource.spec ?? {}
  if (view.kind === 'checkpoint') return release(view, 'checkpoints belong to Flink, which removes them itself')
  if (savepoint?.disposeOnDelete === false) return release(view, 'its savepoint is to be kept')
  if (!jobReference) return release(view, 'it belongs to no job, so nobody can dispose of its savepoint')
  const leftMs = (instantOf(deletionTimestamp) ?? view.now) + limitMsOf(view) - view.now

  if (view.status.state === 'IN_PROGRESS') return endAttempt(view, leftMs)
  const { path } = view.status
  if (view.status.state !== 'COMPLETED' || !path) return release(view, 'there is no savepoint to dispose of')
  if (!view.job) return leave(view, path, `its job ${jobReference.name} does not exist any more`)
  if (!view.job.running && view.job.resumesFrom === path)
    return leave(view, path, `the stopped job ${view.job.name} resumes from it`)
  if (leftMs <= 0)
    return leave(view, path, view.observed.lastFailure ?? `the JobManager of ${view.job.name} did not answer in time`)
  if (!view.job.answers)
    return answer(view, {
      rule,
      because: `waiting for the JobManager of ${view.job.name}, which disposes of the savepoint`,
      lookAgainMs: Math.min(5_000, leftMs),
    })
  return answer(view, {
    rule,
    because: `the JobManager of ${view.job.name} disposes of ${path}`,
    actions: [{ do: 'dispose', cluster: view.job.cluster, path }],
    finalizer: 'release',
  })
}

/** A savepoint that is being taken would otherwise stay on storage without an owner. */
const endAttempt = (view: SnapshotView, leftMs: number): ReturnType<SnapshotRule> => {
  const progress = snapshotProgress(view)
  switch (progress.is) {
    case 'done':
      return answer(view, {
        rule,
        because: 'the savepoint is complete and can be disposed of',
        change: { state: 'COMPLETED', path: progress.path ?? '', resultTimestamp: instant(view.now) },
        lookAgainMs: 100,
      })
    case 'failed':
      return release(view, `no savepoint was taken: ${progress.why}`)
    case 'to be asked':
      return view.job?.jobId
        ? release(view, 'the savepoint was never asked for')
        : release(view, 'there is no job to ask for it')
    case 'abandoned':
      return leaveUnknown(view, 'the job does not run any more')
    case 'waiting':
      return leftMs <= 0
        ? leaveUnknown(view, 'the savepoint did not complete in time')
        : answer(view, { rule, because: progress.because, lookAgainMs: Math.min(1_000, leftMs) })
  }
}

const release = (view: SnapshotView, because: string, notes: readonly Note[] = []): ReturnType<SnapshotRule> =>
  answer(view, { rule, because, finalizer: 'release', notes })

const leave = (view: SnapshotView, path: string, why: string): ReturnType<SnapshotRule> =>
  release(view, `${path} stays: ${why}`, [
    {
      type: 'Warning',
      reason: 'CleanupFailed',
      message: `The savepoint ${path} was not disposed of and stays on storage: ${why}.`,
      component: 'Snapshot',
    },
  ])

const leaveUnknown = (view: SnapshotView, why: string): ReturnType<SnapshotRule> =>
  release(view, `whether a savepoint was written is not known: ${why}`, [
    {
      type: 'Warning',
      reason: 'CleanupFailed',
      message: `A savepoint with trigger id ${view.trigger} may be left below ${directoryOf(view)}: ${why}.`,
      component: 'Snapshot',
    },
  ])

const directoryOf = (view: SnapshotView): string =>
  view.resource.spec?.savepoint?.path || view.job?.savepointDirectory || 'the savepoint directory'

const limitMsOf = (view: SnapshotView): number =>
  read(
    options.clusters.resourceCleanupTimeout,
    valuesOf(defaultsFor(view.observed.operator.config, { namespace: view.namespace })),
  )
