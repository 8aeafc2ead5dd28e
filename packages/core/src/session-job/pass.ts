/** One pass as rules about session jobs see it, and the one way to turn a rule's answer into a decision. */
import type { FlinkSessionJobSpec, FlinkSessionJobStatus } from '@drey/api'
import type { Decision, Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { toJobStatus, toReconciliationStatus } from '../job/draft.ts'
import { restMs } from '../job/patience.ts'
import { recordedJob } from '../job/recorded-job.ts'
import type { JobView, UpgradeMode } from '../job/view.ts'
import { recordSpec, type RecordedSpec } from '../spec/index.ts'
import { lifecycleStateOf } from '../status/index.ts'
import type { SessionJobDraft, SessionJobView } from './view.ts'

export interface Pass {
  view: SessionJobView
  /** the status with everything this pass has seen */
  draft: SessionJobDraft
  notes: readonly Note[]
  /** the job as the shared job rules see it */
  job: JobView
}

export type SessionJobDecision = Decision<FlinkSessionJobStatus, Action>
export type Rule = (pass: Pass) => SessionJobDecision | undefined

export interface Answer {
  rule: string
  because: string
  /** what is different from the pass's draft */
  change?: Partial<SessionJobDraft>
  actions?: readonly Action[]
  notes?: readonly Note[]
  lookAgainMs?: number
  finalizer?: 'hold' | 'release'
}

export const answer = (pass: Pass, a: Answer): SessionJobDecision => {
  const draft = { ...pass.draft, ...a.change }
  const status: FlinkSessionJobStatus = {
    jobStatus: toJobStatus(draft.job),
    ...(draft.error === undefined ? {} : { error: draft.error }),
    ...(draft.observedGeneration === undefined ? {} : { observedGeneration: draft.observedGeneration }),
    reconciliationStatus:
      draft.unreadable === undefined
        ? toReconciliationStatus(draft)
        : { ...toReconciliationStatus(draft), ...pass.view.resource.status?.reconciliationStatus },
    ...(draft.deleting ? { lifecycleState: 'DELETING' as const } : {}),
  }
  return {
    rule: a.rule,
    because: a.because,
    status: { ...status, lifecycleState: lifecycleStateOf('FlinkSessionJob', status) },
    actions: a.actions ?? [],
    events: [...pass.notes, ...(a.notes ?? [])],
    finalizer: a.finalizer ?? 'hold',
    lookAgainMs: a.lookAgainMs ?? restMs,
  }
}

/** Writes an error down; the event comes once. */
export const withError = (
  pass: Pass,
  rule: string,
  error: string,
  message: string,
  reason: string,
): SessionJobDecision =>
  answer(pass, {
    rule,
    because: message,
    change: { error },
    notes: pass.draft.error === error ? [] : [{ type: 'Warning', reason, message, component: 'Operator' }],
  })

/** Writes a spec down as the one that is being submitted (`suspended`) or runs. */
export const record = (
  pass: Pass,
  spec: FlinkSessionJobSpec,
  o: { state: 'running' | 'suspended'; mode?: UpgradeMode; first: boolean; redeploys?: boolean },
): RecordedSpec<FlinkSessionJobSpec> =>
  recordSpec(
    'FlinkSessionJob',
    { ...spec, job: recordedJob(spec.job ?? {}, pass.draft.recorded?.spec.job, o) } as FlinkSessionJobSpec,
    { firstDeployment: o.first },
  )

/** The mode in the recorded spec: how the present job found its state, or how the next start will. */
export const restoreModeOf = ({ recorded }: SessionJobDraft): UpgradeMode =>
  (recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode

export const recordedJobState = ({ recorded }: SessionJobDraft): 'running' | 'suspended' | undefined =>
  recorded && (recorded.spec.job?.state ?? 'running')

/** What runs, or would: after a rollback the last stable spec, else the recorded one. */
export const deployedSpec = (draft: SessionJobDraft): FlinkSessionJobSpec | undefined =>
  (draft.state === 'ROLLED_BACK' || draft.state === 'ROLLING_BACK' ? draft.stable : draft.recorded)?.spec
