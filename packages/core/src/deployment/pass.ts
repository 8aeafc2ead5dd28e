/** One pass as rules see it, and the one way to turn a rule's answer into a decision. */
import type { FlinkDeploymentSpec, FlinkDeploymentStatus } from '@drey/api'
import type { Decision, Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import type { JobView, UpgradeMode } from '../job/view.ts'
import { recordSpec, type RecordedSpec } from '../spec/index.ts'
import { restMs } from '../job/patience.ts'
import { statusOf } from './status-of.ts'
import type { Draft } from './draft.ts'
import type { DeploymentView } from './view.ts'

export { eagerMs, patience, progressMs, restMs } from '../job/patience.ts'

export interface Pass {
  view: DeploymentView
  /** the status with everything this pass has seen */
  draft: Draft
  notes: readonly Note[]
  /** the job as the shared job rules see it; session clusters have none */
  job: JobView
}

export type DeploymentDecision = Decision<FlinkDeploymentStatus, Action>
export type Rule = (pass: Pass) => DeploymentDecision | undefined

export interface Answer {
  rule: string
  because: string
  /** what is different from the pass's draft */
  change?: Partial<Draft>
  actions?: readonly Action[]
  notes?: readonly Note[]
  lookAgainMs?: number
  finalizer?: 'hold' | 'release' | 'none'
}

export const answer = (pass: Pass, a: Answer): DeploymentDecision => {
  const draft = { ...pass.draft, ...a.change }
  return {
    rule: a.rule,
    because: a.because,
    status: statusOf(pass.view, draft),
    actions: a.actions ?? [],
    events: [...pass.notes, ...(a.notes ?? [])],
    finalizer: a.finalizer ?? 'hold',
    lookAgainMs: a.lookAgainMs ?? restMs,
  }
}

/** Writes a spec down as the one that is being deployed (`suspended`) or runs. Nonces that still wait for their turn keep the old value. */
export const record = (
  pass: Pass,
  spec: FlinkDeploymentSpec,
  o: { state: 'running' | 'suspended'; mode?: UpgradeMode; first?: boolean; redeploys?: boolean },
): RecordedSpec<FlinkDeploymentSpec> => {
  const previous = pass.draft.recorded
  const job = spec.job
    ? {
        ...spec.job,
        state: o.state,
        ...(o.mode ? { upgradeMode: o.mode } : {}),
        ...(previous?.spec.job
          ? {
              savepointTriggerNonce: previous.spec.job.savepointTriggerNonce,
              checkpointTriggerNonce: previous.spec.job.checkpointTriggerNonce,
              // Only a redeploy fulfils a redeploy nonce; another change that happens to be under way must not swallow it.
              ...(o.redeploys ? {} : { savepointRedeployNonce: previous.spec.job.savepointRedeployNonce }),
            }
          : {}),
      }
    : undefined
  const { job: _, ...rest } = spec
  return recordSpec('FlinkDeployment', (job ? { ...rest, job } : rest) as FlinkDeploymentSpec, {
    firstDeployment: o.first ?? (previous?.firstDeployment === true && pass.draft.state === 'DEPLOYED'),
  })
}
