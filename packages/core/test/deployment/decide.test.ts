import { describe, expect, test } from 'vitest'
import { applicationRules, deploymentSafety, sessionRules } from '../../src/index.ts'
import { aSpec, aWorld, edit, look, nothing, observedIn, settled, step, upAndRunning, type World } from './world.ts'

const doing = (decision: ReturnType<typeof look>) =>
  decision.actions.map((action) =>
    `${action.do} ${'object' in action ? action.object.kind : 'ref' in action ? action.ref.type.kind : ''}`.trim(),
  )

test('the order of the rules is part of the behaviour', () => {
  expect(applicationRules.map((rule) => rule.name)).toEqual([
    'teardown',
    'refuseRecord',
    'refuseSpec',
    'continueOperation',
    'firstDeploy',
    'pendingSnapshot',
    'endSuspended',
    'rollBack',
    'rescale',
    'upgrade',
    'recoverCluster',
    'restartJob',
    'unhealthy',
    'snapshots',
    'expireCluster',
  ])
  expect(sessionRules.map((rule) => rule.name)).toEqual([
    'teardown',
    'refuseRecord',
    'refuseSpec',
    'continueOperation',
    'firstDeploy',
    'rollBack',
    'rescale',
    'upgrade',
    'recoverCluster',
  ])
})

describe('first deployment', () => {
  test('writes the spec and the job id down before it creates the cluster', () => {
    const decision = look(aWorld())
    expect(decision.rule).toBe('firstDeploy')
    expect(decision.status?.lifecycleState).toBe('UPGRADING')
    expect(decision.status?.jobStatus?.jobId).toMatch(/^[0-9a-f]{32}$/)
    expect(decision.status?.reconciliationStatus?.lastReconciledSpec).toContain('"state":"suspended"')
    expect(doing(decision)[0]).toBe('create Deployment')
    expect(decision.finalizer).toBe('hold')
  })
  test('keeps its job id when the pass is repeated', () => {
    const world = aWorld()
    const id = step(world).status?.jobStatus?.jobId
    expect(step(world).status?.jobStatus?.jobId).toBe(id)
  })
  test('is deployed once its Deployment and what belongs to it exist', () => {
    const world = aWorld()
    step(world)
    upAndRunning(world)
    expect(step(world).status?.lifecycleState).toBe('DEPLOYED')
    expect(step(world).status?.lifecycleState).toBe('STABLE')
  })
  test('that was never made is begun anew by an edit, from the savepoint that the user names now', () => {
    const world = aWorld(aSpec({ job: { ...aSpec().job, initialSavepointPath: '/sp/typo' } }))
    step(world)
    for (const initialSavepointPath of ['/sp/1', undefined]) {
      edit(world, { job: { ...aSpec().job, initialSavepointPath } })
      const before = world.resource
      const decision = step(world)
      expect(doing(decision)[0]).toBe('create Deployment')
      expect(decision.status?.jobStatus?.upgradeSavepointPath).toBe(initialSavepointPath)
      expect(deploymentSafety(before, observedIn({ ...world, resource: before }), decision)).toEqual([])
    }
    edit(world, { job: { ...aSpec().job, state: 'suspended' } })
    const suspended = step(world)
    expect(suspended.actions).toEqual([])
    expect(suspended.status?.lifecycleState).toBe('CREATED')
  })
  test('does nothing while it is suspended from birth', () => {
    const decision = look(aWorld(aSpec({ job: { ...aSpec().job, state: 'suspended' } })))
    expect(decision.actions).toEqual([])
    expect(decision.status?.lifecycleState).toBe('CREATED')
  })
  test('completes a cluster whose creation was interrupted', () => {
    const world = aWorld()
    step(world)
    upAndRunning(world)
    world.cluster = { ...world.cluster, dependents: [] }
    expect(doing(step(world))).toContain('apply ConfigMap')
  })
  test('refuses a Deployment of somebody else under its name', () => {
    const world = aWorld()
    upAndRunning(world)
    world.cluster = { ...world.cluster, jobManager: { ...world.cluster.jobManager!, ours: false } }
    const decision = look(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.error).toContain('does not belong')
  })
})

