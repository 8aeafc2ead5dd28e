/**
 * The kubelet's HTTPS server: what an API server asks of a node. Only API servers and administrators get in, known by a
 * client certificate; everybody else goes through the API server, which checks what they may do.
 */
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Readable, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { runAttach } from './attach.ts'
import { runExec } from './exec.ts'
import { logBytes } from './log-lines.ts'
import { logOptions } from './log-options.ts'
import {
  channelPortForward,
  portForwardProtocol,
  portsOf,
  spdyPortForward,
  tunnelProtocol,
  type Dial,
} from './port-forward.ts'
import { remoteOptions, type Outcome, type RemoteSession } from './remote.ts'
import { spdyProtocols, spdyRemote } from './spdy/remote.ts'
import { acceptSpdy } from './spdy/upgrade.ts'
import { summary } from './summary.ts'
import { TargetError, type ContainerAddress, type KubeletTarget } from './target.ts'
import { tunnelOf } from './tunnel.ts'
import { channelProtocols, channelsOf, webSocketSession } from './web-socket.ts'

export interface KubeletServerOptions {
  host: string
  /** 0: any free one */
  port: number
  tls: { key: string | Buffer; cert: string | Buffer; clientCa: string | Buffer }
  /** who may ask, by the subject of the client certificate; default: kube-apiserver's usual names, and `system:masters` */
  allow?(subject: { commonName: string; organizations: readonly string[] }): boolean
  target: KubeletTarget
  log: { debug(fields: object, message: string): void }
}

const apiServers = ['kube-apiserver', 'kube-apiserver-kubelet-client']
const allowApiServers: NonNullable<KubeletServerOptions['allow']> = ({ commonName, organizations }) =>
  apiServers.includes(commonName) || organizations.includes('system:masters')

export interface KubeletServer {
  host: string
  port: number
  /** cuts what is open */
  close(): Promise<void>
}

export const serveKubelet = async (options: KubeletServerOptions): Promise<KubeletServer> => {
  const { target, tls, log, allow = allowApiServers } = options
  const server = createServer({
    key: tls.key,
    cert: tls.cert,
    ca: tls.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  })
  server.on('request', (request, response) => {
    answer(target, request, response).catch((error: unknown) => {
      log.debug({ url: request.url, error: String(error) }, 'a request to the kubelet failed')
      if (response.headersSent) return response.destroy()
      const { code, message } = errorOf(error)
      response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
    })
  })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    ;(socket as Socket).setNoDelay(true)
    stream(target, request, socket, head).catch((error: unknown) => {
      log.debug({ url: request.url, error: String(error) }, 'a stream of the kubelet failed')
      refuse(socket, errorOf(error))
    })
  })
  const open = new Set<Duplex>()
  server.on('secureConnection', (socket) => {
    const { subject } = socket.getPeerCertificate()
    if (!allow({ commonName: String(subject?.CN ?? ''), organizations: [subject?.O ?? []].flat() })) {
      log.debug({ subject }, 'a client that is no API server was turned away')
      return socket.destroy()
    }
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((ready, failed) => {
    server.once('error', failed)
    server.listen(options.port, options.host, () => ready())
  })
  const { address, port } = server.address() as AddressInfo
  return {
    host: address,
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open) socket.destroy()
      }),
  }
}

const errorOf = (error: unknown): { code: number; message: string } =>
  error instanceof TargetError
    ? { code: error.code, message: error.message }
    : { code: 500, message: error instanceof Error ? error.message : String(error) }

