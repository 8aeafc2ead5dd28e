import type { FlinkDeployment, FlinkJobState, FlinkStateSnapshot, TriggerFact } from '@drey/api'
import { describe, expect, test } from 'vitest'
import {
  decideSnapshot,
  noOperatorConfig,
  retryDelayMs,
  snapshotQuestions,
  snapshotRules,
  type SnapshotObserved,
} from '../../src/index.ts'

const jobId = 'a'.repeat(32)
const aJob = (state: FlinkJobState = 'RUNNING', over: object = {}): FlinkDeployment =>
  ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name: 'orders', namespace: 'shop', uid: 'uid-job' },
    spec: { flinkVersion: 'v1_20', flinkConfiguration: { 'state.savepoints.dir': 'file:///sp' }, job: {} },
    status: { jobManagerDeploymentStatus: 'READY', jobStatus: { state, jobId } },
    ...over,
  }) as unknown as FlinkDeployment

interface World {
  snapshot: FlinkStateSnapshot
  job: FlinkDeployment | undefined
  trigger?: TriggerFact
  path?: string | undefined
  lastFailure?: string
  now: number
}

const aWorld = (spec: object = {}, job: FlinkDeployment | undefined = aJob()): World => ({
  snapshot: {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: { name: 'snap', namespace: 'shop', uid: 'uid-snap' },
    spec: { jobReference: { kind: 'FlinkDeployment', name: 'orders' }, savepoint: {}, ...spec },
  } as FlinkStateSnapshot,
  job,
  now: Date.parse('2026-01-01T00:00:00Z'),
})

const observed = (world: World): SnapshotObserved => ({
  now: world.now,
  operator: { config: noOperatorConfig, side: {}, snapshotResources: true },
  target: world.job && { kind: 'FlinkDeployment', resource: world.job },
  flink: {
    ...(world.trigger ? { trigger: { known: true, value: world.trigger } } : {}),
    ...('path' in world ? { checkpointPath: { known: true, value: world.path } } : {}),
  },
  lastFailure: world.lastFailure,
})

const look = (world: World) => decideSnapshot(world.snapshot, observed(world))

/** One pass: status and labels are written back. */
const step = (world: World) => {
  const decision = look(world)
  const labels = decision.actions.flatMap((action) =>
    action.do === 'merge' ? [(action.patch['metadata'] as { labels: Record<string, string> }).labels] : [],
  )
  world.snapshot = {
    ...world.snapshot,
    metadata: {
      ...world.snapshot.metadata,
      labels: Object.assign({}, world.snapshot.metadata.labels, ...labels),
    },
    ...(decision.status ? { status: decision.status } : {}),
  }
  world.now += 1_000
  return decision
}
const begun = (spec: object = {}): World => {
  const world = aWorld(spec)
  step(world)
  return world
}
const removed = (world: World): World => {
  world.snapshot = {
    ...world.snapshot,
    metadata: { ...world.snapshot.metadata, deletionTimestamp: new Date(world.now).toISOString() },
  }
  return world
}
const orders = (decision: ReturnType<typeof look>) =>
  decision.actions.filter((action) => action.do !== 'merge').map((action) => action.do)

test('the order of the rules is part of the behaviour', () => {
  expect(snapshotRules.map((rule) => rule.name)).toEqual(['dispose', 'follow', 'register', 'refuse', 'trigger'])
})

