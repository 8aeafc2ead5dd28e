/**
 * JobManagers of the model behind real ports and in real time: for benches, and for stories against a real control plane. The same
 * handlers answer as in a simulated world.
 *
 * `node sim/flink/server.ts --version 1.20 --port 8081 --task-managers 2` serves one session cluster without HA.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { FlinkRequest, FlinkResponse } from '@drey/flink'
import { readSettings } from './config.ts'
import { jobManager, type FlinkEvent, type JobManager } from './job-manager.ts'
import { realTime } from './real-time.ts'
import { storage, type Storage } from './storage.ts'

export interface ServedJobManager {
  /** `http://127.0.0.1:port`, what a client puts before `/v1/…` */
  url: string
  manager: JobManager
  storage: Storage
  /** registered TaskManagers, one slot each unless configured otherwise */
  setTaskManagers(count: number): void
  close(): Promise<void>
}

export interface ServeOptions {
  /** lines of its configuration file */
  conf?: Readonly<Record<string, string>>
  /** `1.20` */
  version?: string
  taskManagers?: number
  port?: number
  host?: string
  /** how many times faster than the machine's clock */
  speed?: number
  told?(event: FlinkEvent): void
}

/** One JobManager alone. Resolves when it answers. */
export const serveJobManager = async (o: ServeOptions = {}): Promise<ServedJobManager> => {
  const time = realTime({ now: Date.now, ...(o.speed ? { speed: o.speed } : {}) })
  const files = storage()
  const workers: { pod: string; slots: number }[] = []
  const entries: Record<string, string> = {
    'kubernetes.cluster-id': 'model',
    '$internal.flink.version': `v${(o.version ?? '1.20').replace('.', '_')}`,
    'execution.target': 'remote',
    ...o.conf,
  }
  const text = Object.entries(entries).map(([key, value]) => `${key}: ${value}`)
  const settings = readSettings({ 'flink-conf.yaml': text.join('\n') })
  let leads: () => void = () => {}
  const ready = new Promise<void>((resolve) => (leads = resolve))
  const manager = jobManager({
    scheduler: time,
    random: Math.random,
    // Without HA and native TaskManagers it asks nothing of Kubernetes.
    client: undefined as never,
    storage: files,
    settings,
    pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'model-0', namespace: 'default', uid: 'model' } },
    attempt: 1,
    lock: { free: () => true, take() {} },
    taskManagers: () => workers,
    savepointsWork: () => true,
    savepointsVanish: () => false,
    savepointMs: () => 500,
    overviewAgeMs: () => 0,
    told(event) {
      if (event.event === 'leads') leads()
      o.told?.(event)
    },
    exited() {},
  })
  const setTaskManagers = (count: number) => {
    workers.splice(
      0,
      workers.length,
      ...Array.from({ length: count }, (_, index) => ({
        pod: `model-taskmanager-1-${index + 1}`,
        slots: settings.slots,
      })),
    )
    manager.taskManagersChanged()
  }
  const server = createServer((request, response) => void handle(manager, request, response))
  await listen(server, o.port ?? 0, o.host ?? '127.0.0.1')
  await ready
  setTaskManagers(o.taskManagers ?? 1)
  const { address, port } = server.address() as AddressInfo
  return {
    url: `http://${address}:${port}`,
    manager,
    storage: files,
    setTaskManagers,
    async close() {
      manager.die()
      time.close()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

const listen = (server: Server, port: number, host: string) =>
  new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve()))

/** Anything larger is no request that the model knows. */
const bodyMaxBytes = 64 << 20

/** One request of a client, answered by a model as its process would. */
export const handle = async (
  manager: JobManager,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= bodyMaxBytes) chunks.push(chunk)
  }
  const answer = await manager.answer(read(request, Buffer.concat(chunks)))
  // A JobManager that is gone answers nobody.
  if (answer === 'refused') return void request.socket.destroy()
  write(response, answer)
}

const read = (request: IncomingMessage, body: Buffer): FlinkRequest => {
  const type = request.headers['content-type'] ?? ''
  return {
    base: '',
    method: request.method as FlinkRequest['method'],
    path: (request.url ?? '/').replace(/^\/v1(?=\/)/, ''),
    timeoutMs: 60_000,
    ...(type.startsWith('multipart/') ? uploadIn(body) : body.length > 0 ? { body: json(body.toString()) } : {}),
  }
}

/** The one file of an upload; its name is all that the model looks at. */
const uploadIn = (body: Buffer): Pick<FlinkRequest, 'upload'> => {
  const name = /filename="([^"]+)"/.exec(body.subarray(0, 4_096).toString('latin1'))?.[1]
  return name === undefined ? {} : { upload: { file: '', name } }
}

/** Java clients send every member of a body, null for what is not set; Flink reads both alike. A body that is null stays. */
const json = (text: string): unknown => {
  try {
    return JSON.parse(text, (key, value: unknown) => (value === null && key !== '' ? undefined : value))
  } catch {
    return text
  }
}

const write = (response: ServerResponse, { status, body }: FlinkResponse): void => {
  const text = JSON.stringify(body ?? {})
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'access-control-allow-origin': '*',
  })
  response.end(text)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      version: { type: 'string', default: '1.20' },
      port: { type: 'string', default: '8081' },
      host: { type: 'string', default: '127.0.0.1' },
      'task-managers': { type: 'string', default: '2' },
      speed: { type: 'string', default: '1' },
      conf: { type: 'string', multiple: true, default: [] },
    },
  })
  const served = await serveJobManager({
    version: values.version,
    port: Number(values.port),
    host: values.host,
    taskManagers: Number(values['task-managers']),
    speed: Number(values.speed),
    conf: Object.fromEntries(values.conf.map((line) => line.split(/[:=]\s*/, 2) as [string, string])),
  })
  console.log(`a model of Flink ${values.version} answers at ${served.url}`)
}
