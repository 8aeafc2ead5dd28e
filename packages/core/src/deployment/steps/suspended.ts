/** Where a removal ends when the user wants nothing to run. */
import { isTerminal } from '../../job/view.ts'
import { answer, record, type DeploymentDecision, type Pass } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { restoreModeOf } from './restore.ts'

/** Stopped as the user wished: nothing is deployed, and a suspended spec counts as stable at once. */
export const suspended = (pass: Pass, rule: string): DeploymentDecision => {
  const recorded = record(pass, pass.view.target.spec, { state: 'suspended', mode: restoreModeOf(pass.draft) })
  return answer(pass, {
    rule,
    because: 'the job is stopped and its state kept as the spec asks',
    change: {
      state: 'DEPLOYED',
      recorded,
      stable: recorded,
      // With its cluster gone the job runs no more, whatever was seen last (upstream says FINISHED, too).
      ...(pass.draft.jobManager === 'MISSING' && !isTerminal(pass.draft.job.state)
        ? { job: { ...pass.draft.job, state: 'FINISHED' as const } }
        : {}),
      observedGeneration: pass.view.target.generation,
      error: undefined,
      timestamp: pass.view.now,
      taskManager: taskManagerInfo(pass.view, false),
    },
  })
}
