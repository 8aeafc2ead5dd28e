import { expect, test } from 'vitest'
import { aSpec, edit, look, settled, step, upAndRunning } from './world.ts'

const spec = aSpec({
  flinkConfiguration: {
    ...aSpec().flinkConfiguration,
    'high-availability.type': 'kubernetes',
    'high-availability.storageDir': 'file:///ha',
    'kubernetes.operator.deployment.rollback.enabled': 'true',
    'kubernetes.operator.deployment.readiness.timeout': '12 s',
  },
  job: { ...aSpec().job, upgradeMode: 'stateless' },
})

const noCheckpoints = {
  latest: undefined,
  restored: undefined,
  completed: undefined,
  stateSize: undefined,
  inProgressSince: undefined,
  completedCount: 0,
  counted: true,
  notAddressable: false,
}

/** Upgraded to something whose job failed at once. */
const broken = () => {
  const world = settled(spec)
  edit(world, { image: 'flink:broken' })
  step(world)
  world.cluster = { ...world.cluster, jobManager: undefined, dependents: [], ha: [] }
  for (let pass = 0; pass < 3; pass++) step(world)
  upAndRunning(world, 'FAILED')
  world.flink = {
    ...world.flink,
    checkpoints: { known: true, value: noCheckpoints },
  }
  for (let pass = 0; pass < 2; pass++) step(world)
  return world
}

test('a job that failed for good is looked at again when its time to get ready is over, not at the next regular look', () => {
  const world = broken()
  const decision = look(world)
  expect(decision.rule).toBe('settle')
  expect(decision.lookAgainMs).toBeLessThan(12_000)
  world.now += decision.lookAgainMs
  expect(look(world).rule).toBe('rollBack')
})

test('nothing is hurried where rollback is off', () => {
  const world = broken()
  const off = { ...spec.flinkConfiguration, 'kubernetes.operator.deployment.rollback.enabled': 'false' }
  edit(world, { flinkConfiguration: off })
  for (let pass = 0; pass < 3; pass++) step(world)
  expect(look(world)).toMatchObject({ rule: 'settle', lookAgainMs: 60_000 })
})

test('a spec that says what the stable one says is not rolled back to it: the same cluster would only start again', () => {
  const world = settled(aSpec({ ...spec, job: { ...spec.job, upgradeMode: 'savepoint' } }))
  const text = world.resource.status?.reconciliationStatus?.lastStableSpec ?? ''
  // Restored since, so that another mode is recorded, and not ready yet.
  const stable = text.replace('"upgradeMode":"stateless"', '"upgradeMode":"savepoint"')
  expect(stable).not.toBe(text)
  const { status } = world.resource
  world.resource = {
    ...world.resource,
    status: {
      ...status,
      jobStatus: { ...status?.jobStatus, state: 'CREATED' },
      reconciliationStatus: { ...status?.reconciliationStatus, lastStableSpec: stable },
    } as never,
  }
  upAndRunning(world, 'CREATED')
  world.now += 60_000
  expect(look(world).rule).not.toBe('rollBack')
})
