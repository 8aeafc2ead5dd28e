/**
 * Jobs change hands without noticing: a running application that upstream deployed is continued by `drey operator` with the same pods,
 * the same job and not one write to its cluster; an upgrade then works; and what is left can be read by upstream again.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { configMaps, deployments, services } from '@drey/kube'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import { parse } from 'yaml'
import { eventually, startCounterHome, type CounterHome } from './counter-job/home.ts'
import { root } from './home.ts'

type Deployed = FlinkDeployment & KubeObject
interface LeftByUpstream {
  resource: KubeObject & { spec: FlinkDeployment['spec'] }
  status: NonNullable<FlinkDeployment['status']>
  objects: KubeObject[]
}

describe('an application that upstream deployed', () => {
  let home: CounterHome
  let operator: ChildProcess | undefined
  let said = ''
  const name = 'orders'
  const at = { type: flinkDeployments, namespace: 'default', name }
  const jobId = randomBytes(16).toString('hex')
  const types: Record<string, ResourceType> = { Deployment: deployments, Service: services, ConfigMap: configMaps }

  beforeAll(async () => {
    home = await startCounterHome('1.20', '--no-operator')
  })
  afterAll(async () => {
    await endOperator()
    await home.close()
  })

  const startOperator = async () => {
    said = ''
    operator = spawn(join(root, 'node_modules', '.bin', 'drey'), ['operator'], {
      cwd: root,
      env: home.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    operator.stdout!.on('data', (text: Buffer) => (said += text.toString()))
    operator.stderr!.on('data', (text: Buffer) => (said += text.toString()))
    await eventually(`the operator is ready, and not only: ${said}`, () => said.includes('✓ operator on'), 30_000)
  }
  const endOperator = async () => {
    const child = operator
    operator = undefined
    if (!child || child.exitCode !== null) return
    await new Promise((resolve) => {
      child.once('exit', resolve)
      child.kill('SIGTERM')
    })
  }
  const now = () => home.client.get<Deployed>(at)

  /** Everything of the cluster but what Flink itself writes: pods by identity, the rest by version. */
  const cluster = async () => {
    const of = { namespace: 'default', labelSelector: `app=${name}` }
    const lists = await Promise.all(Object.values(types).map((type) => home.client.list(type, of)))
    return [
      ...lists
        .flatMap(({ items }) => items)
        .filter(({ metadata }) => metadata.labels?.['configmap-type'] !== 'high-availability')
        .map(
          ({ kind, metadata }) =>
            `${kind} ${metadata.name} ${metadata.uid} ${metadata.generation ?? metadata.resourceVersion}`,
        ),
      ...(await home.podsOf(name)).map(({ metadata, ...pod }) => {
        const { containerStatuses = [] } = pod['status'] as { containerStatuses?: { restartCount: number }[] }
        return `Pod ${metadata.name} ${metadata.uid} restarted ${containerStatuses.map((one) => one.restartCount).join()}`
      }),
    ].toSorted()
  }
  const jobs = async () =>
    ((await home.flink(name, '/jobs/overview')).jobs as { jid: string; state: string; 'start-time': number }[]).map(
      (job) => `${job.jid} ${job.state} ${job['start-time']}`,
    )

  test('is set up as upstream does it, and runs without any operator', async () => {
    const text = readFileSync(new URL('take-over/native-ha.yaml', import.meta.url), 'utf8')
    const start = String(Date.now())
    const left = parse(text.replaceAll('<JOB_ID>', jobId).replaceAll('<START>', start)) as LeftByUpstream
    const { metadata } = await home.client.create(flinkDeployments, {
      ...left.resource,
      metadata: { ...left.resource.metadata, finalizers: ['flinkdeployments.flink.apache.org/finalizer'] },
    })
    let deploymentUid = ''
    for (const object of left.objects) {
      const filled = JSON.parse(JSON.stringify(object).replaceAll('/<UID>', `/${randomUUID()}`)) as KubeObject
      for (const owner of filled.metadata.ownerReferences ?? [])
        owner.uid = owner.kind === 'Deployment' ? deploymentUid : (metadata.uid ?? '')
      const whole = JSON.parse(JSON.stringify(filled).replaceAll('<UID>', metadata.uid ?? '')) as KubeObject
      const created = await home.client.create(types[object.kind]!, whole)
      if (object.kind === 'Deployment') deploymentUid = created.metadata.uid ?? ''
    }
    await home.goesOn(name)
    await home.client.merge(at, { status: left.status }, 'status')
  })

  test('goes on under Drey: no pod, no job, no object of the cluster changes', async () => {
    const before = { cluster: await cluster(), jobs: await jobs(), resource: await now() }
    await startOperator()
    await eventually('the operator has seen it', () => said.includes(`FlinkDeployment default/${name}: settle`), 30_000)
    await home.goesOn(name)
    const { status, metadata } = await home.untilStable(name)
    expect(await cluster()).toEqual(before.cluster)
    expect(await jobs()).toEqual(before.jobs)
    expect(metadata.generation).toBe(before.resource.metadata.generation)
    expect(status?.jobStatus).toMatchObject({ jobId, state: 'RUNNING' })
    expect(status?.reconciliationStatus).toEqual(before.resource.status?.reconciliationStatus)
    expect(said).not.toMatch(/: (?:upgrade|continueOperation|recoverCluster|rollBack|firstDeploy)\b/)
  })

  test('is upgraded from its last state, under the same job id', async () => {
    await home.client.merge(at, { spec: { job: { parallelism: 2 } } })
    const { status } = await home.untilStable(name)
    expect(status?.jobStatus?.jobId).toBe(jobId)
    const restored = async () => (await home.flink(name, `/jobs/${jobId}/checkpoints`)).latest.restored?.external_path
    await eventually('it is restored from a checkpoint', async () => /chk-\d+/.test((await restored()) ?? ''))
    await home.goesOn(name)
  })

  test('and can be handed back: the status says all that upstream needs, in its own words', async () => {
    await endOperator()
    const { status, metadata } = await now()
    const { lastReconciledSpec = '', lastStableSpec, state } = status?.reconciliationStatus ?? {}
    expect(lastStableSpec).toBe(lastReconciledSpec)
    expect(state).toBe('DEPLOYED')
    const recorded = JSON.parse(lastReconciledSpec) as { spec: Record<string, any>; resource_metadata: object }
    expect(recorded.resource_metadata).toEqual({ apiVersion: 'flink.apache.org/v1beta1', firstDeployment: false })
    expect(Object.keys(recorded)).toEqual(['spec', 'resource_metadata'])
    expect(Object.keys(recorded.spec)).toEqual([
      ...['job', 'restartNonce', 'flinkConfiguration', 'image', 'imagePullPolicy', 'serviceAccount', 'flinkVersion'],
      ...['ingress', 'podTemplate', 'jobManager', 'taskManager', 'logConfiguration', 'mode'],
    ])
    expect(recorded.spec['job']).toMatchObject({ state: 'running', upgradeMode: 'last-state', parallelism: 2 })
    // "Already deployed?" is answered by this annotation.
    const jobManager = await home.client.get({ type: deployments, namespace: 'default', name })
    expect(jobManager.metadata.annotations?.['flinkdeployment.flink.apache.org/generation']).toBe(
      String(status?.observedGeneration),
    )
    expect(metadata.finalizers).toEqual(['flinkdeployments.flink.apache.org/finalizer'])
    expect(jobManager.metadata.ownerReferences).toEqual([
      expect.objectContaining({ kind: 'FlinkDeployment', name, uid: metadata.uid, blockOwnerDeletion: true }),
    ])
  })

  test('suspended by one operator, resumed by the next', async () => {
    await startOperator()
    await home.client.merge(at, { spec: { job: { state: 'suspended', upgradeMode: 'savepoint' } } })
    await home.until<Deployed>(at, 'suspended', ({ status }) => status?.lifecycleState === 'SUSPENDED')
    await endOperator()
    const { status } = await now()
    expect(status?.jobStatus?.upgradeSavepointPath).toMatch(/savepoint-/)
    expect(JSON.parse(status?.reconciliationStatus?.lastReconciledSpec ?? '{}').spec.job).toMatchObject({
      state: 'suspended',
      upgradeMode: 'savepoint',
    })
    await home.client.merge(at, { spec: { job: { state: 'running' } } })
    await startOperator()
    await home.untilStable(name)
    await home.goesOn(name)
    await home.client.remove(at, { propagation: 'Background' })
    await home.untilGone(at)
    const { highest } = home.counts(name)
    expect(home.counts(name)).toMatchObject({ highest, doubled: [], wrong: [] })
  })
})
