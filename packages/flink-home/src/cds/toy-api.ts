/**
 * As much of a Kubernetes API server as a native JobManager needs to get one TaskManager: TLS, HTTP/2, a watch over
 * WebSocket, one Deployment, pods that are scheduled at once. With it the archive holds the classes of Flink's
 * Kubernetes client too.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createSecureServer } from 'node:http2'
import type { Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

export interface ToyPod {
  metadata: { name: string }
  spec: { containers: { args: string[]; env?: { name: string; value?: string }[] }[] }
}

export interface ToyApi {
  url: string
  close(): void
}

export const toyApi = async (
  at: { address: string; java: string; folder: string },
  started: (pod: ToyPod) => void,
): Promise<ToyApi> => {
  const { address, java, folder } = at
  const watchers = new Set<WebSocket>()
  let version = 1
  const tell = (type: string, object: object): void =>
    watchers.forEach((watcher) => watcher.send(JSON.stringify({ type, object })))

  const create = (pod: ToyPod): object => {
    const metadata = {
      ...pod.metadata,
      namespace: 'default',
      uid: `uid-${++version}`,
      resourceVersion: `${version}`,
      creationTimestamp: new Date().toISOString(),
    }
    const created = {
      ...pod,
      metadata,
      status: { phase: 'Pending', conditions: [] as object[], containerStatuses: [] },
    }
    setImmediate(() => {
      tell('ADDED', created)
      const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: metadata.creationTimestamp }
      tell('MODIFIED', {
        ...created,
        metadata: { ...metadata, resourceVersion: `${++version}` },
        status: { ...created.status, conditions: [scheduled] },
      })
      started(pod)
    })
    return created
  }

  const answer = async (request: Http2ServerRequest): Promise<[number, object]> => {
    const { pathname } = new URL(request.url, 'http://x')
    const kind = { apiVersion: 'v1', kind: pathname.endsWith('/pods') ? 'Pod' : 'Deployment' }
    if (request.method === 'POST' && kind.kind === 'Pod')
      return [201, create(JSON.parse(await text(request)) as ToyPod)]
    if (request.method === 'GET' && kind.kind === 'Pod')
      return [200, { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: `${version}` }, items: [] }]
    if (request.method === 'GET' && pathname.includes('/deployments/'))
      return [200, deployment(pathname.split('/').at(-1) ?? '')]
    return [404, { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 }]
  }

  const server = createSecureServer(
    { ...(await selfSigned(java, folder)), allowHTTP1: true },
    async (request, response) => {
      const [status, body] = await answer(request)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    },
  )
  const sockets = new WebSocketServer({ noServer: true })
  const connections = new Set<Duplex>()
  server.on('secureConnection', (socket: Duplex) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (watcher) => {
      watchers.add(watcher)
      watcher.on('close', () => watchers.delete(watcher))
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  return {
    url: `https://${address}:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      for (const connection of connections) connection.destroy()
    },
  }
}

const deployment = (name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default', uid: 'uid-1', resourceVersion: '1' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [] } },
  },
})

/** A certificate by Java's own tool, since a Java is here in any case. */
const selfSigned = async (java: string, folder: string): Promise<{ pfx: Buffer; passphrase: string }> => {
  const file = join(folder, 'toy.p12')
  const passphrase = 'not-secret'
  const flags = ['-genkeypair', '-alias', 'toy', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=toy']
  const store = ['-storetype', 'PKCS12', '-keystore', file, '-storepass', passphrase]
  await promisify(execFile)(join(java, 'bin/keytool'), [...flags, ...store])
  return { pfx: await readFile(file), passphrase }
}
