/** Passes of the production operator, written down and decided again: the same, without their secrets. */
import { describe, expect, test } from 'vitest'
import { cycleOf, replayCycle, unreadableCycle, type Cycle } from '../../src/index.ts'
import { createWorld } from '../../../../sim/world.ts'
import { scenarios } from '../../../../sim/scenarios/index.ts'
import type { Step } from '../../../../sim/scenario.ts'

/** All passes of a scenario as they would lie on a disk. */
const cyclesOf = async (name: string): Promise<Cycle[]> => {
  const story = scenarios.find((one) => one.name === name)
  if (!story) throw new Error(name)
  const world = await createWorld({ ...story.world, seed: 1 })
  const texts: string[] = []
  world.listen({ pass: (kind, pass) => void texts.push(JSON.stringify(cycleOf(kind, pass as never))) })
  world.startOperator()
  const stage = {
    world,
    get resource() {
      return world.deployment()
    },
    get now() {
      return world.scheduler.now()
    },
  }
  for (const step of story.steps) await played(step, stage)
  await world.close()
  return texts.map((text) => JSON.parse(text) as Cycle)
}

const played = async (step: Step, stage: Parameters<NonNullable<Step['do']>>[0]): Promise<void> => {
  await step.do?.(stage)
  const { scheduler } = stage.world
  const until = scheduler.now() + (step.withinMs ?? 900_000)
  while (step.until && !step.until(stage) && scheduler.now() < until) await scheduler.runTo(scheduler.now() + 100)
}

describe('a saved pass is decided as it was', () => {
  test.each([
    'three upgrades',
    'upgrade (last state)',
    'upgrade (last state by cancel)',
    'rollback (last state)',
    'the first savepoint fails',
    'an invalid edit changes nothing',
    'job fails for good and may be restarted (HA)',
    'new parallelism (last state)',
    'upgrade (no state, standalone)',
    'deleted with a final savepoint',
    'session cluster, upgraded',
  ])('%s', async (name) => {
    const cycles = await cyclesOf(name)
    expect(cycles.length).toBeGreaterThan(5)
    for (const cycle of cycles) {
      expect(unreadableCycle(cycle)).toBeUndefined()
      expect(replayCycle(cycle).differences).toEqual([])
    }
  })

  test('and another decision is told with its place', async () => {
    const [cycle] = (await cyclesOf('first deployment')).filter(({ decision }) => decision.actions.length > 0)
    const edited = { ...cycle!, decision: { ...cycle!.decision, rule: 'upgrade' } }
    expect(replayCycle(edited)).toMatchObject({
      same: false,
      differences: [{ path: 'rule', recorded: 'upgrade', decided: 'firstDeploy' }],
    })
  })
})

test.each([
  [{}, 'it is not of kind Cycle'],
  [null, 'it is not of kind Cycle'],
  [{ kind: 'Cycle', version: 2 }, 'it is of version 2, and 1 is known'],
  [{ kind: 'Cycle', version: 1, resource: { kind: 'Pod' } }, 'passes of a Pod cannot be decided again'],
  [
    { kind: 'Cycle', version: 1, resource: { kind: 'FlinkDeployment' } },
    'it lacks the object, the facts or the decision',
  ],
])('%j is no saved pass', (value, why) => expect(unreadableCycle(value)).toBe(why))
