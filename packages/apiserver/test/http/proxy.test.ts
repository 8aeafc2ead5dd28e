import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pod, pods, startHome, type Home } from './home.ts'

let home: Home
let web: Server
let port = 0
const dialled: string[] = []
beforeAll(async () => {
  web = createServer((request, response) => {
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/there' })
      return void response.end()
    }
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      response.setHeader('x-seen', String(request.headers['authorization'] ?? 'no credentials'))
      response.end(`${request.method} ${request.url} ${body}`)
    })
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  port = (web.address() as AddressInfo).port
  home = await startHome({
    // pods may have addresses that only their runtime can reach
    dialPod: async (host, to) => {
      dialled.push(`${host}:${to}`)
      return connect(port, '127.0.0.1')
    },
  })
  await home.create(
    pods,
    pod('web', { containers: [{ name: 'main', image: 'i', ports: [{ name: 'rest', containerPort: 8081 }] }] }),
  )
  await home.call(`${pods}/web/status`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { podIP: '10.1.2.3' } },
  })
  const here = '/api/v1/namespaces/default'
  await home.create(`${here}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ name: 'rest', port: 80, targetPort: 8081 }] },
  })
  await home.create(`${here}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'empty' },
    spec: { ports: [{ port: 80 }] },
  })
  await home.create(`${here}/endpoints`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web' },
    subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'rest', port: 8081 }] }],
  } as never)
})
afterAll(async () => {
  web.closeAllConnections()
  web.close()
  await home.close()
})

test('a request goes on to the pod: path, query, body; never the credentials', async () => {
  const answer = await home.call(`${pods}/web:rest/proxy/jobs/overview?a=b%20c`, { method: 'POST', body: { x: 1 } })
  expect(answer).toMatchObject({ status: 200, text: 'POST /jobs/overview?a=b%20c {"x":1}' })
  expect(answer.headers['x-seen']).toBe('no credentials')
  expect(dialled.at(-1)).toBe('10.1.2.3:8081')
})

test('a Service is reached by the name or the number of its port', async () => {
  for (const name of ['web', 'web:rest', 'web:80', 'http:web:rest'])
    expect((await home.call(`/api/v1/namespaces/default/services/${name}/proxy/`)).text).toBe('GET / ')
  expect((await home.call('/api/v1/namespaces/default/services/empty/proxy/')).json).toMatchObject({
    code: 503,
    message: 'no endpoints available for service "empty"',
  })
})

test('the root redirects to a directory, and redirects stay below it', async () => {
  expect((await home.call(`${pods}/web/proxy`)).headers['location']).toBe(`${pods}/web/proxy/`)
  expect((await home.call(`${pods}/web/proxy/moved`)).headers['location']).toBe(`${pods}/web/proxy/there`)
})

test('needs its own right', async () => {
  expect((await home.call(`${pods}/web/proxy/`, { token: 'bobs-token' })).json.message).toContain(
    'cannot get resource "pods/proxy"',
  )
})
