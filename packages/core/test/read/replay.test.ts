/** Passes of the production operator, written down and decided again: the same, without their secrets. */
import { describe, expect, test } from 'vitest'
import {
  cycleOf,
  decideSessionJob,
  decideSnapshot,
  noOperatorConfig,
  replayCycle,
  unreadableCycle,
  type Cycle,
} from '../../src/index.ts'
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

test('a pass of a session job, and one of a snapshot', () => {
  const operator = { config: noOperatorConfig, side: {}, snapshotResources: true }
  const metadata = {
    name: 'clicks',
    namespace: 'shop',
    uid: 'u1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  }
  const cluster = {
    metadata: { name: 'c', namespace: 'shop' },
    spec: { flinkVersion: 'v1_20', flinkConfiguration: { 's3.secret-key': 'correct-horse' } },
    status: { jobManagerDeploymentStatus: 'READY' },
  }
  const job = {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkSessionJob',
    metadata,
    spec: {
      deploymentName: 'c',
      job: { jarURI: 'https://me:correct-horse@host.example/a.jar', args: ['--password', 'correct-horse'] },
    },
  }
  const snapshot = {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata,
    spec: { jobReference: { kind: 'FlinkSessionJob', name: 'clicks' }, savepoint: {} },
  }
  const now = Date.UTC(2026, 0, 1)
  const passes = [
    {
      kind: 'FlinkSessionJob',
      before: job,
      observed: { now, operator, cluster, flink: { jobs: { known: true, value: [] } }, lastFailure: undefined },
      decide: decideSessionJob,
    },
    {
      kind: 'FlinkSessionJob',
      before: job,
      observed: { now, operator, cluster: undefined, flink: {}, lastFailure: undefined },
      decide: decideSessionJob,
    },
    {
      kind: 'FlinkStateSnapshot',
      before: snapshot,
      observed: { now, operator, target: undefined, flink: {}, lastFailure: undefined },
      decide: decideSnapshot,
    },
    {
      kind: 'FlinkStateSnapshot',
      before: snapshot,
      observed: {
        now,
        operator,
        target: { kind: 'FlinkSessionJob', resource: job, cluster },
        flink: {},
        lastFailure: 'no',
      },
      decide: decideSnapshot,
    },
  ]
  for (const { kind, before, observed, decide } of passes) {
    const decision = (decide as (...words: unknown[]) => unknown)(before, observed)
    const pass = {
      key: 'shop/clicks',
      before,
      resource: before,
      observed,
      decision,
      recorded: true,
      outcome: { ok: true },
    }
    const text = JSON.stringify(cycleOf(kind, pass as never))
    expect(text).not.toContain('correct-horse')
    expect(replayCycle(JSON.parse(text) as Cycle).differences).toEqual([])
  }
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
