/** The job ended or got lost although nobody asked for that: submit the deployed spec again, where no state can be lost by it. */
import { options, read } from '@drey/api'
import { isHaConfigured } from '../../job/settings.ts'
import { answer, deployedSpec, recordedJobState, type Pass, type Rule } from '../pass.ts'
import { submit } from '../steps.ts'
import { JOB_NOT_FOUND } from '../../status/index.ts'

const rule = 'restartJob'

export const restartJob: Rule = (pass) => {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded || recordedJobState(draft) === 'suspended') return undefined
  const stateless = (view.spec.job?.upgradeMode ?? 'stateless') === 'stateless'
  if (draft.job.state === 'FAILED' && read(options.upgrade.restartFailedJob, view.conf)) {
    // Its last checkpoint first: a FAILED job that nobody asked yet must not start from an older one.
    if (!stateless && view.foundJob.known && view.foundJob.value && !pass.job.checkpoints.known) return undefined
    return again(pass, 'the job failed and is to be restarted', stateless ? 'stateless' : 'savepoint')
  }
  const lost = draft.job.state === 'RECONCILING' && view.foundJob.known && view.foundJob.value === undefined
  if (!lost || !stateless) return undefined
  // With HA metadata the cluster recovers its jobs by itself, and may not show them at once.
  if (isHaConfigured(view.conf) && view.before.error !== JOB_NOT_FOUND)
    return answer(pass, {
      rule,
      because: 'its cluster does not know the job; one more look in case it is being recovered',
      lookAgainMs: recoveryMs,
    })
  return again(pass, 'its cluster lost the job', 'stateless', true)
}

const recoveryMs = 5_000

/** `keepId`: should the lost job come back after all, the cluster refuses the second one of its id. */
const again = (pass: Pass, because: string, mode: 'stateless' | 'savepoint', keepId = false): ReturnType<Rule> => {
  const { draft, view } = pass
  const deployed = deployedSpec(draft) ?? view.spec
  // A recorded mode says how the last start found its state; only the user's present wish may drop any.
  const spec = { ...deployed, job: { ...deployed.job, upgradeMode: view.spec.job?.upgradeMode } } as typeof deployed
  return submit(
    {
      ...pass,
      view: { ...view, spec, generation: draft.observedGeneration ?? view.generation },
      draft: { ...draft, state: draft.state === 'ROLLED_BACK' ? 'ROLLING_BACK' : draft.state },
    },
    rule,
    because,
    { mode, keepId },
  )
}
