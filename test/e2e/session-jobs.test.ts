/** A job on a session cluster with high availability: upgraded, suspended, saved, its cluster killed; and every count once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkSessionJobs, flinkStateSnapshots, type FlinkSessionJob, type FlinkStateSnapshot } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import { counterSpec, eventually, startCounterHome, type CounterHome } from './counter-job/home.ts'
import { processOf, serveFiles } from './home.ts'

type Job = FlinkSessionJob & KubeObject
const version = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')[0]!

describe(`a session job of Flink ${version}`, () => {
  let home: CounterHome
  let files: { url: string; close(): void }
  const name = 'numbers'
  const at = { type: flinkSessionJobs, namespace: 'default', name }
  const idOf = (job: { status?: Job['status'] }) => job.status?.jobStatus?.jobId
  const stable = async () => (await home.untilStable(name, flinkSessionJobs)) as unknown as Job
  const edit = (job: object) => home.client.merge(at, { spec: { job } })
  const restoredFrom = async (jobId: string | undefined): Promise<string> => {
    let path = ''
    await eventually(`job ${jobId} is restored`, async () => {
      path = (await home.flink('shared', `/jobs/${jobId}/checkpoints`)).latest.restored?.external_path ?? ''
      return path !== ''
    })
    return path
  }

  beforeAll(async () => {
    home = await startCounterHome(version)
    files = await serveFiles(home.folder)
    await home.apply(home.counter('shared', { session: true }), {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkSessionJob',
      metadata: { name, namespace: 'default' },
      spec: { deploymentName: 'shared', job: { ...counterSpec(name), jarURI: `${files.url}/counter.jar` } },
    })
    await stable()
    await home.goesOn(name)
  })
  afterAll(async () => {
    files?.close()
    await home.close()
  })

  test('a savepoint upgrade goes on from the savepoint it took', async () => {
    const before = await stable()
    await edit({ parallelism: 2 })
    const after = await stable()
    expect(idOf(after)).not.toBe(idOf(before))
    expect(await restoredFrom(idOf(after))).toBe(after.status?.jobStatus?.upgradeSavepointPath)
    await home.goesOn(name)
  })

  test('a last-state upgrade goes on from the last checkpoint', async () => {
    await edit({ parallelism: 1, upgradeMode: 'last-state' })
    expect(await restoredFrom(idOf(await stable()))).toMatch(/chk-\d+/)
    await home.goesOn(name)
  })

  test('suspended and resumed, by last state and by savepoint', async () => {
    for (const upgradeMode of ['last-state', 'savepoint']) {
      await edit({ state: 'suspended', upgradeMode })
      const { status } = await home.until<Job>(
        at,
        'suspended',
        ({ status, metadata }) =>
          status?.lifecycleState === 'SUSPENDED' && status.observedGeneration === metadata.generation,
      )
      await edit({ state: 'running' })
      expect(await restoredFrom(idOf(await stable()))).toBe(status?.jobStatus?.upgradeSavepointPath)
      await home.goesOn(name)
    }
  })

  test('a savepoint by its nonce', async () => {
    await edit({ savepointTriggerNonce: 1 })
    await eventually('a completed savepoint', async () => {
      const { items } = await home.client.list<FlinkStateSnapshot & KubeObject>(flinkStateSnapshots, {
        namespace: 'default',
      })
      return items.some(
        ({ metadata, status }) =>
          metadata.name.startsWith(`${name}-savepoint-manual-`) && status?.state === 'COMPLETED',
      )
    })
  })

  test('the JobManager of its cluster is killed: the same job goes on from its last checkpoint', async () => {
    const jobId = idOf(await stable())
    const pod = (await home.podsOf('shared')).find(({ metadata }) => metadata.labels?.['component'] === 'jobmanager')!
    process.kill(await processOf(pod.metadata.name), 'SIGKILL')
    await home.goesOn(name)
    expect(await restoredFrom(jobId)).toMatch(/chk-\d+|savepoint-/)
    expect(idOf(await stable())).toBe(jobId)
  })

  test('deleted alone: its cluster stays, without jobs', async () => {
    await home.client.remove(at)
    await home.untilGone(at)
    const { jobs } = await home.flink('shared', '/jobs/overview')
    expect(jobs.filter((job: { state: string }) => job.state === 'RUNNING')).toEqual([])
    await home.untilStable('shared')
    expect(home.counts(name)).toMatchObject({ doubled: [], wrong: [] })
  })
})
