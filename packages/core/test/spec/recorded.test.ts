import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assert, anything, json, property, string } from 'fast-check'
import {
  lookAtRecord,
  readRecordedSpec,
  recordSpec,
  writeRecordedSpec,
  type RecordedKind,
} from '../../src/spec/index.ts'

// Every distinct recorded spec that upstream wrote while its renderings and spec changes were recorded.
const recorded = readFileSync(new URL('../fixtures/recorded-specs.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as [RecordedKind, string])

const minimal = {
  image: 'flink:1.20',
  flinkVersion: 'v1_20' as const,
  serviceAccount: 'flink',
  job: { jarURI: 'local:///a.jar', parallelism: 2 },
}

describe('recorded specs', () => {
  test('come out byte for byte as upstream wrote them', () => {
    // JavaScript has no integers of this size; the value loses its end in the resource and in the record alike.
    const exact = recorded.filter(([, text]) => !text.includes('9007199254740993'))
    const differences = exact.flatMap(([kind, text]) => {
      const look = lookAtRecord(kind, text)
      if (look.found !== 'spec' || look.record.unreadable.length > 0) return [[text, look]]
      const written = writeRecordedSpec(kind, look.record.spec, look.record)
      return written === text ? [] : [[text, written]]
    })
    expect(differences).toEqual([])
    expect(exact.length).toBeGreaterThan(300)
  })

  test('a record written and read is the same spec', () => {
    const written = recordSpec('FlinkDeployment', minimal, { firstDeployment: true })
    expect(readRecordedSpec(written.text)).toMatchObject({ spec: minimal, firstDeployment: true, unreadable: [] })
  })

  test('members that Java must not find null are written with their defaults', () => {
    const { text } = recordSpec('FlinkSessionJob', { deploymentName: 's', job: {} }, { firstDeployment: false })
    expect(text).toBe(
      '{"spec":{"job":{"jarURI":null,"parallelism":0,"entryClass":null,"args":[],"state":"running","savepointTriggerNonce":null,"initialSavepointPath":null,"checkpointTriggerNonce":null,"upgradeMode":"stateless","allowNonRestoredState":null,"savepointRedeployNonce":null,"autoscalerResetNonce":null},"restartNonce":null,"flinkConfiguration":{},"deploymentName":"s"},"resource_metadata":{"apiVersion":"flink.apache.org/v1beta1","firstDeployment":false}}',
    )
  })

  test('Kubernetes objects lose nulls and empty lists and maps, keep empty objects, and write quantities as text', () => {
    const podTemplate = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { labels: {}, annotations: { a: 'b' } },
      spec: {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', emptyDir: { sizeLimit: 1 } },
        ],
        containers: [
          {
            name: 'c',
            args: [],
            resources: { requests: { cpu: 1, memory: '1Gi' }, limits: {} },
            ports: [{ containerPort: 1 }],
            env: null,
          },
        ],
        securityContext: {},
        nodeSelector: {},
      },
    }
    const { text } = recordSpec('FlinkDeployment', { podTemplate }, { firstDeployment: false })
    expect(text).toContain(
      '"podTemplate":{"metadata":{"annotations":{"a":"b"}},"spec":{"containers":[{"name":"c","ports":[{"containerPort":1}],"resources":{"requests":{"cpu":"1","memory":"1Gi"}}}],"securityContext":{},"volumes":[{"emptyDir":{},"name":"v"},{"emptyDir":{"sizeLimit":"1"},"name":"w"}]},"apiVersion":"v1","kind":"Pod"}',
    )
  })

  test('control characters are written as Jackson does', () => {
    expect(
      recordSpec('FlinkSessionJob', { deploymentName: 'a\u001f\n/"\\é' }, { firstDeployment: false }).text,
    ).toContain('"a\\u001F\\n/\\"\\\\é"')
  })
})

describe('older and damaged records', () => {
  const wrapper = (metadata: object | undefined) =>
    JSON.stringify({ ...(metadata ? { resource_metadata: metadata } : {}), spec: minimal })
  test.each([
    [
      'with generation metadata',
      wrapper({ apiVersion: 'flink.apache.org/v1beta1', metadata: { generation: 3 }, firstDeployment: true }),
      true,
    ],
    ['without firstDeployment', wrapper({ apiVersion: 'flink.apache.org/v1beta1' }), false],
    ['with members that Java would refuse', wrapper({ apiVersion: 'x', firstDeployment: true, x: 1 }), true],
    ['without a wrapper', JSON.stringify({ apiVersion: 'flink.apache.org/v1beta1', ...minimal }), false],
  ])('%s is read', (_, text, firstDeployment) => {
    expect(readRecordedSpec(text)).toMatchObject({ spec: minimal, firstDeployment, text })
  })
  test('null counts as missing, unknown members stay, unreadable members are told', () => {
    const text = JSON.stringify({
      spec: { job: { args: null, state: 'paused', tomorrow: 1 }, image: null, later: { a: [1] } },
      resource_metadata: {},
    })
    const look = lookAtRecord('FlinkDeployment', text)
    expect(look).toMatchObject({
      found: 'spec',
      record: { spec: { job: { tomorrow: 1 }, later: { a: [1] } }, unreadable: [{ path: 'spec.job.state' }] },
    })
    expect(look.found === 'spec' && writeRecordedSpec('FlinkDeployment', look.record.spec, look.record)).toContain(
      '"tomorrow":1}',
    )
  })
  test.each([
    '{"spec":{"image":"a"},"resource_metadata":null}',
    '{"spec":{"image":"a"}}',
    '{"image":"a","apiVersion":"x"}',
  ])('the spec is found in %s', (text) =>
    expect(lookAtRecord('FlinkDeployment', text)).toMatchObject({ record: { spec: { image: 'a' } } }),
  )
  test.each([undefined, null, ''])('%j is no record', (text) =>
    expect(lookAtRecord('FlinkDeployment', text)).toEqual({ found: 'nothing' }),
  )
  test.each(['{', '[]', '"x"', 'null', '5', '{"resource_metadata":{}}', '{"resource_metadata":{},"spec":[]}'])(
    '%s cannot be read, and does not throw',
    (text) => expect(lookAtRecord('FlinkDeployment', text).found).toBe('unreadable'),
  )
  test('whatever the text, reading and writing never throw', () => {
    assert(
      property(string(), (text) => void readRecordedSpec(text)),
      { numRuns: 500 },
    )
    assert(
      property(json(), (text) => {
        const record = readRecordedSpec(
          `{"spec":{"job":${text},"podTemplate":${text},"flinkConfiguration":${text},"logConfiguration":${text}},"resource_metadata":{}}`,
        )
        if (record) JSON.parse(writeRecordedSpec('FlinkDeployment', record.spec, record))
      }),
      { numRuns: 2000 },
    )
    assert(
      property(
        anything(),
        (value) =>
          void recordSpec(
            'FlinkDeployment',
            { job: value, podTemplate: value, jobManager: value },
            { firstDeployment: true },
          ),
      ),
      { numRuns: 1000 },
    )
  })
})
