/**
 * Stories of the life cycle on a real control plane: `drey operator` as a process that may be killed, the simulation's Flink behind
 * real HTTP. No Flink and no root are needed.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, flinkStateSnapshots, type FlinkDeployment, type FlinkStateSnapshot } from '@drey/api'
import { configMaps, deployments, httpTransport, loadCluster, pods, services } from '@drey/kube'
import type { KubeObject, Ref } from '@drey/reconcile'
import { missingPrograms, startControlPlane, type ControlPlane } from './control-plane.ts'
import { startModelCluster, type ModelCluster } from './model-cluster.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const drey = join(root, 'node_modules', '.bin', 'drey')
const why = missingPrograms()
if (why) console.error(`\n!!! SKIPPED: stories on a real control plane: ${why}\n`)

type Deployed = FlinkDeployment & KubeObject
const name = 'orders'
const at: Ref = { type: flinkDeployments, namespace: 'default', name }

describe.skipIf(why !== undefined)('on a real control plane', () => {
  let dir = ''
  let plane: ControlPlane
  let transport: ReturnType<typeof httpTransport>
  let model: ModelCluster
  let operator: ChildProcess | undefined
  let said = ''

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'drey-stories-'))
    plane = await startControlPlane(join(dir, 'control-plane'))
    const { KUBECONFIG: _, ...env } = process.env
    const applied = spawnSync(drey, ['crds', 'apply'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...env, KUBECONFIG: plane.kubeconfig },
    })
    if (applied.status !== 0) throw new Error(applied.stderr)
    transport = httpTransport(await loadCluster({ file: plane.kubeconfig }), 'model')
    model = await startModelCluster(transport, plane.client)
    await startOperator()
  })
  afterAll(async () => {
    await end('SIGTERM')
    await model?.close()
    await transport?.close()
    await plane?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const startOperator = async () => {
    const words = ['operator', '--kubeconfig', plane.kubeconfig, '--flink-address', 'pods']
    const child = spawn(drey, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    operator = child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`drey operator ended with ${code}: ${said}`)))
      child.stderr!.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-20_000)))
      child.stdout!.on('data', (text: Buffer) => text.includes('✓') && resolve())
    })
  }
  const end = async (signal: NodeJS.Signals) => {
    const child = operator
    operator = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    await new Promise((resolve) => {
      child.once('exit', resolve)
      child.kill(signal)
    })
  }
  const until = async <T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> => {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const seen = await look()
      if (seen) return seen
      if (Date.now() > deadline) {
        const last = await plane.client.find(at)
        throw new Error(`not ${what}: ${JSON.stringify(last?.['status'])}\n${said.slice(-4_000)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const seen = (what: string, isSo: (now: Deployed) => unknown, timeoutMs?: number) =>
    until(
      what,
      async () => {
        const now = await plane.client.find<Deployed>(at)
        return now !== undefined && isSo(now) ? now : undefined
      },
      timeoutMs,
    )
  const stable = () =>
    seen(
      'stable',
      ({ status, metadata }) =>
        status?.lifecycleState === 'STABLE' &&
        status.observedGeneration === metadata.generation &&
        status.jobStatus?.state === 'RUNNING',
    )
  const edit = (spec: object) => plane.client.merge(at, { spec })
  const jobManagers = () => model.flink.jobManagers(`default/${name}`)

  test('first deployment', async () => {
    await plane.client.create(flinkDeployments, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkDeployment',
      metadata: { name, namespace: 'default' },
      spec: {
        image: 'flink:1',
        flinkVersion: 'v1_20',
        serviceAccount: 'default',
        jobManager: { resource: { cpu: 1, memory: '1600m' } },
        taskManager: { resource: { cpu: 1, memory: '1728m' } },
        flinkConfiguration: {
          'execution.checkpointing.interval': '1s',
          'execution.checkpointing.dir': 'file:///cp',
          'execution.checkpointing.savepoint-dir': 'file:///sp',
          'high-availability.type': 'kubernetes',
          'high-availability.storageDir': 'file:///ha',
        },
        job: { jarURI: 'local:///opt/job.jar', parallelism: 2, upgradeMode: 'savepoint' },
      },
    })
    const { status, metadata } = await stable()
    expect(status?.error).toBeUndefined()
    expect(metadata.finalizers).toEqual(['flinkdeployments.flink.apache.org/finalizer'])
    expect(jobManagers()).toHaveLength(1)
  })

  test('savepoint upgrade', async () => {
    const before = (await plane.client.get<Deployed>(at)).status?.jobStatus?.jobId
    await edit({ job: { parallelism: 1 } })
    const { status } = await stable()
    expect(status?.jobStatus?.jobId).not.toBe(before)
    expect(status?.jobStatus?.upgradeSavepointPath).toMatch(/^file:\/*sp\//)
  })

  test('the operator is killed while a savepoint upgrade is under way, and the next one finishes it', async () => {
    await edit({ restartNonce: 1 })
    await seen(
      'being upgraded',
      ({ status }) => status?.lifecycleState === 'UPGRADING' || status?.jobStatus?.savepointInfo?.triggerId,
    )
    await end('SIGKILL')
    await startOperator()
    const { status } = await stable()
    expect(status?.jobStatus?.upgradeSavepointPath).toMatch(/^file:\/*sp\//)
    expect(jobManagers()).toHaveLength(1)
  })

  test('suspended and resumed in its last state', async () => {
    await edit({ job: { upgradeMode: 'last-state', state: 'suspended' } })
    await seen('suspended', ({ status }) => status?.lifecycleState === 'SUSPENDED')
    expect(jobManagers()).toEqual([])
    await edit({ job: { state: 'running' } })
    await stable()
  })

  test('a snapshot as a resource', async () => {
    const snapshot: Ref = { type: flinkStateSnapshots, namespace: 'default', name: 'by-hand' }
    await plane.client.create(flinkStateSnapshots, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkStateSnapshot',
      metadata: { name: 'by-hand', namespace: 'default' },
      spec: { jobReference: { kind: 'FlinkDeployment', name }, savepoint: {} },
    })
    const done = await until('completed', async () => {
      const now = await plane.client.get<FlinkStateSnapshot & KubeObject>(snapshot)
      return now.status?.state === 'COMPLETED' && now
    })
    expect(done.status?.path).toMatch(/^file:\/*sp\//)
    await plane.client.remove(snapshot)
    await until('gone', async () => (await plane.client.find(snapshot)) === undefined)
  })

  test('an image that cannot be had is rolled back', async () => {
    await edit({
      image: 'flink:missing',
      flinkConfiguration: {
        'kubernetes.operator.deployment.rollback.enabled': 'true',
        'kubernetes.operator.deployment.readiness.timeout': '5 s',
      },
    })
    const { status } = await seen(
      'rolled back',
      ({ status }) => status?.lifecycleState === 'ROLLED_BACK' && status.jobStatus?.state === 'RUNNING',
    )
    expect(status?.reconciliationStatus?.lastStableSpec).toContain('"image":"flink:1"')
    const off = { 'kubernetes.operator.deployment.rollback.enabled': 'false' }
    await edit({ image: 'flink:2', flinkConfiguration: off })
    await stable()
  })

  test('deleted: nothing of it stays', async () => {
    await plane.client.remove(at, { propagation: 'Background' })
    await until('deleted', async () => (await plane.client.find(at)) === undefined)
    const of = { namespace: 'default', labelSelector: `app=${name}` }
    await until('all gone', async () => {
      const lists = await Promise.all(
        [deployments, services, configMaps, pods].map((type) => plane.client.list(type, of)),
      )
      return lists.every(({ items }) => items.length === 0)
    })
    expect(jobManagers()).toEqual([])
  })
})
