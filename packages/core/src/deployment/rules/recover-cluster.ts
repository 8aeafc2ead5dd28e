/** The JobManager Deployment is gone although nobody asked for that: deploy the same spec again, from HA metadata where it exists. */
import { options, read } from '@drey/api'
import { attemptGeneration } from '../../job/draft.ts'
import { isHaConfigured } from '../../job/settings.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, record, type Rule } from '../pass.ts'
import { deploy } from '../steps/deploy.ts'
import type { Target } from '../target.ts'
import { recordedJobState } from '../view.ts'

const rule = 'recoverCluster'

export const recoverCluster: Rule = (pass) => {
  const { view, draft } = pass
  if (view.phase !== 'settled' || draft.jobManager !== 'MISSING' || !draft.recorded) return undefined
  if (!read(options.clusters.jobManagerRecovery, view.deployedConf)) return undefined
  const ha = isHaConfigured(view.deployedConf)
  if (view.application) {
    if (recordedJobState(draft) !== 'running' || isTerminal(draft.job.state)) return undefined
    if (!ha && view.target.spec.job?.upgradeMode && view.target.spec.job.upgradeMode !== 'stateless') return undefined
  } else if (!ha) return undefined
  if (!view.clusterIsGone)
    return answer(pass, {
      rule,
      because: 'the JobManager Deployment is gone; its remains are being collected',
      lookAgainMs: 1_000,
    })

  const rolledBack = draft.state === 'ROLLED_BACK'
  // What was lost comes back as it was: a change that waits is an upgrade of its own, and HA metadata is never used across Flink versions.
  const { job } = draft.recorded.spec
  const upgradeMode = view.target.spec.job?.upgradeMode
  const target: Target =
    view.diff?.type === 'IGNORE'
      ? view.target
      : {
          why: 'user',
          // A recorded mode says how the last start found its state: only the user's present wish may drop any.
          spec: job
            ? {
                ...draft.recorded.spec,
                job: { ...job, state: 'running', ...(upgradeMode ? { upgradeMode } : {}) },
              }
            : draft.recorded.spec,
          generation: attemptGeneration(view.before, view.generation) ?? view.generation,
        }
  return deploy(
    {
      ...pass,
      view: { ...view, target },
      draft: {
        ...draft,
        state: rolledBack ? 'ROLLING_BACK' : 'UPGRADING',
        recorded: record(pass, draft.recorded.spec, {
          state: rolledBack ? 'running' : 'suspended',
          mode: ha ? 'last-state' : 'stateless',
          first: false,
        }),
      },
      job: { ...pass.job, mode: ha ? 'last-state' : 'stateless' },
    },
    rule,
    'the JobManager Deployment is lost',
    view.application
      ? [{ type: 'Warning', reason: 'RecoverDeployment', message: 'Recovering lost deployment', component: 'Job' }]
      : [],
  )
}
