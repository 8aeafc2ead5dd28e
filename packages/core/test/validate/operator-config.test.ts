import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtIn, readOperatorConfig } from '../../src/config/index.ts'
import { operatorConfigProblems, validateDeployment } from '../../src/validate/index.ts'
import { application, put } from './cases.ts'

const problems = (text: string) =>
  operatorConfigProblems(readOperatorConfig({ 'flink-conf.yaml': text })).map(({ path, code, fix }) => [
    path,
    code,
    fix,
  ])
const N = 'kubernetes.operator.default-configuration.namespace.teama.'

test.each([
  ['chart', 'flink-conf.yaml'],
  ['tuned', 'flink-conf.yaml'],
  ['yaml', 'config.yaml'],
])('nothing is wrong with the recorded configuration "%s"', (name, file) => {
  const text = readFileSync(new URL(`../fixtures/operator-config/${name}/${file}`, import.meta.url), 'utf8')
  expect(operatorConfigProblems(readOperatorConfig({ [file]: text }))).toEqual([])
})

test('typing errors and bad values are told, in defaults of a namespace or version, too', () => {
  expect(problems('kubernetes.operator.reconcil.interval: 1 s')).toEqual([
    ['kubernetes.operator.reconcil.interval', 'OPTION_UNKNOWN', 'Did you mean kubernetes.operator.reconcile.interval?'],
  ])
  expect(problems('kubernetes.operator.reconcile.interval: often')[0]).toEqual([
    'kubernetes.operator.reconcile.interval',
    'OPTION_UNREADABLE',
    'Write a duration, such as 1 min.',
  ])
  expect(problems(`${N}kubernetes.operator.job.restart.faild: true`)[0]).toEqual([
    `${N}kubernetes.operator.job.restart.faild`,
    'OPTION_UNKNOWN',
    'Did you mean kubernetes.operator.job.restart.failed?',
  ])
  expect(
    problems(
      'kubernetes.operator.default-configuration.flink-version.v1_19+.kubernetes.operator.savepoint.history.max.count: x',
    )[0]?.[1],
  ).toBe('OPTION_UNREADABLE')
  expect(problems('no separator')[0]?.[1]).toBe('CONFIG_FILE')
})

test('an option of the operator alone has no effect in a resource', () => {
  const resource = put(application, 'spec.flinkConfiguration', {
    'kubernetes.operator.user.artifacts.allowed-schemes': 'http',
    'kubernetes.operator.job.restart.failed': 'true',
  })
  expect(
    validateDeployment(resource, { operator: readOperatorConfig({ 'flink-conf.yaml': '' }) }).map(({ code }) => code),
  ).toEqual(['OPTION_WITHOUT_EFFECT'])
})

test('the built-in layer knows every default that is one', () => {
  const entries = new Map(builtIn.entries)
  expect([
    entries.get('kubernetes.operator.reconcile.interval'),
    entries.get('job.autoscaler.metrics.window'),
    entries.has('kubernetes.operator.label.selector'),
  ]).toEqual(['1 min', '15 min', false])
})
