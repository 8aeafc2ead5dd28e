/** The job runs and gets nowhere, by the recorded health: a new cluster with the same spec and the newest state. */
import { options, read } from '@drey/api'
import { healthKey, readHealth } from '../../job/health.ts'
import { isHaConfigured } from '../../job/settings.ts'
import { isTerminal } from '../../job/view.ts'
import { record, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { recordedJobState } from '../view.ts'

export const unhealthy: Rule = (pass) => {
  const { view, draft, job } = pass
  if (!view.application || view.phase !== 'settled' || draft.state !== 'DEPLOYED' || !draft.recorded) return undefined
  if (recordedJobState(draft) !== 'running' || isTerminal(draft.job.state)) return undefined
  if (!read(options.health.healthCheck, view.conf)) return undefined
  const health = readHealth(draft.clusterInfo[healthKey])
  if (!health || health.healthResult.healthy) return undefined
  const metadata = job.haMetadata.available
  const stateless = (view.target.spec.job?.upgradeMode ?? 'stateless') === 'stateless'
  // Without metadata the state of a job that cannot complete a checkpoint would be lost.
  if (!stateless && !metadata) return undefined
  const message = health.healthResult.error ?? 'The job is not healthy'
  const { [healthKey]: _, ...clusterInfo } = draft.clusterInfo
  return continueRemoval(
    {
      ...pass,
      notes: [...pass.notes, { type: 'Warning', reason: 'RestartUnhealthyJob', message, component: 'Job' }],
      draft: {
        ...draft,
        state: 'UPGRADING',
        recorded: record(pass, draft.recorded.spec, {
          state: 'suspended',
          mode: isHaConfigured(view.deployedConf) && metadata ? 'last-state' : 'stateless',
          first: false,
        }),
        timestamp: view.now,
        clusterInfo,
      },
    },
    'unhealthy',
    `the job is not healthy: ${message}`,
  )
}
