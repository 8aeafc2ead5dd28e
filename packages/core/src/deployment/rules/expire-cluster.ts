/** The JobManager of a job that has ended is kept for a while, so that its result can be read, and then removed. HA metadata stays. */
import { options, read } from '@drey/api'
import { isTerminal } from '../../job/view.ts'
import { answer, progressMs, type Rule } from '../pass.ts'
import { removal } from '../steps.ts'

export const expireCluster: Rule = (pass) => {
  const { view, draft } = pass
  if (!view.application || view.phase !== 'settled' || !isTerminal(draft.job.state) || draft.jobManager === 'MISSING')
    return undefined
  const ttlMs = read(options.clusters.jobManagerShutdownTtl, view.deployedConf)
  const since = draft.job.updateTime ?? draft.timestamp
  const leftMs = since + ttlMs - view.now
  if (leftMs > 0) return undefined
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
