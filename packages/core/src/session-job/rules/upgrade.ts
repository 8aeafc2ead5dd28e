/** The wanted spec of a session job differs from the recorded one: stop what runs so that nothing is lost, and begin the replacement. */
import { specChangedMessage } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { eagerMs, progressMs, restMs } from '../../job/patience.ts'
import { planSuspend, type Suspend } from '../../job/plan-suspend.ts'
import { isRegistering } from '../../job/upgrade-snapshot.ts'
import { isTerminal, type UpgradeMode } from '../../job/view.ts'
import { plainError } from '../../status/index.ts'
import { answer, record, recordedJobState, withError, type Pass, type Rule } from '../pass.ts'
import { cancelAction, nextStart, startSavepoint, stopped } from '../steps.ts'

const rule = 'upgrade'

/** After a failed savepoint the next attempt waits: a sink that cannot flush will not have recovered within milliseconds. */
const retryMs = restMs

export const upgrade: Rule = (pass) => {
  const { view, draft } = pass
  const { diff } = view
  if (view.phase !== 'settled' || view.target.why !== 'user' || !diff || !draft.recorded) return undefined
  const isSuspended = recordedJobState(draft) === 'suspended'
  if (diff.type === 'IGNORE' && !(isSuspended && view.spec.job?.state !== 'suspended')) return undefined
  const notes: Note[] =
    diff.type === 'IGNORE' || draft.observedGeneration === view.generation
      ? []
      : [
          {
            type: 'Normal',
            reason: 'SpecChanged',
            message: specChangedMessage('FlinkSessionJob', diff),
            component: 'JobManagerDeployment',
          },
        ]
  const change = diff.changes.find(({ type }) => type !== 'IGNORE')
  const because = change ? `${change.path} changed` : 'it is to run again'
  if (isSuspended) return resume(pass, notes)

  const suspend = planFor(pass)
  const suspending: Note = {
    type: 'Normal',
    reason: 'Suspended',
    message: 'Suspending existing deployment.',
    component: 'JobManagerDeployment',
  }
  switch (suspend.by) {
    case 'wait':
      return suspend.idle
        ? undefined
        : answer(pass, { rule, because: `${because}; ${suspend.because}`, notes, lookAgainMs: progressMs })
    case 'refuse':
      return withError(
        pass,
        rule,
        plainError('UpgradeFailureException', suspend.because),
        `${suspend.because} ${suspend.fix}`,
        'UpgradeFailed',
      )
    case 'savepoint': {
      const info = draft.job.savepointInfo
      const last = isRegistering(info) ? undefined : (info.triggerTimestamp ?? undefined)
      if (last !== undefined && view.now - last < retryMs)
        return answer(pass, {
          rule,
          because: 'the last savepoint failed; the next attempt waits',
          lookAgainMs: retryMs - (view.now - last),
        })
      return startSavepoint(pass, rule, `${because}; ${suspend.because}: stop with savepoint first`, 'suspend', [
        ...notes,
        suspending,
      ])
    }
    case 'cancel':
    case 'discard': {
      const keeps: UpgradeMode = suspend.by === 'discard' ? 'stateless' : 'savepoint'
      return answer(pass, {
        rule,
        because: `${because}; ${suspend.because}`,
        change: {
          state: 'UPGRADING',
          recorded: record(pass, draft.recorded.spec, { state: 'running', mode: keeps, first: false }),
          job: { ...draft.job, state: 'CANCELLING', updateTime: view.now },
        },
        actions: [cancelAction(pass, keeps === 'stateless')],
        notes: [...notes, suspending],
        lookAgainMs: eagerMs,
      })
    }
    case 'nothing':
    case 'unstarted':
    case 'remove': {
      const next = nextStart(pass)
      return stopped({ ...pass, notes: [...pass.notes, ...notes] }, rule, `${because}; ${suspend.because}`, {
        mode: next.redeploys ? next.mode : suspend.restore,
        job: { ...draft.job, path: suspend.restore === 'stateless' && !next.redeploys ? undefined : next.path },
        redeploys: next.redeploys,
      })
    }
  }
}

/** A redeploy by nonce forgets the present state knowingly; its job must have ended all the same (W-9). */
const planFor = (pass: Pass): Suspend => {
  const { view, draft } = pass
  if (view.diff?.type !== 'SAVEPOINT_REDEPLOY') return planSuspend(pass.job)
  const because = 'savepointRedeployNonce changed'
  const gone = view.foundJob.known && view.foundJob.value === undefined
  return isTerminal(draft.job.state) || gone
    ? { by: 'nothing', restore: 'savepoint', because }
    : { by: 'discard', restore: 'stateless', because }
}

/** Suspended before; wanted running now, or still suspended with other changes. */
const resume = (pass: Pass, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft } = pass
  if (view.spec.job?.state === 'suspended')
    return answer(pass, {
      rule,
      because: 'suspended; the change takes effect when it is resumed',
      notes,
      change: { observedGeneration: view.generation },
    })
  const next = nextStart(pass)
  return stopped({ ...pass, notes: [...pass.notes, ...notes] }, rule, 'resumed by the user', {
    mode: next.mode,
    job: { ...draft.job, path: next.path },
    redeploys: next.redeploys,
  })
}
