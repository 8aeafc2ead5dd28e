/** High availability: the JobManager process is killed and the job goes on, under its id, from its last checkpoint. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claim, deployment, processOf, startHome, volumes, type Home } from './home.ts'

const modes = (process.env['DREY_E2E_ISOLATION'] ?? 'loopback,namespaces').split(',')
const versions = (process.env['DREY_E2E_VERSIONS'] ?? '1.20,2.2').split(',')

describe.each(modes)('on a home with %s', (isolation) => {
  let home: Home
  beforeAll(async () => {
    home = await startHome('--isolation', isolation)
    await home.apply(claim('data'))
  })
  afterAll(() => home.close())

  // All versions under the first isolation, the newest under the others.
  const chosen = isolation === modes[0] ? versions : versions.slice(-1)
  test.each(chosen)('a killed JobManager of Flink %s comes back in the same pod', async (version) => {
    const name = `ha-${version.replace('.', '-')}`
    await home.apply(
      deployment(name, {
        image: `flink:${version}`,
        flinkVersion: `v${version.replace('.', '_')}`,
        podTemplate: volumes('data'),
        flinkConfiguration: {
          'execution.checkpointing.interval': '1s',
          'execution.checkpointing.dir': `file:///flink-data/${name}/checkpoints`,
          'high-availability.type': 'kubernetes',
          'high-availability.storageDir': `file:///flink-data/${name}/ha`,
        },
        job: {
          jarURI: 'local:///opt/flink/examples/streaming/StateMachineExample.jar',
          parallelism: 1,
          upgradeMode: 'last-state',
        },
      }),
    )
    const before = await home.untilStable(name)
    const jobId = before.status?.jobStatus?.jobId
    const checkpoints = async () => home.flink(name, `/jobs/${jobId}/checkpoints`).catch(() => undefined)
    const deadline = Date.now() + 60_000
    while (((await checkpoints())?.counts?.completed ?? 0) < 2 && Date.now() < deadline)
      await new Promise((r) => setTimeout(r, 200))

    const jobManager = (await home.podsOf(name)).find((pod) => pod.metadata.labels?.['component'] === 'jobmanager')!
    const pid = await processOf(jobManager.metadata.name)
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, 'SIGKILL')
    let after: any
    while (Date.now() < deadline + 60_000) {
      after = await checkpoints()
      if (after?.latest?.restored) break
      await new Promise((r) => setTimeout(r, 300))
    }
    expect(after?.latest?.restored?.id).toBeGreaterThan(0)
    const pod = (await home.podsOf(name)).find((p) => p.metadata.labels?.['component'] === 'jobmanager')!
    expect(pod.metadata.name).toBe(jobManager.metadata.name)
    expect((pod['status'] as any).containerStatuses[0].restartCount).toBe(1)
    expect((await home.untilStable(name)).status?.jobStatus?.jobId).toBe(jobId)
  })
})
