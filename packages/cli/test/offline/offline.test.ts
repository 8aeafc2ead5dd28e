/** `drey validate`, `diff` and `explain-config` as a user calls them: no home, no cluster. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { main } from '../../src/main.ts'

const here = import.meta.dirname
const directories: string[] = []
afterEach(() => directories.splice(0).forEach((directory) => rmSync(directory, { recursive: true })))

const drey = async (words: string, files: Record<string, string> = {}, cwd = '') => {
  if (cwd === '') {
    cwd = mkdtempSync(join(tmpdir(), 'drey-offline-'))
    directories.push(cwd)
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  let [out, err] = ['', '']
  const code = await main(words.split(' '), {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    env: {},
    cwd,
  })
  return { code, out, err }
}
const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as any)

const orders = (
  more = '',
  job = '{ jarURI: local:///opt/flink/usrlib/orders.jar, parallelism: 2 }',
) => `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: orders }
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: flink
  jobManager: { resource: { cpu: 1, memory: 1g } }
  taskManager: { resource: { cpu: 1, memory: 2g } }
  job: ${job}
${more}`

describe('drey validate', () => {
  test('every sample manifest passes', async () => {
    const { code, out } = await drey('validate -f samples --output json', {}, here)
    expect(code).toBe(0)
    expect(lines(out).map(({ name, allowed }) => [name, allowed])).toHaveLength(9)
    expect(lines(out).every(({ allowed }) => allowed)).toBe(true)
  })

  test('broken manifests get the message a person needs, with line and column', async () => {
    const { code, out } = await drey('validate -f broken.yaml --resources samples', {}, here)
    expect(code).toBe(1)
    // To renew: drey validate -f broken.yaml --resources samples > broken.txt
    expect(out).toBe(readFileSync(join(here, 'broken.txt'), 'utf8'))
  })

  test('our examples pass, for a cluster and for a home', async () => {
    const examples = join(here, '../../../../examples')
    expect(await drey(`validate -f ${examples}`)).toMatchObject({ code: 0 })
    expect(await drey(`validate -f ${examples} --name default`)).toMatchObject({ code: 0 })
  })

  test('a jar of this machine is for a home: a cluster refuses it, and who can take it is told', async () => {
    const files = {
      'job.yaml':
        'apiVersion: flink.apache.org/v1beta1\nkind: FlinkSessionJob\nmetadata: { name: j }\nspec: { deploymentName: s, job: { parallelism: 1, jarURI: "http://127.0.0.1:8000/x.jar" } }\n',
    }
    const refused = await drey('validate -f job.yaml', files)
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('A home takes it') })
    expect(await drey('validate -f job.yaml --name default', files)).toMatchObject({ code: 0 })
  })

  test('one line of JSON for each document, in order', async () => {
    const files = {
      'all.yaml': `${orders()}---\n${orders().replace('parallelism: 2', 'parallelism: 0')}---\nkind: Namespace\napiVersion: v1\nmetadata: { name: team }\n`,
    }
    const { code, out } = await drey('validate -f all.yaml --output json', files)
    expect(code).toBe(1)
    expect(lines(out)).toEqual([
      { kind: 'FlinkDeployment', name: 'orders', allowed: true, problems: [] },
      {
        kind: 'FlinkDeployment',
        name: 'orders',
        allowed: false,
        problems: [
          {
            path: 'spec.job.parallelism',
            code: 'PARALLELISM_MISSING',
            message: expect.any(String),
            fix: expect.any(String),
            severity: 'error',
            line: 21,
            column: 56,
          },
        ],
      },
      { kind: 'Namespace', name: 'team', allowed: true, problems: [] },
    ])
  })

  test('JSON input, lists, folders and standard names', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'flink.apache.org/v1beta1', kind: 'FlinkDeployment', metadata: { name: 'a' }, spec: {} }],
    }
    const { out } = await drey('validate -f . --output json', {
      'a.json': JSON.stringify(list, undefined, 2),
      'b.yml': orders(),
      'c.txt': '{',
    })
    expect(lines(out).map(({ name, allowed }) => [name, allowed])).toEqual([
      ['a', false],
      ['orders', true],
    ])
  })

  test('an update of --old: the status of the old one counts, or else its spec', async () => {
    const files = { 'old.yaml': orders(), 'new.yaml': orders('  mode: standalone\n') }
    expect((await drey('validate -f new.yaml', files)).code).toBe(0)
    const { code, out } = await drey('validate -f new.yaml --old old.yaml --output json', files)
    expect([code, lines(out)[0].problems[0].code]).toEqual([1, 'MODE_CHANGED'])
  })

  test('the operator’s configuration, and the other resources, count', async () => {
    const files = {
      'job.yaml':
        'apiVersion: flink.apache.org/v1beta1\nkind: FlinkSessionJob\nmetadata: { name: j }\nspec:\n  deploymentName: s\n  job: { jarURI: http://93.184.216.34/o.jar, parallelism: 1, upgradeMode: savepoint }\n',
      'session.yaml': orders()
        .replace('name: orders', 'name: s')
        .replace(/ {2}job:.*\n/, ''),
      'flink-conf.yaml':
        'kubernetes.operator.user.artifacts.allowed-schemes: http;https\nexecution.checkpointing.dir: s3://cp\nkubernetes.operator.default-configuration.flink-version.v1_20.execution.checkpointing.savepoint-dir: s3://sp\n',
    }
    const codes = async (more: string) =>
      lines((await drey(`validate -f job.yaml --output json${more}`, files)).out)[0].problems.map(
        ({ code }: any) => code,
      )
    expect(await codes('')).toEqual(['JAR_SCHEME_REFUSED', 'CLUSTER_UNKNOWN'])
    expect(await codes(' --resources session.yaml')).toEqual([
      'JAR_SCHEME_REFUSED',
      'CHECKPOINT_DIRECTORY_MISSING',
      'SAVEPOINT_DIRECTORY_MISSING',
    ])
    expect(await codes(' --resources session.yaml --operator-config .')).toEqual([])
  })

  test('-n is the namespace of manifests that name none', async () => {
    const files = {
      'a.yaml': orders('', '{ parallelism: 1, upgradeMode: last-state }'),
      'flink-conf.yaml':
        'kubernetes.operator.default-configuration.namespace.teama.execution.checkpointing.dir: s3://cp\n',
    }
    const words = 'validate -f a.yaml --operator-config .'
    expect([(await drey(words, files)).code, (await drey(`${words} -n teama`, files)).code]).toEqual([1, 0])
  })

  test.each([
    ['validate -f nowhere.yaml', 'FILE_UNREADABLE'],
    ['validate -f bad.yaml', 'bad.yaml:2:1'],
    ['validate', 'FILE_MISSING'],
  ])('%s: exit 2, and why', async (words, says) => {
    const { code, err } = await drey(words, { 'bad.yaml': 'a: [\nb' })
    expect([code, err.includes(says)]).toEqual([2, true])
  })

  test('an operator’s configuration that is no YAML is unreadable input; a key that stands twice is a warning', async () => {
    const files = { 'a.yaml': orders(), 'config.yaml': 'a: [1\nb: 2\n' }
    const broken = await drey('validate -f a.yaml --operator-config .', files)
    expect([broken.code, broken.err]).toEqual([2, expect.stringContaining('config.yaml: line 2: ')])
    const twice = await drey('validate -f a.yaml --operator-config .', { ...files, 'config.yaml': 'a: 1\na: 2\n' })
    expect([twice.code, twice.err]).toEqual([
      0,
      expect.stringContaining('config.yaml: line 2: the key stands there a second'),
    ])
  })

  test.each([
    ['{ name: orders, labels: { version: 1.20 } }', 'metadata.labels.version', 'in'],
    ['{ name: orders, annotations: { a: true } }', 'metadata.annotations.a', 'quotes'],
    ['{ name: orders, labels: { "a b": c } }', 'metadata.labels.a b', 'letters'],
    ['{ name: orders, labels: { a: "b/c" } }', 'metadata.labels.a', 'letters'],
    ['{ name: orders, labels: [a] }', 'metadata.labels', 'map'],
    ['{ name: 7 }', 'metadata.name', 'quotes'],
    ['{ namespace: x }', 'metadata.name', 'name'],
    ['{ name: orders, namespace: Team_A }', 'metadata.namespace', 'namespace'],
    ['{ name: orders, finalizers: x }', 'metadata.finalizers', 'list'],
    ['[orders]', 'metadata', 'fields'],
  ])('metadata that no API server takes: %s', async (metadata, path, fix) => {
    const { code, out } = await drey('validate -f a.yaml --output json', {
      'a.yaml': orders().replace('{ name: orders }', metadata),
    })
    const [problem, ...others] = lines(out)[0].problems
    expect([code, problem.path, others]).toEqual([1, path, []])
    expect(problem.fix).toContain(fix)
  })

  test('what metadata may hold', async () => {
    const metadata =
      '{ generateName: orders-, labels: { app.kubernetes.io/name: a, empty: "", x: A_b.c-1 }, annotations: { b.c/d: "any text, {}" }, finalizers: [a.b/c] }'
    expect((await drey('validate -f a.yaml', { 'a.yaml': orders().replace('{ name: orders }', metadata) })).code).toBe(
      0,
    )
  })

  test('a status in a manifest is passed over, whatever it holds', async () =>
    expect(
      (await drey('validate -f a.yaml', { 'a.yaml': `${orders()}status: { lifecycleState: FOO, nonsense: 1 }\n` })).out,
    ).toBe('a.yaml: FlinkDeployment orders: valid\n'))

  test('a misspelt field or kind: which one was meant', async () => {
    const text = orders().replace('{ name: orders }', '{ name: orders, lables: { a: b } }')
    const { out } = await drey('validate -f a.yaml -f b.yaml --output json', {
      'a.yaml': text,
      'b.yaml': orders().replace('kind: FlinkDeployment', 'kind: flinkDeployment'),
    })
    expect(lines(out).map(({ problems: [problem] }: any) => [problem.severity, problem.fix])).toEqual([
      ['warning', 'Did you mean labels?'],
      ['error', 'Did you mean FlinkDeployment?'],
    ])
  })

  test('--strict: warnings refuse, too', async () => {
    const files = { 'a.yaml': orders('  flinkConfiguration: { kubernetes.operator.nonsense: 1 }\n') }
    expect([
      (await drey('validate -f a.yaml', files)).code,
      (await drey('validate -f a.yaml --strict', files)).code,
    ]).toEqual([0, 1])
  })
})

test('control characters are no YAML: exit 2, with the place', async () => {
  const { code, err } = await drey('validate -f a.yaml', {
    'a.yaml': orders().replace('orders.jar', 'ord\u0001ers.jar'),
  })
  expect(code).toBe(2)
  expect(err).toMatch(/a\.yaml:10:\d+ is not readable YAML\.\n.*U\+0001/)
})

describe('drey diff', () => {
  test('types, values and reasons, by line of JSON', async () => {
    const now = orders(
      '  flinkConfiguration: { my.password: p2, kubernetes.operator.reconcile.interval: 5 s }\n',
      '{ jarURI: local:///opt/flink/usrlib/orders.jar, parallelism: 4 }',
    )
    const { code, out } = await drey('diff --old old.yaml --new new.yaml --output json', {
      'old.yaml': orders('  flinkConfiguration: { my.password: p1 }\n'),
      'new.yaml': now,
    })
    expect(code).toBe(1)
    expect(lines(out)[0]).toMatchObject({
      type: 'UPGRADE',
      changes: [
        { path: 'job.parallelism', old: 2, new: 4, type: 'UPGRADE', why: expect.stringMatching(/\.$/) },
        { path: expect.stringContaining('flinkConfiguration.'), type: expect.any(String) },
        { path: expect.stringContaining('flinkConfiguration.'), type: expect.any(String) },
      ],
    })
    expect(out).not.toContain('p2')
  })
  test('sentences, and nothing for equals', async () => {
    const files = {
      'a.yaml': orders(),
      'b.yaml': orders('  mode: standalone\n'),
      'c.yaml': orders('  mode: standalone\n', '{ jarURI: local:///opt/flink/usrlib/orders.jar, parallelism: 3 }'),
    }
    expect(await drey('diff --old a.yaml --new a.yaml', files)).toMatchObject({
      code: 0,
      out: 'FlinkDeployment orders: no difference\n',
    })
    expect((await drey('diff --old b.yaml --new c.yaml', files)).out).toMatch(
      /^FlinkDeployment orders: SCALE\n {2}~ job\.parallelism {2}2 → 3 {2}scale: .*\.\n$/,
    )
  })
  test('what changes nothing says so', async () => {
    const files = { 'a.yaml': orders(), 'b.yaml': orders('  mode: native\n') }
    expect((await drey('diff --old a.yaml --new b.yaml', files)).out).toContain('ignore: native is the default')
    const [few, more] = [2, 3].map((parallelism) =>
      orders('', `{ jarURI: local:///o.jar, parallelism: ${parallelism} }`).replace(
        'taskManager: {',
        '$&replicas: 1, ',
      ),
    )
    expect((await drey('diff --old c.yaml --new d.yaml', { 'c.yaml': few!, 'd.yaml': more! })).out).toMatch(
      /IGNORE\n.*ignore: taskManager\.replicas/,
    )
  })
  test('a value that cannot be read is no change to nothing: exit 2, and where it stands', async () => {
    const files = { 'a.yaml': orders(), 'b.yaml': orders('', '{ jarURI: local:///o.jar, parallelism: many }') }
    const { code, out, err } = await drey('diff --old a.yaml --new b.yaml', files)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('spec.job.parallelism must be a whole number')
  })
  test('what has no counterpart is named', async () => {
    const files = { 'a.yaml': `${orders()}---\n${orders().replace('name: orders', 'name: bills')}`, 'b.yaml': orders() }
    const { code, err } = await drey('diff --old a.yaml --new b.yaml', files)
    expect([code, err]).toEqual([0, 'FlinkDeployment bills stands only in --old\n'])
  })
  test('nothing to compare: exit 2', async () =>
    expect((await drey('diff --old a.yaml --new b.yaml', { 'a.yaml': orders(), 'b.yaml': 'kind: X\n' })).code).toBe(2))
})

describe('drey explain-config', () => {
  const conf = [
    'taskmanager.numberOfTaskSlots: 1',
    'my.secret: hush',
    'kubernetes.operator.default-configuration.namespace.teama.taskmanager.numberOfTaskSlots: 2',
    'kubernetes.operator.default-configuration.flink-version.v1_19+.env.java.default-opts.all: -Dx=y',
  ].join('\n')
  const files = {
    'orders.yaml': orders('  flinkConfiguration: { taskmanager: { numberOfTaskSlots: 4 } }\n').replace(
      'name: orders',
      'name: orders, namespace: teama',
    ),
    'flink-conf.yaml': conf,
  }
  test('which layer set each key, and what it covers', async () => {
    const { code, out } = await drey('explain-config -f orders.yaml --operator-config . --output json', files)
    expect(code).toBe(0)
    const of = (key: string) => lines(out)[0].settings.find((one: any) => one.key === key)
    expect(of('taskmanager.numberOfTaskSlots')).toEqual({
      key: 'taskmanager.numberOfTaskSlots',
      value: '4',
      layer: 'resource',
      over: [
        { value: '2', layer: 'namespace', from: 'teama' },
        { value: '1', layer: 'operator', from: 'flink-conf.yaml' },
      ],
    })
    expect(of('env.java.default-opts.all')).toEqual({
      key: 'env.java.default-opts.all',
      value: '-Dx=y',
      layer: 'version',
      from: 'v1_19+',
    })
    expect(of('my.secret').value).toBe('******')
    expect(of('parallelism.default')).toMatchObject({ value: '2', layer: 'derived' })
    expect(of('kubernetes.cluster-id')).toMatchObject({ value: 'orders', layer: 'derived' })
  })
  test('as lines for people', async () => {
    const { out } = await drey('explain-config -f orders.yaml --operator-config .', files)
    expect(out).toContain(
      'taskmanager.numberOfTaskSlots = 4  resource (over namespace teama: 2, operator flink-conf.yaml: 1)\n',
    )
  })
  test('--defaults: also what nobody set', async () => {
    const { out } = await drey('explain-config -f orders.yaml --defaults', files)
    expect(out).toContain('kubernetes.operator.reconcile.interval = 1 min  built-in\n')
  })
  test('a session job, over its cluster', async () => {
    const job =
      'apiVersion: flink.apache.org/v1beta1\nkind: FlinkSessionJob\nmetadata: { name: j }\nspec:\n  deploymentName: orders\n  flinkConfiguration: { a: 2 }\n  job: { parallelism: 1 }\n'
    const session = orders('  flinkConfiguration: { a: 1, b: 1 }\n').replace(/ {2}job:.*\n/, '')
    const { out } = await drey('explain-config -f job.yaml --resources session.yaml --output json', {
      'job.yaml': job,
      'session.yaml': session,
    })
    const settings = lines(out)[0].settings
    expect(settings.find(({ key }: any) => key === 'a')).toMatchObject({
      value: '2',
      layer: 'session-job',
      over: [{ value: '1', layer: 'cluster', from: 'orders' }],
    })
    expect(settings.find(({ key }: any) => key === 'b')).toMatchObject({ value: '1', layer: 'cluster' })
  })
})