test('a settled deployment writes the same status again, so nothing is written', () => {
  const world = settled()
  const before = world.resource.status
  expect(step(world).status).toEqual(before)
})

describe('savepoint upgrade', () => {
  const begun = () => {
    const world = settled()
    edit(world, { image: 'flink:1.20.5' })
    return { world, first: step(world) }
  }
  test('records the trigger before it asks for the savepoint', () => {
    const { first } = begun()
    expect(first.rule).toBe('upgrade')
    expect(first.actions).toEqual([
      expect.objectContaining({
        do: 'stop-with-savepoint',
        trigger: first.status?.jobStatus?.savepointInfo?.triggerId,
      }),
    ])
    expect(first.events.map((note) => note.reason)).toEqual(['SpecChanged', 'Suspended'])
  })
  test('names the change that causes it, not one that has no effect', () => {
    const world = settled()
    edit(world, {
      image: 'flink:1.20.5',
      flinkConfiguration: { ...aSpec().flinkConfiguration, 'kubernetes.operator.periodic.savepoint.interval': '1h' },
    })
    expect(look(world).because).toMatch(/^image changed/)
  })
  test('asks again under the same id when the JobManager does not know it', () => {
    const { world, first } = begun()
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'unknown' } } }
    expect(step(world).actions).toEqual(first.actions)
  })
  test('writes the resume point down before anything is removed, then removes, then deploys from it', () => {
    const { world } = begun()
    const oldId = world.resource.status?.jobStatus?.jobId
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    const taken = step(world)
    expect(taken.status?.jobStatus?.upgradeSavepointPath).toBe('file:///sp/1')
    expect(doing(taken)).toEqual(['delete Deployment'])
    world.flink = {}
    expect(doing(step(world))).toEqual(['delete Deployment'])
    world.cluster = nothing
    const deployed = step(world)
    expect(doing(deployed)[0]).toBe('create Deployment')
    expect(deployed.status?.jobStatus?.jobId).not.toBe(oldId)
    expect(JSON.stringify(deployed.actions)).toContain('file:///sp/1')
    upAndRunning(world)
    step(world)
    expect(step(world).status).toMatchObject({ lifecycleState: 'STABLE', observedGeneration: 2 })
  })
  test('edited again while its cluster is incomplete: that cluster is completed first, under its own id', () => {
    const { world } = begun()
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    step(world)
    world.flink = {}
    world.cluster = nothing
    const deployed = step(world)
    upAndRunning(world)
    world.cluster = { ...world.cluster, dependents: [] }
    edit(world, { image: 'flink:2.0' })
    const completed = look(world)
    expect(deploymentSafety(world.resource, observedIn(world), completed)).toEqual([])
    expect(JSON.stringify(completed.actions)).toContain('flink:1.20.5')
    expect(step(world).status).toMatchObject({
      observedGeneration: 2,
      jobStatus: { jobId: deployed.status?.jobStatus?.jobId, upgradeSavepointPath: 'file:///sp/1' },
    })
    upAndRunning(world)
    expect(step(world).status).toMatchObject({ observedGeneration: 2, reconciliationStatus: { state: 'DEPLOYED' } })
    expect(step(world).rule).toBe('upgrade')
  })
  test('waits while the savepoint is in progress', () => {
    const { world } = begun()
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'in-progress' } } }
    expect(step(world).actions).toEqual([])
  })
  test('a failed savepoint stops nothing and says why', () => {
    const { world } = begun()
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'failed', why: 'disk full', trace: '' } } }
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.error).toContain('disk full')
    expect(decision.status?.jobStatus?.savepointInfo?.triggerId).toBeUndefined()
  })
  test('a spec edited meanwhile is the one that is deployed', () => {
    const { world } = begun()
    edit(world, { image: 'flink:1.20.9' })
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    step(world)
    world.cluster = nothing
    world.flink = {}
    expect(JSON.stringify(step(world).actions)).toContain('flink:1.20.9')
  })
})

