/** Makes a failing seed small: leaves out faults, half by half and then one by one, as long as the same check still fails. */
import { run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { optionsOf, type VariationName } from './variations.ts'

/** more would rarely make a story shorter */
const triesMax = 60

export const shrink = async (
  scenario: Scenario,
  seed: number,
  check: string,
): Promise<Extract<VariationName, { kind: 'random' }>> => {
  let tries = 0
  const fails = async (only: readonly number[]): Promise<boolean> => {
    if (++tries > triesMax) return false
    const { violations } = await run(scenario, optionsOf({ kind: 'random', seed, only }))
    return violations.some((violation) => violation.check === check)
  }
  let kept: readonly number[] = Array.from({ length: 25 }, (_, index) => index)
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < kept.length;) {
      const without = kept.filter((_, index) => index < at || index >= at + size)
      if (await fails(without)) kept = without
      else at += size
    }
  return { kind: 'random', seed, only: kept }
}
