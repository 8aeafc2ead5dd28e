import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeBody } from '../../src/negotiate.ts'

const fixtures = new URL('../fixtures/protobuf/', import.meta.url)

/** JSON shows zero times and nil lists as null; decoded protobuf leaves them out. */
const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : value && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, child]) => child !== null)
            .map(([key, child]) => [key, withoutNulls(child)]),
        )
      : value

// each fixture is one object as a real API server wrote it, once as protobuf and once as JSON
test.each(readdirSync(fixtures))('decodes %s to the same object as its JSON', (name) => {
  const { protobuf, object } = JSON.parse(readFileSync(new URL(name, fixtures), 'utf8')) as {
    protobuf: string
    object: unknown
  }
  expect(decodeBody(Buffer.from(protobuf, 'base64'), 'application/vnd.kubernetes.protobuf')).toEqual(
    withoutNulls(object),
  )
})

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('6b387300', 'hex'),
    field(1, Buffer.concat([field(1, Buffer.from(apiVersion)), field(2, Buffer.from(kind))])),
    field(2, raw),
  ])

test('decodes DeleteOptions under the version of any group', () => {
  const options = envelope(
    'apps/v1',
    'DeleteOptions',
    Buffer.concat([Buffer.from([0x08, 0x00]), field(4, Buffer.from('Background'))]),
  )
  expect(decodeBody(options, 'application/vnd.kubernetes.protobuf')).toEqual({
    apiVersion: 'apps/v1',
    kind: 'DeleteOptions',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
  })
})

test('refuses protobuf of a kind that has none, and bytes that end early', () => {
  expect(() => decodeBody(envelope('flink.apache.org/v1beta1', 'FlinkDeployment', Buffer.alloc(0)), '')).toThrow(
    'no kind "FlinkDeployment" is registered for version "flink.apache.org/v1beta1"',
  )
  expect(() => decodeBody(envelope('v1', 'Pod', Buffer.from([0x0a, 0x7f])), '')).toThrow('unexpected EOF')
})
