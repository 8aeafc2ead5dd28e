/** The ways in which one scenario is disturbed, as plain data: what a sweep plays, what a failure is named by, what `npm run sim` replays. */
import { crashPoints, distinctCrashPoints } from './alike.ts'
import { crashAt, faultAt, faultsFor, type Call, type Fault } from './faults.ts'
import { important } from './scenarios/register.ts'
import { randomPlan } from './random-plan.ts'
import type { RunOptions } from './run.ts'
import {
  everythingGone,
  gone,
  killJobManagerProcess,
  removeEverything,
  type Scenario,
  type Stage,
  type Step,
} from './scenario.ts'

export type VariationName =
  | { kind: 'undisturbed' }
  | { kind: 'crash'; call: number; when: 'before' | 'after' }
  | { kind: 'fault'; call: number; fault: Fault }
  /** the user deletes the resource right after a call */
  | { kind: 'delete'; call: number }
  /** the JobManager process dies right after a call */
  | { kind: 'kill'; call: number }
  /** the operator's watches break right after a call */
  | { kind: 'watches'; call: number; how: 'gap' | '410' }
  /** the operator's caches lag behind by so much, and so does Flink's list of jobs (up to 3 s) */
  | { kind: 'stale'; ms: number }
  /** two faults, each after the effect of its call */
  | { kind: 'pairs'; calls: readonly [number, number]; first: 'crash' | 'lose the answer' }
  /** a request that is done when nobody waits for it any more */
  | { kind: 'late'; call: number; ms: number }
  /** a second operator begins after a call, and the first acts on for some time */
  | { kind: 'handover'; call: number }
  /** the clock of the operator's machine jumps after a call */
  | { kind: 'clock'; call: number; ms: number }
  /** CRDs of an earlier release: fields of the status are pruned */
  | { kind: 'old-crds' }
  /** everything at once, from a seed; `only` keeps some of its faults (after shrinking) */
  | { kind: 'random'; seed: number; only?: readonly number[] }

export const sweepKinds = [
  'crash',
  'fault',
  'delete',
  'kill',
  'watches',
  'stale',
  'late',
  'handover',
  'clock',
  'old-crds',
  'pairs',
] as const
export type SweepKind = (typeof sweepKinds)[number]

/**
 * All single disturbances of these kinds; `scenario` leaves out those it cannot come through. Crash points that leave the same world
 * behind are played once, unless `each` is wanted.
 */
export const variationsOf = (
  calls: readonly Call[],
  kinds: readonly SweepKind[],
  scenario?: Pick<Scenario, 'spares' | 'name'>,
  each = false,
): VariationName[] =>
  kinds.flatMap((kind): VariationName[] => {
    if (scenario?.spares?.[kind] !== undefined) return []
    const writes = calls.filter((call) => call.writes)
    switch (kind) {
      case 'crash':
        return (each ? crashPoints : distinctCrashPoints)(calls).map((point) => ({ kind, ...point }))
      case 'fault':
        return calls
          .filter((call) => !call.late)
          .flatMap((call) => faultsFor(call).map((fault) => ({ kind, call: call.n, fault })))
      case 'delete':
        return calls.filter((call) => call.writes).map((call) => ({ kind, call: call.n }))
      case 'kill':
        return calls.filter((call) => call.writes).map((call) => ({ kind, call: call.n }))
      case 'watches':
        return calls
          .filter((call) => call.writes)
          .flatMap((call): VariationName[] => [
            { kind, call: call.n, how: 'gap' },
            { kind, call: call.n, how: '410' },
          ])
      case 'stale':
        return [300, 2_000, 10_000, 40_000].map((ms) => ({ kind, ms }))
      case 'late':
        return writes.map((call) => ({ kind, call: call.n, ms: 45_000 }))
      case 'handover':
        return writes.map((call) => ({ kind, call: call.n }))
      case 'clock':
        return writes.flatMap((call) => [-180_000, 180_000].map((ms) => ({ kind, call: call.n, ms })))
      case 'old-crds':
        return [{ kind }]
      case 'pairs':
        if (scenario && !important.includes(scenario.name)) return []
        return writes.flatMap((one, index) =>
          writes.slice(index + 1).flatMap((other) =>
            (['crash', 'lose the answer'] as const).map((first) => ({
              kind,
              calls: [one.n, other.n] as const,
              first,
            })),
          ),
        )
    }
  })

/**
 * A JobManager that dies between the end of its job and our look at it takes along where the last checkpoint is: then nothing runs, it is
 * told, and the user says where to go on (a scenario of its own, in resume-points.ts).
 */
const toldThatNobodyKnows = ({ world, resource }: Stage): boolean =>
  /Job Not Found|Manual restore required/.test(String(resource?.status?.['error'] ?? '')) &&
  world.flink.jobManagers().every((jm) => jm.jobs.every((job) => job.state !== 'RUNNING'))

const breakWatches = (how: 'gap' | '410'): Step => ({
  say:
    how === 'gap' ? 'all watches of the operator break' : 'all watches of the operator are told they are too old (410)',
  do: ({ world }) => world.operators.forEach((one) => one.breakWatches(how)),
})

/** how long the old one acts on, not knowing that it is no longer wanted */
const overlapMs = 12_000

const handOver: Step = {
  say: 'a second operator begins while the first still acts',
  do({ world }) {
    world.startOperator()
    world.scheduler.after(overlapMs, () => world.retireOperator())
  },
}

const clockJump = (ms: number): Step => ({
  say: `the operator’s clock jumps by ${ms / 1_000} s`,
  do: ({ world }) => void (world.clockOffsetMs += ms),
})

export const optionsOf = (variation: VariationName): RunOptions => {
  switch (variation.kind) {
    case 'undisturbed':
      return {}
    case 'crash':
      return { faults: crashAt(variation.call, variation.when) }
    case 'fault':
      return { faults: faultAt(variation.call, variation.fault) }
    case 'delete':
      return {
        disturb: {
          afterCall: variation.call,
          step: removeEverything(),
          instead: { rest: [gone()], ends: everythingGone },
        },
      }
    case 'kill':
      return { disturb: { afterCall: variation.call, step: killJobManagerProcess(), orEnds: toldThatNobodyKnows } }
    case 'watches':
      return { disturb: { afterCall: variation.call, step: breakWatches(variation.how) } }
    case 'stale':
      return { watchLagMs: variation.ms, overviewAgeMs: Math.min(variation.ms, 3_000) }
    case 'pairs': {
      const [one, other] = variation.calls
      const first: Fault = variation.first === 'crash' ? { do: 'crash', when: 'after' } : { do: 'lose the answer' }
      return {
        faults: (call) => (call.n === one ? first : call.n === other ? { do: 'crash', when: 'after' } : undefined),
      }
    }
    case 'late':
      return { faults: faultAt(variation.call, { do: 'arrive late', ms: variation.ms }) }
    case 'handover':
      return { disturb: { afterCall: variation.call, step: handOver } }
    case 'clock':
      return { disturb: { afterCall: variation.call, step: clockJump(variation.ms) } }
    case 'old-crds':
      return { oldCrds: true }
    case 'random':
      return randomPlan(variation.seed, variation.only)
  }
}

/** A variation as words of the command line. */
export const wordsFor = (variation: VariationName): string => {
  switch (variation.kind) {
    case 'crash':
      return `--crash ${variation.call}${variation.when === 'after' ? ' --after' : ''}`
    case 'random':
      return `--seed ${variation.seed}${variation.only ? ` --only ${variation.only.join(',')}` : ''}`
    default:
      return `--variation '${JSON.stringify(variation)}'`
  }
}
