/** The `job` of a spec as it is written down once it is being deployed, for deployments and session jobs alike. */
import type { JobSpec } from '@drey/api'
import type { UpgradeMode } from './view.ts'

/** Nonces that still wait for their turn keep the value they had in `previous`. */
export const recordedJob = <J extends Partial<JobSpec>>(
  job: J,
  previous: Partial<JobSpec> | undefined,
  o: { state: 'running' | 'suspended'; mode?: UpgradeMode; redeploys?: boolean },
) => ({
  ...job,
  state: o.state,
  ...(o.mode ? { upgradeMode: o.mode } : {}),
  ...(previous
    ? {
        savepointTriggerNonce: previous.savepointTriggerNonce,
        checkpointTriggerNonce: previous.checkpointTriggerNonce,
        // Only a redeploy fulfils a redeploy nonce; another change that happens to be under way must not swallow it.
        ...(o.redeploys ? {} : { savepointRedeployNonce: previous.savepointRedeployNonce }),
      }
    : {}),
})
