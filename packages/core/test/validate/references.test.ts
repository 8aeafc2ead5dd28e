/** `${NAME}` in flinkConfiguration: resolved when the process starts, or refused with the form that works. */
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import {
  noOperatorConfig,
  renderCluster,
  validateDeployment,
  writeRecordedSpec,
  type ClusterSpec,
} from '../../src/index.ts'
import { application, put } from './cases.ts'

const judged = (resource: object, old?: object) =>
  validateDeployment(resource, { operator: noOperatorConfig, ...(old ? { old } : {}) })
    .filter(({ code }) => ['VALUE_NOT_EXPANDED', 'ENV_VARIABLE_MISSING', 'BUCKET_MISSING'].includes(code))
    .map(({ severity, code, path }) => `${severity} ${code} ${path}`)
const container = (more: object) => ({ spec: { containers: [{ name: 'flink-main-container', ...more }] } })
const fromSecret = (...names: string[]) =>
  container({ env: names.map((name) => ({ name, valueFrom: { secretKeyRef: { name: 's', key: 'k' } } })) })
const configured = (entries: object, base: object = application) => put(base, 'spec.flinkConfiguration', entries)
const withKey = configured({ 's3.access-key': '${KEY}' })
const refused = ['error ENV_VARIABLE_MISSING spec.flinkConfiguration.s3.access-key']

describe('a variable in a setting of a file system', () => {
  test('is fine when both roles have it', () => {
    expect(judged(put(withKey, 'spec.podTemplate', fromSecret('KEY')))).toEqual([])
    expect(judged(put(withKey, 'spec.podTemplate', container({ envFrom: [{ secretRef: { name: 's' } }] })))).toEqual([])
    const apart = put(withKey, 'spec.jobManager.podTemplate', fromSecret('KEY'))
    expect(judged(put(apart, 'spec.taskManager.podTemplate', fromSecret('KEY')))).toEqual([])
  })
  test.each([
    ['without any template', withKey],
    ['of another name', put(withKey, 'spec.podTemplate', fromSecret('KEYS'))],
    ['of the JobManager only', put(withKey, 'spec.jobManager.podTemplate', fromSecret('KEY'))],
    [
      'of a side car',
      put(withKey, 'spec.podTemplate', { spec: { containers: [{ name: 'x', env: [{ name: 'KEY' }] }] } }),
    ],
  ])('%s it is refused', (_, resource) => expect(judged(resource)).toEqual(refused))

  test('the refusal names who lacks it and what to write', () => {
    const lacking = put(withKey, 'spec.jobManager.podTemplate', fromSecret('KEY'))
    const [problem] = validateDeployment(lacking, { operator: noOperatorConfig }).filter(
      ({ severity }) => severity === 'error',
    )
    expect(problem?.message).toContain('which the TaskManagers do not have')
    expect(problem?.fix).toContain('valueFrom: {secretKeyRef:')
    expect(problem?.fix).toContain('${env.KEY}')
  })
  test('what says itself what to do needs nothing', () => {
    expect(judged(configured({ 's3.access-key': '${env.KEY}', 's3.endpoint': '${HOST:-http://minio:9000}' }))).toEqual(
      [],
    )
    expect(judged(configured({ 'flink.hadoop.fs.x': '${fs.y.z}' }))).toEqual([])
  })
  test('written for Kubernetes it is refused', () =>
    expect(judged(put(configured({ 's3.secret-key': '$(KEY)' }), 'spec.podTemplate', fromSecret('KEY')))).toEqual([
      'error VALUE_NOT_EXPANDED spec.flinkConfiguration.s3.secret-key',
    ]))
  test('the plug-in that does not read through Hadoop gets none', () => {
    const template = container({
      env: [
        { name: 'KEY', value: 'x' },
        { name: 'ENABLE_BUILT_IN_PLUGINS', value: 'flink-s3-fs-native-2.3.0.jar' },
      ],
    })
    expect(judged(put(withKey, 'spec.podTemplate', template))).toEqual([
      'error VALUE_NOT_EXPANDED spec.flinkConfiguration.s3.access-key',
    ])
  })
})

