import { describe, expect, test } from 'vitest'
import { aSpec, edit, look, settled, step, type World } from '../deployment/world.ts'

const conf = (overrides?: string, over: Record<string, string> = {}) => ({
  ...aSpec().flinkConfiguration,
  'jobmanager.scheduler': 'adaptive',
  ...(overrides ? { 'pipeline.jobvertex-parallelism-overrides': overrides } : {}),
  ...over,
})
const has = (world: World, requirements: Record<string, { lower: number; upper: number }>) => {
  world.flink = { ...world.flink, requirements: { known: true, value: requirements } }
}

describe('in place, by requirements', () => {
  const changed = (over: Record<string, string> = {}) => {
    const world = settled(aSpec({ flinkConfiguration: conf('a:2,b:2', over) }))
    edit(world, { flinkConfiguration: conf('a:4,b:1', over) })
    has(world, { a: { lower: 1, upper: 2 }, b: { lower: 2, upper: 2 }, c: { lower: 1, upper: 3 } })
    return world
  }
  test('asks for the wanted upper bounds, and never for a lower bound above them', () => {
    const decision = step(changed())
    expect(decision).toMatchObject({ rule: 'rescale' })
    expect(decision.actions).toEqual([
      expect.objectContaining({
        do: 'rescale',
        requirements: { a: { lower: 1, upper: 4 }, b: { lower: 1, upper: 1 }, c: { lower: 1, upper: 3 } },
      }),
    ])
    expect(decision.events.map((note) => note.reason)).toEqual(['SpecChanged', 'Scaling'])
    expect(decision.status?.observedGeneration).toBe(1)
  })
  test('is written down only when Flink has them, without another order', () => {
    const world = changed()
    step(world)
    has(world, { a: { lower: 1, upper: 4 }, b: { lower: 1, upper: 1 } })
    const decision = step(world)
    expect(decision).toMatchObject({ rule: 'rescale', actions: [], events: [] })
    expect(decision.status).toMatchObject({ observedGeneration: 2, reconciliationStatus: { state: 'DEPLOYED' } })
    expect(step(world)).toMatchObject({ rule: 'settle', status: { lifecycleState: 'STABLE' } })
  })
  test.each([
    ['the last attempt failed', (world: World) => void (world.lastFailure = 'HTTP 409')],
    [
      'Flink does not tell its requirements',
      (world: World) => void (world.flink = { ...world.flink, requirements: { known: false, why: 'HTTP 500' } }),
    ],
  ])('is an upgrade when %s', (_, happen) => {
    const world = changed()
    happen(world)
    expect(look(world).rule).toBe('upgrade')
  })
  test.each([
    ['the scheduler is the default one', { 'jobmanager.scheduler': 'default' }],
    ['it is switched off', { 'kubernetes.operator.job.upgrade.inplace-scaling.enabled': 'false' }],
  ])('is an upgrade when %s', (_, over) => expect(look(changed(over)).rule).toBe('upgrade'))
  test('is an upgrade when a vertex has lost its override', () => {
    const world = changed()
    edit(world, { flinkConfiguration: conf('a:4') })
    expect(look(world).rule).toBe('upgrade')
  })
  test('is an upgrade when something else changed, too', () => {
    const world = changed()
    edit(world, { image: 'flink:1.20.5' })
    expect(look(world).rule).toBe('upgrade')
  })
  test('never touches a job that is being stopped (W-24)', () => {
    const world = changed()
    edit(world, { image: 'flink:1.20.5' })
    step(world)
    edit(world, { image: 'flink:1.20' })
    expect(look(world).rule).toBe('continueOperation')
  })
})

describe('standalone', () => {
  const standalone = (
    over: Record<string, unknown> = {},
    conf: Record<string, string> = { 'scheduler-mode': 'reactive' },
  ) => {
    const world = settled(
      aSpec({ mode: 'standalone', flinkConfiguration: { ...aSpec().flinkConfiguration, ...conf }, ...over }),
    )
    world.cluster = { ...world.cluster, taskManager: { uid: 'tm', deleting: false, replicas: 2 } }
    step(world)
    step(world)
    return world
  }
  const wider = { ...aSpec().job, parallelism: 5 }
  test('a reactive job follows its TaskManagers', () => {
    const world = standalone()
    edit(world, { job: wider })
    const decision = step(world)
    expect(decision.actions).toEqual([expect.objectContaining({ do: 'scale', replicas: 5 })])
    expect(decision.events.map((note) => note.reason)).toEqual(['SpecChanged'])
    world.cluster = { ...world.cluster, taskManager: { uid: 'tm', deleting: false, replicas: 5 } }
    expect(step(world)).toMatchObject({
      rule: 'rescale',
      actions: [],
      status: { observedGeneration: 2, taskManager: { replicas: 5 } },
    })
  })
  test('any other job is upgraded', () => {
    const world = standalone({}, {})
    edit(world, { job: wider })
    expect(look(world).rule).toBe('upgrade')
  })
})
