/**
 * The session job is being deleted. Its job is ended first, with a savepoint if the options say so; always ends, and says what may be
 * left when its cluster cannot be asked.
 */
import { options, read } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { withoutTrigger } from '../../job/draft.ts'
import { effectiveState } from '../../job/effective-state.ts'
import { eagerMs, patience } from '../../job/patience.ts'
import { leftBehind } from '../../job/left-behind.ts'
import { isHaConfigured } from '../../job/settings.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, recordedJobState, type Pass, type Rule, type SessionJobDecision } from '../pass.ts'
import { savepointProgressOf } from './continue-operation.ts'
import { savepointRecord } from '../snapshots.ts'
import { cancelAction, startSavepoint, stopAction } from '../steps.ts'

const rule = 'teardown'

/** What a JobManager that has just answered may not show yet: `/jobs/overview` is cached, and a lost order may still arrive. */
const unseenMs = 15_000

export const teardown: Rule = (pass) => {
  const { view, draft } = pass
  if (!view.resource.metadata.deletionTimestamp) return undefined
  const since = Date.parse(view.resource.metadata.deletionTimestamp)
  const deleting: Pass = {
    ...pass,
    draft: { ...draft, deleting: true },
    notes: view.before.deleting
      ? pass.notes
      : [
          ...pass.notes,
          { type: 'Normal', reason: 'Cleanup', message: 'Cleaning up FlinkSessionJob', component: 'Operator' },
        ],
  }
  const release = (because: string, notes: readonly Note[] = []) =>
    answer(deleting, {
      rule,
      because,
      finalizer: 'release',
      notes: [...notes, ...leftBehind({ path: draft.job.path, snapshots: view.observed.snapshots })],
    })
  const { cluster } = view.observed
  if (!draft.recorded || draft.job.id === undefined) return release('no job of it is submitted')
  if (!cluster) return release('its session cluster is gone, and the job with it')
  if (isTerminal(draft.job.state)) return lastWord(deleting, since) ?? release('the job has ended')
  if (!view.clusterIsReady && cluster.status?.jobManagerDeploymentStatus === 'MISSING' && !isHaConfigured(view.conf))
    return release('its session cluster does not run, and without HA metadata its jobs do not come back')
  if (!view.clusterIsReady || !view.foundJob.known) {
    // With HA the job would come back after we are gone; wait for the cluster, but not for ever.
    const limitMs = read(options.clusters.resourceCleanupTimeout, view.conf)
    if (view.now - since > limitMs)
      return release('its session cluster did not answer in time', [
        {
          type: 'Warning',
          reason: 'CleanupFailed',
          message: `Job ${draft.job.id} may still run on ${view.clusterName}: the cluster did not answer within ${Math.round(limitMs / 1000)} s.`,
          component: 'Operator',
        },
      ])
    return answer(deleting, { rule, because: 'waiting for its session cluster to answer', lookAgainMs: 2_000 })
  }
  const found = view.foundJob.value
  if (found === undefined) {
    // Submitted a moment ago, or about to be recovered by a new JobManager: released now, it would run on without an owner.
    const leftMs = Math.max(since, draft.timestamp) + unseenMs - view.now
    const mayAppear = draft.job.state === 'RECONCILING' && recordedJobState(draft) !== undefined
    return mayAppear && leftMs > 0
      ? answer(deleting, {
          rule,
          because:
            'the cluster does not know the job; waiting a moment in case it is still being submitted or recovered',
          lookAgainMs: Math.min(leftMs, 2_000),
        })
      : release('the cluster does not know the job any more')
  }
  if (isTerminal(effectiveState(found))) return lastWord(deleting, since) ?? release('the job has ended')
  return finalSavepoint(deleting, since) ?? cancel(deleting, found.state, since)
}

/** Until the job has ended; an order that nobody takes is not repeated for ever. */
const cancel = (pass: Pass, state: string, since: number): SessionJobDecision => {
  const { view, draft } = pass
  const limitMs = read(options.clusters.resourceCleanupTimeout, view.conf) + pass.job.settings.checkpointTimeoutMs
  if (view.now - since > limitMs)
    return answer(pass, {
      rule,
      because: 'the job did not end in time',
      finalizer: 'release',
      notes: [
        {
          type: 'Warning',
          reason: 'CleanupFailed',
          message: `Job ${draft.job.id} still runs on ${view.clusterName}: it did not end within ${Math.round(limitMs / 1000)} s.`,
          component: 'Operator',
        },
      ],
    })
  return answer(pass, {
    rule,
    because: 'the job is being cancelled',
    actions: state === 'CANCELLING' ? [] : [cancelAction(pass, true)],
    lookAgainMs: Math.max(1_000, patience(view.now, since)),
  })
}

/** The end of the job may be seen before the savepoint that ended it: where that is, is told before the resource goes. */
const lastWord = (pass: Pass, since: number): SessionJobDecision | undefined => {
  const { triggerId, triggerType } = pass.draft.job.savepointInfo
  if (!triggerId || triggerType !== 'UPGRADE' || !pass.view.clusterIsReady) return undefined
  const { is } = savepointProgressOf(pass)
  return is === 'taken' || is === 'waiting' ? finalSavepoint(pass, since) : undefined
}

const finalSavepoint = (pass: Pass, since: number): SessionJobDecision | undefined => {
  const { view, draft } = pass
  const info = draft.job.savepointInfo
  if (!read(options.upgrade.savepointOnDeletion, view.conf)) return undefined
  if (info.triggerType !== 'UPGRADE' || !info.triggerId) {
    // One attempt per deletion; a time from before it belongs to an earlier upgrade. Only a running job can still be saved.
    const tried = (info.triggerTimestamp ?? 0) >= since
    return draft.job.state !== 'RUNNING' || tried
      ? undefined
      : startSavepoint(pass, rule, 'savepoint on deletion', 'delete', [])
  }
  const progress = savepointProgressOf(pass)
  switch (progress.is) {
    case 'taken': {
      const taken = savepointRecord(view, draft, progress.location)
      const found = view.foundJob.known && view.foundJob.value
      return answer(pass, {
        rule,
        because: `the final savepoint is at ${progress.location}`,
        change: {
          job: {
            ...draft.job,
            // Flink may have failed to stop it all the same; then it is cancelled next.
            ...(found ? {} : { state: 'FINISHED' as const }),
            path: progress.location,
            savepointInfo: { ...withoutTrigger(info), ...taken.info },
          },
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
    case 'failed':
      return answer(pass, {
        rule,
        because: `no final savepoint: ${progress.why}`,
        change: { job: { ...draft.job, savepointInfo: withoutTrigger(info) } },
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
    case 'waiting':
    case 'to be asked again':
      return answer(pass, {
        rule,
        because: progress.because,
        actions: progress.is === 'waiting' ? [] : [stopAction(pass, info.triggerId)],
        lookAgainMs: patience(view.now, info.triggerTimestamp ?? view.now),
      })
  }
}
