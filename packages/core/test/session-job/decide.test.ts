import { describe, expect, test } from 'vitest'
import { sessionJobRules, sessionJobSafety } from '../../src/index.ts'
import {
  aCluster,
  aJob,
  aWorld,
  checkpointAt,
  edit,
  look,
  observedIn,
  remove,
  settled,
  shows,
  step,
  type World,
} from './world.ts'

const doing = (decision: ReturnType<typeof look>) => decision.actions.map((action) => action.do)
const runOf = (decision: ReturnType<typeof look>) => {
  const [run] = decision.actions
  if (run?.do !== 'run-jar') throw new Error(`no job is submitted: ${decision.because}`)
  return run
}

/** An edit waits until a submission that Flink may just have taken would be shown. */
const waitedFor = (world: World) => {
  expect(step(world).actions).toEqual([])
  world.now += 4_000
}

test('the order of the rules is part of the behaviour', () => {
  expect(sessionJobRules.map((rule) => rule.name)).toEqual([
    'teardown',
    'refuseRecord',
    'refuseSpec',
    'awaitCluster',
    'continueOperation',
    'firstDeploy',
    'pendingSnapshot',
    'rollBack',
    'rescale',
    'upgrade',
    'restartJob',
    'snapshots',
  ])
})

describe('a submission', () => {
  test('is written down with its job id before it is made, and repeated under the same id', () => {
    const world = aWorld()
    const first = step(world)
    expect(runOf(first).job.jobId).toBe(first.status?.jobStatus?.jobId)
    world.now += 60_000
    expect(runOf(step(world)).job.jobId).toBe(first.status?.jobStatus?.jobId)
  })
  test('is not repeated while the cluster may not show it yet', () => {
    const world = aWorld()
    step(world)
    expect(doing(step(world))).toEqual([])
  })
  test('that Flink refuses is told once, and not lost', () => {
    const world = aWorld()
    step(world)
    world.lastFailure = { generation: 1, message: 'no such jar' }
    const told = step(world)
    expect(told.status?.error).toContain('no such jar')
    expect(told.events.map((note) => note.reason)).toEqual(['Error'])
    expect(step(world).events).toEqual([])
  })
})

describe('a first submission that Flink refuses', () => {
  const refused = () => {
    const world = aWorld(aJob({ initialSavepointPath: 'file:///sp/typo' }))
    step(world)
    world.lastFailure = { generation: 1, message: 'no such savepoint' }
    step(world)
    return world
  }
  test('is begun anew by an edit, from the savepoint that the user names now', () => {
    const world = refused()
    edit(world, { initialSavepointPath: 'file:///sp/1' })
    waitedFor(world)
    const decision = step(world)
    expect(runOf(decision).run.savepointPath).toBe('file:///sp/1')
    expect(sessionJobSafety(world.resource, observedIn(world), decision)).toEqual([])
  })
  test('starts empty when the user names none any more', () => {
    const world = refused()
    edit(world, { initialSavepointPath: null })
    waitedFor(world)
    const before = world.resource
    const decision = step(world)
    expect(runOf(decision).run.savepointPath).toBeUndefined()
    expect(sessionJobSafety(before, observedIn(world), decision)).toEqual([])
  })
  test('is suspended from birth again when the user does not want it now', () => {
    const world = refused()
    edit(world, { state: 'suspended' })
    waitedFor(world)
    const decision = step(world)
    expect(decision.actions).toEqual([])
    expect(decision.status?.reconciliationStatus?.lastReconciledSpec).toBeUndefined()
    edit(world, { state: 'running', initialSavepointPath: 'file:///sp/2' })
    expect(runOf(step(world)).run.savepointPath).toBe('file:///sp/2')
  })
  test('edited right after Flink took it, the job must be seen first', () => {
    const world = aWorld()
    step(world)
    world.now += 60_000
    edit(world, { parallelism: 3 })
    expect(step(world).actions).toEqual([])
    shows(world, 'RUNNING')
    expect(step(world).status?.reconciliationStatus?.state).toBe('DEPLOYED')
  })
})