describe('taking a savepoint', () => {
  test('writes the trigger id down together with the order that uses it', () => {
    const decision = look(aWorld())
    expect(decision.status).toMatchObject({ state: 'IN_PROGRESS', triggerTimestamp: '2026-01-01T00:00:00.000Z' })
    expect(decision.actions[0]).toMatchObject({
      do: 'savepoint',
      trigger: decision.status?.triggerId,
      directory: 'file:///sp',
      format: 'CANONICAL',
    })
    expect(decision.finalizer).toBe('hold')
  })
  test('a repeated first pass asks under the same id, so that one savepoint is taken', () => {
    expect(look(aWorld()).status?.triggerId).toBe(look({ ...aWorld(), now: 7 }).status?.triggerId)
  })
  test('asks again under the same id when the JobManager does not know it', () => {
    const world = begun()
    world.trigger = { state: 'unknown' }
    expect(look(world).actions[0]).toMatchObject({ do: 'savepoint', trigger: world.snapshot.status?.triggerId })
  })
  test('writes to the directory of the snapshot rather than that of the job', () => {
    expect(look(aWorld({ savepoint: { path: 'file:///mine', formatType: 'NATIVE' } })).actions[0]).toMatchObject({
      directory: 'file:///mine',
      format: 'NATIVE',
    })
  })
  test('is complete with the path that Flink names', () => {
    const world = begun()
    world.trigger = { state: 'completed', location: 'file:///sp/1' }
    const decision = step(world)
    expect(decision.status).toMatchObject({ state: 'COMPLETED', path: 'file:///sp/1', failures: 0 })
    expect(decision.status?.resultTimestamp).toBeDefined()
    expect(orders(step(world))).toEqual([])
  })
  test('carries upstream labels, also of the state', () => {
    const world = begun()
    expect(world.snapshot.metadata.labels).toEqual({
      'snapshot.type': 'SAVEPOINT',
      'snapshot.trigger-type': 'MANUAL',
      'snapshot.state': 'IN_PROGRESS',
      'job-reference.kind': 'FlinkDeployment',
      'job-reference.name': 'orders',
    })
    world.trigger = { state: 'in-progress' }
    expect(look(world).actions).toEqual([])
  })
  test('asks Flink only while it is under way', () => {
    const world = aWorld()
    expect(snapshotQuestions(world.snapshot, observed(world))).toEqual([])
    step(world)
    expect(snapshotQuestions(world.snapshot, observed(world))).toEqual(['trigger'])
    world.trigger = { state: 'completed', location: 'x' }
    step(world)
    delete world.trigger
    expect(snapshotQuestions(world.snapshot, observed(world))).toEqual([])
  })
  test('needs a directory and says so', () => {
    const job = aJob('RUNNING', { spec: { flinkVersion: 'v1_20', job: {} } })
    const decision = look(aWorld({}, job))
    expect(orders(decision)).toEqual([])
    expect(decision.status?.error).toContain('savepoint directory')
  })
  test('registers one that exists already, even without a job', () => {
    const world = aWorld(
      { jobReference: undefined, savepoint: { alreadyExists: true, path: 'file:///old' } },
      undefined,
    )
    expect(look(world)).toMatchObject({ rule: 'register', status: { state: 'COMPLETED', path: 'file:///old' } })
    expect(orders(look(world))).toEqual([])
  })
})

describe('taking a checkpoint', () => {
  const checkpoint = { savepoint: undefined, checkpoint: {} }
  test('is complete with the path from the statistics', () => {
    const world = begun(checkpoint)
    expect(look(aWorld(checkpoint)).actions[0]).toMatchObject({ do: 'checkpoint', type: 'FULL' })
    world.trigger = { state: 'completed', location: '', checkpointId: 9 }
    expect(snapshotQuestions(world.snapshot, observed(world))).toEqual(['checkpointPath'])
    world.path = 'file:///cp/chk-9'
    expect(step(world).status).toMatchObject({ state: 'COMPLETED', path: 'file:///cp/chk-9' })
  })
  test('is complete with an empty path and a warning when Flink forgot the place', () => {
    const world = begun(checkpoint)
    world.trigger = { state: 'completed', location: '', checkpointId: 9 }
    world.path = undefined
    const decision = step(world)
    expect(decision.status).toMatchObject({ state: 'COMPLETED', path: '' })
    expect(decision.events.map((note) => note.reason)).toEqual(['CheckpointError'])
  })
  test('fails on a Flink that cannot be asked for one', () => {
    const job = aJob('RUNNING', { spec: { flinkVersion: 'v1_16', job: {} } })
    expect(look(aWorld(checkpoint, job)).events.map((note) => note.reason)).toEqual(['CheckpointError'])
  })
})

describe('failing', () => {
  const failing = (spec: object = {}) => {
    const world = begun(spec)
    world.trigger = { state: 'failed', why: 'disk full', trace: '' }
    return world
  }
  test('is tried again later under another id, with the reason in status and event', () => {
    const world = failing()
    const first = world.snapshot.status?.triggerId
    const decision = step(world)
    expect(decision.status).toMatchObject({ state: 'TRIGGER_PENDING', failures: 1 })
    expect(JSON.parse(decision.status?.error ?? '')).toMatchObject({
      type: 'org.apache.flink.kubernetes.operator.exception.ReconciliationException',
      message: 'disk full',
    })
    expect(decision.events).toEqual([expect.objectContaining({ reason: 'SavepointError', component: 'Snapshot' })])
    expect(decision.lookAgainMs).toBe(10_000)
    expect(orders(step(world))).toEqual([])
    world.now += 10_000
    const second = step(world)
    expect(second.status?.triggerId).toMatch(/^[0-9a-f]{32}$/)
    expect(second.status?.triggerId).not.toBe(first)
  })
  test('ends for good when the back-off limit is passed', () => {
    const world = failing({ backoffLimit: 0 })
    expect(step(world).status?.state).toBe('FAILED')
    expect(orders(step(world))).toEqual([])
  })
  test('waits longer each time and never overflows', () => {
    expect([1, 2, 3, 7, 8, 64, 1e9].map(retryDelayMs)).toEqual([
      10_000, 20_000, 40_000, 600_000, 600_000, 600_000, 600_000,
    ])
  })
  test('an order that did not get through is given again under the same id, and is a failure after a while', () => {
    const world = begun()
    world.trigger = { state: 'unknown' }
    world.lastFailure = 'HTTP 503: not now'
    expect(orders(step(world))).toEqual(['savepoint'])
    world.now += 60_000
    expect(step(world).status).toMatchObject({ state: 'TRIGGER_PENDING', failures: 1 })
  })
  test('an answer that never comes is a failure in the end', () => {
    const world = begun()
    world.trigger = { state: 'in-progress' }
    world.now += 3_600_000
    expect(step(world).status?.failures).toBe(1)
  })
})

