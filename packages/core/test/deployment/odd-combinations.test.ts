/** Specs and statuses that are legal and rare: two things change at once, or something happens in the middle of something else. */
import { describe, expect, test } from 'vitest'
import { deploymentSafety } from '../../src/index.ts'
import { aSpec, edit, look, nothing, observedIn, settled, step, type World } from './world.ts'

const ha = {
  ...aSpec().flinkConfiguration,
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': 'file:///ha',
} as Record<string, string>
const lastState = (over: Record<string, unknown> = {}) =>
  aSpec({ flinkConfiguration: ha, job: { ...aSpec().job, upgradeMode: 'last-state' }, ...over })
const withMetadata = (world: World): World => {
  const id = world.resource.status?.jobStatus?.jobId ?? ''
  const map = { uid: 'ha', resourceVersion: '1', deleting: false }
  world.cluster = {
    ...world.cluster,
    ha: [
      { ...map, name: 'orders-cluster-config-map', keys: [] },
      { ...map, name: `orders-${id}-config-map`, keys: ['checkpointID-0000000000000000001'] },
    ],
  }
  return world
}
const lost = (world: World): void => {
  world.cluster = { ...nothing, ha: world.cluster.ha }
  world.flink = {}
}
const status = (world: World, over: object): void => {
  world.resource = { ...world.resource, status: { ...world.resource.status, ...over } }
}
const recordedIn = (world: World) =>
  JSON.parse(world.resource.status?.reconciliationStatus?.lastReconciledSpec ?? '{}').spec as Record<string, any>

describe('the cluster is lost', () => {
  test('while a new Flink version waits: it comes back as it was, for HA metadata is never used across versions', () => {
    const world = withMetadata(settled(lastState()))
    lost(world)
    edit(world, { flinkVersion: 'v2_0', image: 'flink:2.0' })
    const before = world.resource
    const decision = step(world)
    expect(decision.rule).toBe('recoverCluster')
    expect(deploymentSafety(before, observedIn(world), decision)).toEqual([])
    expect(recordedIn(world)['job'].upgradeMode).toBe('last-state')
    expect(decision.status?.jobStatus?.jobId).toBe(before.status?.jobStatus?.jobId)
    expect(JSON.stringify(decision.actions)).not.toContain('flink:2.0')
    expect(recordedIn(world)['flinkVersion']).toBe('v1_20')
    expect(world.resource.status?.observedGeneration).toBe(1)
    const again = step(world)
    expect(JSON.stringify(again.actions)).not.toContain('flink:2.0')
  })
})

describe('high availability is switched off', () => {
  const off = { ...ha, 'high-availability.type': 'NONE' }
  test('on a running job: it is cancelled, for its successor could not read the metadata', () => {
    const world = withMetadata(settled(lastState()))
    edit(world, { flinkConfiguration: off })
    world.flink = {
      ...world.flink,
      checkpoints: {
        known: true,
        value: {
          latest: { id: 1, path: '/cp/1', at: 1, savepoint: false },
          restored: undefined,
          completed: { id: 1, path: '/cp/1', at: 1, savepoint: false },
          stateSize: undefined,
          inProgressSince: undefined,
          completedCount: 1,
          counted: true,
          notAddressable: false,
        },
      },
    }
    expect(look(world).actions.map((action) => action.do)).toEqual(['cancel'])
  })
  test('while its state lies in HA metadata: the resume is refused, with the way out, and nothing is removed', () => {
    const world = withMetadata(settled(lastState()))
    edit(world, { job: { ...lastState().job, state: 'suspended' } })
    step(world)
    lost(world)
    for (let pass = 0; pass < 3; pass++) step(world)
    expect(world.resource.status?.lifecycleState).toBe('SUSPENDED')
    edit(world, { job: lastState().job, flinkConfiguration: off })
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.error).toContain('high availability is switched off')
    edit(world, { flinkConfiguration: ha })
    expect(step(world).actions.map((action) => action.do)).toContain('create')
  })
})

describe('after a rollback', () => {
  const rolledBack = () => {
    const world = withMetadata(settled(lastState()))
    const { reconciliationStatus } = world.resource.status ?? {}
    const text = reconciliationStatus?.lastReconciledSpec ?? ''
    edit(world, { image: 'flink:broken' })
    status(world, {
      observedGeneration: 2,
      reconciliationStatus: {
        ...reconciliationStatus,
        state: 'ROLLED_BACK',
        lastReconciledSpec: text.replace('flink:1.20"', 'flink:broken"'),
      },
    })
    expect(look(world).rule).toBe('settle')
    return world
  }
  test('a spec that goes back to what runs restarts nothing', () => {
    const world = rolledBack()
    edit(world, { image: 'flink:1.20' })
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.reconciliationStatus?.state).toBe('DEPLOYED')
    expect(recordedIn(world)['image']).toBe('flink:1.20')
    expect(step(world).rule).toBe('settle')
    expect(world.resource.status?.lifecycleState).toBe('STABLE')
  })
  test('a job that fails for good is restarted as what runs, not as the spec that failed', () => {
    const world = rolledBack()
    edit(world, {
      flinkConfiguration: { ...ha, 'kubernetes.operator.job.restart.failed': 'true' },
    })
    status(world, {
      jobStatus: { ...world.resource.status?.jobStatus, state: 'FAILED', upgradeSavepointPath: '/cp/9' },
    })
    world.cluster = { ...world.cluster, jobManager: undefined, dependents: [], ha: [] }
    world.flink = {}
    status(world, { jobManagerDeploymentStatus: 'MISSING' })
    const decision = step(world)
    expect(decision.rule).toBe('restartJob')
    expect(JSON.stringify(decision.actions)).not.toContain('flink:broken')
    expect(JSON.stringify(decision.actions)).toContain('/cp/9')
  })
})

test('a savepoint says when its job ended: from then on its JobManager is kept for a while', () => {
  const world = settled(aSpec())
  edit(world, { job: { ...aSpec().job, state: 'suspended' } })
  step(world)
  world.now += 60_000
  world.flink = {
    jobs: { known: true, value: [] },
    trigger: { known: true, value: { state: 'completed', location: '/sp/1' } },
  }
  const decision = step(world)
  expect(Number(decision.status?.jobStatus?.updateTime)).toBe(world.now - 1_000)
  expect(step(world).rule).toBe('settle')
})
