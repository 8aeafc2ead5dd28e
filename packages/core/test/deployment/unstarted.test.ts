/** A JobManager that never started is removed without asking its job; what if it starts just then? */
import { expect, test } from 'vitest'
import { aSpec, edit, look, nothing, observedIn, settled, step, upAndRunning, type World } from './world.ts'
import { deploymentSafety } from '../../src/index.ts'

/** Edited while its first JobManager has not become available yet. */
const unstarted = (): World => {
  const world = settled(aSpec())
  world.resource = {
    ...world.resource,
    status: { ...world.resource.status, jobManagerDeploymentStatus: 'DEPLOYING' },
  }
  world.flink = {}
  world.cluster = {
    ...world.cluster,
    jobManager: { ...world.cluster.jobManager!, resourceVersion: '7', availableReplicas: 0, neverAvailable: true },
  }
  edit(world, { image: 'flink:1.20.1' })
  return world
}
const started = (world: World): void => {
  world.cluster = {
    ...world.cluster,
    jobManager: { ...world.cluster.jobManager!, resourceVersion: '9', availableReplicas: 1, neverAvailable: false },
  }
}
const deletion = (decision: ReturnType<typeof look>) =>
  decision.actions.find((action) => action.do === 'delete' && action.ref.type.kind === 'Deployment')

test('it goes only as it was judged, and the old spec stays recorded until it is gone', () => {
  const world = unstarted()
  const first = step(world)
  expect(deletion(first)).toMatchObject({ resourceVersion: '7' })
  expect(first.status?.reconciliationStatus?.lastReconciledSpec).toContain('"state":"running"')
  expect(first.status?.reconciliationStatus?.lastReconciledSpec).toContain('flink:1.20"')
  const again = step(world)
  expect(deletion(again)).toMatchObject({ resourceVersion: '7' })
  world.cluster = nothing
  const next = step(world)
  expect(next.actions[0]?.do).toBe('create')
  expect(next.status?.reconciliationStatus?.lastReconciledSpec).toContain('flink:1.20.1')
})

test('should it start after all, its job is stopped as the upgrade mode asks', () => {
  const world = unstarted()
  step(world)
  started(world)
  const decision = step(world)
  expect(decision.actions).toEqual([])
  expect(decision.status?.reconciliationStatus?.state).toBe('DEPLOYED')
  expect(decision.status?.reconciliationStatus?.lastReconciledSpec).toContain('flink:1.20"')
  upAndRunning(world)
  step(world)
  expect(world.resource.status?.jobStatus?.savepointInfo?.triggerType).toBe('UPGRADE')
})

test('a look that failed says neither that it has started nor that it has not', () => {
  const world = unstarted()
  step(world)
  const { jobManager } = world.cluster
  world.cluster = { ...world.cluster, jobManager: { ...jobManager!, neverAvailable: false, unsure: true } }
  const decision = step(world)
  expect(decision.actions).toEqual([])
  expect(decision.status?.reconciliationStatus?.state).toBe('UPGRADING')
  world.cluster = { ...world.cluster, jobManager }
  expect(deletion(step(world))).toMatchObject({ resourceVersion: '7' })
})

test('a redeploy by nonce in the middle of it starts from the path it names', () => {
  const world = unstarted()
  step(world)
  edit(world, { job: { ...aSpec().job, savepointRedeployNonce: 1, initialSavepointPath: '/sp/1' } })
  started(world)
  const decision = step(world)
  expect(deletion(decision)).toBeDefined()
  expect(decision.status?.jobStatus?.upgradeSavepointPath).toBe('/sp/1')
  expect(deploymentSafety(world.resource, observedIn(world), decision)).toEqual([])
})

test('deleted in the middle of it, it goes like any other', () => {
  const world = unstarted()
  step(world)
  world.resource = {
    ...world.resource,
    metadata: { ...world.resource.metadata, deletionTimestamp: new Date(world.now).toISOString() },
  }
  expect(look(world).rule).toBe('teardown')
  world.cluster = nothing
  expect(look(world).finalizer).toBe('release')
})

test('a deletion that does not name the version it judged is held back', () => {
  const world = unstarted()
  const decision = look(world)
  const careless = decision.actions.map((action) => {
    const { resourceVersion: _, ...rest } = action as typeof action & { resourceVersion?: string }
    return rest as typeof action
  })
  expect(deploymentSafety(world.resource, observedIn(world), decision)).toEqual([])
  expect(deploymentSafety(world.resource, observedIn(world), { ...decision, actions: careless })[0]?.rule).toBe(
    'resume point first',
  )
})
