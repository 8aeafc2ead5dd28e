/** Input made to hurt: it must cost its author an answer, and the operator no time. */
import { parseDuration, parseList, parseMap, parseMemorySize } from '@drey/api'
import { describe, expect, test } from 'vitest'
import { noOperatorConfig } from '../../src/config/index.ts'
import { recordSpec } from '../../src/spec/index.ts'
import { validateDeployment } from '../../src/validate/index.ts'
import { application, put } from './cases.ts'

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = { a: value }
  return value
}
const many = (key: (index: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [key(index), 'x']))
const configured = (entries: unknown) => put(application, 'spec.flinkConfiguration', entries)
const s3 = { 'execution.checkpointing.dir': 's3://lake/cp' }

describe('answers come, and soon', () => {
  test.each([
    ['thousands of strange keys', configured(many((index) => `kubernetes.operator.${'x'.repeat(150)}${index}`))],
    ['thousands of keys that are nearly Flink’s', configured(many((index) => `taskmanager.numberOfTaskSlots${index}`))],
    [
      'a key of a hundred thousand parts',
      put(configured({ [Array.from({ length: 100_000 }, () => 'a').join('.')]: '1' }), 'spec.flinkVersion', 'v2_0'),
    ],
    ['a configuration without a bottom', configured(nested(50_000))],
    ['a pod template without a bottom', put(configured(s3), 'spec.podTemplate', { spec: nested(50_000) })],
    ['a megabyte of digits as memory', put(application, 'spec.jobManager.resource.memory', '9'.repeat(1_000_000))],
    [
      'a megabyte of digits as disk',
      put(application, 'spec.jobManager.resource.ephemeralStorage', '٣'.repeat(1_000_000)),
    ],
    [
      'a megabyte of brackets as a list',
      configured({ 'job.autoscaler.enabled': 'true', 'job.autoscaler.excluded.periods': '['.repeat(1_000_000) }),
    ],
    ['a megabyte of a name', put(application, 'metadata.name', 'a-'.repeat(500_000))],
    ['a megabyte of an address', put(application, 'spec.ingress', { template: '['.repeat(1_000_000) })],
  ])('%s', { timeout: 60_000 }, (_, resource) => {
    expect(Array.isArray(validateDeployment(resource, { operator: noOperatorConfig }))).toBe(true)
    expect(
      recordSpec('FlinkDeployment', (resource['spec'] ?? {}) as object, { firstDeployment: true }).text.length,
    ).toBeGreaterThan(0)
  })
  test('texts', { timeout: 60_000 }, () => {
    for (const text of [
      '9'.repeat(1_000_000),
      '['.repeat(100_000),
      '{'.repeat(100_000),
      "'".repeat(1_000_001),
      ';'.repeat(100_000),
    ]) {
      parseDuration(text)
      parseMemorySize(text)
      parseList(text)
      parseMap(text)
    }
  })
})
