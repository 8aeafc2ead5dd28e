/** What a user does with an application: deploy, look, change, suspend, resume, delete — native and standalone, 1.20 and 2.x. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { deployments } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import { deployment, hasKubectl, startHome, type Home } from './home.ts'

const versions = (process.env['DREY_E2E_VERSIONS'] ?? '1.20,2.2').split(',')
const modes = (process.env['DREY_E2E_ISOLATION'] ?? 'loopback,namespaces').split(',')

const at = (name: string) => ({ type: flinkDeployments, namespace: 'default', name })
type Deployed = FlinkDeployment & KubeObject

describe.each(modes)('on a home with %s', (isolation) => {
  let home: Home
  beforeAll(async () => {
    home = await startHome('--isolation', isolation)
  })
  afterAll(() => home.close())

  const all = versions.flatMap((version) => (['native', 'standalone'] as const).map((mode) => ({ version, mode })))
  // All under the first isolation; under the others every version and every mode, but not each with each.
  const cases = isolation === modes[0] ? all : all.filter((_, index) => index % 4 === 1 || index % 4 === 2)
  test.each(cases)('an application of Flink $version in $mode mode lives its whole life', async ({ version, mode }) => {
    const name = `app-${mode}-${version.replace('.', '-')}`
    const flinkVersion = `v${version.replace('.', '_')}`
    await home.apply(
      deployment(name, {
        image: `flink:${version}`,
        flinkVersion,
        mode,
        flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' },
        job: {
          jarURI: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar',
          parallelism: 1,
          upgradeMode: 'stateless',
        },
      }),
    )
    const first = await home.untilStable(name)
    expect(first.status).toMatchObject({ jobManagerDeploymentStatus: 'READY', lifecycleState: 'STABLE' })
    expect(first.status?.error).toBeUndefined()
    expect(first.status?.reconciliationStatus?.lastStableSpec).toBe(
      first.status?.reconciliationStatus?.lastReconciledSpec,
    )
    expect(first.status?.clusterInfo?.['flink-version']).toMatch(new RegExp(`^${version.replace('.', '\\.')}`))
    const components = (await home.podsOf(name)).map((pod) => pod.metadata.labels?.['component']).toSorted()
    expect(components).toEqual(['jobmanager', 'taskmanager'])
    if (hasKubectl)
      expect(await home.kubectl('get', 'flinkdeployment', name)).toMatch(
        /NAME +JOB STATUS +LIFECYCLE STATE\n\S+ +RUNNING +STABLE/,
      )

    // A stateless change replaces the whole cluster, under a new job id.
    await home.client.merge(at(name), { spec: { job: { parallelism: 2 } } })
    const changed = await home.until<Deployed>(
      at(name),
      'running with parallelism 2',
      ({ status, metadata }) =>
        status?.observedGeneration === metadata.generation &&
        status?.lifecycleState === 'STABLE' &&
        status.jobStatus?.jobId !== first.status?.jobStatus?.jobId,
    )
    expect(changed.status?.reconciliationStatus?.lastReconciledSpec).toContain('"parallelism":2')

    await home.client.merge(at(name), { spec: { job: { state: 'suspended' } } })
    await home.until<Deployed>(at(name), 'suspended', ({ status }) => status?.lifecycleState === 'SUSPENDED')
    await home.client.merge(at(name), { spec: { job: { state: 'running' } } })
    await home.untilStable(name)

    await home.client.remove(at(name), { propagation: 'Background' })
    await home.untilGone(at(name))
    await home.untilGone({ type: deployments, namespace: 'default', name })
    expect(await home.podsOf(name)).toEqual([])
  })
})
