import { describe, expect, test } from 'vitest'
import { noOperatorConfig } from '../../src/config/index.ts'
import { validateDeployment } from '../../src/validate/index.ts'
import { application, put } from './cases.ts'

const codes = (resource: object): string[] =>
  validateDeployment(resource, { operator: noOperatorConfig }).map(({ code }) => code)
const configured = (entries: object, base = application) => put(base, 'spec.flinkConfiguration', entries)
const saving = put(application, 'spec.job.upgradeMode', 'last-state')

describe('advice about state', () => {
  test.each([
    ['s3:///checkpoints', ['BUCKET_MISSING']],
    ['gs://', ['BUCKET_MISSING']],
    ['s3://lake/cp', ['S3_PLUGIN_MISSING']],
    ['file:///data/cp', ['STATE_NOT_SHARED']],
    ['file:/data/cp', ['STATE_NOT_SHARED']],
    ['hdfs://nn/cp', []],
    ['abfs://c@a/cp', []],
  ])('checkpoints in %s: %j', (directory, expected) =>
    expect(codes(configured({ 'execution.checkpointing.dir': directory }, saving))).toEqual(expected),
  )

  const volume = (source: object) =>
    put(configured({ 'execution.checkpointing.dir': 'file:///data/cp' }, saving), 'spec.podTemplate', {
      spec: {
        containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'd', mountPath: '/data/' }] }],
        volumes: [{ name: 'd', ...source }],
      },
    })
  test('a shared volume is fine, an emptyDir is not', () => {
    expect([codes(volume({ persistentVolumeClaim: { claimName: 'c' } })), codes(volume({ emptyDir: {} }))]).toEqual([
      [],
      ['STATE_NOT_SHARED'],
    ])
  })
  test('the S3 plug-in counts as enabled by the environment or by an image of one’s own', () => {
    const s3 = configured({ 'execution.checkpointing.dir': 's3://lake/cp' }, saving)
    const env = {
      spec: {
        containers: [{ name: 'flink-main-container', env: [{ name: 'ENABLE_BUILT_IN_PLUGINS', value: 'x.jar' }] }],
      },
    }
    expect(codes(put(s3, 'spec.podTemplate', env))).toEqual([])
    expect(codes(put(s3, 'spec.image', 'registry.example.com/orders:7'))).toEqual([])
    expect(codes(put(s3, 'spec.image', 'apache/flink:1.20.1-java17'))).toEqual(['S3_PLUGIN_MISSING'])
  })
  test('checkpoints and upgrades that forget them', () =>
    expect(codes(configured({ 'execution.checkpointing.dir': 'hdfs://nn/cp' }))).toEqual(['STATE_NOT_KEPT']))
})

test('a jar of the image that standalone mode hides', () => {
  const standalone = put(application, 'spec.mode', 'standalone')
  expect(codes(standalone)).toEqual(['JAR_HIDDEN'])
  expect(codes(put(standalone, 'spec.job.jarURI', 'local:///opt/flink/jobs/orders.jar'))).toEqual([])
  const mounted = {
    spec: {
      containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'd', mountPath: '/opt/flink/usrlib' }] }],
      volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }],
    },
  }
  expect(codes(put(standalone, 'spec.podTemplate', mounted))).toEqual([])
})

describe('another program under the same name', () => {
  const running = put(saving, 'spec.job.jarURI', 'local:///opt/orders-1.0.jar')
  const told = (change: object) =>
    validateDeployment(
      Object.entries(change).reduce((resource, [field, value]) => put(resource, `spec.job.${field}`, value), running),
      { operator: noOperatorConfig, old: running },
    )
      .map(({ code }) => code)
      .filter((code) => code === 'OTHER_PROGRAM')
  test.each([
    [{}, []],
    [{ jarURI: 'local:///opt/orders-1.1-SNAPSHOT.jar' }, []],
    [{ jarURI: 's3://jars/2026/orders_2.12.jar' }, []],
    [{ jarURI: 'local:///opt/clicks-1.0.jar' }, ['OTHER_PROGRAM']],
    [{ jarURI: 'local:///opt/clicks-1.0.jar', upgradeMode: 'stateless' }, []],
    [{ jarURI: 'local:///opt/clicks-1.0.jar', allowNonRestoredState: true }, []],
  ])('%j: %j', (change, expected) => expect(told(change)).toEqual(expected))
})

describe('advice about options', () => {
  test.each([
    [{ 'metrics.reporter.prom.class': 'x' }, ['REPORTER_CLASS']],
    [{ 'metrics.reporter.prom.class': 'x', 'metrics.reporter.prom.factory.class': 'y' }, []],
    [{ a: 'b # c' }, ['CONFIG_VALUE_CUT']],
    [{ 'kubernetes.operator.periodic.checkpoint.interval': 'often' }, ['PERIOD_UNREADABLE']],
  ])('%j: %j', (entries, expected) => expect(codes(configured(entries))).toEqual(expected))
})