describe('stateless upgrade', () => {
  test('cancels, removes, and deploys under a new job id', () => {
    const world = settled(aSpec({ job: { ...aSpec().job, upgradeMode: 'stateless' } }))
    const oldId = world.resource.status?.jobStatus?.jobId
    edit(world, { job: { ...aSpec().job, upgradeMode: 'stateless', parallelism: 4 } })
    const first = step(world)
    expect(doing(first)).toEqual(['cancel', 'delete Deployment'])
    expect(first.events[0]?.message).toContain('job.parallelism : 2 -> 4')
    world.cluster = nothing
    world.flink = {}
    const deployed = step(world)
    expect(deployed.status?.jobStatus?.jobId).not.toBe(oldId)
    expect(doing(deployed)[0]).toBe('create Deployment')
  })
})

describe('last-state upgrade', () => {
  const haOf = (world: World) => ({
    name: `orders-${world.resource.status?.jobStatus?.jobId}-config-map`,
    uid: 'ha-1',
    resourceVersion: '7',
    keys: ['checkpointID-0000000000000000007', 'jobGraph-0'],
    deleting: false,
  })
  const spec = aSpec({
    flinkConfiguration: {
      ...aSpec().flinkConfiguration,
      'high-availability.type': 'kubernetes',
      'high-availability.storageDir': 'file:///ha',
    },
    job: { ...aSpec().job, upgradeMode: 'last-state' },
  })
  test('keeps HA metadata and the job id, and removes only the submitted job from it', () => {
    const world = settled(spec)
    world.cluster = { ...world.cluster, ha: [haOf(world)] }
    const id = world.resource.status?.jobStatus?.jobId
    edit(world, { restartNonce: 7 })
    expect(doing(step(world))).toEqual(['delete Deployment'])
    world.cluster = { ...nothing, ha: [haOf(world)] }
    world.flink = {}
    const deployed = step(world)
    expect(doing(deployed).slice(0, 2)).toEqual(['merge ConfigMap', 'create Deployment'])
    expect(deployed.status?.jobStatus).toMatchObject({
      jobId: id,
      upgradeSavepointPath: 'KUBERNETES_OPERATOR_LAST_STATE',
    })
  })
  test('says that nothing runs once the metadata is gone with the cluster, and removes no JobManager that outlives it', () => {
    const world = settled(spec)
    world.cluster = { ...world.cluster, ha: [haOf(world)] }
    edit(world, { restartNonce: 7 })
    step(world)
    world.cluster = { ...world.cluster, ha: [] }
    expect(look(world).actions).toEqual([])
    expect(look(world).status?.error).toContain('Manual restore required')
    world.cluster = nothing
    world.flink = {}
    expect(step(world).status?.jobStatus?.state).toBe('RECONCILING')
    expect(look(world).events).toEqual([])
  })
  test('never starts empty when the metadata is gone', () => {
    const world = settled(spec)
    world.cluster = { ...world.cluster, ha: [haOf(world)] }
    edit(world, { restartNonce: 7 })
    step(world)
    world.cluster = nothing
    world.flink = {}
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.error).toContain('HA metadata is not available')
  })
  test('recovers a lost JobManager under the same job id', () => {
    const world = settled(spec)
    const id = world.resource.status?.jobStatus?.jobId
    world.cluster = { ...nothing, ha: [haOf(world)] }
    world.flink = {}
    const decision = step(world)
    expect(decision.rule).toBe('recoverCluster')
    expect(decision.events.map((note) => note.reason)).toContain('RecoverDeployment')
    expect(decision.status?.jobStatus?.jobId).toBe(id)
  })
})

