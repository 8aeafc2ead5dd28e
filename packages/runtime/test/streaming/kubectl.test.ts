/**
 * The real kubectl against everything of a home but the operator: API server over HTTPS, controllers, a node with its
 * kubelet server, pods as processes. Skipped, loudly, where kubectl is not installed.
 */
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  adminKubeconfig,
  createApiServer,
  ensurePki,
  findObject,
  serveApi,
  serviceAccountTokens,
} from '@drey/apiserver'
import { realClock } from '@drey/reconcile'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startControllers } from '../../src/controllers.ts'
import { startKubelet } from '../../src/kubelet/kubelet.ts'
import { serveKubelet } from '../../src/kubelet/streaming/server.ts'
import { images } from '../kubelet/world.ts'

const installed = spawnSync('kubectl', ['version', '--client']).status === 0
if (!installed) console.warn('SKIPPED: kubectl is not installed; nothing here was tested against the real client')

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const startHome = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-streams-'))
  const pki = ensurePki(join(dir, 'pki'), { nodeAddresses: ['127.0.0.1'] })
  const server = createApiServer({ clock: realClock, random: Math.random, caCertificate: pki.ca })
  const served = await serveApi({
    server,
    port: 0,
    tls: { ...pki.server, clientCa: pki.ca },
    auth: {
      tokens: [],
      serviceAccounts: serviceAccountTokens({
        signingKey: pki.serviceAccountKey,
        now: Date.now,
        find: findObject(server),
      }),
    },
    kubelet: { ca: pki.ca, ...pki.kubeletClient },
  })
  const log = { debug() {}, info() {}, warn() {} }
  const as = (name: string) => server.transport({ name, groups: ['system:masters'] })
  const controllers = startControllers({
    transport: as('controllers'),
    clock: realClock,
    random: Math.random,
    log,
    dir,
  })
  const port = await freePort()
  const kubelet = await startKubelet({
    transport: as('kubelet'),
    nodeName: 'drey',
    dir: join(dir, 'node'),
    images: images(dir),
    isolation: { files: 'links', network: 'loopback' },
    nodeAddress: '127.0.0.1',
    apiServer: { host: '127.0.0.1', port: served.port },
    port,
    schedule: true,
  })
  const tls = { key: pki.kubelet.key, cert: pki.kubelet.cert, clientCa: pki.ca }
  const streams = await serveKubelet({ host: '127.0.0.1', port, tls, target: kubelet.target, log })
  await controllers.ready
  const kubeconfig = join(dir, 'admin.yaml')
  writeFileSync(kubeconfig, adminKubeconfig({ server: served.url, ca: pki.ca, client: pki.admin }))
  mkdirSync(join(dir, 'cache'))
  return {
    dir,
    flags: ['--kubeconfig', kubeconfig, '--cache-dir', join(dir, 'cache')],
    async close() {
      await streams.close()
      await kubelet.close({ keepPods: false, graceMs: 100 })
      await controllers.close()
      await served.close()
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Prints, tells its pid, and serves its directory's size on a port: a pod to look into. */
const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: host
        env: [{name: GREETING, value: from the pod}, {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
        command: [${JSON.stringify(process.execPath)}, -e]
        args:
        - |
          console.log('started'); console.error('on stderr')
          require('http').createServer((q, r) => r.end(q.url.repeat(1000000))).listen(8080, process.env.POD_IP)
          setInterval(() => console.log('tick'), 200)
`

describe.skipIf(!installed)('kubectl', { timeout: 180_000 }, () => {
  let home: Awaited<ReturnType<typeof startHome>>
  const running = new Set<ChildProcess>()

  interface Ran {
    code: number
    out: string
    err: string
  }
  const kubectl = (
    args: string[],
    { input = '', env = {} }: { input?: string | Buffer; env?: object } = {},
  ): Promise<Ran> =>
    new Promise((resolve) => {
      const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 26, encoding: 'latin1' as const }
      const child = execFile('kubectl', [...home.flags, ...args], options, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
      )
      child.stdin?.end(input)
    })
  const start = (args: string[], env = {}) => {
    const child = spawn('kubectl', [...home.flags, ...args], { env: { ...process.env, ...env } })
    running.add(child)
    const seen = { out: '', err: '' }
    child.stdout.on('data', (data: Buffer) => (seen.out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (seen.err += data.toString()))
    return { child, seen, ended: new Promise((done) => child.once('exit', done)) }
  }

  beforeAll(async () => {
    home = await startHome()
    expect((await kubectl(['apply', '-f', '-'], { input: manifest })).err).toBe('')
    expect(await kubectl(['rollout', 'status', 'deployment/web', '--timeout=30s'])).toMatchObject({ code: 0 })
  }, 180_000)
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await home?.close()
  }, 180_000)

  test('logs: all, the last, followed', async () => {
    const { out } = await kubectl(['logs', 'deployment/web'])
    expect(out).toMatch(/^started\n/)
    expect(out).toContain('on stderr\n')
    expect((await kubectl(['logs', 'deployment/web', '--tail=1'])).out).toBe('tick\n')
    const follow = start(['logs', '-f', 'deployment/web', '--tail=0', '--timestamps'])
    await expect.poll(() => follow.seen.out, { timeout: 60_000 }).toMatch(/^20\S+Z tick\n20\S+Z tick\n/)
    follow.child.kill()
    await follow.ended
    expect((await kubectl(['logs', 'deployment/web', '--previous'])).err).toContain('previous terminated container')
  })

  describe.each([
    ['WebSockets', {}],
    ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
  ])('over %s', (_name, env) => {
    test('exec: outputs and exit code', async () => {
      const ran = await kubectl(['exec', 'deployment/web', '--', 'sh', '-c', 'echo $GREETING; echo oh >&2; exit 7'], {
        env,
      })
      expect(ran).toEqual({ code: 7, out: 'from the pod\n', err: 'oh\ncommand terminated with exit code 7\n' })
    })

    test('exec: 5 MB in and out', async () => {
      const bytes = Buffer.from(Array.from({ length: 5_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 255))
      const ran = await kubectl(['exec', '-i', 'deployment/web', '--', 'cat'], { input: bytes, env })
      expect(createHash('sha1').update(ran.out, 'latin1').digest('hex')).toBe(
        createHash('sha1').update(bytes).digest('hex'),
      )
    })

    test('cp: there and back', async () => {
      const name = (await kubectl(['get', 'pods', '-o', 'name'])).out.trim().replace('pod/', '')
      const [here, there, back] = ['here', 'there', 'back'].map((file) => join(home.dir, file))
      writeFileSync(here!, Buffer.alloc(1_000_000, 'x'))
      expect(await kubectl(['cp', here!, `${name}:${there}`], { env })).toMatchObject({ code: 0 })
      expect(await kubectl(['cp', `${name}:${there}`, back!], { env })).toMatchObject({ code: 0 })
      expect(readFileSync(back!).equals(readFileSync(here!))).toBe(true)
    })

    test('port-forward: several downloads at once', async () => {
      const port = await freePort()
      const forward = start(['port-forward', 'deployment/web', `${port}:8080`], env)
      await expect.poll(() => forward.seen.out, { timeout: 60_000 }).toContain('Forwarding from')
      const texts = await Promise.all(
        ['/abc', '/de', '/f'].map(async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()),
      )
      expect(texts.map((text) => text.length)).toEqual([4_000_000, 3_000_000, 2_000_000])
      forward.child.kill()
      await forward.ended
    })
  })

  test('a Service names the pod, and a deleted pod is replaced', async () => {
    await kubectl(['expose', 'deployment/web', '--port=80', '--target-port=8080'])
    const pod = async (path: string) =>
      (await kubectl(['get', 'pods', '-l', 'app=web', '-o', `jsonpath={${path}}`])).out
    const endpoint = async () =>
      (await kubectl(['get', 'endpoints', 'web', '-o', 'jsonpath={.subsets[0].addresses[0].ip}'])).out
    const before = await pod('.items[0].status.podIP')
    await expect.poll(endpoint, { timeout: 60_000 }).toBe(before)
    await kubectl(['delete', 'pod', '-l', 'app=web'])
    expect(await kubectl(['rollout', 'status', 'deployment/web', '--timeout=30s'])).toMatchObject({ code: 0 })
    await expect.poll(endpoint, { timeout: 60_000 }).toBe(await pod('.items[0].status.podIP'))
    expect(await endpoint()).not.toBe(before)
  })
})
