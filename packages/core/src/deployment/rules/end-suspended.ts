/**
 * Without HA nothing tells a JobManager that starts again that its job was stopped: it would run the program once more, from its
 * beginning, beside the state that is kept. So the JobManager of a suspended job goes as soon as its process has ended, or is seen to
 * have started again.
 */
import { isHaConfigured } from '../../job/settings.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, progressMs, type Rule } from '../pass.ts'
import { removal } from '../steps/remove.ts'
import { recordedJobState } from '../view.ts'

export const endSuspended: Rule = (pass) => {
  const { view, draft } = pass
  const { jobManager } = view.observed.cluster
  if (view.phase !== 'settled' || !isTerminal(draft.job.state) || isHaConfigured(view.deployedConf)) return undefined
  if (view.target.spec.job?.state !== 'suspended' || recordedJobState(draft) !== 'suspended') return undefined
  // One that never was available has not started, so it cannot have started again.
  if (!jobManager || jobManager.neverAvailable) return undefined
  const again = view.foundJob.known ? view.foundJob.value : undefined
  const runsAgain = again !== undefined && !isTerminal(again.state)
  if (jobManager.availableReplicas > 0 && !runsAgain) return undefined
  return answer(pass, {
    rule: 'endSuspended',
    because: `the JobManager of the suspended job has ended and ${runsAgain ? 'runs' : 'would run'} it again, from its beginning: it goes`,
    actions: removal(pass, { ha: 'keep' }).actions,
    lookAgainMs: progressMs,
  })
}
