/** The pair assertion: each thing that must never happen is recognised, and nothing that the rules really decide is held back. */
import { describe, expect, test } from 'vitest'
import {
  deploymentSafety,
  guardedBy,
  heldRule,
  sessionJobSafety,
  type Action,
  type DeploymentDecision,
} from '../src/index.ts'
import { aSpec, edit, look, nothing, observedIn, settled, step, type World } from './deployment/world.ts'
import * as session from './session-job/world.ts'

const judged = (world: World, change: (decision: DeploymentDecision) => Partial<DeploymentDecision>) => {
  const decision = look(world)
  const told = deploymentSafety(world.resource, observedIn(world), { ...decision, ...change(decision) })
  return told.map((one) => one.rule)
}
const withStatus = (decision: DeploymentDecision, over: Record<string, unknown>) =>
  ({ ...decision.status, ...over }) as NonNullable<DeploymentDecision['status']>
const upgrading = () => {
  const world = settled()
  edit(world, { image: 'flink:1.20.5' })
  return world
}
const removing = () => {
  const world = upgrading()
  step(world)
  world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
  return world
}

describe('of a deployment', () => {
  test('what the rules decide is let through', () => {
    expect(judged(upgrading(), () => ({}))).toEqual([])
    expect(judged(removing(), () => ({}))).toEqual([])
  })
  test('a savepoint that is asked for under another id than the recorded one', () => {
    const other = (actions: readonly Action[]) => actions.map((action) => ({ ...action, trigger: 'f'.repeat(32) }))
    expect(judged(upgrading(), ({ actions }) => ({ actions: other(actions) as Action[] }))).toEqual(['intent first'])
  })
  test('a cluster that is removed while nothing says so', () => {
    expect(
      judged(removing(), (decision) => ({
        status: withStatus(decision, {
          reconciliationStatus: { ...decision.status?.reconciliationStatus, state: 'DEPLOYED' },
          jobStatus: { ...decision.status?.jobStatus, state: 'RUNNING' },
        }),
      })),
    ).toContain('intent first')
  })
  test('a deletion without uid', () =>
    expect(
      judged(removing(), ({ actions }) => ({ actions: actions.map((action) => ({ ...action, uid: '' })) as Action[] })),
    ).toContain('uid'))
  test('a recorded state that is forgotten', () => {
    const world = removing()
    step(world)
    world.cluster = nothing
    world.flink = {}
    expect(
      judged(world, (decision) => ({
        status: withStatus(decision, { jobStatus: { ...decision.status?.jobStatus, upgradeSavepointPath: null } }),
      })),
    ).toEqual(['no older state'])
  })
  test('a second JobManager beside pods of the first', () => {
    const world = removing()
    step(world)
    world.cluster = nothing
    world.flink = {}
    const decision = look(world)
    const pod = { name: 'p', uid: 'p', component: 'jobmanager', deleting: true, ready: true }
    world.cluster = { ...nothing, pods: [{ ...pod, waiting: undefined, mountFailure: undefined }] }
    const told = deploymentSafety(world.resource, observedIn(world), decision)
    expect(told.map((one) => one.rule)).toEqual(['one identity'])
  })
  test('HA metadata that goes although it is what the next start needs', () => {
    const world = settled(
      aSpec({
        flinkConfiguration: {
          ...aSpec().flinkConfiguration,
          'high-availability.type': 'kubernetes',
          'high-availability.storageDir': 'file:///ha',
        },
        job: { ...aSpec().job, upgradeMode: 'last-state' },
      }),
    )
    const name = `orders-${world.resource.status?.jobStatus?.jobId}-config-map`
    const map = { name, uid: 'ha-1', resourceVersion: '7', keys: ['checkpointID-01'], deleting: false }
    world.cluster = { ...world.cluster, ha: [map] }
    edit(world, { image: 'flink:1.20.5' })
    step(world)
    world.cluster = { ...nothing, ha: [map] }
    world.flink = {}
    const type = { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true }
    const gone: Action = { do: 'delete', ref: { type, namespace: 'shop', name }, uid: 'ha-1' }
    expect(judged(world, () => ({ actions: [gone] }))).toEqual(['resume point first'])
  })
})

describe('of a session job', () => {
  test('a second job beside the first, and one from elsewhere than recorded', () => {
    const world = session.settled()
    session.edit(world, { parallelism: 3 })
    session.step(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    session.step(world)
    const { jobs } = world.flink
    world.flink = { ...world.flink, jobs: { known: true, value: [] } }
    const decision = session.look(world)
    expect(sessionJobSafety(world.resource, session.observedIn(world), decision)).toEqual([])
    world.flink = { ...world.flink, ...(jobs ? { jobs } : {}) }
    expect(sessionJobSafety(world.resource, session.observedIn(world), decision)[0]?.rule).toBe('one identity')
    const [run] = decision.actions
    if (run?.do !== 'run-jar') throw new Error('no job is submitted')
    const { savepointPath: _, ...empty } = run.run
    world.flink = { jobs: { known: true, value: [] } }
    const told = sessionJobSafety(world.resource, session.observedIn(world), {
      ...decision,
      actions: [{ ...run, run: empty }],
    })
    expect(told.map((one) => one.rule)).toEqual(['no older state'])
  })
})

test('what breaks a rule is held, and told by an event', () => {
  const world = removing()
  const decision = look(world)
  const unsafe = { ...decision, actions: decision.actions.map((action) => ({ ...action, uid: '' })) as Action[] }
  const held = guardedBy(deploymentSafety)(world.resource, observedIn(world), unsafe)
  expect(held).toMatchObject({ rule: heldRule, actions: [], status: undefined, finalizer: 'none' })
  expect(held.events).toMatchObject([{ type: 'Warning', reason: 'SafetyHold' }])
})
