/**
 * A new spec of a session job that does not get stable in time is replaced by the last stable one, with the newest state. The recorded
 * spec stays the failing one, so that the user's unchanged spec is no new change; the state says that another one runs (W-30).
 */
import { options, read } from '@drey/api'
import { cancelProgress } from '../../job/cancel-progress.ts'
import { eagerMs, patience, progressMs } from '../../job/patience.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, recordedJobState, restoreModeOf, type Pass, type Rule, type SessionJobDecision } from '../pass.ts'
import { cancelAction, nextStart, stopped, submit } from '../steps.ts'
import { submitAgain } from './continue-operation.ts'

const rule = 'rollBack'

export const rollBack: Rule = (pass) => {
  const { view, draft, job } = pass
  if (draft.state === 'ROLLING_BACK') return continueRollBack(pass)
  if (view.phase !== 'settled' || draft.state !== 'DEPLOYED' || !draft.recorded || !draft.stable) return undefined
  if (view.target.why !== 'user' || view.diff?.type !== 'IGNORE' || draft.recorded.text === draft.stable.text)
    return undefined
  if (!read(options.upgrade.rollbackEnabled, view.conf)) return undefined
  if (draft.stable.spec.job?.state === 'suspended' || recordedJobState(draft) === 'suspended') return undefined
  if (view.now <= draft.timestamp + read(options.upgrade.readinessTimeout, view.conf)) return undefined
  // Only of a job that its cluster knows can be said how it ended, and from where its predecessor goes on.
  if (!view.foundJob.known || !view.foundJob.value || job.checkpointsHidden) return undefined
  const ended = isTerminal(draft.job.state)
  const begun: Pass = {
    ...pass,
    draft: {
      ...draft,
      state: 'ROLLING_BACK',
      timestamp: view.now,
      job: ended ? draft.job : { ...draft.job, state: 'CANCELLING', updateTime: view.now },
    },
    notes: [
      ...pass.notes,
      { type: 'Normal', reason: 'Rollback', message: 'Rolling back failed deployment.', component: 'Job' },
    ],
  }
  const because = 'the job did not get stable in time: back to the last stable spec'
  return ended
    ? submit(begun, rule, because, { mode: restoreModeOf(draft) })
    : answer(begun, { rule, because, actions: [cancelAction(begun, false)], lookAgainMs: eagerMs })
}

const continueRollBack = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  if (!view.foundJob.known)
    return answer(pass, {
      rule,
      because: `the session cluster cannot be asked: ${view.foundJob.why}`,
      lookAgainMs: progressMs,
    })
  // Submitted: its job was not seen before this pass.
  if (view.before.job.state === 'RECONCILING') {
    if (!view.foundJob.value) return submitAgain(pass)
    return answer(pass, {
      rule,
      because: 'the last stable spec is on its cluster',
      change: { state: 'ROLLED_BACK', error: undefined, timestamp: view.now },
      lookAgainMs: eagerMs,
    })
  }
  const edited = view.target.why === 'user' && view.diff !== undefined && view.diff.type !== 'IGNORE'
  if (edited && isTerminal(draft.job.state)) {
    const next = nextStart(pass)
    return stopped(pass, rule, 'the spec was edited: it replaces the rollback', {
      mode: next.mode,
      job: { ...draft.job, path: next.path },
      redeploys: next.redeploys,
    })
  }
  const mode = restoreModeOf(draft)
  const progress = cancelProgress({
    now: view.now,
    since: draft.job.updateTime ?? draft.timestamp,
    state: draft.job.state,
    found: view.foundJob,
    gone: false,
    checkpoints: view.observed.flink.checkpoints,
    keepsState: mode !== 'stateless',
  })
  switch (progress.is) {
    case 'ended':
      return submit(pass, rule, 'the failing job has ended', { mode })
    case 'lost':
      return mode === 'stateless'
        ? submit(pass, rule, 'the failing job is gone', { mode })
        : answer(pass, {
            rule,
            because: progress.because,
            change: { state: 'DEPLOYED', job: { ...draft.job, state: 'RECONCILING' } },
            lookAgainMs: eagerMs,
          })
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
