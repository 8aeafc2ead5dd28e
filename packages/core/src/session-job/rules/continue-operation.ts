/** A change of a session job is under way: look how far it is, by the facts, and do its next step. */
import { unknown } from '@drey/reconcile'
import { cancelProgress } from '../../job/cancel-progress.ts'
import { attemptGeneration, isNeverDeployed, unsubmitted, withoutTrigger } from '../../job/draft.ts'
import { eagerMs, patience, progressMs } from '../../job/patience.ts'
import { savepointProgress, stoppingOf, type SavepointProgress } from '../../job/savepoint-progress.ts'
import { registered } from '../../job/upgrade-snapshot.ts'
import { plainError } from '../../status/index.ts'
import { answer, record, type Pass, type Rule, type SessionJobDecision } from '../pass.ts'
import { firstDeploy } from './first-deploy.ts'
import { savepointRecord } from '../snapshots.ts'
import { cancelAction, nextStart, runAction, stopAction, stopped, submit } from '../steps.ts'

const rule = 'continueOperation'

export const continueOperation: Rule = (pass) => {
  switch (pass.view.phase) {
    case 'savepoint':
      return continueSavepoint(pass)
    case 'cancel':
      return continueCancel(pass)
    case 'deploy':
    case 'remove':
    case 'unstarted':
      return pass.draft.state === 'ROLLING_BACK' ? undefined : continueSubmit(pass)
    default:
      return undefined
  }
}

export const savepointProgressOf = (pass: Pass): SavepointProgress =>
  savepointProgress({
    now: pass.view.now,
    since: pass.draft.job.savepointInfo.triggerTimestamp ?? pass.view.now,
    trigger: pass.view.observed.flink.trigger ?? unknown('not asked'),
    state: pass.draft.job.state,
    gone: pass.view.foundJob.known && pass.view.foundJob.value === undefined,
    checkpoints: pass.job.checkpoints,
    checkpointTimeoutMs: pass.job.settings.checkpointTimeoutMs,
  })

/** A stop with savepoint was written down and, perhaps, asked for. */
const continueSavepoint = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const info = draft.job.savepointInfo
  const progress = savepointProgressOf(pass)
  switch (progress.is) {
    case 'waiting':
      return answer(pass, {
        rule,
        because: progress.because,
        lookAgainMs: patience(view.now, info.triggerTimestamp ?? view.now),
      })
    case 'to be asked again':
      return answer(pass, {
        rule,
        because: progress.because,
        actions: [stopAction(pass, info.triggerId ?? '')],
        lookAgainMs: eagerMs,
      })
    case 'failed':
      return answer(pass, {
        rule,
        because: `the savepoint failed (${progress.why}); nothing was stopped or lost, the next attempt is decided anew`,
        change: {
          error: plainError('UpgradeFailureException', `Savepoint failed: ${progress.why}`),
          // Its time stays: the next attempt keeps a distance from it.
          job: { ...draft.job, savepointInfo: withoutTrigger(info) },
        },
        notes: [
          { type: 'Warning', reason: 'SavepointError', message: `Savepoint failed: ${progress.why}`, component: 'Job' },
        ],
        lookAgainMs: progressMs,
      })
    case 'taken': {
      const stopping = stoppingOf({
        now: view.now,
        found: view.foundJob,
        location: progress.location,
        path: draft.job.path,
        noted: draft.job.updateTime,
      })
      if (stopping === 'noted' || stopping === 'waiting')
        return answer(pass, {
          rule,
          because: `the savepoint is at ${progress.location}; waiting for the end of its job`,
          change: stopping === 'noted' ? { job: { ...draft.job, path: progress.location, updateTime: view.now } } : {},
          lookAgainMs: eagerMs,
        })
      const taken = savepointRecord(view, draft, progress.location)
      const { triggerTimestamp: _, ...rest } = withoutTrigger(info)
      if (stopping === 'goes on')
        return answer(pass, {
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
              savepointInfo: registered({ ...rest, ...taken.info }),
            },
          },
          actions: [...taken.actions, cancelAction(pass, false)],
          lookAgainMs: eagerMs,
        })
      const decision = stopped(pass, rule, `the savepoint is at ${progress.location}`, {
        mode: 'savepoint',
        job: {
          ...draft.job,
          id: undefined,
          state: 'FINISHED',
          path: progress.location,
          savepointInfo: { ...rest, ...taken.info },
        },
      })
      return { ...decision, actions: [...taken.actions, ...decision.actions] }
    }
  }
}

