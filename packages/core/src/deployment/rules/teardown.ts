/**
 * The resource is being deleted. Always ends: a savepoint that was asked for on deletion is waited for within its time limit, an
 * unreachable JobManager holds nothing up, and what is left behind is named in an event.
 */
import { options, read } from '@drey/api'
import { unknown, type Note } from '@drey/reconcile'
import { idFor } from '../../ids.ts'
import type { Action } from '../../action.ts'
import { leftBehind } from '../../job/left-behind.ts'
import { isHaConfigured } from '../../job/settings.ts'
import { savepointProgress } from '../../job/savepoint-progress.ts'
import { isTerminal } from '../../job/view.ts'
import { cancelIfItAnswers, stopWithSavepoint } from '../orders.ts'
import { answer, eagerMs, patience, progressMs, type Pass, type Rule } from '../pass.ts'
import { removal } from '../steps/remove.ts'
import { savepointRecord } from '../upgrade-snapshot.ts'

const rule = 'teardown'

export const teardown: Rule = (pass) => {
  const { view } = pass
  if (!view.resource.metadata.deletionTimestamp) return undefined
  const notes: Note[] = view.before.deleting
    ? []
    : [{ type: 'Normal', reason: 'Cleanup', message: 'Cleaning up FlinkDeployment', component: 'Operator' }]
  const deleting: Pass = { ...pass, draft: { ...pass.draft, deleting: true } }

  const blocked = blockedBySessionJobs(deleting)
  if (blocked)
    return answer(deleting, {
      rule,
      because: blocked,
      notes: view.before.deleting
        ? []
        : [...notes, { type: 'Warning', reason: 'CleanupFailed', message: blocked, component: 'Operator' }],
      lookAgainMs: 10_000,
    })

  const savepoint = savepointOnDeletion(deleting, notes)
  if (savepoint) return savepoint

  const step = removal(deleting, { ha: 'delete' })
  const { jobManager } = view.observed.cluster
  const running =
    !isTerminal(pass.draft.job.state) && pass.draft.job.id !== undefined && pass.draft.jobManager === 'READY'
  const cancel: Action[] =
    view.application && running && jobManager && !jobManager.deleting ? [cancelIfItAnswers(pass)] : []
  if (step.done)
    return answer(deleting, {
      rule,
      because: 'nothing of the cluster is left',
      finalizer: 'release',
      notes: [...notes, ...whatStays(pass)],
    })

  const since = Date.parse(view.resource.metadata.deletionTimestamp)
  const limitMs = read(options.clusters.resourceCleanupTimeout, view.deployedConf)
  if (view.now - since > limitMs) {
    const left = step.waitsFor
    return answer(deleting, {
      rule,
      because: `the end of ${left} was not seen within ${Math.round(limitMs / 1000)} s; garbage collection goes on without us`,
      actions: step.actions,
      notes: [
        ...notes,
        {
          type: 'Warning',
          reason: 'CleanupFailed',
          message: `Left to garbage collection: ${left}`,
          component: 'Operator',
        },
      ],
      finalizer: 'release',
    })
  }
  return answer(deleting, {
    rule,
    because: `waiting for the end of ${step.waitsFor}`,
    actions: [...cancel, ...step.actions],
    notes,
    lookAgainMs: 2_000,
  })
}

/** Nothing is said of a resource that never had a cluster. */
const whatStays = ({ view, draft }: Pass): Note[] =>
  draft.recorded === undefined
    ? []
    : leftBehind({
        path: draft.job.path,
        snapshots: view.observed.snapshots,
        directories: [
          read(options.flink.checkpointDirectory, view.deployedConf),
          isHaConfigured(view.deployedConf) ? read(options.flink.haStorageDir, view.deployedConf) : undefined,
        ],
      })

