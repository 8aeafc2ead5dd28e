/**
 * One pass as a document: everything that is needed to decide it again, without secrets. The operator's journal is a list of these,
 * and `drey replay` decides one again on any machine.
 */
import type { KubeObject, Outcome, Told } from '@drey/reconcile'
import type { Action } from '../action.ts'
import type { OperatorFacts } from '../deployment/observed.ts'
import type { OperatorConfig, Setting } from '../config/index.ts'
import { masks, type Mask } from './mask.ts'

export interface Cycle {
  kind: 'Cycle'
  version: 1
  resource: { kind: string; namespace: string; name: string; uid: string; generation: number }
  /** RFC 3339 */
  at: string
  object: KubeObject
  /** the facts; `operator` is the configuration the operator had */
  observed: Record<string, unknown> & { now: number; operator: OperatorRecord }
  decision: DecisionRecord
  /** false: somebody else wrote first, so nothing was done */
  recorded: boolean
  outcome: { ok: true } | { ok: false; error: string; failedAction: number } | null
  /** how often the same was decided again, and when last */
  repeated?: { times: number; until: string }
}

export interface DecisionRecord {
  rule: string
  because: string
  status: unknown
  actions: readonly unknown[]
  events: readonly unknown[]
  finalizer: string
  lookAgainMs: number
}

/** `OperatorFacts` as JSON. */
export interface OperatorRecord {
  config: { base: readonly (readonly [string, Setting])[]; syntax: OperatorConfig['syntax'] }
  side: OperatorFacts['side']
  snapshotResources: boolean
  loopbackJars?: boolean
}

type Pass = Told<KubeObject, { now: number; operator: OperatorFacts }, unknown, Action>

export const cycleOf = (kind: string, { before, observed, decision, recorded, outcome }: Pass): Cycle => {
  const mask = masks()
  const { operator, ...facts } = observed
  return {
    kind: 'Cycle',
    version: 1,
    resource: nameOf(kind, before),
    at: new Date(observed.now).toISOString(),
    object: mask.value({ ...before, kind }) as KubeObject,
    observed: { ...(mask.value(facts) as { now: number }), operator: operatorRecord(operator, mask) },
    decision: decisionRecord(decision, mask),
    recorded,
    outcome: outcomeRecord(outcome, mask),
  }
}

const nameOf = (kind: string, { metadata }: KubeObject): Cycle['resource'] => ({
  kind,
  namespace: metadata.namespace ?? 'default',
  name: metadata.name,
  uid: metadata.uid ?? '',
  generation: metadata.generation ?? 0,
})

const operatorRecord = ({ config, side, ...rest }: OperatorFacts, mask: Mask): OperatorRecord => ({
  config: {
    base: [...config.base].map(([key, setting]) => {
      const { over: _, ...own } = setting
      const { [key]: value } = (
        mask.value({ flinkConfiguration: { [key]: setting.value } }) as {
          flinkConfiguration: Record<string, string>
        }
      ).flinkConfiguration
      return [key, { ...own, value: value ?? '' }] as const
    }),
    syntax: config.syntax,
  },
  side: mask.value(side) as OperatorFacts['side'],
  ...rest,
})

/** What was decided. Of objects that were to be written only the name is kept: they follow from the spec. */
export const decisionRecord = (decision: Pass['decision'], mask: Mask = masks()): DecisionRecord => ({
  rule: decision.rule,
  because: mask.text(decision.because),
  status: decision.status === undefined ? null : mask.value(decision.status),
  actions: decision.actions.map((action) => mask.value(actionRecord(action))),
  events: decision.events.map((note) => mask.value(note)),
  finalizer: decision.finalizer,
  lookAgainMs: decision.lookAgainMs,
})

const actionRecord = (action: Action): Record<string, unknown> => {
  switch (action.do) {
    case 'apply':
    case 'create':
      return { do: action.do, kind: action.object.kind, name: action.object.metadata.name }
    case 'delete':
    case 'scale':
    case 'merge': {
      const { ref, ...rest } = action
      return { ...rest, ref: undefined, kind: ref.type.kind, name: ref.name }
    }
    case 'run-jar':
      return { do: action.do, jobId: action.job.jobId, cluster: action.job.cluster.name, run: action.run }
    case 'dispose':
      return { do: action.do, cluster: action.cluster.name, path: action.path }
    default: {
      const { job, ...rest } = action
      return { ...rest, jobId: job.jobId, cluster: job.cluster.name }
    }
  }
}

const outcomeRecord = (outcome: Outcome | undefined, mask: Mask): Cycle['outcome'] =>
  outcome === undefined
    ? null
    : outcome.ok
      ? { ok: true }
      : {
          ok: false,
          error: mask.text(outcome.error instanceof Error ? outcome.error.message : String(outcome.error)),
          failedAction: outcome.failedAction,
        }
