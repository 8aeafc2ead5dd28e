/** A delete ends, whatever the resource is doing; and nothing of the cluster stays. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, flinkSessionJobs, type FlinkDeployment } from '@drey/api'
import { configMaps, deployments, services } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { startCounterHome, type CounterHome } from './counter-job/home.ts'
import { serveFiles } from './home.ts'

type Deployed = FlinkDeployment & KubeObject
const version = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')[0]!

describe(`deleting on Flink ${version}`, () => {
  let home: CounterHome
  const at = (name: string) => ({ type: flinkDeployments, namespace: 'default', name })
  beforeAll(async () => {
    home = await startCounterHome(version)
  })
  afterAll(() => home.close())

  const seen = (name: string, what: string, isSo: (object: Deployed) => boolean) =>
    home.until<Deployed>(at(name), what, isSo)
  const leftOf = async (name: string) => {
    const of = { namespace: 'default', labelSelector: `app=${name}` }
    const lists = await Promise.all([deployments, services, configMaps].map((type) => home.client.list(type, of)))
    return [...lists.flatMap(({ items }) => items), ...(await home.podsOf(name))].map(
      ({ kind, metadata }) => `${kind} ${metadata.name}`,
    )
  }
  /** Within a minute, from whatever it was doing. */
  const ends = async (name: string) => {
    await home.client.remove(at(name), { propagation: 'Background' })
    await home.untilGone(at(name), 60_000)
    const deadline = Date.now() + 30_000
    while ((await leftOf(name)).length > 0 && Date.now() < deadline) await new Promise((r) => setTimeout(r, 100))
    expect(await leftOf(name)).toEqual([])
  }

  test('while it is being deployed', async () => {
    await home.apply(home.counter('young'))
    await seen('young', 'being deployed', ({ status }) => Boolean(status?.jobManagerDeploymentStatus))
    await ends('young')
  })

  test('while its image cannot be had', async () => {
    await home.apply(home.counter('imageless', { image: 'nowhere.example/flink:none' }))
    await seen('imageless', 'in error', ({ status }) => status?.jobManagerDeploymentStatus === 'ERROR')
    await ends('imageless')
  })

  test('while its spec is refused', async () => {
    await home.apply(home.counter('refused', { flinkVersion: 'v1_14' }))
    await seen('refused', 'refused', ({ status }) => Boolean(status?.error))
    await ends('refused')
  })

  test('while its main method fails', async () => {
    await home.apply(home.counter('broken', { job: { args: ['file:///flink-data/broken', '10', 'broken'] } }))
    await seen('broken', 'failed', ({ status }) => status?.jobStatus?.state === 'FAILED')
    await ends('broken')
  })

  test('in the middle of the savepoint of an upgrade, then again while suspended', async () => {
    await home.apply(home.counter('busy'))
    await home.untilStable('busy')
    await home.goesOn('busy')
    await home.client.merge(at('busy'), { spec: { restartNonce: 1 } })
    await seen('busy', 'upgrading', ({ status }) => status?.lifecycleState === 'UPGRADING')
    await ends('busy')

    // The name is free again, and its savepoints still lie there: they are the user's.
    const savepoints = join(home.dir, 'runtime', 'pvc', 'default', 'data', 'busy', 'savepoints')
    const [path] = readdirSync(savepoints)
    await home.apply(
      home.counter('busy', { job: path ? { initialSavepointPath: `file:///flink-data/busy/savepoints/${path}` } : {} }),
    )
    await home.untilStable('busy')
    await home.client.merge(at('busy'), { spec: { job: { state: 'suspended' } } })
    await seen('busy', 'suspended', ({ status }) => status?.lifecycleState === 'SUSPENDED')
    await ends('busy')
  })

  test('with a last savepoint, if the option asks for one', async () => {
    await home.apply(
      home.counter('careful', { flinkConfiguration: { 'kubernetes.operator.job.savepoint-on-deletion': 'true' } }),
    )
    await home.untilStable('careful')
    await home.goesOn('careful')
    await ends('careful')
    expect(readdirSync(join(home.dir, 'runtime', 'pvc', 'default', 'data', 'careful', 'savepoints'))).toHaveLength(1)
    const { highest } = home.counts('careful')
    expect(home.counts('careful')).toEqual({ committed: highest, highest, doubled: [], missing: [], wrong: [] })
  })

  test('a session cluster and its jobs, in the wrong order', async () => {
    const files = await serveFiles(home.folder)
    try {
      const job = (name: string, jarURI: string) => ({
        apiVersion: 'flink.apache.org/v1beta1',
        kind: 'FlinkSessionJob',
        metadata: { name, namespace: 'default' },
        spec: {
          deploymentName: 'shared',
          job: { ...home.counter(name)['spec'].job, jarURI, upgradeMode: 'stateless' },
        },
      })
      await home.apply(
        home.counter('shared', { session: true }),
        job('first', `${files.url}/counter.jar`),
        job('second', `${files.url}/no-such.jar`),
      )
      await home.untilStable('first', flinkSessionJobs)
      await home.client.remove(at('shared'), { propagation: 'Background' })
      const { status } = await seen('shared', 'waiting for its jobs', ({ metadata }) =>
        Boolean(metadata.deletionTimestamp),
      )
      expect(status?.jobManagerDeploymentStatus).toBe('READY')
      for (const name of ['second', 'first']) {
        const jobAt = { type: flinkSessionJobs, namespace: 'default', name }
        await home.client.remove(jobAt)
        await home.untilGone(jobAt)
      }
      await home.untilGone(at('shared'))
      expect(await leftOf('shared')).toEqual([])
    } finally {
      files.close()
    }
  })
})