describe('a variable elsewhere', () => {
  test.each([
    ['state.checkpoints.dir', 's3://${BUCKET}/cp', 'error'],
    ['execution.checkpointing.savepoint-dir', 'gs://$(BUCKET)/sp', 'error'],
    ['high-availability.storageDir', 'abfss://${C}@a.dfs.core.windows.net/ha', 'error'],
    ['state.checkpoints.dir', 's3://lake/${TEAM}/cp', 'warning'],
    ['security.ssl.rest.key-password', '${PASSWORD}', 'warning'],
    ['my.own.key', '${X}', 'warning'],
  ])('%s: %s is told with %s', (key, value, severity) =>
    expect(judged(configured({ [key]: value }))).toEqual([
      `${severity} VALUE_NOT_EXPANDED spec.flinkConfiguration.${key}`,
    ]),
  )
  test.each([
    ['env.java.opts.all', '-Dx=${y}'],
    ['kubernetes.jobmanager.entrypoint.args', '-Da.b=${Y}'],
    ['metrics.scope.jm', '<host>.$x'],
  ])('%s: %s is nobody’s affair', (key, value) => expect(judged(configured({ [key]: value }))).toEqual([]))
})

describe('a resource that had it before', () => {
  const stored = (spec: object) => ({
    ...put(application, 'spec', spec),
    status: {
      reconciliationStatus: {
        lastReconciledSpec: writeRecordedSpec('FlinkDeployment', spec, { firstDeployment: false }),
      },
    },
  })
  const faulty = (withKey as { spec: ClusterSpec }).spec
  test('is told and not refused at an edit of something else', () => {
    const edited = put(stored(faulty), 'spec.job.parallelism', 7)
    expect(judged(edited)).toEqual(['warning ENV_VARIABLE_MISSING spec.flinkConfiguration.s3.access-key'])
    expect(judged(put(withKey, 'spec.job.parallelism', 7), withKey)).toEqual([
      'warning ENV_VARIABLE_MISSING spec.flinkConfiguration.s3.access-key',
    ])
    const bucket = configured({ 'state.savepoints.dir': 's3://${B}/sp' })
    expect(judged(put(bucket, 'spec.job.parallelism', 7), bucket)).toEqual([
      'warning VALUE_NOT_EXPANDED spec.flinkConfiguration.state.savepoints.dir',
    ])
  })
  test('is refused when the edit brings the fault', () => {
    const sound = put(withKey, 'spec.podTemplate', fromSecret('KEY'))
    expect(judged(withKey, sound)).toEqual(refused)
    expect(judged(withKey, application)).toEqual(refused)
  })
})

test.each(['native', 'standalone'] as const)('%s clusters get what Hadoop’s configuration resolves', (mode) => {
  const spec: ClusterSpec = {
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    mode,
    serviceAccount: 'flink',
    jobManager: { resource: { memory: '1g', cpu: 1 } },
    taskManager: { resource: { memory: '2g', cpu: 1 } },
    job: { jarURI: 'local:///o.jar', parallelism: 2, upgradeMode: 'stateless' },
  }
  const config = {
    's3.access-key': '${S3_ACCESS_KEY}',
    's3.endpoint': 'http://${HOST:-minio}:${PORT}',
    's3.entropy.key': '${K}',
    'fs.azure.account.key.a': '${env.AZURE}',
    'my.key': '${X}',
  }
  const rendering = renderCluster({ resource: { metadata: { name: 'o', uid: 'u' }, spec }, config, operator: {} })
  const text = rendering.ok ? stringify(rendering.objects.filter(({ kind }) => kind === 'ConfigMap')) : ''
  for (const line of [
    's3.access-key: ${env.S3_ACCESS_KEY}',
    's3.endpoint: http://${env.HOST:-minio}:${env.PORT}',
    's3.entropy.key: ${K}',
    'fs.azure.account.key.a: ${env.AZURE}',
    'my.key: ${X}',
  ])
    expect(text).toContain(line)
})
