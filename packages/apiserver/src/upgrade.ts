/**
 * Connections that leave HTTP: watches over WebSocket (fabric8's first choice), and exec, attach and port-forward, whose bytes
 * are passed to the node's kubelet as they are, whatever they speak (WebSocket, SPDY/3.1).
 */
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { Status } from '@drey/reconcile'
import { WebSocketServer } from 'ws'
import { notAcceptable, resourceOf, splitUrl, wishOf, type Context } from './request.ts'
import { parsePath } from './path.ts'
import { dialError, isPodStream, noKubeletClient, type KubeletCall, type KubeletClient } from './pod-streams.ts'
import { statusBody } from './respond.ts'
import { eventEncoder, streamOverWebSocket } from './watch-stream.ts'

export const upgrader = (context: Context) => {
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 32 << 20 })

  return async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const { path, query } = splitUrl(request.url ?? '/')
    const method = request.method ?? 'GET'
    const info = parsePath(method, path, query)
    try {
      const admitted = await context.access.admit(request, method, path, info, query)
      if ('status' in admitted) return refuse(socket, admitted)
      if (info && isPodStream(info)) {
        const call = context.streams.callFor(info, query)
        if (!call || 'status' in call)
          return refuse(socket, call ?? statusBody(400, 'BadRequest', 'the pod has no node yet'))
        if (!context.streams.client) return refuse(socket, noKubeletClient)
        return tunnel(request, socket, head, call, context.streams.client)
      }
      if (info?.verb !== 'watch' || request.headers.upgrade?.toLowerCase() !== 'websocket')
        return refuse(socket, statusBody(400, 'BadRequest', 'this path cannot be upgraded'))
      const { wanted, include } = wishOf(request, query)
      if (!wanted) return refuse(socket, notAcceptable)
      const left = new AbortController()
      socket.on('close', () => left.abort())
      const reply = await context.server.handle({ method, path, query, user: admitted.user, signal: left.signal })
      if (!('watch' in reply)) return refuse(socket, reply.body as Status)
      const encode = eventEncoder(
        wanted,
        wanted.as === 'object' ? undefined : resourceOf(context.server, info),
        include,
        context.now,
      )
      webSockets.handleUpgrade(request, socket, head, (ws) => streamOverWebSocket(ws, reply, encode, context.log))
    } catch (error) {
      context.log(`${method} ${request.url}: ${(error as Error).stack ?? String(error)}`)
      refuse(socket, statusBody(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`))
    }
  }
}

/** An ordinary HTTP answer instead of the upgrade. */
const refuse = (socket: Duplex, status: Status): void => {
  const body = `${JSON.stringify(status)}\n`
  const code = status.code ?? 500
  socket.end(
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Everything after the request's own credentials is passed on: protocol negotiation is between client and kubelet. */
const kept = /^(upgrade|connection|x-stream-protocol-version|sec-websocket-|origin$|user-agent$|content-length$)/i

const tunnel = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  call: KubeletCall,
  client: KubeletClient,
): void => {
  let connected = false
  const upstream = connect(
    {
      host: call.host,
      port: call.port,
      ca: client.ca,
      cert: client.cert,
      key: client.key,
      ALPNProtocols: ['http/1.1'],
      ...serverName(call.host),
    },
    () => {
      connected = true
      const lines = [`${request.method} ${call.path} HTTP/1.1`, `Host: ${call.host}:${call.port}`]
      for (let index = 0; index < request.rawHeaders.length; index += 2)
        if (kept.test(request.rawHeaders[index]!))
          lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
      if (head.length) upstream.write(head)
      // pipes carry back-pressure in both directions
      upstream.pipe(socket)
      socket.pipe(upstream)
    },
  )
  upstream.setNoDelay(true)
  upstream.on('error', (error) => {
    if (connected) socket.destroy()
    else refuse(socket, dialError(call, error))
  })
  upstream.on('close', () => connected && socket.end())
  socket.on('close', () => upstream.destroy())
}

/** Addresses are no server names in TLS. */
const serverName = (host: string): { servername?: string } => (/^[\d.]+$|:/.test(host) ? {} : { servername: host })
