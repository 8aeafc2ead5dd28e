import { expect, test } from 'vitest'
import { legacyConfig, readFlinkConfig, standardConfig } from '../src/flink-config.ts'
import { adjustFlinkConfig } from '../src/launch/adjust-config.ts'

const adjust = (
  file: string,
  content: string,
  more: { loopback?: boolean; plainJvm?: boolean } = {},
): string | undefined =>
  adjustFlinkConfig({ plainJvm: more.plainJvm })({
    containerPath: `/opt/flink/conf/${file}`,
    content,
    podIp: '127.9.8.7',
    loopback: more.loopback ?? true,
  })

const listens = {
  'jobmanager.bind-host': '127.9.8.7',
  'rest.bind-address': '127.9.8.7',
  'taskmanager.bind-host': '127.9.8.7',
  'taskmanager.host': '127.9.8.7',
}

test('on loopback addresses every process listens on its own address', () => {
  expect(legacyConfig(adjust('flink-conf.yaml', 'a: b\njobmanager.bind-host: 0.0.0.0') ?? '')).toEqual({
    a: 'b',
    ...listens,
    'cluster.registration.error-delay': '500',
  })
})

test('the same in real YAML, where no key may be there twice', () => {
  const before =
    'jobmanager:\n  bind-host: 0.0.0.0\n  rpc: {address: x}\nrest.bind-address: 0.0.0.0\ntaskmanager: {host: y}\n'
  const after = adjust('config.yaml', before) ?? ''
  expect(standardConfig(after)).toEqual({
    'jobmanager.rpc.address': 'x',
    ...listens,
    'cluster.registration.error-delay': '500',
  })
  expect(after).not.toContain('0.0.0.0')
  expect(after).not.toMatch(/taskmanager:/)
})

test('in a network of its own a pod keeps its addresses, and plain JVMs keep the file', () => {
  expect(adjust('config.yaml', 'a: b', { loopback: false })).toBe('a: b\ncluster.registration.error-delay: 500\n')
  expect(adjust('config.yaml', 'a: b', { loopback: false, plainJvm: true })).toBeUndefined()
})

test('what the user has set stays', () => {
  expect(
    adjust('config.yaml', 'cluster:\n  registration:\n    error-delay: 3 s\n', { loopback: false }),
  ).toBeUndefined()
})

test('other files and unreadable ones stay', () => {
  expect(adjust('log4j-console.properties', 'x')).toBeUndefined()
  expect(
    adjustFlinkConfig({})({ containerPath: '/app/config.yaml', content: 'a: b', podIp: '127.0.0.2', loopback: true }),
  ).toBeUndefined()
})

test('each Flink version reads its own file', () => {
  const files: Record<string, string> = {
    'flink-conf.yaml': 'a: old # comment\nb:\nc: x: y',
    'config.yaml': "a: new\nb:\n  c: '7'\n  d: [x, y]\n  e:\n  f: 1.0",
  }
  const read = (file: string): string | undefined => files[file]
  expect(readFlinkConfig('1.18.1', read)).toEqual({ a: 'old', c: 'x: y' })
  expect(readFlinkConfig('1.20.5', read)).toEqual({ a: 'old', c: 'x: y' })
  expect(readFlinkConfig('2.0.0', read)).toEqual({ a: 'new', 'b.c': '7', 'b.d': 'x;y', 'b.f': '1.0' })
  expect(readFlinkConfig('1.20.5', (file) => (file === 'config.yaml' ? files[file] : undefined))).toMatchObject({
    a: 'new',
  })
})
