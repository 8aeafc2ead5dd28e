/**
 * Logs, exec, attach and port-forward: found out here where the pod runs and what its kubelet is to be asked; the bytes pass
 * through untouched. Paths and parameters of the kubelet: kubernetes/kubernetes pkg/kubelet/server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { KubeObject, Status } from '@drey/reconcile'
import type { ApiServer, RequestInfo } from './api-server.ts'
import { sendStatus, statusBody } from './respond.ts'
import { findObject } from './stored.ts'
import { isTrue } from './path.ts'

export interface KubeletClient {
  /** PEM: signs the kubelets' certificates */
  ca: string
  /** PEM: what we show to kubelets */
  cert: string
  key: string
}

/** What to ask which kubelet. */
export interface KubeletCall {
  host: string
  port: number
  /** path and query */
  path: string
}

export interface PodStreams {
  client: KubeletClient | undefined
  /** the call, or the error that says why there is none; nothing: the pod has no node yet */
  callFor(info: RequestInfo, query: URLSearchParams): KubeletCall | Status | undefined
  /** answers without an upgrade: logs */
  http(request: IncomingMessage, response: ServerResponse, info: RequestInfo, query: URLSearchParams): void
}

const subresources = new Set(['log', 'exec', 'attach', 'portforward'])
export const isPodStream = (info: RequestInfo): boolean =>
  info.group === '' && info.resource === 'pods' && info.name !== undefined && subresources.has(info.subresource ?? '')

export const podStreams = (server: ApiServer, client: KubeletClient | undefined): PodStreams => {
  const find = findObject(server)
  const agent =
    client &&
    new Agent({ ca: client.ca, cert: client.cert, key: client.key, keepAlive: true, ALPNProtocols: ['http/1.1'] })
  const callFor = (info: RequestInfo, query: URLSearchParams): KubeletCall | Status | undefined => {
    const name = info.name ?? ''
    const pod = find('pods', info.namespace ?? '', name)
    if (!pod) return statusBody(404, 'NotFound', `pods "${name}" not found`, { name, kind: 'pods' })
    const path = kubeletPath(pod, info, query)
    if (typeof path !== 'string') return path
    const nodeName = (pod['spec'] as { nodeName?: string } | undefined)?.nodeName
    if (!nodeName) {
      if (info.subresource === 'log') return undefined
      return badRequest(`pod ${name} does not have a host assigned`)
    }
    const node = find('nodes', '', nodeName)
    const kubelet = node && kubeletOf(node)
    if (!kubelet) return internal(`no preferred addresses found; known addresses: []`)
    return { ...kubelet, path }
  }

  return {
    client,
    callFor,
    http: (request, response, info, query) => {
      if (info.subresource !== 'log' || request.method !== 'GET')
        return sendStatus(response, badRequest('Upgrade request required'))
      const call = callFor(info, query)
      if (!call) {
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.end()
        return
      }
      if ('status' in call) return sendStatus(response, call)
      if (!agent) return sendStatus(response, noKubeletClient)
      const upstream = httpsRequest({ host: call.host, port: call.port, path: call.path, agent }, (answer) => {
        if (answer.statusCode !== 200) return void relayError(answer, response, info)
        response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' })
        response.flushHeaders()
        answer.on('error', () => response.destroy())
        answer.pipe(response)
      })
      upstream.on('error', (error) => {
        if (response.headersSent) response.destroy()
        else sendStatus(response, dialError(call, error))
      })
      response.on('close', () => upstream.destroy())
      upstream.end()
    },
  }
}

