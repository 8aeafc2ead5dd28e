/**
 * The `proxy` subresource of pods, Services and nodes: HTTP passed on to a port inside the cluster, for example the web
 * interface of a job through `kubectl proxy`.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { KubeObject, Status } from '@drey/reconcile'
import type { ApiServer, RequestInfo } from './api-server.ts'
import { kubeletOf, type KubeletClient } from './pod-streams.ts'
import { sendStatus, statusBody } from './respond.ts'
import { findObject, type FindObject } from './stored.ts'

/** Connects to an address of the cluster; where pods have networks of their own, only their runtime knows the way. */
export type DialPod = (host: string, port: number) => Promise<Duplex>

export type Proxy = (request: IncomingMessage, response: ServerResponse, info: RequestInfo) => void

const proxied = new Set(['pods', 'services', 'nodes'])
export const isProxy = (info: RequestInfo): boolean =>
  info.group === '' && info.subresource === 'proxy' && proxied.has(info.resource)

export const proxyTo = (server: ApiServer, kubelet: KubeletClient | undefined, dial: DialPod | undefined): Proxy => {
  const find = findObject(server)
  return (request, response, info) => {
    const url = request.url ?? ''
    const at = url.search(/\/proxy(?=[/?]|$)/) + '/proxy'.length
    const base = url.slice(0, at)
    const rest = url.slice(at)
    // relative links of a page only work below a directory
    if (!rest.startsWith('/')) return redirect(response, `${base}/${rest}`)
    const target = targetOf(find, info, kubelet, dial)
    if ('status' in target) return sendStatus(response, target)
    pass(request, response, target, rest, base)
  }
}

const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(301, { location, 'content-length': 0 })
  response.end()
}

type Target = { secure: boolean; options: RequestOptions }

const targetOf = (
  find: FindObject,
  info: RequestInfo,
  kubelet: KubeletClient | undefined,
  dial: DialPod | undefined,
): Target | Status => {
  const { scheme, name, port } = partsOf(info.name ?? '')
  const notFound = (): Status =>
    statusBody(404, 'NotFound', `${info.resource} "${name}" not found`, { name, kind: info.resource })
  if (info.resource === 'nodes') {
    const node = find('nodes', '', name)
    if (!node) return notFound()
    const address = kubeletOf(node)
    if (!address || !kubelet) return unavailable(`no way to the kubelet of node "${name}"`)
    return { secure: true, options: { ...address, ca: kubelet.ca, cert: kubelet.cert, key: kubelet.key } }
  }
  const object = find(info.resource as 'pods' | 'services', info.namespace ?? '', name)
  if (!object) return notFound()
  const address =
    info.resource === 'pods'
      ? podAddress(object, port)
      : serviceAddress(object, find('endpoints', info.namespace ?? '', name), port)
  if (!address)
    return unavailable(`no endpoints available for ${info.resource === 'pods' ? 'pod' : 'service'} "${name}"`)
  const secure = scheme === 'https'
  return {
    secure,
    options: {
      ...address,
      // pods sign their own certificates
      ...(secure ? { rejectUnauthorized: false } : {}),
      ...(dial && !secure ? { agent: dialing(dial) } : {}),
    },
  }
}

const unavailable = (message: string): Status => statusBody(503, 'ServiceUnavailable', message)

/** An agent whose connections come from elsewhere. */
const dialing = (dial: DialPod): HttpAgent => {
  const agent = new HttpAgent()
  agent.createConnection = (options, ready) => {
    const { host = '', port = 0 } = options as { host?: string; port?: number }
    dial(host, Number(port)).then(
      (socket) => ready?.(null, socket),
      (error: Error) => ready?.(error, undefined as never),
    )
    return undefined
  }
  return agent
}

/** `name`, `name:port` or `scheme:name:port` */
const partsOf = (text: string): { scheme: string; name: string; port: string } => {
  const parts = text.split(':')
  if (parts.length === 3) return { scheme: parts[0]!, name: parts[1]!, port: parts[2]! }
  return { scheme: 'http', name: parts[0]!, port: parts[1] ?? '' }
}

interface Port {
  name?: string
  port?: number
  containerPort?: number
}

const podAddress = (pod: KubeObject, port: string): { host: string; port: number } | undefined => {
  const host = (pod['status'] as { podIP?: string } | undefined)?.podIP
  const containers = (pod['spec'] as { containers?: { ports?: Port[] }[] } | undefined)?.containers ?? []
  const ports = containers.flatMap((container) => container.ports ?? [])
  const number =
    Number(port) || ports.find((one) => (port ? one.name === port : true))?.containerPort || (port ? 0 : 80)
  return host && number ? { host, port: number } : undefined
}

/** The first ready address behind the Service, on the endpoints' port of the same name. */
const serviceAddress = (
  service: KubeObject,
  endpoints: KubeObject | undefined,
  port: string,
): { host: string; port: number } | undefined => {
  const wanted = ((service['spec'] as { ports?: Port[] } | undefined)?.ports ?? []).find(
    (one) => !port || one.name === port || String(one.port) === port,
  )
  const subsets = (endpoints?.['subsets'] ?? []) as { addresses?: { ip: string }[]; ports?: Port[] }[]
  for (const { addresses, ports } of subsets) {
    const host = addresses?.[0]?.ip
    const number = ports?.find((one) => (one.name ?? '') === (wanted?.name ?? ''))?.port
    if (wanted && host && number) return { host, port: number }
  }
  return undefined
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
  'host',
])
/** What was said to us is not for the pod: credentials above all. */
const ours = /^(authorization|impersonate-.*)$/

const pass = (request: IncomingMessage, response: ServerResponse, target: Target, path: string, base: string): void => {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !hopByHop.has(name) && !ours.test(name)),
  ) as Record<string, string>
  const send = target.secure ? httpsRequest : httpRequest
  const upstream = send({ ...target.options, method: request.method, path, headers }, (answer) => {
    const back = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name)))
    if (back['location']?.[0] === '/') back['location'] = `${base}${String(back['location'])}`
    response.writeHead(answer.statusCode ?? 502, back)
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  upstream.on('error', (error) => {
    if (response.headersSent) response.destroy()
    else sendStatus(response, unavailable(`error trying to reach service: ${error.message}`))
  })
  response.on('close', () => upstream.destroy())
  request.pipe(upstream)
}
