import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { configMaps, pod, pods, startHome, type Home } from './home.ts'

let home: Home
const cutOff: string[] = []
beforeAll(async () => {
  home = await startHome({ log: (line) => cutOff.push(line) })
})
afterAll(() => home.close())

interface Event {
  type: string
  object: any
}

/** Opens a watch; `next` waits for the next event. */
const watch = async (path: string, headers: Record<string, string> = {}) => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpsRequest(`${home.url}${path}`, { agent: home.agent, headers }, resolve)
    request.on('error', reject)
    request.end()
  })
  const lines = (async function* () {
    let rest = ''
    for await (const chunk of response) {
      const parts = (rest + String(chunk)).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) yield JSON.parse(part) as Event
    }
  })()
  return { response, next: async () => (await lines.next()).value as Event, stop: () => response.destroy() }
}
const configMap = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

test('sends its headers before anything has happened, then one event per line', async () => {
  const { metadata } = (await home.call('/api/v1/namespaces/default/secrets')).json
  const seen = await watch(`/api/v1/namespaces/default/secrets?watch=1&resourceVersion=${metadata.resourceVersion}`)
  expect(seen.response.headers['content-type']).toBe('application/json')
  expect(seen.response.headers['transfer-encoding']).toBe('chunked')
  await home.create('/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } })
  expect(await seen.next()).toMatchObject({ type: 'ADDED', object: { kind: 'Secret', metadata: { name: 's' } } })
  await home.call('/api/v1/namespaces/default/secrets/s', { method: 'DELETE' })
  expect(await seen.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 's' } } })
  seen.stop()
})

test('a watched Table names its columns once', async () => {
  await home.create(pods, pod('one'))
  const seen = await watch(`${pods}?watch=1`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
  const first = await seen.next()
  expect(first).toMatchObject({
    type: 'ADDED',
    object: {
      kind: 'Table',
      rows: [{ cells: ['one', '0/1', 'Pending', '0', expect.any(String), '<none>', '<none>', '<none>', '<none>'] }],
    },
  })
  expect(first.object.columnDefinitions[0]).toMatchObject({ name: 'Name', format: 'name' })
  await home.create(pods, pod('two'))
  expect((await seen.next()).object).toMatchObject({
    columnDefinitions: null,
    rows: [{ cells: expect.arrayContaining(['two']) }],
  })
  seen.stop()
})

test('over WebSocket every event is a text frame', async () => {
  await home.create(configMaps, configMap('ws'))
  const socket = new WebSocket(
    `${home.url.replace('https', 'wss')}${configMaps}?watch=true&fieldSelector=metadata.name%3Dws`,
    {
      ca: home.pki.ca,
      ...home.pki.admin,
    },
  )
  const events: Event[] = []
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      const check = () => events.length >= count && resolve()
      socket.on('message', check)
      check()
    })
  socket.on('message', (data, isBinary) => {
    expect(isBinary).toBe(false)
    events.push(JSON.parse(String(data)) as Event)
  })
  await arrived(1)
  await home.call(`${configMaps}/ws`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { data: { a: 'b' } },
  })
  await arrived(2)
  expect(events.map((event) => [event.type, event.object.data?.a])).toEqual([
    ['ADDED', undefined],
    ['MODIFIED', 'b'],
  ])
  socket.close()
})

test('a refused WebSocket says why in an ordinary answer', async () => {
  const refusal = (path: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${home.url.replace('https', 'wss')}${path}`, { ca: home.pki.ca })
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
      socket.on('error', () => {})
    })
  expect(await refusal(`${configMaps}?watch=true`)).toBe(403)
  expect(await refusal('/healthz')).toBe(400)
})

test('a client that does not read is cut off, and the server goes on', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: home.port,
    ca: home.pki.ca,
    ...home.pki.admin,
    servername: 'localhost',
  })
  await new Promise((resolve) => socket.once('secureConnect', resolve))
  socket.pause()
  socket.write(`GET ${configMaps}?watch=1&resourceVersion=0 HTTP/1.1\r\nHost: x\r\n\r\n`)
  const gone = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  const big = 'x'.repeat(500_000)
  for (let n = 0; n < 60 && !cutOff.length; n++) {
    await home.call(`${configMaps}/big`, { method: 'DELETE' })
    await home.create(configMaps, configMap('big', { big, n: `${n}` }))
  }
  expect(cutOff[0]).toMatch(/watch cut off: \d+ bytes unread/)
  socket.resume()
  await gone
  expect((await home.call('/readyz')).text).toBe('ok')
})

test('a large state at the start reaches even a client that is slow to begin', async () => {
  const big = 'x'.repeat(500_000)
  for (let n = 0; n < 30; n++)
    await home.create('/api/v1/namespaces/kube-public/configmaps', configMap(`large-${n}`, { big }))
  const path = '/api/v1/namespaces/kube-public/configmaps?watch=1&resourceVersion=0'
  const before = cutOff.length
  const seen = await watch(path)
  await home.create('/api/v1/namespaces/kube-public/configmaps', configMap('large-last', { big }))
  for (let n = 0; n < 31; n++) expect((await seen.next()).type).toBe('ADDED')
  seen.stop()

  const socket = new WebSocket(`${home.url.replace('https', 'wss')}${path}`, { ca: home.pki.ca, ...home.pki.admin })
  let count = 0
  await new Promise<void>((resolve) => socket.on('message', () => ++count === 31 && resolve()))
  socket.close()
  expect(cutOff.length).toBe(before)
})

test('closing the server ends open watches and frees the port', async () => {
  const other = await startHome()
  const response = await new Promise<IncomingMessage>((resolve) =>
    httpsRequest(`${other.url}${configMaps}?watch=1`, { agent: other.agent }, resolve).end(),
  )
  const ended = new Promise((resolve) => {
    response.on('error', resolve)
    response.on('close', resolve)
  })
  response.resume()
  await other.close()
  await ended
})
