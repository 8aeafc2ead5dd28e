/** Phase `cancel`: cancelled to resume from the last checkpoint. Nothing goes on until that checkpoint is known (W-2, W-3). */
import { cancelProgress } from '../../job/cancel-progress.ts'
import { planRestore } from '../../job/plan-restore.ts'
import { isTerminal, type UpgradeMode } from '../../job/view.ts'
import { cancel } from '../orders.ts'
import { answer, eagerMs, patience, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { continueRemoval } from '../steps/remove.ts'
import { refused } from '../steps/restore.ts'
import { suspended } from '../steps/suspended.ts'

const rule = 'continueOperation'

export const continueCancel = (pass: Pass): ReturnType<Rule> => {
  const { view, draft, job } = pass
  const progress = cancelProgress({
    now: view.now,
    since: draft.job.updateTime ?? draft.timestamp,
    state: draft.job.state,
    found: view.foundJob,
    gone: draft.jobManager === 'MISSING',
    checkpoints: view.observed.flink.checkpoints,
    keepsState: true,
  })
  switch (progress.is) {
    case 'ended': {
      // Ended, and nobody can say where its last checkpoint is: nothing is removed before the user has named a state.
      const wanted = (view.target.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode
      const restore = planRestore(job, 'savepoint', wanted)
      if ('refuse' in restore) return refused(pass, rule, restore)
      const next: Pass = {
        ...pass,
        draft: {
          ...draft,
          state: 'UPGRADING',
          recorded: record(pass, view.target.spec, { state: 'suspended', mode: 'savepoint', first: false }),
          taskManager: taskManagerInfo(view, false),
          observedGeneration: view.target.generation,
        },
      }
      return view.target.spec.job?.state === 'suspended' && view.mode === 'native'
        ? suspended(next, rule)
        : continueRemoval(next, rule, `cancelled; resumes from ${draft.job.path ?? 'nothing: there was no checkpoint'}`)
    }
    case 'lost':
      return answer(pass, {
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
        actions: progress.is === 'waiting' ? [] : [cancel(pass)],
        lookAgainMs: isTerminal(draft.job.state) ? eagerMs : patience(view.now, draft.job.updateTime ?? view.now),
      })
  }
}
