/** A new scale, on standalone clusters: in place where the scheduler is reactive, else by an upgrade; and every count once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments } from '@drey/api'
import { eventually, startCounterHome, type CounterHome } from './counter-job/home.ts'
import { hasKubectl } from './home.ts'

const versions = (process.env['DREY_E2E_VERSIONS'] ?? '1.20,2.2').split(',')

describe.each(versions)('a standalone job of Flink %s', (version) => {
  let home: CounterHome
  const name = 'elastic'
  const at = { type: flinkDeployments, namespace: 'default', name }
  const idOf = async () => (await home.untilStable(name)).status?.jobStatus?.jobId
  const jobManagers = async () =>
    (await home.podsOf(name))
      .filter(({ metadata }) => metadata.labels?.['component'] === 'jobmanager')
      .map(({ metadata }) => metadata.uid)
  const countsIn = (parallelism: number, taskManagers: number) =>
    eventually(`${taskManagers} TaskManagers, counting in ${parallelism}`, async () => {
      const { taskmanagers } = await home.flink(name, '/overview')
      const { vertices, state } = await home.flink(name, `/jobs/${await idOf()}`)
      const count = vertices.find((vertex: { name: string }) => vertex.name.startsWith('count'))
      return state === 'RUNNING' && taskmanagers === taskManagers && count.parallelism === parallelism
    })
  let jobId: string | undefined
  let born: unknown

  beforeAll(async () => {
    home = await startCounterHome(version)
    await home.apply(
      home.counter(name, {
        mode: 'standalone',
        // What the image has in usrlib is hidden from standalone clusters, as upstream makes them.
        job: { jarURI: 'local:///opt/jobs/counter.jar' },
        flinkConfiguration: {
          'scheduler-mode': 'reactive',
          'jobmanager.adaptive-scheduler.resource-stabilization-timeout': '1 s',
          'jobmanager.adaptive-scheduler.scaling-interval.min': '1 s',
        },
      }),
    )
    jobId = await idOf()
    await home.goesOn(name)
    born = await jobManagers()
  })
  afterAll(() => home.close())

  test('follows its parallelism up and its replicas down, if it is reactive, without a restart of the JobManager', async () => {
    await home.client.merge(at, { spec: { job: { parallelism: 3 } } })
    await countsIn(4, 2)
    await home.goesOn(name)
    if (hasKubectl) await home.kubectl('scale', 'flinkdeployment', name, '--replicas=1')
    else await home.client.merge(at, { spec: { taskManager: { replicas: 1 } } })
    await countsIn(2, 1)
    await home.goesOn(name)
    expect(await idOf()).toBe(jobId)
    expect(await jobManagers()).toEqual(born)
    expect((await home.untilStable(name)).status?.taskManager?.replicas).toBe(1)
  })

  test('gets a new cluster with its state, if it is not', async () => {
    await home.client.merge(at, {
      spec: { flinkConfiguration: { 'scheduler-mode': null }, taskManager: { replicas: 2 } },
    })
    const { status } = await home.untilStable(name)
    await countsIn(4, 2)
    expect(status?.jobStatus?.jobId).not.toBe(jobId)
    // What Flink tells of checkpoints may be from before the restore.
    let restored = ''
    await eventually('it is restored', async () => {
      const { latest } = await home.flink(name, `/jobs/${status?.jobStatus?.jobId}/checkpoints`)
      restored = latest.restored?.external_path ?? ''
      return restored !== ''
    })
    expect(restored).toBe(status?.jobStatus?.upgradeSavepointPath)
    await home.goesOn(name)
  })
})
