import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { pod, pods, startHome, type Home } from './home.ts'

/** A kubelet that logs what it is asked, echoes WebSockets, and speaks raw bytes after any other upgrade. */
const startKubelet = async (home: Home): Promise<{ server: Server; port: number; asked: string[] }> => {
  const asked: string[] = []
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
  const server = createServer(
    { ...home.pki.kubelet, ca: home.pki.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      asked.push(`${request.method} ${request.url} by ${(request.socket as TLSSocket).getPeerCertificate().subject.CN}`)
      if (request.url?.includes('/waiting/')) {
        response.statusCode = 400
        return void response.end('container "main" in pod "waiting" is waiting to start: ContainerCreating')
      }
      response.write('line 1\n')
      if (request.url?.includes('follow=true')) setImmediate(() => response.end('line 2\n'))
      else response.end()
    },
  )
  server.on('upgrade', (request, socket: Socket, head) => {
    asked.push(
      `${request.method} ${request.url} as ${request.headers['upgrade']} ${request.headers['x-stream-protocol-version'] ?? ''}`.trim(),
    )
    if (request.headers.upgrade === 'websocket')
      return sockets.handleUpgrade(request, socket, head, (ws) => ws.on('message', (data) => ws.send(data)))
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n')
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, asked }
}

let home: Home
let kubelet: Awaited<ReturnType<typeof startKubelet>>
beforeAll(async () => {
  home = await startHome()
  kubelet = await startKubelet(home)
  await home.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } })
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
  }
  await home.call('/api/v1/nodes/n1/status', {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status },
  })
  for (const name of ['p', 'waiting']) await home.create(pods, pod(name, { nodeName: 'n1' }))
  await home.create(pods, pod('unscheduled'))
  await home.create(pods, pod('two', { nodeName: 'n1', containers: ['a', 'b'].map((name) => ({ name, image: 'i' })) }))
})
afterAll(async () => {
  kubelet.server.closeAllConnections()
  kubelet.server.close()
  await home.close()
})

test("logs come from the kubelet of the pod's node, asked as the API server", async () => {
  const answer = await home.call(`${pods}/p/log?follow=true&tailLines=10`)
  expect(answer).toMatchObject({ status: 200, text: 'line 1\nline 2\n' })
  expect(answer.headers['content-type']).toBe('text/plain')
  expect(kubelet.asked).toContain(
    'GET /containerLogs/default/p/main?follow=true&tailLines=10 by kube-apiserver-kubelet-client',
  )
})

test('says why there are no logs', async () => {
  expect((await home.call(`${pods}/waiting/log`)).json).toMatchObject({
    code: 400,
    reason: 'BadRequest',
    message: 'container "main" in pod "waiting" is waiting to start: ContainerCreating',
  })
  expect((await home.call(`${pods}/two/log`)).json).toMatchObject({
    code: 400,
    message: 'a container name must be specified for pod two, choose one of: [a b]',
  })
  expect((await home.call(`${pods}/p/log?container=x`)).json).toMatchObject({
    code: 400,
    message: 'container x is not valid for pod p',
  })
  expect((await home.call(`${pods}/nope/log`)).json).toMatchObject({ code: 404, message: 'pods "nope" not found' })
  expect(await home.call(`${pods}/unscheduled/log`)).toMatchObject({ status: 200, text: '' })
  expect((await home.call(`${pods}/p/exec?command=ls`)).json).toMatchObject({
    code: 400,
    message: 'Upgrade request required',
  })
})

const webSocket = (path: string, protocol: string) =>
  new WebSocket(`${home.url.replace('https', 'wss')}${path}`, [protocol], { ca: home.pki.ca, ...home.pki.admin })

test('exec over WebSocket passes frames both ways and keeps the subprotocol', async () => {
  const socket = webSocket(
    `${pods}/p/exec?command=echo&command=a%20b&stdin=true&stdout=true&tty=false&container=main`,
    'v5.channel.k8s.io',
  )
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  expect(socket.protocol).toBe('v5.channel.k8s.io')
  const payload = Buffer.alloc(2_000_000, 7)
  const echoed = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
  socket.send(payload)
  expect((await echoed).equals(payload)).toBe(true)
  socket.close()
  expect(kubelet.asked).toContain('GET /exec/default/p/main?input=1&output=1&command=echo&command=a+b as websocket')
})

test('port-forward over plain SPDY is a transparent pipe', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: home.port,
    ca: home.pki.ca,
    ...home.pki.admin,
    servername: 'localhost',
  })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  socket.write(
    `POST ${pods}/p/portforward HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\nContent-Length: 0\r\n\r\n`,
  )
  let received = ''
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const check = () => received.includes(text) && resolve()
      socket.on('data', check)
      check()
    })
  socket.on('data', (chunk) => (received += String(chunk)))
  await until('\r\n\r\n')
  expect(received).toMatch(/^HTTP\/1\.1 101 /)
  socket.write('ping over spdy')
  await until('ping over spdy')
  expect(kubelet.asked).toContain('POST /portForward/default/p as SPDY/3.1 portforward.k8s.io')
  socket.destroy()
})

test('an upgrade without the right to it, without a node, or to a dead kubelet is refused', async () => {
  const refusal = (path: string, options: object) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${home.url.replace('https', 'wss')}${path}`, ['v5.channel.k8s.io'], {
        ca: home.pki.ca,
        ...options,
      })
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
      socket.on('error', () => {})
    })
  expect(await refusal(`${pods}/p/exec?command=ls`, { headers: { authorization: 'Bearer bobs-token' } })).toBe(403)
  expect(await refusal(`${pods}/unscheduled/exec?command=ls`, home.pki.admin)).toBe(400)
  const status = { daemonEndpoints: { kubeletEndpoint: { Port: 1 } } }
  await home.call('/api/v1/nodes/n1/status', {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status },
  })
  expect(await refusal(`${pods}/p/exec?command=ls`, home.pki.admin)).toBe(500)
})