describe('statistics that the adaptive scheduler hides while a job waits for resources', () => {
  const none = {
    latest: undefined,
    restored: undefined,
    completed: undefined,
    stateSize: undefined,
    inProgressSince: undefined,
    completedCount: 0,
    counted: false,
    notAddressable: false,
  }
  const adaptive = (over: Record<string, string> = {}) =>
    aSpec({ flinkConfiguration: { ...aSpec().flinkConfiguration, 'jobmanager.scheduler': 'adaptive', ...over } })
  const cancelled = (world: World) => {
    upAndRunning(world, 'CANCELED')
    world.flink = { ...world.flink, checkpoints: { known: true, value: none } }
  }
  test('are no proof that a job that ran has no state: it is not started empty, nor from an older path', () => {
    const world = settled(adaptive())
    cancelled(world)
    step(world)
    edit(world, { job: { ...aSpec().job, parallelism: 3 } })
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.error).toContain('Manual restore required')
  })
  test('keep the path that a job was started from, if it never ran', () => {
    const world = aWorld(aSpec({ ...adaptive(), job: { ...aSpec().job, initialSavepointPath: 'file:///sp/first' } }))
    step(world)
    upAndRunning(world, 'CREATED')
    step(world)
    cancelled(world)
    expect(step(world).status?.jobStatus?.upgradeSavepointPath).toBe('file:///sp/first')
  })
  test('do not let a job be cancelled that could not be resumed: HA metadata is used, or it is waited', () => {
    const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }
    for (const [conf, done] of [
      [{}, []],
      [{ ...ha, 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }, ['delete Deployment']],
    ] as const) {
      const world = settled(adaptive(conf))
      upAndRunning(world, 'CREATED')
      if (done.length > 0)
        world.cluster = {
          ...world.cluster,
          ha: [
            {
              name: `orders-${world.resource.status?.jobStatus?.jobId}-config-map`,
              uid: 'ha-1',
              resourceVersion: '7',
              keys: ['checkpointID-0000000000000000007'],
              deleting: false,
            },
          ],
        }
      world.flink = { ...world.flink, checkpoints: { known: true, value: none } }
      step(world)
      edit(world, { image: 'flink:1.20.5' })
      expect(doing(step(world))).toEqual(done)
    }
  })
  test('are believed of the default scheduler, which shows what there is', () => {
    const world = settled()
    cancelled(world)
    step(world)
    edit(world, { job: { ...aSpec().job, parallelism: 3 } })
    expect(doing(step(world))).toContain('delete Deployment')
  })
})

describe('suspend and resume', () => {
  test('keeps the JobManager after a savepoint, and resumes from that savepoint', () => {
    const world = settled()
    edit(world, { job: { ...aSpec().job, state: 'suspended' } })
    step(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/9' } } }
    const noted = step(world)
    expect(noted.because).toContain('waiting for the end of its job')
    expect(noted.status?.jobStatus?.upgradeSavepointPath).toBe('file:///sp/9')
    world.flink = { ...world.flink, jobs: { known: true, value: [] } }
    expect(step(world).status).toMatchObject({ lifecycleState: 'SUSPENDED', observedGeneration: 2 })
    edit(world, { job: { ...aSpec().job, state: 'running' } })
    world.flink = {}
    expect(doing(step(world))).toEqual(['delete Deployment'])
    world.cluster = nothing
    expect(JSON.stringify(step(world).actions)).toContain('file:///sp/9')
  })
})

describe('deletion', () => {
  test('removes everything and releases the finalizer only when nothing is left', () => {
    const world = settled()
    world.resource = {
      ...world.resource,
      metadata: { ...world.resource.metadata, deletionTimestamp: new Date(world.now).toISOString() },
    }
    const first = step(world)
    expect(doing(first)).toEqual(['cancel', 'delete Deployment'])
    expect(first.finalizer).toBe('hold')
    world.cluster = nothing
    world.flink = {}
    expect(step(world)).toMatchObject({ rule: 'teardown', finalizer: 'release' })
  })
  test('ends in bounded time even when something never goes away', () => {
    const world = settled()
    world.resource = {
      ...world.resource,
      metadata: { ...world.resource.metadata, deletionTimestamp: new Date(world.now).toISOString() },
    }
    step(world)
    world.now += 3_600_000
    expect(step(world).finalizer).toBe('release')
  })
})

test('an invalid spec is refused with its reason and the job goes on', () => {
  const world = settled()
  edit(world, { job: { ...aSpec().job, parallelism: 0 } })
  const decision = step(world)
  expect(decision.actions).toEqual([])
  expect(decision.events.map((note) => note.reason)).toEqual(['ValidationError'])
  expect(decision.status).toMatchObject({ observedGeneration: 1, jobStatus: { state: 'RUNNING' } })
  expect(step(world).events).toEqual([])
})

test('a record that nobody can read changes nothing', () => {
  const world = settled()
  world.resource.status!.reconciliationStatus!.lastReconciledSpec = '{"spec":'
  expect(look(world)).toMatchObject({ rule: 'refuseRecord', actions: [] })
})
