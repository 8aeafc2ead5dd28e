/** A node in a temporary directory with the machine's own programs as its only image. */
import { execFile } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PodSpec, PodStatus } from 'kubernetes-types/core/v1.d.ts'
import type { ImageCatalogue, ResolvedImage } from '@drey/flink-home'
import type { KubeObject } from '@drey/reconcile'
import type { IsolationChoice } from '../../src/isolation/isolation.ts'
import { startKubelet, type Kubelet } from '../../src/kubelet/kubelet.ts'
import { logFiles } from '../../src/kubelet/process/log.ts'
import { homeMark } from '../../src/kubelet/home-mark.ts'
import { marked } from '../../src/kubelet/process/tree.ts'
import type { ExecPlan } from '../../src/kubelet/streaming/target.ts'
import { sweep } from '../../src/kubelet/sweep.ts'
import { testApi, type TestApi } from './embedded-api.ts'

export interface TestPod extends KubeObject {
  spec: PodSpec
  status?: PodStatus
}

export interface World {
  api: TestApi
  dir: string
  kubelet: Kubelet
  isolation: IsolationChoice
  /** creates a pod in `default`; answers its path */
  run(name: string, spec: Partial<PodSpec> & Pick<PodSpec, 'containers'>): string
  until(path: string, holds: (pod: TestPod | undefined) => boolean, what: string): Promise<TestPod>
  remove(path: string, graceSeconds?: number): Promise<void>
  /** what a container printed, without the stamps */
  log(path: string, container?: string, instance?: number): string
  /** resolves when an Event of that reason with that message exists */
  event(reason: string, message: string): Promise<void>
  /** a successor takes over this node, as after a crash */
  restart(how: { keepPods: boolean }): Promise<void>
  /** the port of 127.0.0.1 where pods are told the API server listens */
  apiPort: number
  fetch(host: string, port: number, path: string): Promise<string>
  /** what a command of the kubelet server prints */
  output(plan: ExecPlan): Promise<string>
  /** makes an empty file in the pod's directory */
  touch(pod: TestPod, file: string): void
  /** resolves when no process of the pod is left */
  nothingLeft(pod: TestPod): Promise<void>
  close(): Promise<void>
}

/** Where the little programs and the Node.js that runs them lie in a pod: the checkout itself may be below /tmp, which pods have their own of. */
export const hostFixtures = '/opt/drey-fixtures'
export const hostNode = '/opt/drey-node/node'

/** `image` shows a layered file and an environment; `host` is the machine itself. */
export const images = (dir: string): ImageCatalogue => {
  const layer = join(dir, 'layer')
  mkdirSync(join(layer, 'lib'), { recursive: true })
  writeFileSync(join(layer, 'greeting.txt'), 'hello from the image\n')
  writeFileSync(join(layer, 'lib', 'a.txt'), 'a\n')
  const base: ResolvedImage = {
    image: 'host',
    imageId: 'drey://host',
    layers: [
      { source: fileURLToPath(new URL('./fixtures', import.meta.url)), target: hostFixtures },
      { source: dirname(process.execPath), target: dirname(hostNode) },
    ],
    env: {},
    entrypoint: [],
    command: ['sleep', '1000'],
    workingDir: '/',
  }
  return {
    async resolve(image, progress) {
      if (image === 'host') return base
      if (image === 'slow') progress('fetching the distribution')
      if (image === 'layered' || image === 'slow')
        return {
          ...base,
          image,
          imageId: `drey://${image}`,
          layers: [{ source: layer, target: '/opt/drey-test' }],
          env: { DREY_TEST_HOME: '/opt/drey-test' },
          adjustFile: ({ content, podIp }) => content.replace('@POD_IP@', podIp),
        }
      throw Object.assign(new Error(`No image ${image}. Map it: drey image map ${image} …`), {
        name: 'ImageUnknownError',
      })
    },
  }
}

export const world = async (isolation: IsolationChoice): Promise<World> => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-kubelet-'))
  const api = await testApi()
  const apiPort = await freePort()
  const start = () =>
    startKubelet({
      transport: api.transport,
      nodeName: 'node-1',
      dir,
      images: images(dir),
      isolation,
      nodeAddress: '127.0.0.1',
      apiServer: { host: '127.0.0.1', port: apiPort },
      schedule: true,
      log: (message) => process.env['DREY_TEST_LOG'] && console.error(message),
    })
  let kubelet = await start()
  const refused = new Map<string, unknown>()
  const inDefault = '/api/v1/namespaces/default/pods'
  return {
    api,
    dir,
    isolation,
    get kubelet() {
      return kubelet
    },
    run(name, spec) {
      const path = `${inDefault}/${name}`
      const metadata = { name, namespace: 'default' }
      api
        .put(path, { apiVersion: 'v1', kind: 'Pod', metadata, spec })
        .catch((error: unknown) => refused.set(path, error))
      return path
    },
    async until(path, holds, what) {
      const now = () => api.get<TestPod>(path)
      await api.when(
        () => holds(now()),
        () => `${what}; it is ${JSON.stringify(now()?.status, null, 1)}`,
      )
      if (refused.has(path)) throw refused.get(path)
      return now() as TestPod
    },
    async remove(path, graceSeconds) {
      const body = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }
      await api.transport.send({ method: 'DELETE', path, body })
    },
    log(path, container = 'main', instance = 0) {
      const { name, uid } = (api.get(path) ?? api.history(path).at(-1))?.metadata ?? { name: '', uid: '' }
      return logFiles(join(dir, 'pods', `default_${name}_${uid}`, container, String(instance)))
        .map((file) => readFileSync(file, 'utf8'))
        .join('')
        .split('\n')
        .map((line) => line.split(' ').slice(3).join(' '))
        .join('\n')
    },
    async event(reason, message) {
      const messages = () =>
        api.events().flatMap((event) => (event['reason'] === reason ? [String(event['message'])] : []))
      await api.when(
        () => messages().includes(message),
        () => `Event ${reason}: ${message}, only ${messages().join(' | ')}`,
      )
    },
    async restart(how) {
      await kubelet.close(how)
      kubelet = await start()
    },
    apiPort,
    async fetch(host, port, path) {
      const socket = await kubelet.connect(host, port)
      return new Promise((resolve, reject) => {
        const call = request({ host, port, path, createConnection: () => socket }, (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
          response.on('end', () => resolve(text))
        })
        call.on('error', reject)
        call.end()
      })
    },
    output: ({ argv: [file = '', ...args], env, cwd }) =>
      new Promise((resolve, reject) =>
        execFile(file, args, { env, ...(cwd ? { cwd } : {}) }, (error, stdout, stderr) =>
          error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
        ),
      ),
    touch: ({ metadata: { name, uid } }, file) => writeFileSync(join(dir, 'pods', `default_${name}_${uid}`, file), ''),
    async nothingLeft({ metadata: { uid } }) {
      for (let i = 0; i < 6000 && marked(`${homeMark(dir)}:${uid}`).length > 0; i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      const left = marked(`${homeMark(dir)}:${uid}`)
      if (left.length > 0) throw new Error(`${left.length} processes are left.`)
    },
    async close() {
      await kubelet.close({ keepPods: false, graceMs: 0 })
      await api.close()
      await sweep(dir)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export const phase = (pod: TestPod | undefined): string | undefined => pod?.status?.phase
export const isReady = (pod: TestPod | undefined): boolean =>
  pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
export const stateOf = (pod: TestPod | undefined, container = 'main') =>
  [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])].find(
    ({ name }) => name === container,
  )

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