const continueCancel = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const next = nextStart(pass)
  const keepsState = next.mode !== 'stateless' && !next.redeploys
  const goesOn = (because: string) =>
    stopped(pass, rule, because, {
      mode: next.mode,
      job: { ...draft.job, path: next.path },
      redeploys: next.redeploys,
    })
  const progress = cancelProgress({
    now: view.now,
    since: draft.job.updateTime ?? draft.timestamp,
    state: draft.job.state,
    found: view.foundJob,
    gone: false,
    checkpoints: view.observed.flink.checkpoints,
    keepsState,
  })
  switch (progress.is) {
    case 'ended':
      return goesOn('the job is cancelled')
    case 'lost':
      return keepsState
        ? answer(pass, {
            rule,
            because: progress.because,
            change: { state: 'DEPLOYED', job: { ...draft.job, state: 'RECONCILING' } },
            lookAgainMs: eagerMs,
          })
        : goesOn('the job is gone')
    case 'waiting':
    case 'to be asked again':
      return answer(pass, {
        rule,
        because: progress.because,
        actions: progress.is === 'waiting' ? [] : [cancelAction(pass, false)],
        lookAgainMs: patience(view.now, draft.job.updateTime ?? view.now),
      })
  }
}

/** Submitted, or about to be: adopt the job under the recorded id, or submit it again under the same id. */
const continueSubmit = (pass: Pass): ReturnType<Rule> => {
  const { view, draft } = pass
  if (!view.foundJob.known)
    return answer(pass, {
      rule,
      because: `the session cluster cannot be asked: ${view.foundJob.why}`,
      lookAgainMs: progressMs,
    })
  const found = view.foundJob.value
  const submitted = draft.job.id !== undefined && draft.job.state === 'RECONCILING'
  if (found && submitted && found.state !== 'CANCELED' && found.state !== 'CANCELLING')
    return answer(pass, {
      rule,
      because: 'the job is on its cluster',
      change: {
        state: 'DEPLOYED',
        recorded: record(pass, draft.recorded?.spec ?? view.spec, {
          state: 'running',
          first: draft.recorded?.firstDeployment ?? true,
          redeploys: true,
        }),
        error: undefined,
      },
      lookAgainMs: eagerMs,
    })
  if (submitted && attemptGeneration(draft, view.generation) === view.generation) return submitAgain(pass)
  if (submitted && !found) {
    // Edited after a submission that Flink may just have taken: before another job takes its place, a list that is new must not show it.
    const since = (draft.job.updateTime ?? 0) < draft.timestamp ? view.now : (draft.job.updateTime ?? 0)
    const leftMs = since + shownMs - view.now
    if (leftMs > 0)
      return answer(pass, {
        rule,
        because: 'the spec has changed; the job of the one before may have been submitted and not be shown yet',
        change: { job: { ...draft.job, updateTime: since } },
        lookAgainMs: leftMs,
      })
  }
  if (!found && isNeverDeployed(draft)) return beginAnew(pass)
  const next = nextStart(pass)
  return stopped(pass, rule, view.spec.job?.state === 'suspended' ? 'not submitted' : 'the spec is submitted', {
    mode: next.mode,
    job: { ...draft.job, path: next.path },
    redeploys: next.redeploys,
  })
}

/** Nothing of it ever ran: what the user wants now is a first submission again, `initialSavepointPath` included. */
const beginAnew = (pass: Pass): ReturnType<Rule> =>
  firstDeploy({
    ...pass,
    view: { ...pass.view, phase: 'first', diff: undefined, before: { ...pass.view.before, recorded: undefined } },
    draft: { ...pass.draft, recorded: undefined, job: unsubmitted(pass.draft.job) },
  })

/** What the last act for this very spec ended in, if it failed. */
const failureOf = ({ view }: Pass): string | undefined => {
  const failure = view.observed.lastFailure
  return failure?.generation === view.resource.metadata.generation ? failure?.message : undefined
}

/** The same attempt, under the same id: the cluster refuses a second job of it. */
export const submitAgain = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const message = failureOf(pass)
  const error = message === undefined ? undefined : plainError('ReconciliationException', message)
  const spec = draft.state === 'ROLLING_BACK' ? draft.stable?.spec : view.spec
  if (!spec) return submit(pass, rule, 'there is no stable spec', { mode: 'stateless' })
  if (message === undefined && view.now - draft.timestamp < shownMs)
    return answer(pass, { rule, because: 'submitted; the cluster does not show the job yet', lookAgainMs: eagerMs })
  return answer(pass, {
    rule,
    because:
      message === undefined
        ? 'submitted under an id the cluster does not know yet: submit again under the same id'
        : `the last attempt failed: ${message}`,
    change: error === undefined ? {} : { error },
    actions: [runAction(pass, spec, draft.job.id ?? '', draft.job.path)],
    notes:
      error === undefined || draft.error === error
        ? []
        : [{ type: 'Warning', reason: 'Error', message: message ?? '', component: 'Job' }],
    lookAgainMs: Math.max(shownMs, patience(view.now, draft.timestamp)),
  })
}

/** Flink caches what it shows of its jobs for three seconds; sending the jar again meanwhile would only be work. */
const shownMs = 4_000
