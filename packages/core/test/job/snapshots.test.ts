import type { TriggerFact } from '@drey/api'
import { describe, expect, test } from 'vitest'
import { oldOnes } from '../../src/job/history.ts'
import type { SnapshotFact } from '../../src/index.ts'
import { aSpec, edit, look, settled, step, type World } from '../deployment/world.ts'

const asResources = { snapshotResources: true }
const withConf = (over: Record<string, string>) =>
  aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, ...over } })
const setNonce = (world: World, over: Record<string, number>) =>
  edit(world, { job: { ...world.resource.spec?.job, ...over } })

/** What the API server holds after the acts of a decision. */
const created = (world: World, decision: ReturnType<typeof look>, state: SnapshotFact['state'] = 'COMPLETED') => {
  for (const action of decision.actions) {
    if (action.do !== 'create' || action.object.kind !== 'FlinkStateSnapshot') continue
    if (world.snapshots?.some((snapshot) => snapshot.name === action.object.metadata.name)) continue
    const spec = action.object['spec'] as { checkpoint?: object }
    world.snapshots = [
      ...(world.snapshots ?? []),
      {
        name: action.object.metadata.name,
        uid: action.object.metadata.name,
        kind: spec.checkpoint ? 'checkpoint' : 'savepoint',
        trigger: action.object.metadata.labels?.['snapshot.trigger-type'] as 'MANUAL',
        state,
        createdAt: world.now,
        deleting: false,
      },
    ]
  }
}
const names = (decision: ReturnType<typeof look>) =>
  decision.actions.flatMap((action) => (action.do === 'create' ? [action.object.metadata.name] : []))

describe('a nonce, with snapshot resources', () => {
  const changed = () => {
    const world: World = { ...settled(), operator: asResources }
    setNonce(world, { savepointTriggerNonce: 7 })
    return world
  }
  test('creates one snapshot, however often the pass is repeated', () => {
    const world = changed()
    const first = step(world)
    expect(first.rule).toBe('snapshots')
    expect(names(first)).toEqual([expect.stringMatching(/^orders-savepoint-manual-\d+-7$/)])
    expect(names(look(world))).toEqual(names(first))
    created(world, first)
    const second = step(world)
    expect(second.actions).toEqual([])
    expect(second.status?.reconciliationStatus?.lastReconciledSpec).toContain('"savepointTriggerNonce":7')
    expect(step(world)).toMatchObject({ rule: 'settle', actions: [], status: { lifecycleState: 'STABLE' } })
  })
  test('that returns to an earlier value takes another one', () => {
    const world = changed()
    created(world, step(world))
    step(world)
    for (const nonce of [8, 7]) {
      setNonce(world, { savepointTriggerNonce: nonce })
      created(world, step(world))
      step(world)
    }
    expect(new Set(world.snapshots?.map(({ name }) => name)).size).toBe(3)
  })
  test('of both kinds takes both', () => {
    const world = changed()
    setNonce(world, { checkpointTriggerNonce: 1 })
    for (let i = 0; i < 4; i++) created(world, step(world))
    expect(world.snapshots?.map(({ kind }) => kind)).toEqual(['savepoint', 'checkpoint'])
  })
  test('waits until the job runs', () => {
    const world = changed()
    world.flink = { jobs: { known: false, why: 'no answer' } }
    expect(step(world).actions).toEqual([])
    expect(world.resource.status?.reconciliationStatus?.lastReconciledSpec).not.toContain('"savepointTriggerNonce":7')
  })
  test('that is cleared takes none', () => {
    const world: World = {
      ...settled(aSpec({ job: { ...aSpec().job, savepointTriggerNonce: 1 } })),
      operator: asResources,
    }
    edit(world, { job: aSpec().job })
    expect(step(world)).toMatchObject({ rule: 'settle', actions: [] })
  })
  test('of a first deployment takes none', () => {
    const world: World = {
      ...settled(aSpec({ job: { ...aSpec().job, savepointTriggerNonce: 1 } })),
      operator: asResources,
    }
    expect(step(world).rule).toBe('settle')
  })
})

