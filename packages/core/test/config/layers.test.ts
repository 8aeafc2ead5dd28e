import { describe, expect, test } from 'vitest'
import {
  defaultsFor,
  effectiveConfig,
  over,
  readOperatorConfig,
  shown,
  valuesOf,
  watchedNamespaces,
} from '../../src/config/index.ts'

const V = 'kubernetes.operator.default-configuration.flink-version.'
const N = 'kubernetes.operator.default-configuration.namespace.'
const operator = readOperatorConfig(
  {
    'flink-conf.yaml': [
      'layer: file',
      'shared: file',
      `${V}v1_18.layer: v1_18`,
      `${V}v1_20+.layer: v1_20+`,
      `${V}v1_18+.layer: v1_18+`,
      `${V}v1_18+.since.118: y`,
      `${V}v1_20.layer: v1_20`,
      `${V}v2_1.layer: v2_1`,
      `${V}vx+.layer: odd`,
      `${N}teama.layer: teama`,
      `${N}teama.only.a: 1`,
    ].join('\n'),
    'config.yaml': 'layer: never read',
  },
  { 'config.yaml': 'shared: override' },
)
const settings = (scope: Parameters<typeof effectiveConfig>[1]) => effectiveConfig(operator, scope)

describe('effective configuration', () => {
  test.each([
    [{}, { value: 'file', layer: 'operator', from: 'flink-conf.yaml' }],
    [{ namespace: 'teama' }, { value: 'teama', layer: 'namespace', from: 'teama' }],
    [
      { namespace: 'teama', flinkVersion: 'v1_17' },
      { value: 'teama', layer: 'namespace', from: 'teama' },
    ],
    [
      { namespace: 'teama', flinkVersion: 'v1_18' },
      { value: 'v1_18', layer: 'version', from: 'v1_18' },
    ],
    [{ flinkVersion: 'v1_19' }, { value: 'v1_18+', layer: 'version', from: 'v1_18+' }],
    [{ flinkVersion: 'v1_20' }, { value: 'v1_20', layer: 'version', from: 'v1_20' }],
    [{ flinkVersion: 'v2_0' }, { value: 'v1_20+', layer: 'version', from: 'v1_20+' }],
    [{ flinkVersion: 'v2_1' }, { value: 'v2_1', layer: 'version', from: 'v2_1' }],
    [{ flinkVersion: 'nonsense' }, { value: 'file', layer: 'operator', from: 'flink-conf.yaml' }],
    [
      { flinkVersion: 'v1_20', flinkConfiguration: { layer: 'mine' } },
      { value: 'mine', layer: 'resource' },
    ],
    [{ cluster: { name: 's', flinkConfiguration: { layer: 'c' } } }, { value: 'c', layer: 'cluster', from: 's' }],
    [
      { cluster: { name: 's', flinkConfiguration: { layer: 'c' } }, flinkConfiguration: { layer: 'j' } },
      { value: 'j', layer: 'session-job' },
    ],
  ])('of %j takes "layer" from %j', (scope, expected) => expect(settings(scope).get('layer')).toMatchObject(expected))

  test('keeps what a lower layer alone says', () => {
    const conf = valuesOf(settings({ namespace: 'teama', flinkVersion: 'v2_0' }))
    expect([conf.get('only.a'), conf.get('since.118'), conf.get('shared')]).toEqual(['1', 'y', 'override'])
  })
  test('remembers what was covered', () => {
    const { over: covered } = settings({ namespace: 'teama', flinkConfiguration: { layer: 'mine' } }).get('layer')!
    expect([covered?.value, covered?.over?.value]).toEqual(['teama', 'file'])
  })
  test('lets later layers add, cover and take away', () => {
    const conf = over(defaultsFor(operator, {}), { name: 'deploy', entries: [['job', '1']], without: ['layer'] })
    expect([conf.get('job'), conf.has('layer')]).toEqual([{ value: '1', layer: 'deploy' }, false])
  })
  test('an empty directory is an empty configuration, with a warning', () =>
    expect(readOperatorConfig({}).warnings).toHaveLength(1))
})

describe('around the configuration', () => {
  test('watched namespaces: file, environment, all', () => {
    const file = readOperatorConfig({ 'flink-conf.yaml': 'kubernetes.operator.watched.namespaces: a, b' })
    expect([watchedNamespaces(file), watchedNamespaces(file, 'c'), watchedNamespaces(operator)]).toEqual([
      ['a', 'b'],
      ['c'],
      undefined,
    ])
  })
  test('secrets are not shown', () => {
    expect([shown('s3.secret-key', 'x'), shown('s3.endpoint', 'x'), shown('my.PassWord', 'x')]).toEqual([
      '******',
      'x',
      '******',
    ])
  })
})