const blockedBySessionJobs = (pass: Pass): string | undefined => {
  const { view } = pass
  if (view.application || !read(options.upgrade.blockOnSessionJobs, view.conf)) return undefined
  if (view.observed.sessionJobs.length > 0)
    return `The session jobs [${view.observed.sessionJobs.join(', ')}] should be deleted first`
  const { jobs } = view.observed.flink
  const others = jobs?.known ? jobs.value.filter((job) => !isTerminal(job.state)) : []
  return others.length > 0 && read(options.upgrade.blockOnUnmanagedJobs, view.conf)
    ? `The session cluster has non terminated jobs [${others.map((job) => job.jobId).join(', ')}] that should be cancelled first`
    : undefined
}

/** how long a JobManager that does not answer is waited for, so that the job can be saved */
const answersWithinMs = 30_000

const savepointOnDeletion = (pass: Pass, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft, job } = pass
  if (!view.application || !read(options.upgrade.savepointOnDeletion, view.conf)) return undefined
  const info = draft.job.savepointInfo
  const { triggerId: _, triggerType: __, ...rest } = info
  if (info.triggerType !== 'UPGRADE' || !info.triggerId) {
    // Only a running job can still be saved; any other is deleted without, and an event has said so (W-22).
    // One attempt per deletion; a time from before it belongs to a failed upgrade.
    const since = Date.parse(view.resource.metadata.deletionTimestamp ?? '')
    const tried = (info.triggerTimestamp ?? 0) >= since
    // One look without an answer does not mean that it does not run.
    if (
      !tried &&
      draft.job.state === 'RECONCILING' &&
      draft.jobManager === 'DEPLOYED_NOT_READY' &&
      view.now - since < answersWithinMs
    )
      return answer(pass, {
        rule,
        because: 'the JobManager does not answer at the moment: the final savepoint waits',
        notes,
        lookAgainMs: progressMs,
      })
    if (draft.job.state !== 'RUNNING' || tried) return undefined
    const trigger = idFor(view.uid, view.generation, 'delete', draft.job.id ?? '', view.now)
    return answer(pass, {
      rule,
      because: 'savepoint on deletion',
      change: {
        job: {
          ...draft.job,
          savepointInfo: {
            ...rest,
            triggerId: trigger,
            triggerType: 'UPGRADE',
            triggerTimestamp: view.now,
            formatType: job.settings.savepointFormat as 'CANONICAL',
          },
        },
      },
      actions: [stopWithSavepoint(pass, trigger)],
      notes,
      lookAgainMs: eagerMs,
    })
  }
  const since = info.triggerTimestamp ?? view.now
  const progress = savepointProgress({
    now: view.now,
    since,
    trigger: view.observed.flink.trigger ?? unknown('not asked'),
    state: draft.job.state,
    gone: draft.jobManager === 'MISSING',
    checkpoints: job.checkpoints,
    checkpointTimeoutMs: job.settings.checkpointTimeoutMs,
  })
  if (progress.is === 'taken') {
    const taken = savepointRecord(pass, progress.location)
    return answer(pass, {
      rule,
      because: `the final savepoint is at ${progress.location}`,
      change: {
        job: { ...draft.job, state: 'FINISHED', path: progress.location, savepointInfo: { ...rest, ...taken.info } },
      },
      actions: taken.actions,
      notes: [
        {
          type: 'Normal',
          reason: 'SavepointCompleted',
          message: `Final savepoint: ${progress.location}`,
          component: 'Job',
        },
      ],
      lookAgainMs: eagerMs,
    })
  }
  if (progress.is === 'failed')
    return answer(pass, {
      rule,
      because: `no final savepoint: ${progress.why}`,
      change: { job: { ...draft.job, savepointInfo: rest } },
      notes: [
        {
          type: 'Warning',
          reason: 'SavepointError',
          message: `Deleted without a final savepoint: ${progress.why}`,
          component: 'Job',
        },
      ],
      lookAgainMs: eagerMs,
    })
  return answer(pass, {
    rule,
    because: 'waiting for the final savepoint',
    actions: progress.is === 'to be asked again' ? [stopWithSavepoint(pass, info.triggerId)] : [],
    lookAgainMs: patience(view.now, since),
  })
}
