/** Small parts with rules of their own: names, addresses, translated paths, files that change at once, logs. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addresses } from '../../src/isolation/addresses.ts'
import { chooseIsolation, detectIsolation } from '../../src/isolation/detect.ts'
import { translation } from '../../src/isolation/link-files.ts'
import { sweepNetwork } from '../../src/isolation/netns.ts'
import { openNetwork } from '../../src/isolation/open-network.ts'
import { run } from '../../src/isolation/run.ts'
import { expand } from '../../src/kubelet/pod/environment.ts'
import { logFiles, logWriter } from '../../src/kubelet/process/log.ts'
import { writeAtomicDir } from '../../src/kubelet/volumes/atomic-dir.ts'
import { hostsFile, hostsLines, shortNames, type NamesView } from '../../src/names.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drey-pieces-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

describe('names', () => {
  const view: NamesView = {
    apiServerIp: '127.0.0.1',
    pods: [{ name: 'web-0', namespace: 'shop', ip: '127.9.1.1', hostname: 'web-0', subdomain: 'web', ready: false }],
    services: [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: {} },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'idle', namespace: 'shop' }, spec: {} },
    ],
    slices: [
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
        endpoints: [
          { addresses: ['127.9.1.1'], conditions: { ready: true } },
          { addresses: ['127.9.1.2'], conditions: { ready: false } },
        ],
      },
    ],
  }

  it('a Service stands for its ready pods; without any its names do not exist', () => {
    expect(hostsLines(view)).toEqual([
      '127.9.1.1 web-0.web.shop.svc.cluster.local web-0.web.shop.svc web-0.web.shop web-0 127-9-1-1.shop.pod.cluster.local',
      '127.0.0.1 kubernetes.default.svc.cluster.local kubernetes.default.svc kubernetes.default',
      '127.9.1.1 web.shop.svc.cluster.local web.shop.svc web.shop',
    ])
    expect(shortNames(view, 'shop')).toEqual(['127.9.1.1 web'])
    expect(shortNames(view, 'default')).toEqual([])
  })

  it('a ready pod of this node stands behind its Service before the endpoints say so', () => {
    const selector = { app: 'idle' }
    const services = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'idle', namespace: 'shop' }, spec: { selector } },
    ]
    const pod = { name: 'idle-0', namespace: 'shop', ip: '127.9.1.7', labels: { app: 'idle', x: 'y' } }
    expect(shortNames({ ...view, services, pods: [{ ...pod, ready: true }] }, 'shop')).toEqual(['127.9.1.7 idle'])
    expect(shortNames({ ...view, services, pods: [{ ...pod, ready: false }] }, 'shop')).toEqual([])
  })

  it('while no pod of a Service is ready, its name leads to those that are starting, and not to those that end', () => {
    const selector = { app: 'idle' }
    const services = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'idle', namespace: 'shop' }, spec: { selector } },
    ]
    const pod = (ip: string) => ({ name: ip, namespace: 'shop', ip, labels: selector, ready: false })
    const [starting, ready, ending] = [
      { ...pod('127.9.1.7'), starting: true },
      { ...pod('127.9.1.8'), ready: true },
      pod('127.9.1.9'),
    ] as const
    const leads = (...pods: NamesView['pods']) => shortNames({ ...view, services, pods }, 'shop')
    expect(leads(ending, starting)).toEqual(['127.9.1.7 idle'])
    expect(leads(ending, starting, ready)).toEqual(['127.9.1.8 idle'])
    expect(leads(ending)).toEqual([])
  })

  it('with loopback addresses localhost is the pod itself', () => {
    const machine = ['127.0.0.1 localhost', '127.0.1.1 laptop', '192.168.1.5 broker.lan', '# comment']
    expect(hostsFile({ ip: '127.9.1.1', hostname: 'web-0', loopback: true }, [], machine)).toBe(
      '127.9.1.1 web-0 localhost\n127.0.1.1 laptop\n192.168.1.5 broker.lan\n',
    )
  })
})

it('addresses go round and survive a restart; one in use is never given again', () => {
  const first = addresses(dir, 'loopback', () => '127.9')
  const given = Array.from({ length: 300 }, () => first.next(new Set()))
  expect(new Set(given).size).toBe(300)
  expect(given.some((address) => address.endsWith('.0') || address.endsWith('.255'))).toBe(false)
  const second = addresses(dir, 'loopback', () => '127.10')
  expect(second.network).toBe('127.9')
  expect(given).not.toContain(second.next(new Set()))
})

it('a network is remembered as soon as it is chosen', () => {
  expect(addresses(dir, 'netns', () => '10.140').network).toBe('10.140')
  expect(addresses(dir, 'netns', () => '10.141').network).toBe('10.140')
})

const { netns } = await detectIsolation()
it.skipIf(!netns.works)('a home that was killed before its first pod finds its network again', async () => {
  const api = createServer()
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const { port } = api.address() as { port: number }
  const open = () => openNetwork(dir, 'netns', { host: '127.0.0.1', port })
  try {
    const first = await open()
    await first.close({ keep: true })
    // As a kill in the middle leaves it.
    if (process.getuid?.() === 0) await run(['ip', 'addr', 'flush', 'to', String(first.apiServer.ip)])
    const second = await open()
    await second.close({ keep: false })
    expect(second.apiServer).toEqual(first.apiServer)
  } finally {
    await sweepNetwork(dir)
    api.close()
  }
})

it('translates paths where they begin a word, follow a scheme or stand in a list, and nothing else', () => {
  const { text, path } = translation([
    { target: '/opt/flink', to: '/r/opt/flink', inTexts: true },
    { target: '/opt/flink/conf', to: '/v/conf', inTexts: true },
    { target: '/data', to: '/r/data', inTexts: true },
    { target: '/tmp', to: '/r/tmp', inTexts: false },
  ])
  expect(text('-Dx=/opt/flink/lib:/data a:/opt/flink')).toBe('-Dx=/r/opt/flink/lib:/r/data a:/r/opt/flink')
  expect(text('local:///opt/flink/x.jar file:/data/cp')).toBe('local:///r/opt/flink/x.jar file:/r/data/cp')
  expect(text('/opt/flinkish /srv/data /r/opt/flink /tmp/x')).toBe('/opt/flinkish /srv/data /r/opt/flink /tmp/x')
  expect(text("'/opt/flink/conf/x'")).toBe("'/v/conf/x'")
  expect([path('/opt/flink/lib'), path('/tmp/x'), path('/etc/passwd')]).toEqual([
    '/r/opt/flink/lib',
    '/r/tmp/x',
    '/etc/passwd',
  ])
})

it('expands $(NAME) by Kubernetes’ rules', () => {
  expect(expand('$(A)-$$(A)-$(B)-$A-$$', { A: 'a' })).toBe('a-$(A)-$(B)-$A-$')
})

it('swaps all files of a volume at once, and leaves it alone when nothing changed', () => {
  const file = (path: string, text: string) => ({ path, content: Buffer.from(text), mode: 0o644 })
  const at = join(dir, 'volume')
  expect(writeAtomicDir(at, [file('a', '1'), file('sub/b', '2')])).toBe(true)
  expect(writeAtomicDir(at, [file('a', '1'), file('sub/b', '2')])).toBe(false)
  expect(writeAtomicDir(at, [file('c', '3'), file('sub/b', '4')])).toBe(true)
  expect(readFileSync(join(at, 'sub/b'), 'utf8')).toBe('4')
  expect(() => readFileSync(join(at, 'a'))).toThrow('ENOENT')
})

describe('logs', () => {
  const lines = (base: string) =>
    logFiles(base).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))

  it('stamps each line once, also when a predecessor died in the middle', async () => {
    const raw = join(dir, 'output')
    const base = join(dir, '0')
    writeFileSync(raw, 'one\ntwo\nunfin')
    const first = logWriter({ raw, base, now: () => Date.UTC(2026, 0, 2) })
    first.poke()
    await first.close()
    // What a writer wrote after it last noted its place is written again by its successor, not twice.
    appendFileSync(`${base}.log`, '2026-01-02T00:00:00.000000000Z stdout F tw')
    appendFileSync(raw, 'ished\nlast')
    const second = logWriter({ raw, base, now: () => Date.UTC(2026, 0, 3) })
    await second.finish()
    expect(lines(base)).toEqual([
      '2026-01-02T00:00:00.000000000Z stdout F one',
      '2026-01-02T00:00:00.000000001Z stdout F two',
      '2026-01-03T00:00:00.000000000Z stdout F unfinished',
      '2026-01-03T00:00:00.000000001Z stdout F last',
    ])
  })

  it('outlives a disk that takes nothing, and goes on where it was', async () => {
    const raw = join(dir, 'output')
    const base = join(dir, '0')
    writeFileSync(raw, 'one\n')
    const first = logWriter({ raw, base, now: () => 0 })
    // Nobody can write to a folder.
    mkdirSync(`${base}.log`)
    first.poke()
    await first.finish()
    rmSync(`${base}.log`, { recursive: true })
    const second = logWriter({ raw, base, now: () => 0 })
    second.poke()
    await second.close()
    expect(lines(base)).toEqual(['1970-01-01T00:00:00.000000000Z stdout F one'])
  })

  it('cuts very long lines and rotates into files with new names', async () => {
    mkdirSync(join(dir, 'logs'))
    const raw = join(dir, 'output')
    const base = join(dir, 'logs', '0')
    writeFileSync(raw, `${'x'.repeat(20_000)}\n${'y'.repeat(300)}\n`.repeat(200))
    const writer = logWriter({ raw, base, now: () => 0, maxBytes: 500_000, maxFiles: 3 })
    await writer.finish()
    expect(
      lines(base)
        .slice(-3)
        .map((line) => [line.split(' ')[2], line.split(' ')[3]?.length]),
    ).toEqual([
      ['P', 16_384],
      ['F', 3_616],
      ['F', 300],
    ])
    expect(logFiles(base).length).toBe(3)
    expect(logFiles(base).at(-1)).toMatch(/\.\d+\.log$/)
  })
})

it('refuses an isolation it does not know and says which there are', async () => {
  await expect(chooseIsolation('docker')).rejects.toMatchObject({
    code: 'ISOLATION_UNAVAILABLE',
    fix: expect.stringContaining('mount+loopback') as string,
  })
  await expect(chooseIsolation('loopback')).resolves.toEqual({ files: 'links', network: 'loopback' })
})