describe('a job that does not run', () => {
  test('abandons a snapshot that was not asked for yet', () => {
    const decision = look(aWorld({}, aJob('RECONCILING')))
    expect(decision.status?.state).toBe('ABANDONED')
    expect(decision.events.map((note) => note.reason)).toEqual(['SnapshotAbandoned'])
  })
  test('abandons a snapshot under way', () => {
    const world = begun()
    world.job = undefined
    expect(step(world).status).toMatchObject({ state: 'ABANDONED' })
  })
  test('is not one that does not answer for a moment', () => {
    const world = begun()
    world.job = aJob('RECONCILING')
    expect(step(world).status?.state).toBe('IN_PROGRESS')
    world.now += 3_600_000
    expect(step(world).status?.state).toBe('ABANDONED')
  })
  test('keeps one that was complete when the job stopped', () => {
    const world = begun()
    world.job = aJob('FINISHED')
    world.trigger = { state: 'completed', location: 'file:///sp/2' }
    expect(step(world).status).toMatchObject({ state: 'COMPLETED', path: 'file:///sp/2' })
  })
  test('that does not exist yet is a validation error, told once and waited for', () => {
    const world = aWorld()
    world.job = undefined
    expect(step(world).events.map((note) => note.reason)).toEqual(['ValidationError'])
    expect(step(world).events).toEqual([])
    world.job = aJob()
    expect(step(world).status?.state).toBe('IN_PROGRESS')
  })
})

describe('deletion', () => {
  const completed = (spec: object = {}) => {
    const world = begun(spec)
    world.trigger = { state: 'completed', location: 'file:///sp/1' }
    step(world)
    delete world.trigger
    return world
  }
  test('disposes of the savepoint and goes only when that was accepted', () => {
    const decision = look(removed(completed()))
    expect(decision).toMatchObject({ finalizer: 'release', actions: [{ do: 'dispose', path: 'file:///sp/1' }] })
  })
  test.each([
    ['a checkpoint', begun({ savepoint: undefined, checkpoint: {} })],
    ['a savepoint that is to be kept', completed({ savepoint: { disposeOnDelete: false } })],
    ['a snapshot nobody asked for yet', aWorld()],
  ])('releases %s at once', (_, world) => {
    expect(look(removed(world))).toMatchObject({ finalizer: 'release', actions: [] })
  })
  test('names what is left behind when the job is gone', () => {
    const world = removed(completed())
    world.job = undefined
    const decision = look(world)
    expect(decision.finalizer).toBe('release')
    expect(decision.events[0]).toMatchObject({ reason: 'CleanupFailed', component: 'Snapshot' })
    expect(decision.events[0]?.message).toContain('file:///sp/1')
  })
  test('never disposes of what a stopped job resumes from', () => {
    const world = removed(completed())
    world.job = aJob('FINISHED', {
      status: {
        jobManagerDeploymentStatus: 'READY',
        jobStatus: { state: 'FINISHED', jobId, upgradeSavepointPath: 'file:///sp/1' },
      },
    })
    expect(look(world)).toMatchObject({ finalizer: 'release', actions: [] })
    expect(look(world).events[0]?.message).toContain('resumes from it')
  })
  test('waits for a JobManager that does not answer, but not for ever', () => {
    const world = removed(completed())
    world.job = aJob('RECONCILING', {
      status: { jobManagerDeploymentStatus: 'DEPLOYING', jobStatus: { state: 'RECONCILING', jobId } },
    })
    expect(look(world).finalizer).toBe('hold')
    world.now += 3_600_000
    expect(look(world).finalizer).toBe('release')
    expect(look(world).events[0]?.message).toContain('file:///sp/1')
  })
  test('while it is under way waits for its end and then disposes of it', () => {
    const world = removed(begun())
    world.trigger = { state: 'in-progress' }
    expect(step(world).finalizer).toBe('hold')
    world.trigger = { state: 'completed', location: 'file:///sp/3' }
    expect(step(world)).toMatchObject({ finalizer: 'hold', status: { state: 'COMPLETED', path: 'file:///sp/3' } })
    expect(orders(step(world))).toEqual(['dispose'])
  })
  test.each<TriggerFact | undefined>([
    undefined,
    { state: 'unknown' },
    { state: 'in-progress' },
    { state: 'failed', why: '', trace: '' },
  ])('ends in bounded time whatever Flink answers: %o', (trigger) => {
    const world = removed(begun())
    if (trigger) world.trigger = trigger
    world.now += 3_600_000
    expect(look(world).finalizer).toBe('release')
  })
})
