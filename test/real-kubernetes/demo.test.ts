/**
 * The demo job on a real control plane: `drey operator` works for it, `drey runtime` is its only node. Pods have networks of
 * their own, because a real API server refuses loopback addresses as endpoints of Services.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { configMaps, deployments, endpointSlices, nodes, persistentVolumes, pods, services } from '@drey/kube'
import type { KubeObject, Ref } from '@drey/reconcile'
import { freePorts, missingPrograms, startControlPlane, type ControlPlane } from './control-plane.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const drey = join(root, 'node_modules', '.bin', 'drey')
const example = join(root, 'examples', 'state-machine.yaml')
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

const why =
  process.getuid?.() === 0 ? missingPrograms() : 'the operator reaches pods in network namespaces only as root'
if (why) console.error(`\n!!! SKIPPED: a real control plane: ${why}\n`)

type Deployed = FlinkDeployment & KubeObject
const job: Ref = { type: flinkDeployments, namespace: 'default', name: 'state-machine' }

describe.skipIf(why !== undefined)('the demo job on a real control plane', () => {
  let dir = ''
  let plane: ControlPlane
  const background: { name: string; child: ChildProcess }[] = []

  /** A long-running command of ours; resolves when it has said that it is ready. */
  const keep = (name: string, ...words: string[]): Promise<void> => {
    const log = openSync(join(dir, `${name}.log`), 'a')
    const child = spawn(drey, [name, '--kubeconfig', plane.kubeconfig, ...words], {
      stdio: ['ignore', 'pipe', log],
      cwd: root,
    })
    closeSync(log)
    background.push({ name, child })
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`drey ${name} ended with ${code}\n${logOf(name)}`)))
      child.stdout!.on('data', (text: Buffer) => text.includes('✓') && resolve())
    })
  }
  const logOf = (name: string) =>
    readFileSync(join(dir, `${name}.log`), 'utf8')
      .split('\n')
      .slice(-30)
      .join('\n')
  const end = (child: ChildProcess): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  const once = (command: string, ...words: string[]): string => {
    const { KUBECONFIG: _, ...env } = process.env
    const done = spawnSync(command, words, {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...env, KUBECONFIG: plane.kubeconfig },
    })
    if (done.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${done.stdout}${done.stderr}`)
    return done.stdout
  }
  const until = async <T>(
    what: string,
    look: () => Promise<T | undefined | false>,
    timeoutMs = 150_000,
  ): Promise<T> => {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const seen = await look()
      if (seen) return seen
      if (Date.now() > deadline) {
        const last = await plane.client.find(job)
        const tails = background.map(({ name }) => `--- ${name}\n${logOf(name)}`).join('\n')
        throw new Error(`not ${what}: ${JSON.stringify(last?.['status'])}\n${tails}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  }
  const stable = (differentFrom?: string) =>
    until('running and stable', async () => {
      const now = await plane.client.find<Deployed>(job)
      const { status } = now ?? {}
      return (
        status?.lifecycleState === 'STABLE' &&
        status.observedGeneration === now?.metadata.generation &&
        status.jobStatus?.state === 'RUNNING' &&
        status.jobStatus.jobId !== differentFrom &&
        now
      )
    })
  const podsOfJob = async () =>
    (await plane.client.list(pods, { namespace: 'default', labelSelector: 'app=state-machine' })).items
  const jobManager = async () =>
    (await podsOfJob()).find(({ metadata }) => metadata.labels?.['component'] === 'jobmanager')!
  /** `10.200`: the network of this test's pods on this machine */
  let network = ''

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'drey-real-'))
    plane = await startControlPlane(join(dir, 'control-plane'))
    once(drey, 'crds', 'apply')
    // What a storage class would do: a volume for the claim of the example.
    mkdirSync(join(dir, 'data'))
    await plane.client.create(persistentVolumes, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'state-machine-data' },
      spec: {
        accessModes: ['ReadWriteMany'],
        capacity: { storage: '1Gi' },
        hostPath: { path: join(dir, 'data') },
        persistentVolumeReclaimPolicy: 'Retain',
      },
    })
    const [port] = await freePorts(1)
    const node = ['--isolation', 'namespaces', '--port', String(port), '--client-ca', plane.kubeletClientCa]
    await Promise.all([
      keep('runtime', '--home', join(dir, 'node'), ...node),
      keep('operator', '--flink-address', 'pods'),
    ])
  })
  afterAll(async () => {
    await Promise.all(background.map(({ child }) => end(child)))
    await plane?.close()
    if (process.env['DREY_KEEP'] === undefined) rmSync(dir, { recursive: true, force: true })
  })

  test('our runtime is a ready node', async () => {
    const { items } = await plane.client.list(nodes)
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['drey'])
    const { conditions } = items[0]!['status'] as { conditions: { type: string; status: string }[] }
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }))
  })

  test('it runs in native mode and is stable', async () => {
    once(drey, 'apply', '-f', example)
    const { status } = await stable()
    expect(status).toMatchObject({ jobManagerDeploymentStatus: 'READY' })
    expect(status?.error).toBeUndefined()
    const components = (await podsOfJob()).map(({ metadata }) => metadata.labels?.['component']).toSorted()
    expect(components).toEqual(['jobmanager', 'taskmanager'])
    const { podIP } = (await jobManager())['status'] as { podIP: string }
    network = podIP.split('.').slice(0, 2).join('.')
    expect(addressesOfMachine()).toContain(`${network}.0.1/16`)
    const slices = await plane.client.list(endpointSlices, {
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=state-machine-rest',
    })
    expect(JSON.stringify(slices.items)).toContain(`"${podIP}"`)
  })

  test('its logs come through the API server', async () => {
    const log = once(drey, 'logs', (await jobManager()).metadata.name)
    expect(log).toContain('Starting KubernetesApplicationClusterEntrypoint')
    expect(log).toMatch(/switched from (?:INITIALIZING|DEPLOYING) to RUNNING/)
  })

  test.skipIf(!hasKubectl)('kubectl runs commands in its pods and forwards ports', async () => {
    const pod = (await jobManager()).metadata.name
    expect(once('kubectl', 'exec', pod, '--', 'sh', '-c', 'echo $HOSTNAME; ls /opt/flink/lib')).toMatch(
      new RegExp(`^${pod}\n[^]*flink-dist`),
    )
    expect(once('kubectl', 'get', 'flinkdeployment', 'state-machine')).toMatch(/RUNNING +STABLE/)
    const forward = spawn('kubectl', ['port-forward', pod, ':8081'], {
      env: { ...process.env, KUBECONFIG: plane.kubeconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const port = await new Promise<string>((resolve, reject) => {
        forward.once('exit', () => reject(new Error('kubectl port-forward ended')))
        forward.stdout.on('data', (text: Buffer) => {
          const at = /127\.0\.0\.1:(\d+)/.exec(text.toString())?.[1]
          if (at) resolve(at)
        })
      })
      const overview = (await (await fetch(`http://127.0.0.1:${port}/jobs/overview`)).json()) as { jobs: unknown[] }
      expect(overview.jobs).toEqual([expect.objectContaining({ state: 'RUNNING' })])
    } finally {
      await end(forward)
    }
  })

  test('a stateless upgrade brings a new job, and it is stable again', async () => {
    const before = (await plane.client.get<Deployed>(job)).status?.jobStatus?.jobId
    await plane.client.merge(job, { spec: { job: { upgradeMode: 'stateless', parallelism: 1 } } })
    const { status } = await stable(before)
    expect(status?.reconciliationStatus?.lastReconciledSpec).toContain('"parallelism":1')
  })

  test('deleting it leaves nothing', async () => {
    await plane.client.remove(job, { propagation: 'Background' })
    await until('deleted', async () => (await plane.client.find(job)) === undefined)
    const left = async () => [
      ...(await podsOfJob()),
      ...(await plane.client.list(deployments, { namespace: 'default' })).items,
      ...(await plane.client.list(services, { namespace: 'default', labelSelector: 'app=state-machine' })).items,
      ...(await plane.client.list(configMaps, { namespace: 'default', labelSelector: 'app=state-machine' })).items,
    ]
    await until('all gone', async () => (await left()).length === 0, 60_000)
  })

  test('both end when asked to, and the network of the pods with them', async () => {
    await Promise.all(background.map(({ child }) => end(child)))
    expect(background.map(({ child }) => child.exitCode)).toEqual([0, 0])
    expect(addressesOfMachine()).not.toContain(`${network}.0.1/16`)
  })
})

const addressesOfMachine = (): string => spawnSync('ip', ['-4', 'addr'], { encoding: 'utf8' }).stdout
