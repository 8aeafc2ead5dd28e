/** Phase `savepoint`: a stop with savepoint was written down and, perhaps, asked for. */
import { unknown } from '@drey/reconcile'
import { withoutTrigger } from '../../job/draft.ts'
import { savepointProgress, stoppingOf } from '../../job/savepoint-progress.ts'
import { registered } from '../../job/upgrade-snapshot.ts'
import { isTerminal } from '../../job/view.ts'
import { plainError } from '../../status/index.ts'
import { cancel, stopWithSavepoint } from '../orders.ts'
import { answer, eagerMs, patience, progressMs, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { continueRemoval } from '../steps/remove.ts'
import { suspended } from '../steps/suspended.ts'
import { savepointRecord } from '../upgrade-snapshot.ts'

const rule = 'continueOperation'

export const continueSavepoint = (pass: Pass): ReturnType<Rule> => {
  const { view, draft, job } = pass
  const info = draft.job.savepointInfo
  const trigger = info.triggerId ?? ''
  const since = info.triggerTimestamp ?? view.now
  const fact = view.observed.flink.trigger
  const stop = stopWithSavepoint(pass, trigger, String(info.formatType ?? job.settings.savepointFormat))
  const progress = savepointProgress({
    now: view.now,
    since,
    trigger: fact ?? unknown('not asked'),
    state: draft.job.state,
    gone: draft.jobManager === 'MISSING',
    checkpoints: job.checkpoints,
    checkpointTimeoutMs: job.settings.checkpointTimeoutMs,
  })
  switch (progress.is) {
    case 'waiting':
      return answer(pass, { rule, because: progress.because, lookAgainMs: patience(view.now, since) })
    case 'to be asked again':
      return answer(pass, { rule, because: progress.because, actions: [stop], lookAgainMs: eagerMs })
    case 'taken':
      return savepointTaken(pass, progress.location)
    case 'failed':
      return giveUpSavepoint(pass, progress.why)
  }
}

/** Without the trigger; its time stays, and says when the last attempt failed. */
const cleared = (pass: Pass) => withoutTrigger(pass.draft.job.savepointInfo)

const forgotten = (pass: Pass) => {
  const { triggerTimestamp: _, ...rest } = cleared(pass)
  return rest
}

/** The resume point goes into the status before anything of the old cluster is touched (W-1). */
const savepointTaken = (pass: Pass, location: string): ReturnType<Rule> => {
  const { view, draft } = pass
  const taken = savepointRecord(pass, location)
  const next: Pass = {
    ...pass,
    draft: {
      ...draft,
      state: 'UPGRADING',
      recorded: record(pass, view.target.spec, { state: 'suspended', mode: 'savepoint', first: false }),
      job: {
        ...draft.job,
        state: 'FINISHED',
        // From here on counts how long its JobManager is kept.
        updateTime: isTerminal(draft.job.state) ? draft.job.updateTime : view.now,
        path: location,
        savepointInfo: { ...forgotten(pass), ...taken.info },
      },
      taskManager: taskManagerInfo(view, false),
      observedGeneration: view.target.generation,
      error: undefined,
    },
  }
  const stays = view.target.spec.job?.state === 'suspended' && view.mode === 'native'
  const stopping = stoppingOf({
    now: view.now,
    found: view.foundJob,
    location,
    path: draft.job.path,
    noted: draft.job.updateTime,
  })
  // A cluster that is removed ends its job in any case; one that stays must be seen to have ended it.
  if (stays && draft.jobManager === 'READY' && stopping !== 'ended')
    return stopping === 'goes on'
      ? answer(pass, {
          rule,
          because: 'the savepoint is taken, but the job goes on: it is cancelled',
          change: {
            state: 'UPGRADING',
            recorded:
              draft.recorded &&
              record(pass, draft.recorded.spec, { state: 'running', mode: 'savepoint', first: false }),
            job: {
              ...draft.job,
              state: 'CANCELLING',
              updateTime: view.now,
              // Its resume point may become another one than this savepoint.
              savepointInfo: registered({ ...forgotten(pass), ...taken.info }),
            },
          },
          actions: [...taken.actions, cancel(pass)],
          lookAgainMs: eagerMs,
        })
      : answer(pass, {
          rule,
          because: `the savepoint is at ${location}; waiting for the end of its job`,
          change: stopping === 'noted' ? { job: { ...draft.job, path: location, updateTime: view.now } } : {},
          lookAgainMs: eagerMs,
        })
  const decision = stays ? suspended(next, rule) : continueRemoval(next, rule, `the savepoint is at ${location}`)
  return { ...decision, actions: [...taken.actions, ...decision.actions] }
}

const giveUpSavepoint = (pass: Pass, why: string): ReturnType<Rule> => {
  const message = `Savepoint failed: ${why}`
  return answer(pass, {
    rule,
    because: `the savepoint failed (${why}); nothing was stopped or lost, the next attempt is decided anew`,
    change: {
      job: { ...pass.draft.job, savepointInfo: cleared(pass) },
      error: plainError('UpgradeFailureException', message),
    },
    notes: [{ type: 'Warning', reason: 'SavepointError', message, component: 'JobManagerDeployment' }],
    lookAgainMs: progressMs,
  })
}
