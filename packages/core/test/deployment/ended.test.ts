/** A job that came to its end: its JobManager stays for a while and then goes, and nothing about that is an error. */
import { expect, test } from 'vitest'
import { aSpec, edit, look, settled, step, upAndRunning, type World } from './world.ts'

const ended = (state: 'FINISHED' | 'FAILED'): World => {
  const world = settled(
    aSpec({
      flinkConfiguration: { 'kubernetes.operator.jm-deployment.shutdown-ttl': '1 min' },
      job: { ...aSpec().job, upgradeMode: 'stateless' },
    }),
  )
  upAndRunning(world, state)
  world.flink = {
    ...world.flink,
    checkpoints: { known: true, value: { ...none } },
    result: { known: true, value: undefined } as never,
  }
  step(world)
  return world
}

const none = {
  latest: undefined,
  restored: undefined,
  completed: undefined,
  stateSize: undefined,
  inProgressSince: undefined,
  completedCount: 0,
  counted: true,
  notAddressable: false,
}

/** Its Deployment has gone, or is about to. */
const withoutJobManager = (world: World, jobManager: World['cluster']['jobManager']) => {
  world.cluster = { ...world.cluster, jobManager }
  world.flink = {}
}

test('the JobManager goes when its time is over, and nobody is told that it is missing', () => {
  const world = ended('FINISHED')
  expect(look(world).rule).toBe('settle')
  world.now += 60_000
  expect(step(world)).toMatchObject({ rule: 'expireCluster', actions: [expect.anything()] })
  const { jobManager } = world.cluster
  withoutJobManager(world, { ...jobManager!, deleting: true })
  const going = step(world)
  withoutJobManager(world, undefined)
  const gone = step(world)
  for (const { events, status } of [going, gone]) {
    expect(events).toEqual([])
    expect(status?.error).toBeUndefined()
    expect(status?.jobStatus?.state).toBe('FINISHED')
    expect(status?.lifecycleState).toBe('STABLE')
  }
  expect(gone.status?.jobManagerDeploymentStatus).toBe('MISSING')
})

test('a JobManager that disappears earlier is missed', () => {
  const world = ended('FINISHED')
  withoutJobManager(world, undefined)
  expect(step(world).events).toMatchObject([{ reason: 'Missing' }])
})

test('a job that fails while it is saved for an upgrade has ended only when its last checkpoint is known', () => {
  const world = settled()
  edit(world, { image: 'flink:1.20.5' })
  step(world)
  upAndRunning(world, 'FAILED')
  const trigger = { known: true, value: { state: 'failed', why: 'no such job', trace: '' } } as const
  world.flink = { ...world.flink, trigger, checkpoints: { known: false, why: 'the job ended a moment ago' } }
  expect(step(world).status?.jobStatus?.state).toBe('RECONCILING')
  world.flink = { jobs: { known: false, why: 'HTTP 503' } }
  expect(step(world).actions).toEqual([])
})
