/** Memory and cpu as people write them: what validation accepts is rendered, what cannot be rendered is refused before. */
import { describe, expect, test } from 'vitest'
import { noOperatorConfig } from '../../src/config/index.ts'
import { clusterConfig, type ClusterSpec } from '../../src/index.ts'
import { validateResource } from '../../src/validate/index.ts'

const metadata = { name: 'orders', namespace: 'shop', uid: 'u', generation: 1 }
const specWith = (taskManager: ClusterSpec['taskManager']): ClusterSpec => ({
  image: 'flink:1.20',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  flinkConfiguration: { 'taskmanager.memory.process.size': '3g' },
  jobManager: { resource: { memory: '1g', cpu: 1 } },
  ...(taskManager ? { taskManager } : {}),
  job: { jarURI: 'local:///o.jar', parallelism: 2, upgradeMode: 'stateless' },
})
const isAccepted = (spec: ClusterSpec): boolean =>
  validateResource({ kind: 'FlinkDeployment', metadata, spec }, { operator: noOperatorConfig }).every(
    ({ severity }) => severity !== 'error',
  )
const settingOf = (spec: ClusterSpec, key: string): string | undefined => {
  const layered = clusterConfig({ resource: { metadata, spec }, config: { 'taskmanager.memory.process.size': '3g' } })
  return layered.ok ? layered.value.config[key] : undefined
}

describe('the memory of a TaskManager', () => {
  test.each([
    ['2048m', '2 gb'],
    ['2g', '2 gb'],
    ['2G', '2 gb'],
    ['2 g', '2 gb'],
    ['2048 mb', '2 gb'],
    ['2500m', '2500 mb'],
    ['1G', '1 gb'],
    [' 2048 MebiBytes ', '2 gb'],
    ['2Gi', '2147483648'],
    ['2gi', '2147483648'],
    ['2gib', '2147483648'],
    ['2 Gi', '2147483648'],
    ['2\tgi b', '2147483648'],
    ['1e10', '10000000000'],
    // Blank is as if it were not there.
    ['', '3g'],
    ['  ', '3g'],
  ])('%j is %s for Flink', (memory, setting) => {
    const spec = specWith({ resource: { memory, cpu: 1 } })
    expect(isAccepted(spec)).toBe(true)
    expect(settingOf(spec, 'taskmanager.memory.process.size')).toBe(setting)
  })

  test.each(['1.5Gi', '2.5g', '-2Gi', 'abc', 'Gi', '1 gigabyte', '9223372036854775808'])('%j is refused', (memory) => {
    const spec = specWith({ resource: { memory, cpu: 1 } })
    expect(isAccepted(spec)).toBe(false)
    expect(settingOf(spec, 'taskmanager.memory.process.size')).toBeUndefined()
  })
})

describe('the cpu of a TaskManager', () => {
  test.each([
    ['1', '1.0'],
    ['500m', '0.5'],
    [1, '1.0'],
    ['1.5', '1.5'],
    ['2e0', '2.0'],
    ['1k', '1000.0'],
    ['1Ki', '1024.0'],
  ])('%j is %s for Flink', (cpu, setting) => {
    const spec = specWith({ resources: { requests: { cpu, memory: '2Gi' } } })
    expect(isAccepted(spec)).toBe(true)
    expect(settingOf(spec, 'kubernetes.taskmanager.cpu.amount')).toBe(setting)
  })

  test.each(['1 m', 'one', '1mi', '0', '-1'])('%j is refused', (cpu) => {
    expect(isAccepted(specWith({ resources: { requests: { cpu, memory: '2Gi' } } }))).toBe(false)
  })
})
