/**
 * Crash points that leave the same world behind. An operator that dies keeps nothing, so what follows depends only on the world (what
 * is stored, what Flink and the machines are about to do, which writes have left) and on when the next life begins. Where nothing
 * of the world moved between two points that are hardly apart, one of them stands for both: the lives that follow begin from the same
 * stored state, a few milliseconds apart. So a pass that asks three questions and then writes has one point before its write, not four.
 */
import type { Call } from './faults.ts'

/** A moment of a run: how often the world had moved by then without the operator's own looking, and when it was. */
export interface Moment {
  /** grows with every event outside the operator, every deed of a user, every write that left; NaN: not comparable */
  world: number
  at: number
}

export interface CrashPoint {
  call: number
  when: 'before' | 'after'
}

/** points further apart than this are played both: the next life would meet other timers */
const apartMs = 20

/** All single crash points of a run; a read leaves nothing behind, so that dying before or after it is the same. */
export const crashPoints = (calls: readonly Call[]): CrashPoint[] =>
  calls.flatMap(({ n, writes, late }): CrashPoint[] =>
    // Faults have stopped by then: the crash would not come.
    late ? [] : [{ call: n, when: 'before' }, ...(writes ? [{ call: n, when: 'after' } as const] : [])],
  )

/** Those among them of which no later one stands for the same world. */
export const distinctCrashPoints = (calls: readonly Call[]): CrashPoint[] => {
  const byNumber = new Map(calls.map((call) => [call.n, call]))
  const momentOf = ({ call, when }: CrashPoint): Moment =>
    (when === 'before' ? byNumber.get(call)?.made : byNumber.get(call)?.done) ?? { world: Number.NaN, at: 0 }
  const points = crashPoints(calls).map((point) => ({ point, moment: momentOf(point) }))
  const inOrder = points.toSorted((a, b) => a.moment.at - b.moment.at)
  const spoken = new Set<CrashPoint>()
  let first: Moment | undefined
  for (const [index, { point, moment }] of inOrder.entries()) {
    if (first?.world !== moment.world || moment.at - first.at > apartMs) first = moment
    const next = inOrder[index + 1]?.moment
    if (next && next.world === moment.world && next.at - first.at <= apartMs) spoken.add(point)
  }
  return points.map(({ point }) => point).filter((point) => !spoken.has(point))
}
