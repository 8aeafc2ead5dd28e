/**
 * The embedded API server under load: GETs, a LIST of 5,000 pods, status PATCHes, and the fan-out of watches. TLS, access
 * control and JSON included; the load comes from a second process, so that both have a core of their own on two.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import {
  createApiServer,
  ensurePki,
  findObject,
  journalIn,
  serveApi,
  serviceAccountTokens,
  type ApiServer,
  type Pki,
  type UserInfo,
} from '@drey/apiserver'
import { bareServer } from './parts/bare-server.ts'
import { rowOf, type Bench, type Row } from './parts/row.ts'

const rounds = 3
const podCount = 5000
const watchers = 200
const events = 500
const admin: UserInfo = { name: 'bench', groups: ['system:masters'] }
const pods = '/api/v1/namespaces/default/pods'

export const bench = async (): Promise<Bench> => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-bench-'))
  const pki = ensurePki(dir)
  const server = createApiServer({
    clock: { now: Date.now },
    random: Math.random,
    persist: journalIn(join(dir, 'store')),
  })
  const served = await serveApi({
    server,
    port: 0,
    tls: { ...pki.server, clientCa: pki.ca },
    auth: {
      serviceAccounts: serviceAccountTokens({
        signingKey: pki.serviceAccountKey,
        now: Date.now,
        find: findObject(server),
      }),
    },
  })
  try {
    await must(server, 'POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } }).catch(
      () => {},
    )
    for (let n = 0; n < podCount; n++) await must(server, 'POST', pods, podNumber(n))
    const memory = process.memoryUsage().rss / 1e6
    const load = startLoad(served.port, pki)
    const rows: Row[] = []
    const measure = async (what: string, unit: string, once: () => Promise<number>): Promise<number> => {
      const values: number[] = []
      for (let round = 0; round < rounds; round++) values.push(await once())
      const row = rowOf(what, unit, values)
      rows.push(row)
      return row.value
    }
    const bytesOf = async (path: string) => Buffer.from(JSON.stringify(await must(server, 'GET', path)))
    const onePod = await bytesOf(`${pods}/pod-1`)
    const event = Buffer.from(`{"type":"MODIFIED","object":${onePod.toString()}}\n`)
    const bare = await bareServer(pki, { [`${pods}/pod-1`]: onePod, [pods]: await bytesOf(pods) }, event)
    const bareLoad = startLoad(bare.port, pki)
    const get = { do: 'requests', method: 'GET', path: `${pods}/pod-1`, connections: 32, seconds: 2 } as const
    for (const one of [load, bareLoad]) await one.ask({ ...get, seconds: 1 }) // warm up

    const list = { do: 'latency', path: pods, times: 5 } as const
    const bareGet = await measure('bare node:https, the same bytes: GET', 'req/s', () => bareLoad.ask(get))
    const ownGet = await measure('GET one pod, 32 connections', 'req/s', () => load.ask(get))
    const bareList = await measure('bare node:https, the same bytes: LIST', 'ms', () => bareLoad.ask(list))
    const ownList = await measure(`LIST ${podCount} pods`, 'ms', () => load.ask(list))
    await measure(`LIST ${podCount} pods in pages of 500`, 'ms', () =>
      load.ask({ do: 'pages', path: pods, limit: 500 }),
    )
    await measure('PATCH status, 8 connections', 'req/s', () =>
      load.ask({ do: 'requests', method: 'PATCH', path: `${pods}/pod-$n/status`, connections: 8, seconds: 2 }),
    )
    const expect = watchers * (events + 1)
    /** As under real load, commits come in bursts and not all in one turn of the loop. */
    const fanOut = async (to: typeof load, path: string, commit: (n: number) => Promise<unknown> | void) => {
      await to.ask({ do: 'watch', path, watchers, expect })
      const began = performance.now()
      for (let n = 0; n < events; n++) {
        await commit(n)
        if (n % 10 === 9) await new Promise((resolve) => setImmediate(resolve))
      }
      await to.ask({ do: 'watched' })
      return (watchers * events * 1000) / (performance.now() - began)
    }
    const burst = Buffer.concat(Array.from({ length: 10 }, () => event))
    const bareFanOut = await measure('bare node:https, the same bytes: fan-out', 'events/s', () =>
      fanOut(bareLoad, '/watch', (n) => (n % 10 === 9 ? bare.tell(burst) : undefined)),
    )
    const ownFanOut = await measure(`watch fan-out, ${watchers} × ${events}`, 'events/s', () =>
      fanOut(load, `${pods}?watch=1&fieldSelector=metadata.name%3Dpod-7`, (n) =>
        must(
          server,
          'PATCH',
          `${pods}/pod-7/status`,
          { status: { message: `${n} ${performance.now()}` } },
          'application/merge-patch+json',
        ),
      ),
    )
    bareLoad.stop()
    bare.close()
    load.stop()
    rows.push(rowOf(`resident memory with ${podCount} pods`, 'MB', [memory]))
    const ratios = {
      'GET/bare': ownGet / bareGet,
      'LIST/bare': ownList / bareList,
      'fan-out/bare': ownFanOut / bareFanOut,
    }
    return { bench: 'api', rows, ratios }
  } finally {
    await served.close()
    await server.close()
    rmSync(dir, { recursive: true })
  }
}

