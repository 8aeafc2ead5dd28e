import { expect, test } from 'vitest'
import { decodeBody, wantedOf } from '../../src/negotiate.ts'

test('takes the first representation it can serve', () => {
  const kubectl =
    'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'
  expect(wantedOf(kubectl)).toEqual({ as: 'table', version: 'v1', type: 'application/json' })
  expect(wantedOf('application/vnd.kubernetes.protobuf,application/json')).toEqual({
    as: 'object',
    version: 'v1',
    type: 'application/json',
  })
  expect(
    wantedOf(
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ),
  ).toEqual({
    as: 'metadata',
    version: 'v1',
    type: 'application/json',
  })
  expect(wantedOf('text/html')).toBeUndefined()
  expect(wantedOf('application/vnd.kubernetes.protobuf')).toBeUndefined()
  expect(wantedOf('text/html, */*;q=0.1')?.as).toBe('object')
  expect(wantedOf(undefined)?.as).toBe('object')
})

test('reads YAML as kubectl does: 1.1, without times and base-60 numbers', () => {
  const yaml = Buffer.from('mode: 0644\non: yes\nport: 12:30:45\nday: 2026-01-01\n')
  expect(decodeBody(yaml, 'application/yaml')).toEqual({ mode: 420, true: true, port: '12:30:45', day: '2026-01-01' })
})

test('keeps a key named __proto__ from becoming a prototype', () => {
  const body = decodeBody(Buffer.from('{"a":{"__proto__":{"polluted":true}}}'), 'application/json') as {
    a: Record<string, unknown>
  }
  expect(body.a['polluted']).toBeUndefined()
  expect(Object.keys(body.a)).toEqual([])
})

test('says what is wrong with a body', () => {
  expect(() => decodeBody(Buffer.from('x'), 'application/json')).toThrow(/json parse error/)
  expect(() => decodeBody(Buffer.from('a: ['), 'application/yaml')).toThrow(/error converting YAML to JSON/)
  expect(() => decodeBody(Buffer.from('x'), 'text/plain')).toThrow(
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  )
})