describe('the end of a job', () => {
  test('is stored together with its last checkpoint, or not at all', () => {
    const world = settled()
    shows(world, 'FAILED')
    expect(step(world).status?.jobStatus?.state).toBe('RECONCILING')
    shows(world, 'FAILED', checkpointAt('file:///cp/7'))
    expect(step(world).status?.jobStatus).toMatchObject({
      state: 'FAILED',
      upgradeSavepointPath: 'file:///cp/7',
    })
  })
  test('by somebody else’s cancel keeps its state for a resume', () => {
    const world = settled()
    shows(world, 'CANCELED', checkpointAt('file:///cp/7'))
    step(world)
    edit(world, { parallelism: 3 })
    expect(runOf(step(world)).run.savepointPath).toBe('file:///cp/7')
  })
  test('is final, also when the cluster has forgotten the job', () => {
    const world = settled()
    shows(world, 'FINISHED', checkpointAt('file:///cp/7'))
    step(world)
    world.flink = { jobs: { known: true, value: [] } }
    expect(step(world).status?.jobStatus?.state).toBe('FINISHED')
  })
})

describe('an upgrade with a savepoint', () => {
  const taken = (world: World) => {
    edit(world, { parallelism: 3 })
    step(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
  }
  test('submits nothing while the old job is still seen running', () => {
    const world = settled()
    taken(world)
    const noted = step(world)
    expect(doing(noted)).toEqual([])
    expect(noted.status?.jobStatus?.upgradeSavepointPath).toBe('file:///sp/1')
  })
  test('cancels a job that goes on although its savepoint is taken', () => {
    const world = settled()
    taken(world)
    step(world)
    world.now += 6_000
    expect(doing(step(world))).toEqual(['cancel'])
  })
  test('goes on from the savepoint once the job has ended', () => {
    const world = settled()
    taken(world)
    step(world)
    world.flink = { ...world.flink, jobs: { known: true, value: [] } }
    expect(runOf(step(world)).run.savepointPath).toBe('file:///sp/1')
  })
  test('that failed is not tried again at once', () => {
    const world = settled()
    edit(world, { parallelism: 3 })
    step(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'failed', why: 'disk full', trace: '' } } }
    step(world)
    delete world.flink.trigger
    expect(look(world)).toMatchObject({ actions: [], because: expect.stringContaining('the next attempt waits') })
    world.now += 60_000
    expect(doing(look(world))).toEqual(['stop-with-savepoint'])
  })
})

describe('savepointRedeployNonce', () => {
  for (const upgradeMode of ['savepoint', 'stateless'])
    test(`starts from initialSavepointPath once the old job has ended (${upgradeMode})`, () => {
      const world = settled(aJob({ upgradeMode }))
      edit(world, { savepointRedeployNonce: 1, initialSavepointPath: 'file:///sp/old' })
      expect(doing(step(world))).toEqual(['cancel'])
      shows(world, 'CANCELED', checkpointAt('file:///cp/7'))
      expect(runOf(step(world)).run.savepointPath).toBe('file:///sp/old')
      shows(world, 'RUNNING')
      step(world)
      step(world)
      expect(step(world).actions).toEqual([])
    })
  test('is the way out of a submission that always fails', () => {
    const world = aWorld(aJob({ initialSavepointPath: 'file:///sp/wrong' }))
    step(world)
    world.lastFailure = { generation: 1, message: 'no such savepoint' }
    step(world)
    edit(world, { savepointRedeployNonce: 1, initialSavepointPath: 'file:///sp/right' })
    waitedFor(world)
    expect(runOf(step(world)).run.savepointPath).toBe('file:///sp/right')
  })
})

describe('a refused spec', () => {
  test('lets an interrupted change complete with the last valid one', () => {
    const world = settled(aJob({ upgradeMode: 'last-state' }))
    edit(world, { parallelism: 3 })
    step(world)
    edit(world, { parallelism: -1 })
    shows(world, 'CANCELED', checkpointAt('file:///cp/7'))
    const decision = step(world)
    expect(runOf(decision).run.savepointPath).toBe('file:///cp/7')
  })
  test('that was never valid is told, and nothing is done', () => {
    const world = aWorld(aJob({ parallelism: -1 }))
    expect(look(world)).toMatchObject({ rule: 'refuseSpec', actions: [] })
  })
})

describe('a job that its cluster lost', () => {
  test('is submitted again under the same id where it has no state', () => {
    const world = settled(aJob({ upgradeMode: 'stateless' }))
    const id = world.resource.status?.jobStatus?.jobId
    world.flink = { jobs: { known: true, value: [] } }
    expect(runOf(step(world)).job.jobId).toBe(id)
  })
  test('is not started anew where it has state that nobody can find', () => {
    const world = settled()
    world.flink = { jobs: { known: true, value: [] } }
    for (let pass = 0; pass < 5; pass++) expect(step(world).actions).toEqual([])
    expect(world.resource.status?.error).toBe('Job Not Found')
  })
  test('is given one more look where HA metadata may bring it back', () => {
    const world = settled(
      aJob({ upgradeMode: 'stateless' }),
      aCluster({ 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }),
    )
    world.flink = { jobs: { known: true, value: [] } }
    expect(step(world).actions).toEqual([])
    expect(doing(step(world))).toEqual(['run-jar'])
  })
})

