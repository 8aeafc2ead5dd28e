import { expect, it } from 'vitest'
import { planView, type Base, type Entry, type HostFiles, type Mount } from '../../src/isolation/view.ts'

/** A machine as a list of paths: `dir/`, `file`, `link -> target`. */
const machine = (...paths: string[]): HostFiles => {
  const entries = paths.map((text) => {
    const [path = '', to] = text.split(' -> ')
    return { path: path.replace(/\/$/, ''), dir: path.endsWith('/'), to }
  })
  const at = (path: string) => entries.find((entry) => entry.path === path)
  const list = (dir: string): Entry[] =>
    entries
      .filter(({ path }) => path.slice(0, path.lastIndexOf('/')) === (dir === '/' ? '' : dir))
      .map(({ path, dir: isDir, to }) => {
        const name = path.slice(path.lastIndexOf('/') + 1)
        return to === undefined ? { name, type: isDir ? 'dir' : 'file' } : { name, type: 'link', to }
      })
  return {
    list,
    linkAt: (path) => at(path)?.to,
    typeOf: (path) => (at(path) === undefined ? 'missing' : at(path)?.dir ? 'dir' : 'file'),
  }
}

const host = machine(
  '/etc/',
  '/etc/hosts',
  '/opt/',
  '/opt/tool/',
  '/usr/',
  '/usr/bin/',
  '/bin -> usr/bin',
  '/var/',
  '/var/run -> /run',
  '/flink/',
  '/flink/conf/',
  '/flink/lib/',
  '/flink/lib/a.jar',
  '/flink/NOTICE',
  '/overlay/',
  '/overlay/lib/',
  '/overlay/lib/b.jar',
  '/vol/',
  '/conf/',
  '/hosts',
)
const base: Base = ['/etc', '/opt', '/usr', '/bin', '/var'].map((path) => ({ path, readOnly: false }))
const layer = (source: string, target: string): Mount => ({ source, target, readOnly: true, as: 'layer' })
const volume = (source: string, target: string): Mount => ({ source, target, readOnly: false, as: 'volume' })
const steps = (mounts: Mount[], of: Base = base) =>
  planView(of, mounts, host).map((step) => {
    switch (step.do) {
      case 'dir':
        return `dir ${step.target}`
      case 'link':
        return `link ${step.target} -> ${step.to}`
      case 'point':
        return `point ${step.source}`
      case 'bind':
        return `${step.source} at ${step.target}${step.readOnly ? ' (ro)' : ''}`
    }
  })

it('binds the machine’s directories whole while nothing has to appear inside them', () => {
  expect(steps([volume('/vol', '/data')])).toEqual([
    '/etc at /etc',
    '/opt at /opt',
    '/usr at /usr',
    'link /bin -> usr/bin',
    '/var at /var',
    '/vol at /data',
  ])
})

it('opens a directory only where a mount point is missing', () => {
  expect(steps([volume('/vol', '/opt/new')])).toEqual(
    expect.arrayContaining(['dir /opt', '/opt/tool at /opt/tool', '/vol at /opt/new']),
  )
  expect(steps([volume('/hosts', '/etc/hosts')])).toEqual(
    expect.arrayContaining(['/etc at /etc', '/hosts at /etc/hosts']),
  )
})

it('follows the machine’s links on the way to a mount point', () => {
  expect(steps([volume('/vol', '/var/run/secrets/account')])).toEqual(
    expect.arrayContaining(['/var at /var', 'dir /run', 'dir /run/secrets', '/vol at /run/secrets/account']),
  )
  expect(steps([volume('/vol', '/bin/extra')])).toEqual(
    expect.arrayContaining(['dir /usr/bin', '/vol at /usr/bin/extra']),
  )
})

it('shows a layer in place of what the machine has there, open at its top', () => {
  expect(
    steps([layer('/flink', '/opt/flink'), volume('/conf', '/opt/flink/conf'), volume('/vol', '/opt/flink/usrlib')]),
  ).toEqual(
    expect.arrayContaining([
      'dir /opt/flink',
      '/conf at /opt/flink/conf',
      '/flink/lib at /opt/flink/lib (ro)',
      '/flink/NOTICE at /opt/flink/NOTICE (ro)',
      '/vol at /opt/flink/usrlib',
    ]),
  )
})

it('lays layers over each other, the later one above', () => {
  const plan = steps([layer('/flink', '/opt/flink'), layer('/overlay', '/opt/flink')], 'empty')
  expect(plan).toEqual([
    'dir /opt',
    'dir /opt/flink',
    '/flink/conf at /opt/flink/conf (ro)',
    'dir /opt/flink/lib',
    '/flink/lib/a.jar at /opt/flink/lib/a.jar (ro)',
    '/overlay/lib/b.jar at /opt/flink/lib/b.jar (ro)',
    '/flink/NOTICE at /opt/flink/NOTICE (ro)',
  ])
})

it('makes mount points inside a volume in the volume itself, so that its own files stay writable', () => {
  expect(steps([volume('/vol', '/data'), volume('/conf', '/data/deep/conf')], 'empty')).toEqual([
    'point /vol/deep',
    'point /vol/deep/conf',
    '/vol at /data',
    '/conf at /data/deep/conf',
  ])
})

it('refuses to look for a directory inside a file', () => {
  expect(() => steps([volume('/vol', '/etc/hosts/x')])).toThrow('/etc/hosts is a file')
})

it('a layer at a place that only leads to other layers is laid over them', () => {
  expect(
    steps([layer('/flink/lib', '/opt/flink/lib'), layer('/flink/NOTICE', '/opt/flink/NOTICE'), layer('/overlay', '/opt/flink')]),
  ).toEqual(steps([layer('/flink/lib', '/opt/flink/lib'), layer('/flink/NOTICE', '/opt/flink/NOTICE'), layer('/overlay/lib', '/opt/flink/lib')]))
})
