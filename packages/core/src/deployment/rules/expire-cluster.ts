/** The JobManager of a job that has ended is kept for a while, so that its result can be read, and then removed. HA metadata stays. */
import { options, read } from '@drey/api'
import { isTerminal } from '../../job/view.ts'
import type { Draft } from '../draft.ts'
import { answer, progressMs, type Rule } from '../pass.ts'
import { removal } from '../steps/remove.ts'
import type { DeploymentView } from '../view.ts'

export const expireCluster: Rule = (pass) => {
  const { view, draft } = pass
  if (!view.application || view.phase !== 'settled' || !isTerminal(draft.job.state) || draft.jobManager === 'MISSING')
    return undefined
  if (!isExpired(view, draft)) return undefined
  const step = removal(pass, { ha: 'keep' })
  return answer(pass, {
    rule: 'expireCluster',
    because: step.done
      ? 'the JobManager of the ended job is gone'
      : 'the job ended long enough ago: its JobManager goes',
    change: step.done ? { jobManager: 'MISSING' } : {},
    actions: step.actions,
    lookAgainMs: progressMs,
  })
}

/** Its job ended as long ago as its JobManager is to stay. */
export const isExpired = (view: DeploymentView, draft: Draft): boolean =>
  isTerminal(draft.job.state) &&
  (draft.job.updateTime ?? draft.timestamp) + read(options.clusters.jobManagerShutdownTtl, view.deployedConf) <=
    view.now
