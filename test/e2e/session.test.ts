/** Session clusters side by side, with jobs whose jar comes over http. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { join } from 'node:path'
import { flinkDeployments, flinkSessionJobs, type FlinkSessionJob } from '@drey/api'
import { defaultFlinkDir, findFlink } from '@drey/flink-home'
import type { KubeObject } from '@drey/reconcile'
import { deployment, dreyOnce, serveFiles, startHome, type Home } from './home.ts'

const modes = (process.env['DREY_E2E_ISOLATION'] ?? 'loopback,namespaces').split(',')
const version = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')[0]!

const sessionJob = (name: string, cluster: string, jarURI: string) => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkSessionJob',
  metadata: { name, namespace: 'default' },
  spec: { deploymentName: cluster, job: { jarURI, parallelism: 1, upgradeMode: 'stateless' } },
})

describe.each(modes)('on a home with %s', (isolation) => {
  let home: Home
  let files: { url: string; close(): void }
  beforeAll(async () => {
    const flinkDir = process.env['DREY_FLINK_DIR'] ?? defaultFlinkDir()
    if (!findFlink(flinkDir, version)) dreyOnce(['flink', 'add', version])
    files = await serveFiles(join(findFlink(flinkDir, version)!.dir, 'examples', 'streaming'))
    home = await startHome('--isolation', isolation)
  })
  afterAll(async () => {
    files.close()
    await home.close()
  })

  test('two clusters with identical ports run side by side, each with its job', async () => {
    const names = ['left', 'right']
    // The jobs first: they wait for their clusters and start by themselves.
    await home.apply(...names.map((name) => sessionJob(`job-${name}`, name, `${files.url}/TopSpeedWindowing.jar`)))
    await home.apply(
      ...names.map((name) =>
        deployment(name, {
          image: `flink:${version}`,
          flinkVersion: `v${version.replace('.', '_')}`,
          flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '1' },
        }),
      ),
    )
    for (const name of names) {
      await home.untilStable(`job-${name}`, flinkSessionJobs)
      const cluster = await home.untilStable(name)
      expect(cluster.status?.jobManagerDeploymentStatus).toBe('READY')
    }
    const ids = await Promise.all(
      names.map(async (name) => {
        const job = await home.client.get<FlinkSessionJob & KubeObject>({
          type: flinkSessionJobs,
          namespace: 'default',
          name: `job-${name}`,
        })
        return job.status?.jobStatus?.jobId
      }),
    )
    expect(new Set(ids).size).toBe(2)

    // A cluster waits for its jobs; with the job gone it goes, too.
    await home.client.remove(
      { type: flinkDeployments, namespace: 'default', name: 'left' },
      { propagation: 'Background' },
    )
    await home.client.remove({ type: flinkSessionJobs, namespace: 'default', name: 'job-left' })
    await home.untilGone({ type: flinkSessionJobs, namespace: 'default', name: 'job-left' })
    await home.untilGone({ type: flinkDeployments, namespace: 'default', name: 'left' })
    expect(await home.podsOf('left')).toEqual([])
    expect((await home.podsOf('right')).length).toBe(2)
  })

  test('a jar that is not there ends in a sentence, and a right one cures it', async () => {
    await home.apply(
      deployment('cured', { image: `flink:${version}`, flinkVersion: `v${version.replace('.', '_')}` }),
      sessionJob('job-cured', 'cured', `${files.url}/NoSuch.jar`),
    )
    const at = { type: flinkSessionJobs, namespace: 'default', name: 'job-cured' }
    const failed = await home.until<FlinkSessionJob & KubeObject>(at, 'refused', ({ status }) => Boolean(status?.error))
    expect(failed.status?.error).toContain('NoSuch.jar answered HTTP 404')
    await home.client.merge(at, { spec: { job: { jarURI: `${files.url}/TopSpeedWindowing.jar` } } })
    await home.untilStable('job-cured', flinkSessionJobs)
  })
})