describe('a period, with snapshot resources', () => {
  const periodic = () => {
    const world: World = {
      ...settled(withConf({ 'kubernetes.operator.periodic.savepoint.interval': '10 min' })),
      operator: asResources,
    }
    world.now = Date.parse('2026-01-01T00:13:00Z')
    return world
  }
  test('is named by its slot, so that it is taken once', () => {
    const world = periodic()
    const first = step(world)
    expect(names(first)).toEqual([`orders-savepoint-periodic-${Date.parse('2026-01-01T00:10:00Z')}`])
    world.now += 60_000
    expect(names(look(world))).toEqual(names(first))
    created(world, first, 'IN_PROGRESS')
    step(world)
    expect(step(world).actions).toEqual([])
  })
  test('keeps the beat while it is taken in time', () => {
    const world = periodic()
    world.now = Date.parse('2026-01-01T00:20:00.400Z')
    const first = look(world)
    created(world, first)
    expect(step(world).status?.jobStatus?.savepointInfo?.lastPeriodicSavepointTimestamp).toBe(
      Date.parse('2026-01-01T00:20:00Z'),
    )
    world.now = Date.parse('2026-01-01T00:29:40Z')
    expect(look(world).lookAgainMs).toBe(20_000)
  })
  test('counts anew from one that was taken late, as upstream does', () => {
    const world = periodic()
    created(world, look(world))
    expect(step(world).status?.jobStatus?.savepointInfo?.lastPeriodicSavepointTimestamp).toBe(
      Date.parse('2026-01-01T00:13:00Z'),
    )
    world.now = Date.parse('2026-01-01T00:22:40Z')
    expect(look(world)).toMatchObject({ actions: [], lookAgainMs: 20_000 })
    world.now = Date.parse('2026-01-01T00:23:00Z')
    expect(names(look(world))).toEqual([`orders-savepoint-periodic-${Date.parse('2026-01-01T00:23:00Z')}`])
  })
  test('does not start another one while one is under way', () => {
    const world = periodic()
    created(world, step(world), 'IN_PROGRESS')
    world.now += 3_600_000
    step(world)
    expect(step(world).actions).toEqual([])
  })
  test('goes on from what upstream has taken', () => {
    const world = periodic()
    const at = Date.parse('2026-01-01T00:12:00Z')
    world.snapshots = [
      {
        name: `orders-savepoint-periodic-${at}`,
        uid: 'u',
        kind: 'savepoint',
        trigger: 'PERIODIC',
        state: 'COMPLETED',
        createdAt: at,
        deleting: false,
      },
    ]
    expect(names(step(world))).toEqual([])
  })
})

