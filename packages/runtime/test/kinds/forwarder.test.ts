/** Ports of Services on this machine, with real sockets; the "pods" listen on loopback addresses. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiServer } from '@drey/apiserver'
import { kubeClient, pods, services, type KubeClient } from '@drey/kube'
import { pathOf, realClock, type KubeObject } from '@drey/reconcile'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startControllers, type Controllers } from '../../src/controllers.ts'
import { forwardsOf } from '../../src/kinds/forwards.ts'
import { dial } from '../../src/isolation/loopback.ts'
import { textOf } from '../streaming/world.ts'

let client: KubeClient
let controllers: Controllers
let port: number
const servers: Server[] = []
const dir = mkdtempSync(join(tmpdir(), 'forwarder-'))
const server = createApiServer({ clock: realClock, random: Math.random })
const addresses = ['127.77.33.1', '127.77.33.2']

const listen = (host: string, at: number) =>
  new Promise<number>((resolve, reject) => {
    const pod = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      socket.on('data', () => {}).on('end', () => socket.end(host))
    })
    servers.push(pod)
    pod.once('error', reject)
    pod.listen(at, host, () => resolve((pod.address() as AddressInfo).port))
  })

beforeAll(async () => {
  const transport = server.transport({ name: 'test', groups: ['system:masters'] })
  client = kubeClient(transport)
  controllers = startControllers({
    transport,
    clock: realClock,
    random: Math.random,
    dir,
    log: { debug() {}, info() {}, warn() {} },
    forward: { nodeAddress: '127.0.0.1', podAddresses: true, connect: dial },
  })
  await controllers.ready
  port = await listen(addresses[0]!, 0)
  await listen(addresses[1]!, port)
  for (const [index, podIP] of addresses.entries()) {
    const metadata = { name: `web-${index}`, namespace: 'default', labels: { app: 'web' } }
    const spec = { nodeName: 'n', containers: [{ name: 'main', image: 'x' }] }
    await client.create(pods, { apiVersion: 'v1', kind: 'Pod', metadata, spec } as KubeObject)
    const status = { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: 'True' }] }
    await client.merge({ type: pods, namespace: 'default', name: metadata.name }, { status }, 'status')
  }
})
afterAll(async () => {
  await controllers.close()
  for (const one of servers) one.close()
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

const serve = (name: string, spec: object): Promise<any> =>
  client.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: 'web' }, ...spec },
  } as KubeObject)

/** Which pod answers, or `closed`. */
const ask = (host: string, at: number) =>
  new Promise<string>((resolve) => {
    const socket = connect({ host, port: at, allowHalfOpen: true }, () => {
      socket.end('who?')
      textOf(socket).then(resolve, () => resolve('closed'))
    })
    socket.on('error', () => resolve('closed'))
  })
const freePort = async () => {
  const at = await listen('127.0.0.1', 0)
  await new Promise((closed) => servers.pop()!.close(closed))
  return at
}

test('the port of a Service that is not its target port is open at each pod', async () => {
  const other = await freePort()
  await serve('plain', { ports: [{ port: other, targetPort: port }] })
  await expect.poll(() => ask(addresses[0]!, other)).toBe(addresses[0])
  await expect.poll(() => ask(addresses[1]!, other)).toBe(addresses[1])
  await client.remove({ type: services, namespace: 'default', name: 'plain' })
  await expect.poll(() => ask(addresses[0]!, other)).toBe('closed')
})

test('a node port leads to the pods in turn', async () => {
  const made = await serve('node', { type: 'NodePort', ports: [{ port }] })
  const { nodePort } = made.spec.ports[0]
  await expect.poll(() => ask('127.0.0.1', nodePort)).not.toBe('closed')
  const seen = new Set([await ask('127.0.0.1', nodePort), await ask('127.0.0.1', nodePort)])
  expect(seen).toEqual(new Set(addresses))
})

test('a load balancer gets an address of its own, and says so once it listens', async () => {
  const path = pathOf(services, { namespace: 'default', name: 'balancer' })
  await serve('balancer', { type: 'LoadBalancer', ports: [{ port }] })
  const ip = async () => (await client.send<any>({ method: 'GET', path })).status.loadBalancer?.ingress?.[0]?.ip
  await expect.poll(ip).toMatch(/^127\.1\./)
  expect(addresses).toContain(await ask(await ip(), port))
})

test('headless Services translate no ports, and an unready pod gets no connections', () => {
  const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec }) as never
  const slice = (ready: boolean) =>
    ({ endpoints: [{ addresses: ['127.9.9.9'], conditions: { ready } }], ports: [{ name: '', port: 8080 }] }) as never
  const place = { nodeAddress: '127.0.0.1', podAddresses: true }
  const ports = [{ port: 80, targetPort: 8080 }]
  expect(forwardsOf(service({ clusterIP: 'None', ports }), [slice(true)], place)).toEqual([])
  expect(forwardsOf(service({ clusterIP: '10.96.0.9', ports }), [slice(false)], place)).toEqual([])
  expect(
    forwardsOf(service({ clusterIP: '10.96.0.9', ports }), [slice(true)], { ...place, podAddresses: false }),
  ).toEqual([])
  expect(forwardsOf(service({ clusterIP: '10.96.0.9', ports }), [slice(true)], place)).toEqual([
    { host: '127.9.9.9', port: 80, targets: [{ host: '127.9.9.9', port: 8080 }] },
  ])
})