const badRequest = (message: string): Status => statusBody(400, 'BadRequest', message)
const internal = (message: string): Status =>
  statusBody(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
export const noKubeletClient = statusBody(
  501,
  'NotImplemented',
  'this API server was given no certificate to show to kubelets',
)
export const dialError = (call: KubeletCall, error: Error): Status =>
  internal(`error dialing backend: dial tcp ${call.host}:${call.port}: ${error.message}`)

/** The kubelet answers errors as text; clients expect a Status. */
const relayError = async (answer: IncomingMessage, response: ServerResponse, info: RequestInfo): Promise<void> => {
  let text = ''
  for await (const chunk of answer) if (text.length < 64_000) text += String(chunk)
  text = text.trim()
  const code = answer.statusCode ?? 500
  if (code === 400) return sendStatus(response, badRequest(text))
  if (code === 404)
    return sendStatus(
      response,
      statusBody(404, 'NotFound', text || `the server could not find the requested resource`, {
        name: info.name ?? '',
        kind: 'pods/log',
      }),
    )
  sendStatus(response, internal(text))
}

/** Where the kubelet of a node listens. */
export const kubeletOf = (node: KubeObject): { host: string; port: number } | undefined => {
  const host = addressOf(node)
  return host === undefined ? undefined : { host, port: kubeletPort(node) }
}

const addressOf = (node: KubeObject): string | undefined => {
  const addresses = (node['status'] as { addresses?: { type: string; address: string }[] } | undefined)?.addresses ?? []
  for (const type of ['InternalIP', 'ExternalIP', 'Hostname']) {
    const found = addresses.find((entry) => entry.type === type)
    if (found) return found.address
  }
  return undefined
}
const kubeletPort = (node: KubeObject): number =>
  (node['status'] as { daemonEndpoints?: { kubeletEndpoint?: { Port?: number } } } | undefined)?.daemonEndpoints
    ?.kubeletEndpoint?.Port ?? 10250

const logParameters = [
  'follow',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'timestamps',
  'tailLines',
  'limitBytes',
  'stream',
  'insecureSkipTLSVerifyBackend',
]
/** the API's name → the kubelet's */
const streamParameters = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' } as const
const kubeletNames = { log: 'containerLogs', exec: 'exec', attach: 'attach', portforward: 'portForward' } as const

const kubeletPath = (pod: KubeObject, info: RequestInfo, query: URLSearchParams): string | Status => {
  const kind = info.subresource as keyof typeof kubeletNames
  const parameters = new URLSearchParams()
  const base = `/${kubeletNames[kind]}/${encodeURIComponent(pod.metadata.namespace ?? '')}/${encodeURIComponent(pod.metadata.name)}`
  if (kind === 'portforward') {
    const ports = query.getAll('ports').flatMap((value) => value.split(','))
    if (ports.length) parameters.set('port', ports.join(','))
    return withQuery(base, parameters)
  }
  const container = chosenContainer(pod, query.get('container') ?? '')
  if (typeof container !== 'string') return container
  if (kind === 'log') {
    for (const name of logParameters) {
      const value = query.get(name)
      if (value !== null) parameters.set(name, value)
    }
  } else {
    for (const [ours, theirs] of Object.entries(streamParameters)) {
      // as with Kubernetes, output is on unless switched off
      const value = query.get(ours)
      if (value === null ? kind === 'attach' && ours === 'stdout' : isTrue(value)) parameters.set(theirs, '1')
    }
    for (const word of query.getAll('command')) parameters.append('command', word)
  }
  return withQuery(`${base}/${encodeURIComponent(container)}`, parameters)
}

const withQuery = (path: string, parameters: URLSearchParams): string =>
  parameters.size ? `${path}?${parameters}` : path

const namesIn = (pod: KubeObject, field: string): string[] =>
  (((pod['spec'] as Record<string, unknown> | undefined)?.[field] ?? []) as { name: string }[]).map(({ name }) => name)

const chosenContainer = (pod: KubeObject, wanted: string): string | Status => {
  const main = namesIn(pod, 'containers')
  const init = namesIn(pod, 'initContainers')
  const all = [...main, ...init, ...namesIn(pod, 'ephemeralContainers')]
  const pick =
    wanted ||
    (main.length === 1 ? main[0]! : (pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? ''))
  if (pick && all.includes(pick)) return pick
  if (pick) return badRequest(`container ${pick} is not valid for pod ${pod.metadata.name}`)
  const choices = `choose one of: [${main.join(' ')}]${init.length ? ` or one of the init containers: [${init.join(' ')}]` : ''}`
  return badRequest(`a container name must be specified for pod ${pod.metadata.name}, ${choices}`)
}