const must = async (
  server: ApiServer,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<unknown> => {
  const reply = await server.handle({ method, path, query: new URLSearchParams(), body, contentType, user: admin })
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify('body' in reply && reply.body)}`)
  return 'body' in reply ? reply.body : undefined
}

/** About 2.5 KB, as a TaskManager pod is. */
const podNumber = (n: number): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `pod-${n}`,
    labels: { app: `job-${n % 50}`, component: 'taskmanager', type: 'flink-native-kubernetes' },
  },
  spec: {
    containers: [
      {
        name: 'flink-main-container',
        image: 'flink:1.20',
        command: ['/docker-entrypoint.sh'],
        args: ['bash', '-c', `kubernetes-taskmanager.sh ${'-Dkey=value '.repeat(60)}`],
        env: Array.from({ length: 10 }, (_, i) => ({ name: `NAME_${i}`, value: `value ${i}` })),
        ports: [{ containerPort: 6122, name: 'taskmanager-rpc' }],
        resources: { requests: { cpu: '1', memory: '1728Mi' }, limits: { cpu: '1', memory: '1728Mi' } },
        volumeMounts: [{ name: 'flink-config-volume', mountPath: '/opt/flink/conf' }],
      },
    ],
    volumes: [
      {
        name: 'flink-config-volume',
        configMap: { name: 'flink-config', items: [{ key: 'flink-conf.yaml', path: 'flink-conf.yaml' }] },
      },
    ],
  },
})

// the other process ---------------------------------------------------------------------------------------------------

type Task =
  | { do: 'requests'; method: 'GET' | 'PATCH'; path: string; connections: number; seconds: number }
  | { do: 'latency'; path: string; times: number }
  | { do: 'pages'; path: string; limit: number }
  | { do: 'watch'; path: string; watchers: number; expect: number }
  | { do: 'watched' }

const startLoad = (port: number, pki: Pki): { ask(task: Task): Promise<number>; stop(): void } => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'load'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.write(`${JSON.stringify({ port, ca: pki.ca, ...pki.admin })}\n`)
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    ask: async (task) => {
      child.stdin.write(`${JSON.stringify(task)}\n`)
      return Number((await lines.next()).value)
    },
    stop: () => child.stdin.end(),
  }
}

interface Target {
  port: number
  ca: string
  cert: string
  key: string
}

const load = async (): Promise<void> => {
  const lines = createInterface(process.stdin)[Symbol.asyncIterator]()
  const target = JSON.parse((await lines.next()).value as string) as Target
  let watched: Promise<void> = Promise.resolve()
  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    const task = JSON.parse(line) as Task
    let result = 0
    if (task.do === 'requests') result = await requests(target, task)
    else if (task.do === 'latency') result = await latency(target, task.path, task.times)
    else if (task.do === 'pages') result = await pages(target, task.path, task.limit)
    else if (task.do === 'watch') watched = (await watchMany(target, task)).all
    else await watched
    process.stdout.write(`${result}\n`)
  }
  process.exit(0)
}

const dial = (target: Target): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port: target.port,
        ca: target.ca,
        cert: target.cert,
        key: target.key,
        servername: 'localhost',
      },
      () => resolve(socket),
    )
    socket.on('error', reject)
  })

const lastChunk = Buffer.from('0\r\n\r\n')

/** One request after the other on one connection; answers are only counted, never parsed, to leave the core to the server. */
const asker = async (target: Target): Promise<{ ask(head: string, body?: string): Promise<Buffer>; end(): void }> => {
  const socket = await dial(target)
  let chunks: Buffer[] = []
  let size = 0
  let tail = Buffer.alloc(0)
  let wanted = -1
  let done: (body: Buffer) => void = () => {}
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    tail = Buffer.concat([tail, chunk.subarray(-5)]).subarray(-5)
    if (wanted < 0) {
      const all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
      const end = all.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = all.toString('latin1', 0, end)
      if (!head.startsWith('HTTP/1.1 2')) throw new Error(head)
      const length = /content-length: (\d+)/i.exec(head)?.[1]
      // a large list has no length: its end is an empty chunk
      wanted = length === undefined ? Number.POSITIVE_INFINITY : end + 4 + Number(length)
    }
    if (wanted === Number.POSITIVE_INFINITY ? !tail.equals(lastChunk) : size < wanted) return
    const body = Buffer.concat(chunks)
    chunks = []
    size = 0
    wanted = -1
    done(body.subarray(body.indexOf('\r\n\r\n') + 4))
  })
  return {
    ask: (head, body = '') =>
      new Promise((resolve) => {
        done = resolve
        socket.write(
          `${head} HTTP/1.1\r\nHost: x\r\n${body ? `Content-Type: application/merge-patch+json\r\nContent-Length: ${body.length}\r\n` : ''}\r\n${body}`,
        )
      }),
    end: () => socket.destroy(),
  }
}

const requests = async (target: Target, task: Extract<Task, { do: 'requests' }>): Promise<number> => {
  const connections = await Promise.all(Array.from({ length: task.connections }, () => asker(target)))
  const began = performance.now()
  const end = began + task.seconds * 1000
  let count = 0
  await Promise.all(
    connections.map(async ({ ask }, index) => {
      while (performance.now() < end) {
        count++
        const path = task.path.replace('$n', String((count * 31 + index) % podCount))
        await ask(
          `${task.method} ${path}`,
          task.method === 'PATCH' ? JSON.stringify({ status: { message: `${count} ${began}` } }) : '',
        )
      }
    }),
  )
  const rate = (count * 1000) / (performance.now() - began)
  for (const { end: close } of connections) close()
  return rate
}

const latency = async (target: Target, path: string, times: number): Promise<number> => {
  const connection = await asker(target)
  const took: number[] = []
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    await connection.ask(`GET ${path}`)
    took.push(performance.now() - began)
  }
  connection.end()
  return took.sort((a, b) => a - b)[Math.floor(times / 2)]!
}

const pages = async (target: Target, path: string, limit: number): Promise<number> => {
  const connection = await asker(target)
  const began = performance.now()
  let token = ''
  do {
    const body = await connection.ask(
      `GET ${path}?limit=${limit}${token ? `&continue=${encodeURIComponent(token)}` : ''}`,
    )
    token = /"continue":"([^"]+)"/.exec(body.toString('latin1'))?.[1] ?? ''
  } while (token)
  connection.end()
  return performance.now() - began
}

/** Resolves once every watcher has its first event; `all` resolves with the last one. */
const watchMany = async (target: Target, task: Extract<Task, { do: 'watch' }>): Promise<{ all: Promise<void> }> => {
  let count = 0
  let finish: () => void = () => {}
  let started: () => void = () => {}
  const all = new Promise<void>((resolve) => (finish = resolve))
  const begun = new Promise<void>((resolve) => (started = resolve))
  const sockets = await Promise.all(Array.from({ length: task.watchers }, () => dial(target)))
  for (const socket of sockets) {
    socket.on('data', (chunk: Buffer) => {
      // an event is one line that begins with its type
      for (let at = chunk.indexOf('{"type"'); at >= 0; at = chunk.indexOf('{"type"', at + 7)) count++
      if (count >= task.watchers) started()
      if (count >= task.expect) finish()
    })
    socket.write(`GET ${task.path} HTTP/1.1\r\nHost: x\r\n\r\n`)
  }
  await begun
  void all.then(() => sockets.forEach((socket) => socket.destroy()))
  return { all }
}

if (process.argv[2] === 'load') await load()
