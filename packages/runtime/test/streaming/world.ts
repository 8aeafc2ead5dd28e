/** A kubelet server over pods that are plain processes of this machine, with the keys it needs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { ensurePki } from '@drey/apiserver'
import { WebSocket } from 'ws'
import { serveKubelet } from '../../src/kubelet/streaming/server.ts'
import { spdySession, type SpdySession } from '../../src/kubelet/streaming/spdy/session.ts'
import { TargetError, type ContainerLog, type KubeletTarget } from '../../src/kubelet/streaming/target.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'u-1' },
  spec: { nodeName: 'drey', containers: [{ name: 'main' }] },
}

export interface World {
  dir: string
  url: string
  tls: { ca: string; cert: string; key: string }
  /** of the same CA, but no API server */
  stranger: { ca: string; cert: string; key: string }
  logs: Map<string, ContainerLog>
  get(path: string): Promise<{ status: number; text: string }>
  open(path: string): Promise<IncomingMessage>
  webSocket(path: string, protocol?: string | string[]): WebSocket
  /** kubectl's port-forward: SPDY inside a WebSocket */
  tunnel(path: string): Promise<WebSocket>
  spdy(path: string, protocols: string[]): Promise<{ session: SpdySession; protocol: string }>
  /** the connection after the upgrade, for those who speak badly */
  spdyRaw(path: string): Promise<Duplex>
  close(): Promise<void>
}

export const world = async (): Promise<World> => {
  const dir = mkdtempSync(join(tmpdir(), 'kubelet-'))
  const pki = ensurePki(join(dir, 'pki'), { nodeAddresses: ['127.0.0.1'] })
  const logs = new Map<string, ContainerLog>()
  const sockets = new Set<Socket>()
  const check = (at: { pod: string; container: string }) => {
    if (at.pod !== 'web') throw new TargetError(404, `pod "${at.pod}" does not exist`)
    if (at.container !== 'main') throw new TargetError(404, `container "${at.container}" not found in pod "${at.pod}"`)
  }
  const target: KubeletTarget = {
    pods: () => [pod],
    async logs(at, { previous }) {
      check(at)
      const log = logs.get(previous ? 'previous' : 'current')
      if (!log) throw new TargetError(400, `previous terminated container "main" in pod "web" not found`)
      return log
    },
    async exec(at, command) {
      check(at)
      return { argv: command, env: { PATH: process.env['PATH'] ?? '', GREETING: 'from the pod' }, cwd: dir }
    },
    async attach(at) {
      check(at)
      return { log: logs.get('current') as ContainerLog, tty: false }
    },
    dial: (_at, port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(socket))
        sockets.add(socket)
        socket.on('error', reject)
      }),
  }
  const server = await serveKubelet({
    host: '127.0.0.1',
    port: 0,
    tls: { key: pki.kubelet.key, cert: pki.kubelet.cert, clientCa: pki.ca },
    target,
    log: { debug: () => {} },
  })
  const tls = { ca: pki.ca, ...pki.kubeletClient }
  const url = `127.0.0.1:${server.port}`
  const ask = (options: RequestOptions) => ({ host: '127.0.0.1', port: server.port, ...tls, ...options })
  const open = (path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      httpsRequest(ask({ path, agent: false }), resolve)
        .on('error', reject)
        .end()
    })
  const upgrade = (path: string, protocols: string[]) =>
    new Promise<{ socket: Duplex; protocol: string }>((resolve, reject) => {
      const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': protocols }
      httpsRequest(ask({ path, method: 'POST', headers, agent: false }))
        .on('upgrade', (response, socket: Duplex, head) => {
          if (head.length > 0) socket.unshift(head)
          resolve({ socket, protocol: String(response.headers['x-stream-protocol-version']) })
        })
        .on('response', (response) => reject(new Error(`HTTP ${response.statusCode}`)))
        .on('error', reject)
        .end()
    })
  return {
    dir,
    url,
    tls,
    stranger: { ca: pki.ca, ...pki.operator },
    logs,
    open,
    async get(path) {
      const response = await open(path)
      return { status: response.statusCode ?? 0, text: await textOf(response) }
    },
    tunnel: (path) =>
      new Promise((resolve, reject) => {
        const headers = {
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Protocol': 'SPDY/3.1+portforward.k8s.io',
        }
        httpsRequest(ask({ path, headers, agent: false }))
          .on('upgrade', (response, socket, head) => {
            if (response.headers['sec-websocket-protocol'] !== headers['Sec-WebSocket-Protocol'])
              return reject(new Error('protocol'))
            // ws refuses this subprotocol's name, so the handshake is made by hand.
            const ws = Object.assign(
              new (WebSocket as never as new (url: null, protocols: undefined, options: object) => WebSocket)(
                null,
                undefined,
                {},
              ),
              {
                _isServer: false,
              },
            )
            ;(ws as never as { setSocket(...at: unknown[]): void }).setSocket(socket, head, { maxPayload: 32 << 20 })
            resolve(ws)
          })
          .on('response', (response) => reject(new Error(`HTTP ${response.statusCode}`)))
          .on('error', reject)
          .end()
      }),
    webSocket: (path, protocol) => new WebSocket(`wss://${url}${path}`, protocol, { ...tls, perMessageDeflate: false }),
    async spdy(path, protocols) {
      const { socket, protocol } = await upgrade(path, protocols)
      return { session: spdySession(socket, { role: 'client' }), protocol }
    },
    spdyRaw: async (path) => (await upgrade(path, ['v4.channel.k8s.io'])).socket,
    async close() {
      for (const socket of sockets) socket.destroy()
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Everything a stream says until it ends. */
export const textOf = async (stream: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer))
  return Buffer.concat(chunks).toString()
}
