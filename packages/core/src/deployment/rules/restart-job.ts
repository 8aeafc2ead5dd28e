/** The job has failed for good and the options ask for another try: redeploy the same spec from its last checkpoint. */
import { options, read } from '@drey/api'
import { record, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { recordedJobState } from '../view.ts'

export const restartJob: Rule = (pass) => {
  const { view, draft, job } = pass
  if (!view.application || view.phase !== 'settled' || !draft.recorded) return undefined
  if (draft.job.state !== 'FAILED' || recordedJobState(draft) !== 'running') return undefined
  if (!read(options.upgrade.restartFailedJob, view.conf)) return undefined
  const stateful = (view.target.spec.job?.upgradeMode ?? 'stateless') !== 'stateless'
  // Its last checkpoint first: a FAILED job that nobody asked yet must not start from an older one.
  if (stateful && draft.jobManager === 'READY' && !job.checkpoints.known) return undefined
  const rolledBack = draft.state === 'ROLLED_BACK'
  return continueRemoval(
    {
      ...pass,
      draft: {
        ...draft,
        // What runs after a rollback is the last stable spec, and stays it.
        state: rolledBack ? 'ROLLING_BACK' : 'UPGRADING',
        recorded: record(pass, draft.recorded.spec, {
          state: rolledBack ? 'running' : 'suspended',
          mode: stateful ? 'savepoint' : 'stateless',
          first: false,
        }),
        timestamp: view.now,
        error: undefined,
      },
    },
    'restartJob',
    'the job failed and is to be restarted',
  )
}