/** An ordinary answer instead of the upgrade. */
const refuse = (socket: Duplex, { code, message }: { code: number; message: string }) => {
  if (socket.destroyed) return
  const body = `${message}\n`
  socket.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

interface Route {
  action: string
  namespace: string
  pod: string
  container: string
  query: URLSearchParams
}

/** `/exec/<namespace>/<pod>[/<uid>]/<container>`, `/portForward/<namespace>/<pod>[/<uid>]`, `/healthz` … */
const routeOf = (request: IncomingMessage): Route => {
  const url = new URL(request.url ?? '/', 'https://kubelet')
  const [action = '', namespace = '', pod = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent)
  return { action, namespace, pod, container: rest.at(-1) ?? '', query: url.searchParams }
}

const answer = async (target: KubeletTarget, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const route = routeOf(request)
  const json = (value: unknown) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  switch (route.action) {
    case 'healthz':
      return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('ok')
    case 'pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: target.pods() })
    case 'stats':
      if (route.namespace !== 'summary') break
      return json(await summary(target))
    case 'containerLogs':
      return logs(target, route, response)
    case 'exec':
    case 'attach':
    case 'portForward':
      throw new TargetError(400, 'Upgrade request required')
  }
  throw new TargetError(404, '404 page not found')
}

const logs = async (target: KubeletTarget, route: Route, response: ServerResponse): Promise<void> => {
  const { previous, ...options } = logOptions(route.query)
  const log = await target.logs(route, { previous })
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' })
  response.flushHeaders()
  const left = new AbortController()
  response.once('close', () => left.abort())
  await pipeline(Readable.from(logBytes(log, options, left.signal)), response).catch((error: unknown) => {
    if (!left.signal.aborted) throw error
  })
}

const stream = (target: KubeletTarget, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
  const route = routeOf(request)
  switch (route.action) {
    case 'exec':
    case 'attach':
      return remote(target, route, request, socket, head)
    case 'portForward':
      return portForward(target, route, request, socket, head)
    default:
      throw new TargetError(404, '404 page not found')
  }
}

const remote = async (target: KubeletTarget, route: Route, request: IncomingMessage, socket: Duplex, head: Buffer) => {
  const options = remoteOptions(route.query)
  if (!options.stdin && !options.stdout && !options.stderr)
    throw new TargetError(400, 'you must specify at least 1 of stdin, stdout, stderr')
  // Asked before the upgrade, so that "no such container" is an ordinary HTTP error.
  const run = await prepare(target, route, options.tty)
  const session = isWebSocket(request)
    ? webSocketSession(...(await acceptWebSocket(request, socket, head, channelProtocols)), options)
    : await spdyRemote(...acceptSpdy(request, socket, head, spdyProtocols), options)
  const outcome = await run(session).catch((error: unknown): Outcome => ({ ok: false, error: errorOf(error).message }))
  await session.finish(outcome)
}

const prepare = async (target: KubeletTarget, route: Route, tty: boolean) => {
  const at: ContainerAddress = { namespace: route.namespace, pod: route.pod, container: route.container }
  if (route.action === 'attach') {
    const attachment = await target.attach(at)
    return (session: RemoteSession) => runAttach(attachment, session)
  }
  const command = route.query.getAll('command')
  if (command.length === 0) throw new TargetError(400, 'you must specify a command')
  const plan = await target.exec(at, command)
  return (session: RemoteSession) => runExec(plan, session, tty)
}

const portForward = async (
  target: KubeletTarget,
  route: Route,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) => {
  const { namespace, pod } = route
  const now = () => target.pods().find(({ metadata }) => metadata.namespace === namespace && metadata.name === pod)
  const uid = now()?.metadata.uid
  if (uid === undefined) throw new TargetError(404, `pod does not exist`)
  endWith(socket, () => now()?.metadata.uid === uid)
  const dial: Dial = (port) => target.dial({ namespace, pod }, port)
  const why = (error: unknown, port: number) =>
    `error forwarding port ${port} to pod ${namespace}/${pod}: ${errorOf(error).message}`
  if (!isWebSocket(request)) {
    const [connection] = acceptSpdy(request, socket, head, [portForwardProtocol])
    return spdyPortForward(connection, dial, why)
  }
  const ports = portsOf(route.query)
  const [ws, protocol] = await acceptWebSocket(request, socket, head, [tunnelProtocol, ...channelProtocols.slice(1)])
  if (protocol === tunnelProtocol) return spdyPortForward(tunnelOf(ws), dial, why)
  return channelPortForward(channelsOf(ws, protocol), ports, dial, why)
}

/** kubectl waits on a forward for ever; it says "lost connection to pod" when the connection is cut, so that happens with the pod. */
const endWith = (socket: Duplex, isThere: () => boolean): void => {
  const timer = setInterval(() => isThere() || socket.destroy(), 500)
  socket.once('close', () => clearInterval(timer))
}

const isWebSocket = (request: IncomingMessage): boolean => request.headers.upgrade?.toLowerCase() === 'websocket'

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 32 << 20 })

/** Negotiated here and not by ws, which takes the slash in kubectl's `SPDY/3.1+…` for a malformed header. */
const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocols: readonly string[],
): Promise<[ws: WebSocket, protocol: string]> => {
  const offered = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
  const protocol = protocols.find((name) => offered.includes(name))
  if (offered.length > 0 && protocol === undefined)
    throw new TargetError(400, `none of the subprotocols ${protocols.join(', ')} was offered`)
  delete request.headers['sec-websocket-protocol']
  const answerWith = (headers: string[], asked: IncomingMessage) => {
    if (asked === request && protocol) headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
  }
  webSockets.on('headers', answerWith)
  return new Promise((resolve) => {
    webSockets.handleUpgrade(request, socket, head, (ws) => resolve([ws, protocol ?? '']))
    webSockets.off('headers', answerWith)
  })
}
