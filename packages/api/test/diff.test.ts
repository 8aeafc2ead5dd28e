/** Diff rules that the recordings do not show. */
import { describe, expect, test } from 'vitest'
import { diffBlueGreen, diffDeployment, diffSessionJob, type FlinkDeploymentSpec } from '../src/index.ts'

const base: FlinkDeploymentSpec = {
  image: 'flink:1.20',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  jobManager: { resource: { memory: '1g', cpu: 1 } },
  taskManager: { resource: { memory: '2g', cpu: 1 } },
  job: { jarURI: 'local:///a.jar', parallelism: 2, upgradeMode: 'savepoint' },
}
const type = (old: unknown, now: unknown, mode: 'native' | 'standalone' = 'native'): string =>
  diffDeployment(old as FlinkDeploymentSpec, now as FlinkDeploymentSpec, mode).type
const configured = (flinkConfiguration: unknown) => ({ ...base, flinkConfiguration })
const templated = (podTemplate: unknown) => ({ ...base, podTemplate })

test.each([
  ['1 equals 1000m', { requests: { cpu: '1' } }, { requests: { cpu: '1000m' } }, 'IGNORE'],
  ['1Gi equals 1024Mi', { limits: { memory: '1Gi' } }, { limits: { memory: '1024Mi' } }, 'IGNORE'],
  ['a number equals its text', { requests: { cpu: 1 } }, { requests: { cpu: '1' } }, 'IGNORE'],
  ['1Gi is not 1G', { requests: { memory: '1Gi' } }, { requests: { memory: '1G' } }, 'UPGRADE'],
  ['missing limits equal empty ones', { requests: { cpu: 1 } }, { requests: { cpu: 1 }, limits: {} }, 'IGNORE'],
  ['what is no quantity compares as text', { requests: { memory: '2gb' } }, { requests: { memory: '2gb' } }, 'IGNORE'],
])('resources: %s', (_, old, now, expected) => {
  expect(type({ ...base, taskManager: { resources: old } }, { ...base, taskManager: { resources: now } })).toBe(
    expected,
  )
})

test.each([
  ['pod template: a missing list equals an empty one', { spec: {} }, { spec: { containers: [] } }, 'IGNORE'],
  ['pod template: a missing object is not an empty one', { spec: {} }, { spec: { securityContext: {} } }, 'UPGRADE'],
  [
    'pod template: kind, apiVersion and status do not count',
    { spec: {} },
    { kind: 'Pod', apiVersion: 'v1', status: { phase: 'x' }, spec: {} },
    'IGNORE',
  ],
  [
    'pod template: quantities compare by value',
    { spec: { overhead: { cpu: '1' } } },
    { spec: { overhead: { cpu: '1000m' } } },
    'IGNORE',
  ],
  ['pod template: unknown keys deeper down count', { spec: { foo: 1 } }, { spec: { foo: 2 } }, 'UPGRADE'],
  ['no pod template is not an empty one', undefined, {}, 'UPGRADE'],
])('%s', (_, old, now, expected) => {
  expect(type(templated(old), templated(now))).toBe(expected)
})

test.each([
  ['flat and nested spelling are equal', { 'a.b': '1' }, { a: { b: 1 } }, 'IGNORE'],
  ['a list equals its joined text', { a: [1, 2] }, { a: '1;2' }, 'IGNORE'],
  ['prefixes have no dot boundary', {}, { 'job.autoscalerfoo': '1' }, 'IGNORE'],
  ['overrides scale in native mode', {}, { 'pipeline.jobvertex-parallelism-overrides': 'a:1' }, 'SCALE'],
  ['null and no configuration are equal', null, {}, 'IGNORE'],
  ['a key of an object prototype is a key', {}, { constructor: 'x' }, 'UPGRADE'],
])('flinkConfiguration: %s', (_, old, now, expected) => {
  expect(type(configured(old), configured(now))).toBe(expected)
})

