import { describe, expect, test } from 'vitest'
import type { FlinkConfig } from '../src/flink-config.ts'
import { memoryOf } from '../src/memory/index.ts'
import { askTool } from './support/bash-java-utils.ts'
import { realHomes } from './support/homes.ts'

type Process = 'jobmanager' | 'taskmanager'

/** Configurations with the interesting turns of the memory model; `refused` ones make Flink's own tool fail. */
const configurations: [string, Process, FlinkConfig, 'refused'?][] = [
  ['default size', 'jobmanager', { 'jobmanager.memory.process.size': '1600m' }],
  [
    'two gigabytes, direct memory limited',
    'jobmanager',
    { 'jobmanager.memory.process.size': '2 gb', 'jobmanager.memory.enable-jvm-direct-memory-limit': 'true' },
  ],
  [
    'fractions and limits of its own',
    'jobmanager',
    {
      'jobmanager.memory.process.size': '5000m',
      'jobmanager.memory.jvm-overhead.fraction': '0.23',
      'jobmanager.memory.jvm-overhead.max': '3g',
      'jobmanager.memory.jvm-metaspace.size': '100m',
      'jobmanager.memory.off-heap.size': '64m',
    },
  ],
  ['total Flink size', 'jobmanager', { 'jobmanager.memory.flink.size': '3333m' }],
  ['heap alone', 'jobmanager', { 'jobmanager.memory.heap.size': '700m' }],
  [
    'heap and total Flink size',
    'jobmanager',
    { 'jobmanager.memory.heap.size': '700m', 'jobmanager.memory.flink.size': '1g' },
  ],
  [
    'Flink size and process size',
    'jobmanager',
    { 'jobmanager.memory.flink.size': '1g', 'jobmanager.memory.process.size': '1600m' },
  ],
  ['nothing', 'jobmanager', {}, 'refused'],
  ['too small', 'jobmanager', { 'jobmanager.memory.process.size': '400m' }, 'refused'],
  [
    'Flink size and a process size that is too small',
    'jobmanager',
    { 'jobmanager.memory.flink.size': '1500m', 'jobmanager.memory.process.size': '1600m' },
    'refused',
  ],
  ['unreadable size', 'jobmanager', { 'jobmanager.memory.process.size': '1600x' }, 'refused'],
  ['default size', 'taskmanager', { 'taskmanager.memory.process.size': '1728m' }],
  [
    'one gigabyte, four slots',
    'taskmanager',
    { 'taskmanager.memory.process.size': '1g', 'taskmanager.numberOfTaskSlots': '4' },
  ],
  [
    'size in bytes, half a cpu',
    'taskmanager',
    { 'taskmanager.memory.process.size': '4294967297', 'taskmanager.cpu.cores': '0.5' },
  ],
  ['total Flink size', 'taskmanager', { 'taskmanager.memory.flink.size': '1280m' }],
  [
    'managed and network fractions',
    'taskmanager',
    {
      'taskmanager.memory.process.size': '3g',
      'taskmanager.memory.managed.fraction': '0.15',
      'taskmanager.memory.network.fraction': '0.07',
      'taskmanager.memory.network.max': '128m',
    },
  ],
  [
    'no managed memory',
    'taskmanager',
    { 'taskmanager.memory.process.size': '2048m', 'taskmanager.memory.managed.size': '0' },
  ],
  [
    'task heap and managed memory alone',
    'taskmanager',
    { 'taskmanager.memory.task.heap.size': '300m', 'taskmanager.memory.managed.size': '200m' },
  ],
  [
    'task heap, managed memory and Flink size',
    'taskmanager',
    {
      'taskmanager.memory.task.heap.size': '300m',
      'taskmanager.memory.managed.size': '200m',
      'taskmanager.memory.flink.size': '900m',
    },
  ],
  [
    'task heap inside a process size',
    'taskmanager',
    {
      'taskmanager.memory.process.size': '2g',
      'taskmanager.memory.task.heap.size': '500m',
      'taskmanager.memory.task.off-heap.size': '10m',
    },
  ],
  [
    'framework sizes',
    'taskmanager',
    {
      'taskmanager.memory.process.size': '2g',
      'taskmanager.memory.framework.heap.size': '64m',
      'taskmanager.memory.framework.off-heap.size': '200m',
    },
  ],
  [
    'an external resource',
    'taskmanager',
    { 'taskmanager.memory.process.size': '2g', 'external-resources': 'gpu', 'external-resource.gpu.amount': '2' },
  ],
  ['large', 'taskmanager', { 'taskmanager.memory.process.size': '123456m' }],
  [
    'parts larger than the whole',
    'taskmanager',
    { 'taskmanager.memory.process.size': '1g', 'taskmanager.memory.managed.size': '900m' },
    'refused',
  ],
  [
    'network outside its limits',
    'taskmanager',
    {
      'taskmanager.memory.process.size': '2g',
      'taskmanager.memory.task.heap.size': '500m',
      'taskmanager.memory.network.max': '64m',
    },
    'refused',
  ],
  [
    'least above most',
    'taskmanager',
    {
      'taskmanager.memory.process.size': '2g',
      'taskmanager.memory.network.min': '1g',
      'taskmanager.memory.network.max': '512m',
    },
    'refused',
  ],
  ['nothing', 'taskmanager', {}, 'refused'],
]

const ours = (
  process: Process,
  config: FlinkConfig,
  version = '1.20.5',
): { jvm: readonly string[]; dynamic: object } | undefined => {
  try {
    return memoryOf(process, config, version)
  } catch {
    return undefined
  }
}

describe('memory settings of a process', () => {
  test('are those known for the default sizes', () => {
    expect(memoryOf('jobmanager', { 'jobmanager.memory.process.size': '1600m' }, '1.20.5').jvm).toEqual([
      '-Xmx1073741824',
      '-Xms1073741824',
      '-XX:MaxMetaspaceSize=268435456',
    ])
    expect(memoryOf('taskmanager', { 'taskmanager.memory.process.size': '1728m' }, '1.20.5').jvm).toEqual([
      '-Xmx536870902',
      '-Xms536870902',
      '-XX:MaxDirectMemorySize=268435458',
      '-XX:MaxMetaspaceSize=268435456',
    ])
  })

  test.each(configurations)('%s (%s): accepted or refused as Flink does', (_name, process, config, refused) => {
    expect(ours(process, config) === undefined).toBe(refused === 'refused')
  })

  test('a refusal names the key and what helps', () => {
    expect(() => memoryOf('jobmanager', {}, '1.20.5')).toThrow(/jobmanager\.memory\.process\.size.*Set one of them/)
    expect(() =>
      memoryOf(
        'taskmanager',
        { 'taskmanager.memory.process.size': '1g', 'taskmanager.memory.managed.size': '900m' },
        '1.20.5',
      ),
    ).toThrow(/managed 900\.00 MiB.*do not fit/)
  })
})

describe.skipIf(realHomes.length === 0)("are what the home's own tool computes", () => {
  for (const home of realHomes)
    test(`Flink ${home.version}`, { timeout: 240_000 }, async () => {
      for (const [name, process, config] of configurations)
        expect({ name, process, ...ours(process, config, home.version) }).toEqual({
          name,
          process,
          ...(await askTool(home, process, config)),
        })
    })
})
