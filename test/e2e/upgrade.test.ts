/** State is kept: upgrades by savepoint and last state, suspension, rollback, on real Flink, read through the API. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import { claim, deployment, dreyOnce, startHome, volumes, type Home } from './home.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Deployed = FlinkDeployment & KubeObject
const versions = (process.env['DREY_E2E_VERSIONS'] ?? '1.20').split(',')

describe.each(versions)('Flink %s', (version) => {
  let home: Home
  const name = 'keeper'
  const at = { type: flinkDeployments, namespace: 'default', name }
  const flinkVersion = `v${version.replace('.', '_')}`
  const spec = (job: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    deployment(name, {
      image: `flink:${version}`,
      flinkVersion,
      podTemplate: volumes('data'),
      ...more,
      flinkConfiguration: {
        'execution.checkpointing.interval': '1s',
        'state.checkpoints.dir': 'file:///flink-data/checkpoints',
        'state.savepoints.dir': 'file:///flink-data/savepoints',
        'high-availability.type': 'kubernetes',
        'high-availability.storageDir': 'file:///flink-data/ha',
        'kubernetes.operator.savepoint.format.type': 'NATIVE',
        ...(more['flinkConfiguration'] as object | undefined),
      },
      job: { jarURI: 'local:///opt/flink/examples/streaming/StateMachineExample.jar', parallelism: 1, ...job },
    })
  const restored = async (
    jobId: string | undefined,
  ): Promise<{ external_path?: string; is_savepoint?: boolean } | undefined> => {
    const deadline = Date.now() + 60_000
    for (;;) {
      const answer = await home.flink(name, `/jobs/${jobId}/checkpoints`).catch(() => undefined)
      if (answer?.latest?.restored || Date.now() > deadline) return answer?.latest?.restored ?? undefined
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
  const checkpointed = async (jobId: string | undefined) => {
    const deadline = Date.now() + 60_000
    while (Date.now() < deadline) {
      const answer = await home.flink(name, `/jobs/${jobId}/checkpoints`).catch(() => undefined)
      if (answer?.latest?.completed) return
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    throw new Error('no checkpoint completed')
  }

  beforeAll(async () => {
    home = await startHome()
    await home.apply(claim('data'))
  })
  afterAll(() => home.close())

  test('a savepoint upgrade restores exactly the recorded path, under a new job id', async () => {
    await home.apply(spec({ upgradeMode: 'savepoint' }))
    const before = await home.untilStable(name)
    await checkpointed(before.status?.jobStatus?.jobId)
    await home.client.merge(at, { spec: { job: { parallelism: 2 } } })
    const after = await home.untilStable(name)
    const path = after.status?.jobStatus?.upgradeSavepointPath
    expect(path).toMatch(/^file:\/?\/?\/flink-data\/savepoints\/savepoint-/)
    expect(after.status?.jobStatus?.jobId).not.toBe(before.status?.jobStatus?.jobId)
    expect(await restored(after.status?.jobStatus?.jobId)).toMatchObject({ external_path: path, is_savepoint: true })
  })

  test('a last-state upgrade keeps the job id and goes on from its checkpoint', async () => {
    const before = await home.untilStable(name)
    await checkpointed(before.status?.jobStatus?.jobId)
    await home.client.merge(at, { spec: { restartNonce: 1, job: { upgradeMode: 'last-state' } } })
    const after = await home.untilStable(name)
    expect(after.status?.jobStatus?.jobId).toBe(before.status?.jobStatus?.jobId)
    expect((await restored(after.status?.jobStatus?.jobId))?.external_path).toMatch(/chk-\d+/)
  })

  test('a home killed in the middle of a savepoint upgrade finishes it afterwards, with state', async () => {
    const before = await home.untilStable(name)
    await checkpointed(before.status?.jobStatus?.jobId)
    await home.client.merge(at, { spec: { restartNonce: 2, job: { upgradeMode: 'savepoint' } } })
    const { process: mark } = JSON.parse(readFileSync(join(home.dir, 'home.json'), 'utf8')) as {
      process: { pid: number }
    }
    await home.until<Deployed>(
      at,
      'being upgraded',
      ({ status }) => Boolean(status?.jobStatus?.savepointInfo?.triggerId) || status?.lifecycleState === 'UPGRADING',
    )
    process.kill(mark.pid, 'SIGKILL')
    expect(dreyOnce(['up', '--detach'], home.env)).toMatchObject({ status: 0 })
    const after = await home.untilStable(name)
    const path = after.status?.jobStatus?.upgradeSavepointPath
    expect(await restored(after.status?.jobStatus?.jobId)).toMatchObject({ external_path: path, is_savepoint: true })
  })

  test('suspend keeps the state, resume goes on from it', async () => {
    await home.client.merge(at, { spec: { job: { state: 'suspended', upgradeMode: 'savepoint' } } })
    const suspended = await home.until<Deployed>(
      at,
      'suspended',
      ({ status }) => status?.lifecycleState === 'SUSPENDED',
    )
    const path = suspended.status?.jobStatus?.upgradeSavepointPath
    expect(path).toContain('/flink-data/savepoints/')
    await home.client.merge(at, { spec: { job: { state: 'running' } } })
    const after = await home.untilStable(name)
    expect((await restored(after.status?.jobStatus?.jobId))?.external_path).toBe(path)
  })

  test('an image that cannot start is rolled back to the last stable spec, with state', async () => {
    await home.client.merge(at, {
      spec: {
        flinkConfiguration: {
          'kubernetes.operator.deployment.rollback.enabled': 'true',
          'kubernetes.operator.deployment.readiness.timeout': '15 s',
        },
      },
    })
    const before = await home.untilStable(name)
    await checkpointed(before.status?.jobStatus?.jobId)
    await home.client.merge(at, { spec: { image: 'nowhere.example/flink:none', job: { upgradeMode: 'last-state' } } })
    const back = await home.until<Deployed>(
      at,
      'rolled back',
      ({ status }) => status?.lifecycleState === 'ROLLED_BACK' && status.jobStatus?.state === 'RUNNING',
      180_000,
    )
    expect(back.status?.reconciliationStatus?.lastStableSpec).toContain(`flink:${version}`)
    expect((await restored(back.status?.jobStatus?.jobId))?.external_path).toMatch(/chk-\d+|savepoint-/)
  })
})
