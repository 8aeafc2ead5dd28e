import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configMaps, pod, pods, startHome, type Home } from './home.ts'

let home: Home
beforeAll(async () => {
  home = await startHome({ host: ['127.0.0.1', '127.0.0.2'] })
})
afterAll(() => home.close())

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' }

test('answers unknown paths, methods and media types as kube-apiserver does', async () => {
  expect(await home.call('/foo')).toMatchObject({ status: 404, text: '404 page not found\n' })
  expect(await home.call('/apis/nope/v1')).toMatchObject({ status: 404, text: '404 page not found\n' })
  expect((await home.call('/apis/apps/v1/nope')).json).toMatchObject({
    code: 404,
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
  })
  expect((await home.call(pods, { headers: { accept: 'text/html' } })).json).toMatchObject({
    code: 406,
    reason: 'NotAcceptable',
  })
  expect(
    (await home.call(pods, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } })).json,
  ).toMatchObject({
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  })
  expect((await home.call(pods, { method: 'POST', body: '{' })).json).toMatchObject({ code: 400, reason: 'BadRequest' })
})

test('takes 3 MiB and no more', async () => {
  expect((await home.call(configMaps, { method: 'POST', body: Buffer.alloc(3_300_000, ' ') })).json).toMatchObject({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  })
})

test('listens on every address given, with a certificate for its own', async () => {
  const socket = connect({ host: '127.0.0.2', port: home.port, ca: home.pki.ca, servername: 'localhost' })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  expect(socket.authorized).toBe(true)
  socket.destroy()
})

test('reads JSON, YAML and protobuf alike', async () => {
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {a: "1"}\n'
  expect(
    (await home.call(configMaps, { method: 'POST', body: yaml, headers: { 'content-type': 'application/yaml' } }))
      .status,
  ).toBe(201)
  const field = (number: number, bytes: Buffer | string): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), Buffer.from(bytes)])
  const message = Buffer.concat([
    field(1, field(1, 'from-protobuf')),
    field(2, Buffer.concat([field(1, 'a'), field(2, '1')])),
  ])
  const body = Buffer.concat([
    Buffer.from('6b387300', 'hex'),
    field(1, Buffer.concat([field(1, 'v1'), field(2, 'ConfigMap')])),
    field(2, message),
  ])
  const protobuf = {
    'content-type': 'application/vnd.kubernetes.protobuf',
    accept: 'application/vnd.kubernetes.protobuf,application/json',
  }
  const made = await home.call(configMaps, { method: 'POST', body, headers: protobuf })
  expect(made).toMatchObject({ status: 201, json: { metadata: { name: 'from-protobuf' }, data: { a: '1' } } })
  expect(made.headers['content-type']).toBe('application/json')
  expect((await home.call(`${configMaps}/from-yaml`)).json.data).toEqual({ a: '1' })

  const options = Buffer.concat([
    Buffer.from('6b387300', 'hex'),
    field(1, Buffer.concat([field(1, 'v1'), field(2, 'DeleteOptions')])),
    field(2, field(2, field(1, 'not-the-uid'))),
  ])
  const refused = await home.call(`${configMaps}/from-protobuf`, { method: 'DELETE', body: options, headers: protobuf })
  expect(refused.json).toMatchObject({ code: 409, reason: 'Conflict' })
})

test('answers YAML to who asks for it', async () => {
  await home.create(configMaps, configMap('yaml-please'))
  const answer = await home.call(`${configMaps}/yaml-please`, { headers: { accept: 'application/yaml' } })
  expect(answer.headers['content-type']).toBe('application/yaml')
  expect(answer.text).toContain('name: yaml-please')
})

test('shows Tables with the objects asked for', async () => {
  await home.create(pods, pod('shown'))
  const answer = await home.call(`${pods}?includeObject=Object`, { headers: table })
  expect(answer.json).toMatchObject({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
  })
  const row = answer.json.rows.find((r: { cells: unknown[] }) => r.cells[0] === 'shown')
  expect(row.cells.slice(0, 4)).toEqual(['shown', '0/1', 'Pending', '0'])
  expect(row.object.spec.containers[0].name).toBe('main')
  expect((await home.call(`${pods}/shown`, { headers: table })).json.rows).toHaveLength(1)
  expect((await home.call(`${pods}?includeObject=None`, { headers: table })).json.rows[0].object).toBeUndefined()
  expect((await home.call(`${pods}/nope`, { headers: table })).json).toMatchObject({ kind: 'Status', code: 404 })
})

test('shows metadata only to informers that keep no more', async () => {
  await home.create(pods, pod('light'))
  const headers = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }
  const list = (await home.call(pods, { headers })).json
  expect(list.kind).toBe('PartialObjectMetadataList')
  expect(list.items.every((item: object) => Object.keys(item).sort().join() === 'apiVersion,kind,metadata')).toBe(true)
})

test('warns of unknown fields in headers that survive odd characters', async () => {
  const answer = await home.call(`${configMaps}?fieldValidation=Warn`, {
    method: 'POST',
    body: { ...configMap('warned'), 'bögus"': 1 },
  })
  expect(answer.status).toBe(201)
  expect(answer.headers['warning']).toMatch(/^299 - "unknown field .*"$/)
})

test('a strict client hears of every problem at once', async () => {
  const body =
    '{"apiVersion":"v1","kind":"ConfigMap","aa":1,"metadata":{"name":"strict"},"data":{"a":"1","a":"2"},"zz":1}'
  const refused = await home.call(`${configMaps}?fieldValidation=Strict`, { method: 'POST', body })
  expect(refused.json).toMatchObject({
    code: 400,
    message:
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "aa", duplicate field "data.a", unknown field "zz"',
  })
  const warned = await home.call(configMaps, { method: 'POST', body })
  expect(warned.status).toBe(201)
  expect(warned.headers['warning']).toContain('duplicate field')
  expect((await home.call(`${configMaps}?timeout=abc`)).json.message).toBe(
    'invalid timeout specified in the request URL - time: invalid duration "abc"',
  )
})

test('a long list arrives whole, whatever its length', async () => {
  const path = '/api/v1/namespaces/kube-public/configmaps'
  for (let n = 0; n < 600; n++) await home.create(path, configMap(`c-${n}`, { text: 'ä'.repeat(1000) }))
  const answer = await home.call(path)
  expect(answer.headers['transfer-encoding']).toBe('chunked')
  expect(answer.json).toMatchObject({
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: expect.any(String) },
  })
  expect(
    answer.json.items.filter((item: { data?: { text?: string } }) => item.data?.text?.length === 1000),
  ).toHaveLength(600)
})
