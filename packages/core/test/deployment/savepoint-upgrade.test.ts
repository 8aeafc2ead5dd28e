/** The savepoint of an upgrade: where the running cluster writes it, and what is said when it fails. */
import { describe, expect, test } from 'vitest'
import { questionsFor } from '../../src/index.ts'
import { aSpec, edit, look, observedIn, settled, step, upAndRunning, type World } from './world.ts'

const savingTo = (directory: string | null, more: Record<string, unknown> = {}) => ({
  flinkConfiguration: {
    'execution.checkpointing.dir': 'file:///cp',
    ...(directory === null ? {} : { 'execution.checkpointing.savepoint-dir': directory }),
  },
  ...more,
})
const mounted = (mountPath: string) => ({
  podTemplate: {
    spec: {
      containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'data', mountPath }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  },
})

const asked = (decision: ReturnType<typeof look>) =>
  decision.actions.find((action) => action.do === 'stop-with-savepoint') as { directory?: string } | undefined

/** Edited, and the savepoint that was asked for fails. */
const failing = (from: string | null, change: Record<string, unknown>, pods = {}): World => {
  const world = settled(aSpec(savingTo(from, pods)))
  edit(world, change)
  expect(asked(step(world))).toBeDefined()
  world.flink = { ...world.flink, trigger: { known: true, value: { state: 'failed', why: 'no room', trace: '' } } }
  expect(step(world).events).toMatchObject([{ reason: 'SavepointError', message: 'Savepoint failed: no room' }])
  const { trigger: _, ...rest } = world.flink
  world.flink = rest
  return world
}

describe('where it goes', () => {
  test.each([
    ['as before', 'file:///old', 'file:///old'],
    ['elsewhere: the running cluster may not be able to write there', 's3://new/sp', 'file:///old'],
    ['also within one file system, which may be mounted only later', 'file:///new', 'file:///old'],
  ])('%s', (_, wanted, expected) => {
    const world = settled(aSpec(savingTo('file:///old')))
    edit(world, savingTo(wanted, { restartNonce: 1 }))
    expect(asked(look(world))?.directory).toBe(expected)
  })

  test('to the first directory there is', () => {
    const world = settled(aSpec(savingTo(null, { job: { ...aSpec().job, upgradeMode: 'stateless' } })))
    edit(world, savingTo('file:///new', { job: aSpec().job }))
    expect(asked(look(world))?.directory).toBe('file:///new')
  })

  test.each([
    ['the corrected directory, once the old one has failed', mounted('/new'), mounted('/new'), 'file:///new/sp'],
    ['not into a volume that only the next cluster has', {}, mounted('/new'), 'file:///old'],
    ['nor into a container that goes', mounted('/old'), mounted('/old'), 'file:///old'],
  ])('%s', (_, before, after, expected) => {
    const world = failing('file:///old', savingTo('file:///new/sp', { restartNonce: 1, ...after }), before)
    world.now += 61_000
    expect(asked(look(world))?.directory).toBe(expected)
  })

  test('nor into a file system that the running cluster may not know', () => {
    const world = failing('file:///old', savingTo('s3://new/sp'))
    world.now += 61_000
    expect(asked(look(world))?.directory).toBe('file:///old')
  })
})

test('nothing is stopped for a savepoint on a volume that the new pods do not have', () => {
  const world = settled(aSpec(savingTo('file:///data/sp', mounted('/data'))))
  edit(world, { ...savingTo('s3://lake/sp'), podTemplate: undefined })
  const { status, events, actions } = step(world)
  expect(actions).toEqual([])
  expect(status?.error).toContain('on a volume that the pods of the new spec do not mount')
  expect(events).toContainEqual(expect.objectContaining({ reason: 'UpgradeFailed' }))
  expect(step(world).events).toEqual([])
  edit(world, { ...savingTo('s3://lake/sp'), ...mounted('/data') })
  expect(asked(step(world))?.directory).toBe('file:///data/sp')
})

describe('when it fails', () => {
  test('the reason stands in the status until the next attempt, and goes with the wish', () => {
    const world = failing('file:///old', { restartNonce: 1 })
    for (let pass = 0; pass < 3; pass++) {
      const { status, rule } = step(world)
      expect(rule).toBe('upgrade')
      expect(status?.error).toContain('Savepoint failed: no room')
      expect(status?.jobStatus?.state).toBe('RUNNING')
    }
    edit(world, { restartNonce: undefined })
    expect(step(world).status?.error).toBeUndefined()
  })
})

test('a new cluster is asked again which Flink it is', () => {
  const world = settled()
  world.flink = { ...world.flink, config: { known: true, value: { flinkVersion: '1.18.1', flinkRevision: 'r' } } }
  expect(step(world).status?.clusterInfo).toMatchObject({ 'flink-version': '1.18.1' })
  edit(world, { job: { ...aSpec().job, upgradeMode: 'stateless' }, restartNonce: 1 })
  step(world)
  world.cluster = { ...world.cluster, jobManager: undefined, dependents: [] }
  world.flink = {}
  expect(step(world).status?.clusterInfo).not.toHaveProperty('flink-version')
  upAndRunning(world)
  step(world)
  upAndRunning(world)
  expect(questionsFor(world.resource, observedIn(world))).toContain('config')
})
