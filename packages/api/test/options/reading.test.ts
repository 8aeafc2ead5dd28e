import { describe, expect, test } from 'vitest'
import { allOptions, hintsFor, keyFor, options, read, readingOf } from '../../src/options/index.ts'

const conf = (entries: Record<string, string>) => new Map(Object.entries(entries))
const { autoscaler, errors, flink, reconciliation, upgrade } = options

describe('reading an option', () => {
  test('gives the default when nothing is set', () =>
    expect(read(reconciliation.reconcileInterval, conf({}))).toBe(60_000))
  test('finds a deprecated key', () =>
    expect(
      read(reconciliation.reconcileInterval, conf({ 'kubernetes.operator.reconciler.reschedule.interval': '5 s' })),
    ).toBe(5000))
  test('prefers the main key, then fallbacks, then deprecated keys', () => {
    const old = { 'job.autoscaler.target.utilization': '0.1' }
    const prefixed = { ...old, 'kubernetes.operator.job.autoscaler.utilization.target': '0.2' }
    expect(read(autoscaler.utilizationTarget, conf(old))).toBe(0.1)
    expect(read(autoscaler.utilizationTarget, conf(prefixed))).toBe(0.2)
    expect(read(autoscaler.utilizationTarget, conf({ ...prefixed, 'job.autoscaler.utilization.target': '0.3' }))).toBe(
      0.3,
    )
  })
  test('treats unreadable text as absent, and says so when asked', () => {
    const odd = conf({ 'kubernetes.operator.deployment.rollback.enabled': 'yes' })
    expect(read(upgrade.rollbackEnabled, odd)).toBe(false)
    expect(readingOf(upgrade.rollbackEnabled, odd)).toMatchObject({
      found: 'unreadable',
      text: 'yes',
      why: '"yes" is neither true nor false',
    })
  })
  test('gathers a map that is spread over keys', () =>
    expect(read(errors.exceptionLabels, conf({ 'kubernetes.operator.exception.label.mapper.a.*': 'x' }))).toEqual({
      'a.*': 'x',
    }))
  test('knows the spelling for each Flink version', () => {
    expect(keyFor(flink.kubernetesImage, 'v1_16')).toBe('kubernetes.container.image')
    expect(keyFor(flink.kubernetesImage, 'v1_17')).toBe('kubernetes.container.image.ref')
    expect(keyFor(flink.checkpointDirectory, 'v1_19')).toBe('state.checkpoints.dir')
    expect(keyFor(flink.checkpointDirectory, 'v2_0')).toBe('execution.checkpointing.dir')
  })
})

describe('hints about keys', () => {
  const hints = (key: string) => hintsFor(allOptions)(conf({ [key]: 'x' }))[0]
  test.each([
    ['kubernetes.operator.savepoint.histroy.max.age', 'kubernetes.operator.savepoint.history.max.age'],
    [
      'kubernetes.operator.job.upgrade.last-state-fallback.enable',
      'kubernetes.operator.job.upgrade.last-state-fallback.enabled',
    ],
    ['job.autoscaler.metric.window', 'job.autoscaler.metrics.window'],
    ['taskmanager.numberOfTaskSlot', 'taskmanager.numberOfTaskSlots'],
    ['execution.checkpointing.savepoint.dir', 'execution.checkpointing.savepoint-dir'],
    ['high-availability.storagedir', 'high-availability.storageDir'],
  ])('%s: did you mean %s', (key, instead) => expect(hints(key)).toMatchObject({ instead }))
  test('an own key that nobody knows', () =>
    expect(hints('kubernetes.operator.flux.capacitor')).toEqual({
      key: 'kubernetes.operator.flux.capacitor',
      kind: 'unknown',
    }))
  test('an old spelling of the operator’s', () =>
    expect(hints('kubernetes.operator.reconciler.reschedule.interval')).toMatchObject({ kind: 'old' }))
  test.each([
    'state.checkpoints.dir',
    'my.own.key',
    'env.java.opts.taskmanager',
    'kubernetes.operator.metrics.reporter.slf4j.interval',
    'kubernetes.operator.exception.label.mapper.a',
    'kubernetes.operator.default-configuration.namespace.x.y',
    'kubernetes.operator.plugins.listeners.a.class',
    'job.autoscaler.metrics.custom-evaluator.mine.window',
    'kubernetes.operator.job.autoscaler.enabled',
    'toString',
  ])('%s earns none', (key) => expect(hints(key)).toBeUndefined())
})