describe('rollback', () => {
  const failing = (upgradeMode = 'savepoint') => {
    const world = settled(
      aJob({ upgradeMode }, { 'kubernetes.operator.deployment.rollback.enabled': 'true' }),
      aCluster({ 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }),
    )
    edit(world, { args: ['--new'] })
    step(world)
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    step(world)
    world.flink = { ...world.flink, jobs: { known: true, value: [] } }
    step(world)
    shows(world, 'CREATED')
    step(world)
    return world
  }
  test('cancels the job that does not get stable, and submits the last stable spec from the newest state', () => {
    const world = failing()
    world.now += 6 * 60_000
    const begun = step(world)
    expect(begun).toMatchObject({ rule: 'rollBack', actions: [{ do: 'cancel' }] })
    expect(begun.status?.reconciliationStatus?.state).toBe('ROLLING_BACK')
    shows(world, 'CANCELED', checkpointAt('file:///sp/1'))
    const again = runOf(step(world))
    expect(again.run).toMatchObject({ savepointPath: 'file:///sp/1' })
    expect(again.run.args ?? []).toEqual([])
    shows(world, 'RUNNING')
    expect(step(world).status?.reconciliationStatus?.state).toBe('ROLLED_BACK')
    expect(step(world).actions).toEqual([])
  })
  test('does not begin in time, nor without being asked for', () => {
    const world = failing()
    expect(look(world).actions).toEqual([])
  })
})

describe('deletion', () => {
  test('ends the job first, and says what is left behind', () => {
    const world = settled()
    remove(world)
    expect(doing(step(world))).toEqual(['cancel'])
    shows(world, 'CANCELED', checkpointAt('file:///cp/7'))
    const end = step(world)
    expect(end.finalizer).toBe('release')
    expect(end.events.at(-1)).toMatchObject({ reason: 'LeftBehind', message: expect.stringContaining('file:///cp/7') })
  })
  test('does not release a job that may still appear', () => {
    const world = aWorld()
    step(world)
    remove(world)
    expect(step(world).finalizer).toBe('hold')
    world.now += 60_000
    expect(step(world).finalizer).toBe('release')
  })
  test('takes a final savepoint also after an earlier upgrade', () => {
    const world = settled(aJob({}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' }))
    world.resource.status!.jobStatus!.savepointInfo = { triggerTimestamp: world.now - 5_000 }
    remove(world)
    expect(doing(step(world))).toEqual(['stop-with-savepoint'])
  })
  test('says where the final savepoint is, also when the end of the job is seen before it', () => {
    const world = settled(aJob({}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' }))
    remove(world)
    step(world)
    shows(world, 'FINISHED', checkpointAt('file:///cp/7'))
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'in-progress' } } }
    expect(step(world).finalizer).toBe('hold')
    world.flink = { ...world.flink, trigger: { known: true, value: { state: 'completed', location: 'file:///sp/1' } } }
    expect(step(world).events.at(-1)).toMatchObject({ reason: 'SavepointCompleted' })
    expect(world.resource.status?.jobStatus?.upgradeSavepointPath).toBe('file:///sp/1')
    expect(step(world).finalizer).toBe('release')
  })
  test('ends in bounded time in every state, whatever the cluster says', () => {
    const states = ['CREATED', 'RUNNING', 'RESTARTING', 'CANCELLING', 'FAILED', 'FINISHED', 'CANCELED'] as const
    const clusters = [aCluster(), aCluster({}, 'DEPLOYING'), aCluster({}, 'MISSING'), undefined]
    for (const saves of ['true', 'false'])
      for (const state of states)
        for (const cluster of clusters)
          for (const answers of [true, false]) {
            const world = settled(aJob({}, { 'kubernetes.operator.job.savepoint-on-deletion': saves }))
            remove(world)
            world.cluster = cluster
            if (answers) shows(world, state, {})
            else world.flink = { jobs: { known: false, why: 'no answer' } }
            let passes = 0
            while (step(world).finalizer !== 'release') {
              world.now += 60_000
              if (++passes > 60) throw new Error(`${state}, ${cluster?.status?.jobManagerDeploymentStatus}, ${answers}`)
            }
          }
  })
})