test('overrides are an upgrade in standalone mode', () =>
  expect(type(base, configured({ 'pipeline.jobvertex-parallelism-overrides': 'a:1' }), 'standalone')).toBe('UPGRADE'))

test.each([
  ['missing args equal empty ones', {}, { args: [] }, 'IGNORE'],
  ['null args, as an old record may have them, do not', { args: null }, { args: [] }, 'UPGRADE'],
  ['a missing state is running', {}, { state: 'running' }, 'IGNORE'],
  ['a null parallelism is 0', { parallelism: null }, { parallelism: 0 }, 'IGNORE'],
  ['a removed redeploy nonce is no change', { savepointRedeployNonce: 1 }, {}, 'IGNORE'],
  ['an unknown field is no change', {}, { foo: 1 }, 'IGNORE'],
])('job: %s', (_, old, now, expected) => {
  expect(type({ ...base, job: old }, { ...base, job: now })).toBe(expected)
})

test.each([
  ['JobManager replicas default to 1', { jobManager: {} }, { jobManager: { replicas: 1 } }, 'IGNORE'],
  ['a null of JobManager replicas is 0', { jobManager: { replicas: null } }, { jobManager: {} }, 'UPGRADE'],
  ['no log configuration is not an empty one', {}, { logConfiguration: {} }, 'UPGRADE'],
  ['a session cluster that gets a job', { job: undefined }, {}, 'UPGRADE'],
])('%s', (_, old, now, expected) => {
  expect(type({ ...base, ...old }, { ...base, ...now })).toBe(expected)
})

test('the heaviest change decides, and every change says why', () => {
  const diff = diffDeployment(base, { ...base, image: 'flink:x', job: { ...base.job, upgradeMode: 'stateless' } })
  expect(diff.type).toBe('UPGRADE')
  expect(diff.changes).toEqual([
    { path: 'image', old: 'flink:1.20', new: 'flink:x', type: 'UPGRADE', why: expect.any(String) },
    {
      path: 'job.upgradeMode',
      old: 'savepoint',
      new: 'stateless',
      type: 'IGNORE',
      why: 'It applies to the next upgrade or suspension.',
    },
  ])
})

test('a session job scales where its cluster is standalone', () => {
  const job = (parallelism: number) => ({ deploymentName: 's', job: { parallelism } })
  expect(diffSessionJob(job(1), job(2), 'standalone').type).toBe('SCALE')
  expect(diffSessionJob(job(1), job(2), 'native').type).toBe('UPGRADE')
})

describe('blue/green', () => {
  const change = (old: unknown, now: unknown): string =>
    diffBlueGreen(
      { template: { spec: old as FlinkDeploymentSpec } },
      { template: { spec: now as FlinkDeploymentSpec } },
    ).change
  const state = (state: string) => ({ ...base, job: { ...base.job, state } })

  test.each([
    ['nothing', base, base, 'IGNORE'],
    ['a suspension, whatever else changes', base, { ...state('suspended'), image: 'x' }, 'SUSPEND'],
    ['a resumption', state('suspended'), base, 'RESUME'],
    ['a redeploy nonce', base, { ...base, job: { ...base.job, savepointRedeployNonce: 1 } }, 'SAVEPOINT_REDEPLOY'],
    ['a change that touches no job', base, { ...base, job: { ...base.job, upgradeMode: 'stateless' } }, 'PATCH_CHILD'],
    ['another spelling of one value', configured({ a: 1 }), configured({ a: '1' }), 'PATCH_CHILD'],
    ['an image', base, { ...base, image: 'x' }, 'TRANSITION'],
    [
      'parallelism, even in standalone mode',
      { ...base, mode: 'standalone' },
      { ...base, mode: 'standalone', job: { ...base.job, parallelism: 3 } },
      'TRANSITION',
    ],
  ])('%s', (_, old, now, expected) => {
    expect(change(old, now)).toBe(expected)
  })
})
