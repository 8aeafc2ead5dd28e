/** Every single crash point of a scenario: before and after each port call of its undisturbed run. */
import { crashAt, faultAt, faultsFor, wordsOf, type Call, type Fault } from './faults.ts'
import { run, type RunOptions, type RunResult } from './run.ts'
import { remove, gone, isGone, type Scenario } from './scenario.ts'

/** One variation of a scenario, and how to say it on the command line. */
export interface Variation {
  name: string
  options: RunOptions
}

export const crashPoints = (calls: readonly Call[]): Variation[] =>
  calls.flatMap((call) => {
    const before = { name: `--crash ${call.n}`, options: { faults: crashAt(call.n, 'before') } }
    // A read leaves nothing behind: dying before or after it is the same.
    if (!call.writes) return [before]
    return [before, { name: `--crash ${call.n} --after`, options: { faults: crashAt(call.n, 'after') } }]
  })

export const singleFaults = (calls: readonly Call[]): Variation[] =>
  calls.flatMap((call) =>
    faultsFor(call).map((fault: Fault) => ({
      name: `call ${call.n} ${wordsOf(fault)}`,
      options: { faults: faultAt(call.n, fault) },
    })),
  )

/** The user deletes the resource right after each call that changed something. */
export const deletions = (calls: readonly Call[]): Variation[] =>
  calls
    .filter((call) => call.writes)
    .map((call) => ({
      name: `deleted after call ${call.n}`,
      options: { disturb: { afterCall: call.n, step: remove(), instead: { rest: [gone()], ends: isGone } } },
    }))

export interface Found {
  scenario: Scenario
  variation: Variation
  result: RunResult
}

export const sweep = async (
  scenario: Scenario,
  kinds: readonly ((calls: readonly Call[]) => Variation[])[],
  seen: (result: RunResult) => void,
  o: { stopAfter?: number } = {},
): Promise<Found[]> => {
  const plain = await run(scenario)
  seen(plain)
  if (plain.violations.length > 0) return [{ scenario, variation: { name: 'undisturbed', options: {} }, result: plain }]
  const found: Found[] = []
  for (const variation of kinds.flatMap((kind) => kind(plain.calls))) {
    const result = await run(scenario, variation.options)
    seen(result)
    if (result.violations.length > 0) found.push({ scenario, variation, result })
    if (o.stopAfter !== undefined && found.length >= o.stopAfter) break
  }
  return found
}
