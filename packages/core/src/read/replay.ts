/** A saved pass decided again, and whether the answer is the same. */
import type { FlinkDeployment, FlinkSessionJob, FlinkStateSnapshot } from '@drey/api'
import type { Decision } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { decideDeployment } from '../deployment/index.ts'
import { decideSessionJob } from '../session-job/index.ts'
import { decideSnapshot } from '../snapshot/index.ts'
import { decisionRecord, type Cycle, type DecisionRecord } from './cycle.ts'

export interface Replay {
  kind: 'Replay'
  version: 1
  resource: Cycle['resource']
  at: string
  recorded: DecisionRecord
  decided: DecisionRecord
  same: boolean
  /** where the two decisions differ: dotted paths with both values */
  differences: readonly Difference[]
}

export interface Difference {
  path: string
  recorded: unknown
  decided: unknown
}

/** How each kind of resource is decided; facts as the journal wrote them. */
const deciders: Readonly<Record<string, (object: never, observed: never) => Decision<unknown, Action>>> = {
  FlinkDeployment: decideDeployment as never,
  FlinkSessionJob: decideSessionJob as never,
  FlinkStateSnapshot: decideSnapshot as never,
} satisfies Record<string, (object: FlinkDeployment & FlinkSessionJob & FlinkStateSnapshot, observed: never) => unknown>

/** Why a document is no saved pass that could be decided again; undefined: it is one. */
export const unreadableCycle = (value: unknown): string | undefined => {
  const cycle = value as Partial<Cycle> | null
  if (typeof cycle !== 'object' || cycle === null || cycle.kind !== 'Cycle') return 'it is not of kind Cycle'
  if (cycle.version !== 1) return `it is of version ${String(cycle.version)}, and 1 is known`
  if (!cycle.resource || !(cycle.resource.kind in deciders))
    return `passes of a ${cycle.resource?.kind ?? 'resource without a kind'} cannot be decided again`
  if (!cycle.object?.metadata || !cycle.observed?.operator?.config || !cycle.decision)
    return 'it lacks the object, the facts or the decision'
  return undefined
}

/** Throws what deciding throws; `unreadableCycle` says before whether it can be tried. */
export const replayCycle = (cycle: Cycle): Replay => {
  const { operator } = cycle.observed
  const observed = {
    ...cycle.observed,
    operator: {
      ...operator,
      config: { base: new Map(operator.config.base), syntax: operator.config.syntax, warnings: [] },
    },
  }
  const decide = deciders[cycle.resource.kind]!
  const decided = normal(decisionRecord(decide(cycle.object as never, observed as never)))
  const recorded = normal(cycle.decision)
  const differences = [...differencesOf('', recorded, decided)]
  return {
    kind: 'Replay',
    version: 1,
    resource: cycle.resource,
    at: cycle.at,
    recorded,
    decided,
    same: differences.length === 0,
    differences,
  }
}

const normal = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

function* differencesOf(path: string, recorded: unknown, decided: unknown): Generator<Difference> {
  if (isObject(recorded) && isObject(decided)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(decided)]))
      yield* differencesOf(path === '' ? key : `${path}.${key}`, recorded[key], decided[key])
    return
  }
  if (JSON.stringify(recorded) !== JSON.stringify(decided)) yield { path, recorded, decided }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
