/** Mixed faults from a seed: each call may fail in any way that makes sense there; the operator may die; watches lag. */
import { faultsFor, type Fault } from './faults.ts'
import { between, oneOf, seeded } from './random.ts'
import type { RunOptions } from './run.ts'

/** `only`: of the faults the seed would make, those with these numbers; for shrinking. */
export const randomPlan = (seed: number, only?: readonly number[]): RunOptions => {
  const random = seeded(seed * 7_919 + 13)
  const rate = oneOf(random, [0.02, 0.05, 0.15])
  const crashRate = oneOf(random, [0, 0.01, 0.03])
  const faultsMax = between(random, 1, 25)
  // From a sequence of its own: it came later than the seeds that are kept.
  const overviewAgeMs = oneOf(seeded(seed * 31 + 7), [0, 0, 3_000])
  const lag = oneOf(random, [0, 0, 50, 500, 5_000])
  let made = 0
  const keep = only === undefined ? undefined : new Set(only)
  return {
    seed,
    shuffled: true,
    watchLagMs: lag,
    overviewAgeMs,
    // As upstream does: one look without an answer, and its job is not known to run.
    orEnds: ({ world }) =>
      world.server.store
        .list('flinkstatesnapshots.flink.apache.org')
        .some((snapshot) => (snapshot['status'] as { state?: string } | undefined)?.state === 'ABANDONED'),
    faults(call): Fault | undefined {
      // Every call takes the same numbers out of the seed, so that leaving faults out does not move the others.
      const [a, b, c] = [random(), random(), random()]
      if (made >= faultsMax) return undefined
      let fault: Fault | undefined
      if (a < crashRate) fault = { do: 'crash', when: b < 0.5 ? 'before' : 'after' }
      else if (a < crashRate + rate) {
        const all = faultsFor(call)
        fault = all[Math.floor(c * all.length)]
      }
      if (!fault) return undefined
      const number = made++
      return keep === undefined || keep.has(number) ? fault : undefined
    },
  }
}
