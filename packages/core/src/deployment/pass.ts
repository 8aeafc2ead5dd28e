/** One pass as rules see it, and the one way to turn a rule's answer into a decision. */
import type { FlinkDeploymentSpec, FlinkDeploymentStatus } from '@drey/api'
import type { Decision, Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import type { JobView, UpgradeMode } from '../job/view.ts'
import { recordSpec, type RecordedSpec } from '../spec/index.ts'
import { restMs } from '../job/patience.ts'
import { recordedJob } from '../job/recorded-job.ts'
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

/** Writes a spec down as the one that is being deployed (`suspended`) or runs. */
export const record = (
  pass: Pass,
  spec: FlinkDeploymentSpec,
  o: { state: 'running' | 'suspended'; mode?: UpgradeMode; first?: boolean; redeploys?: boolean },
): RecordedSpec<FlinkDeploymentSpec> => {
  const previous = pass.draft.recorded
  const job = spec.job && recordedJob(spec.job, previous?.spec.job, o)
  const { job: _, ...rest } = spec
  return recordSpec('FlinkDeployment', (job ? { ...rest, job } : rest) as FlinkDeploymentSpec, {
    firstDeployment: o.first ?? (previous?.firstDeployment === true && pass.draft.state === 'DEPLOYED'),
  })
}
