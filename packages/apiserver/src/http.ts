/**
 * The API over HTTPS: who is asking, may they, what do they want, and the answer in the form they asked for. Plain node:https:
 * the paths need no router, watches and upgrades write to the socket, and one server listens on several addresses.
 */
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ApiServer } from './api-server.ts'
import { guard, type AccessOptions } from './access.ts'
import { ensureBootstrapObjects } from './bootstrap.ts'
import { answerPath, type PathAnswers } from './nonresource.ts'
import { BodyError } from './negotiate.ts'
import { parsePath } from './path.ts'
import { notAcceptable, resourceOf, splitUrl, wishOf, type Context } from './request.ts'
import { sendReply, sendStatus, shaped, statusBody } from './respond.ts'
import { readRequest, strictError } from './read-request.ts'
import { isPodStream, podStreams, type KubeletClient } from './pod-streams.ts'
import { isProxy, proxyTo, type DialPod } from './proxy.ts'
import { upgrader } from './upgrade.ts'
import { eventEncoder, streamOverHttp } from './watch-stream.ts'

export interface ServeOptions {
  server: ApiServer
  /** one address or several; default 127.0.0.1 */
  host?: string | readonly string[]
  /** 0: any free one */
  port: number
  tls: {
    /** PEM of the server's certificate and key */
    cert: string
    key: string
    /** PEM of the CA whose client certificates count */
    clientCa?: string
  }
  auth: AccessOptions
  /** the CA of kubelets' certificates and the client certificate shown to them; absent: no logs, exec, port-forward */
  kubelet?: KubeletClient
  /** the way to pods' addresses, for the `proxy` subresource; default: an ordinary connection */
  dialPod?: DialPod
  log?: (line: string) => void
  /** default: the wall clock; for ages in Tables */
  now?: () => number
}

export interface ServedApi {
  url: string
  port: number
  close(): Promise<void>
}

export const serveApi = async (options: ServeOptions): Promise<ServedApi> => {
  const { server, tls } = options
  const log = options.log ?? (() => {})
  const now = options.now ?? Date.now
  await ensureBootstrapObjects(server)
  const access = guard(server, options.auth)
  const answers: PathAnswers = answerPath(server, options.auth.serviceAccounts)
  const streams = podStreams(server, options.kubelet)
  const proxy = proxyTo(server, options.kubelet, options.dialPod)
  const context: Context = { server, access, answers, streams, proxy, now, log }
  const upgrade = upgrader(context)

  const hosts = typeof options.host === 'string' ? [options.host] : (options.host ?? ['127.0.0.1'])
  const listening: Server[] = []
  const sockets = new Set<Socket>()
  const listen = async (host: string, port: number): Promise<Server> => {
    const https = createServer(
      {
        key: tls.key,
        cert: tls.cert,
        ...(tls.clientCa ? { ca: tls.clientCa } : {}),
        requestCert: true,
        rejectUnauthorized: false,
        // upgrades do not exist in HTTP/2
        ALPNProtocols: ['http/1.1'],
        keepAliveTimeout: 120_000,
        // a request may be a watch of an hour; only its headers and body must come in time
        requestTimeout: 60_000,
      },
      (request, response) => void answer(context, request, response),
    )
    https.on('connection', (socket: Socket) => {
      socket.setNoDelay(true)
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
    https.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(request, socket, head))
    https.on('tlsClientError', () => {})
    await new Promise<void>((resolve, reject) => {
      https.once('error', reject)
      https.listen(port, host, () => {
        https.off('error', reject)
        resolve()
      })
    })
    return https
  }
  const closeAll = async (): Promise<void> => {
    const closed = listening.map((https) => new Promise<void>((resolve) => https.close(() => resolve())))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
  }

  let port = options.port
  try {
    for (const host of hosts) {
      const https = await listen(host, port)
      listening.push(https)
      port = (https.address() as AddressInfo).port
    }
  } catch (error) {
    await closeAll()
    throw error
  }
  const first = hosts[0] === '0.0.0.0' || hosts[0] === '::' ? '127.0.0.1' : (hosts[0] ?? '127.0.0.1')
  return { url: `https://${first.includes(':') ? `[${first}]` : first}:${port}`, port, close: closeAll }
}

const answer = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    await respond(context, request, response)
  } catch (error) {
    if (error instanceof BodyError) {
      const reason = { 400: 'BadRequest', 413: 'RequestEntityTooLarge', 415: 'UnsupportedMediaType' }[error.code]
      if (!response.headersSent) sendStatus(response, statusBody(error.code, reason, error.message))
      return
    }
    context.log(`${request.method} ${request.url}: ${(error as Error).stack ?? String(error)}`)
    if (response.headersSent) response.destroy()
    else sendStatus(response, statusBody(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`))
  }
}

const respond = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { path, query } = splitUrl(request.url ?? '/')
  const method = request.method ?? 'GET'
  const info = parsePath(method, path, query)
  const admitted = await context.access.admit(request, method, path, info, query)
  if ('status' in admitted) return sendStatus(response, admitted)
  const timeout = query.get('timeout')
  if (timeout && !goDuration.test(timeout))
    return sendStatus(
      response,
      statusBody(
        400,
        'BadRequest',
        `invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(timeout)}`,
      ),
    )
  if (!info) return context.answers(request, response, path)
  if (isProxy(info)) return context.proxy(request, response, info)
  if (isPodStream(info)) return context.streams.http(request, response, info, query)

  const { wanted, include } = wishOf(request, query, info)
  if (!wanted) return sendStatus(response, notAcceptable)
  const { apiRequest, text, duplicates } = await readRequest(request, method, path, query, admitted.user, response)
  if (duplicates.length && query.get('fieldValidation') === 'Strict')
    return sendStatus(response, await strictError(context.server, apiRequest, text, duplicates))
  const refused = await context.access.escalates(apiRequest, info)
  if (refused) return sendStatus(response, refused)

  const reply = await context.server.handle(apiRequest)
  const resource = wanted.as === 'object' ? undefined : resourceOf(context.server, info)
  if ('watch' in reply)
    return streamOverHttp(response, reply, eventEncoder(wanted, resource, include, context.now), context.log)
  await sendReply(
    response,
    {
      ...reply,
      body: shaped(reply, wanted, resource, include, context.now()),
      ...(duplicates.length
        ? { warnings: [...duplicates.map(({ complaint }) => complaint), ...(reply.warnings ?? [])] }
        : {}),
    },
    wanted.type,
  )
}

/** `10s`, `1m30s`. Requests here end long before any such limit; only watches last, and they have their own. */
const goDuration = /^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/