describe('snapshots kept in the status', () => {
  const legacy = (over: Record<string, string> = {}) => {
    const world = settled(withConf(over))
    setNonce(world, { savepointTriggerNonce: 7 })
    return world
  }
  const answered = (world: World, value: TriggerFact) => {
    world.flink = { ...world.flink, trigger: { known: true, value } }
    return step(world)
  }
  test('record the trigger id before Flink is asked, and ask again under it', () => {
    const world = legacy()
    const first = step(world)
    expect(first.status?.jobStatus?.savepointInfo).toMatchObject({ triggerType: 'MANUAL' })
    expect(first.actions).toEqual([
      expect.objectContaining({ do: 'savepoint', trigger: first.status?.jobStatus?.savepointInfo?.triggerId }),
    ])
    expect(answered(world, { state: 'unknown' }).actions).toEqual(first.actions)
  })
  test('hold back a change of the spec until they are there', () => {
    const world = legacy()
    step(world)
    edit(world, { image: 'flink:1.20.5' })
    expect(answered(world, { state: 'in-progress' }).rule).toBe('pendingSnapshot')
    const done = answered(world, { state: 'completed', location: 'file:///sp/1' })
    expect(done.status?.jobStatus?.savepointInfo?.lastSavepoint).toMatchObject({
      location: 'file:///sp/1',
      triggerType: 'MANUAL',
      triggerNonce: 7,
    })
    delete world.flink.trigger
    expect(step(world).rule).toBe('upgrade')
  })
  test('hold nothing back when the options say so', () => {
    const world = legacy({ 'kubernetes.operator.job.upgrade.ignore-pending-savepoint': 'true' })
    step(world)
    edit(world, { image: 'flink:1.20.5' })
    expect(answered(world, { state: 'in-progress' }).rule).toBe('upgrade')
  })
  test('count as handled when they are complete, and enter the history', () => {
    const world = legacy()
    step(world)
    answered(world, { state: 'completed', location: 'file:///sp/1' })
    delete world.flink.trigger
    expect(world.resource.status?.reconciliationStatus?.lastReconciledSpec).toContain('"savepointTriggerNonce":7')
    expect(world.resource.status?.jobStatus?.savepointInfo?.savepointHistory).toHaveLength(1)
    expect(step(world).rule).toBe('settle')
  })
  test('do not swallow a nonce that was set while another was under way', () => {
    const world = legacy()
    step(world)
    setNonce(world, { savepointTriggerNonce: 8 })
    answered(world, { state: 'completed', location: 'file:///sp/1' })
    delete world.flink.trigger
    world.now += 60_000
    expect(step(world).actions.map((action) => action.do)).toEqual(['savepoint'])
  })
  test('are tried again within the grace period and then given up', () => {
    const world = legacy()
    step(world)
    const failed = answered(world, { state: 'failed', why: 'disk full', trace: '' })
    expect(failed.events).toEqual([expect.objectContaining({ reason: 'SavepointError', component: 'Operator' })])
    delete world.flink.trigger
    expect(step(world).actions).toEqual([])
    world.now += 10_000
    expect(step(world).actions.map((action) => action.do)).toEqual(['savepoint'])
    world.now += 120_000
    answered(world, { state: 'failed', why: 'disk full', trace: '' })
    expect(world.resource.status?.reconciliationStatus?.lastReconciledSpec).toContain('"savepointTriggerNonce":7')
  })
  test('of an old history are disposed of, the last one excepted', () => {
    const world = legacy({ 'kubernetes.operator.savepoint.history.max.count': '1' })
    for (const nonce of [1, 2, 3]) {
      setNonce(world, { savepointTriggerNonce: nonce })
      world.now += 60_000
      step(world)
      answered(world, { state: 'completed', location: `file:///sp/${nonce}` })
      delete world.flink.trigger
      const next = step(world)
      if (nonce > 1) {
        const path = `file:///sp/${nonce - 1}`
        expect(next.actions).toEqual([expect.objectContaining({ do: 'dispose', path })])
        world.disposals = [{ path, at: world.now, accepted: true }]
        expect(step(world).because).toContain('leave the history')
      }
    }
    expect(world.resource.status?.jobStatus?.savepointInfo?.savepointHistory?.map((s) => s.location)).toEqual([
      'file:///sp/3',
    ])
  })
  test('an old entry stays in the history until Flink has taken the order, which is given again later if it is refused', () => {
    const world = legacy({ 'kubernetes.operator.savepoint.history.max.count': '1' })
    for (const nonce of [1, 2]) {
      setNonce(world, { savepointTriggerNonce: nonce })
      world.now += 60_000
      step(world)
      answered(world, { state: 'completed', location: `file:///sp/${nonce}` })
      delete world.flink.trigger
    }
    const history = () =>
      world.resource.status?.jobStatus?.savepointInfo?.savepointHistory?.map(({ location }) => location)
    expect(step(world).actions.map((action) => action.do)).toEqual(['dispose'])
    expect(history()).toEqual(['file:///sp/1', 'file:///sp/2'])
    // The operator ended: nobody knows whether Flink took it.
    expect(step(world).actions.map((action) => action.do)).toEqual(['dispose'])
    world.disposals = [{ path: 'file:///sp/1', at: world.now, accepted: false }]
    expect(step(world).rule).toBe('settle')
    expect(history()).toHaveLength(2)
    world.now += 601_000
    expect(step(world).actions.map((action) => action.do)).toEqual(['dispose'])
    world.disposals = [{ path: 'file:///sp/1', at: world.now, accepted: true }]
    step(world)
    expect(history()).toEqual(['file:///sp/2'])
    expect(step(world).rule).toBe('settle')
  })
  test('the savepoint just taken into the status stays, however many older snapshot resources there are', () => {
    const resource = (createdAt: number): SnapshotFact => ({
      name: `s${createdAt}`,
      uid: `s${createdAt}`,
      kind: 'savepoint',
      trigger: 'UPGRADE',
      state: 'COMPLETED',
      createdAt,
      deleting: false,
    })
    const world = legacy({ 'kubernetes.operator.savepoint.history.max.count': '2' })
    world.snapshots = [resource(world.now - 20_000), resource(world.now - 10_000)]
    step(world)
    answered(world, { state: 'completed', location: 'file:///sp/mine' })
    delete world.flink.trigger
    expect(step(world).actions).toEqual([])
    world.snapshots = [...world.snapshots, { ...resource(world.now + 1), trigger: 'MANUAL' }]
    expect(step(world).actions).toContainEqual(expect.objectContaining({ do: 'dispose', path: 'file:///sp/mine' }))
  })
})

describe('old snapshots', () => {
  const many = (count: number, over: (i: number) => Partial<SnapshotFact> = () => ({})): SnapshotFact[] =>
    Array.from({ length: count }, (_, i) => ({
      name: `s${i}`,
      uid: `s${i}`,
      kind: 'savepoint',
      trigger: 'PERIODIC',
      state: 'COMPLETED',
      createdAt: i,
      deleting: false,
      ...over(i),
    }))
  const gone = (snapshots: SnapshotFact[], limits: { count: number; notBefore?: number }) =>
    oldOnes(snapshots, 'savepoint', { notBefore: undefined, ...limits }).map(({ name }) => name)

  test('go oldest first until the count fits', () => expect(gone(many(5), { count: 3 })).toEqual(['s0', 's1']))
  test('go when they are too old', () => expect(gone(many(5), { count: 9, notBefore: 2 })).toEqual(['s0', 's1']))
  test('never include the newest completed one', () =>
    expect(
      gone(
        many(3, (i) => ({ state: i === 0 ? 'COMPLETED' : 'FAILED' })),
        { count: 0, notBefore: 99 },
      ),
    ).toEqual(['s1', 's2']))
  test('never include the last one', () =>
    expect(
      gone(
        many(3, () => ({ state: 'FAILED' })),
        { count: 0, notBefore: 99 },
      ),
    ).toEqual(['s0', 's1']))
  test('never include manual ones', () =>
    expect(
      gone(
        many(5, (i) => ({ trigger: i < 3 ? 'MANUAL' : 'UPGRADE' })),
        { count: 1 },
      ),
    ).toEqual(['s3']))
})
