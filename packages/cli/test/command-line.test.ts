/** The command line as such: help, usage errors, exit codes and the form of problems, without a home or a cluster. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { outlinePath, outlineText } from '../scripts/outline.ts'
import { referencePath, referenceText } from '../scripts/reference.ts'
import { allCommands, main, type Command } from '../src/index.ts'
import { lastWords } from '../src/home/detach.ts'
import { markOf } from '../src/home/process.ts'
import { painter } from '../src/terminal.ts'

// Processes are started, or whole worlds played: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000 })

const golden = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url))
const launcher = fileURLToPath(new URL('../bin/drey.cjs', import.meta.url))

let dir = ''
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'drey-cli-'))))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Runs a command line in this process, away from the user's own homes and clusters. */
const drey = async (...argv: string[]) => {
  let stdout = ''
  let stderr = ''
  const code = await main(argv, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    env: { HOME: dir, XDG_DATA_HOME: dir, PATH: process.env['PATH'] },
    cwd: dir,
  })
  return { code, stdout, stderr }
}

const commands: readonly Command[] = await allCommands()

test('help lists every command in its group', async () => {
  const { code, stdout, stderr } = await drey('--help')
  expect(code).toBe(0)
  expect(stderr).toBe('')
  await expect(stdout).toMatchFileSnapshot(golden('help.txt'))
})

test('help needs no command loaded: its list is up to date (else: node packages/cli/scripts/generate.ts)', async () => {
  expect(readFileSync(outlinePath, 'utf8')).toBe(await outlineText())
})

test('docs/reference/commands.md is up to date (else: node packages/cli/scripts/generate.ts)', async () => {
  expect(readFileSync(referencePath, 'utf8')).toBe(await referenceText())
})

test.each(commands.map(({ name }) => name))('%s explains itself', async (name) => {
  const { code, stdout, stderr } = await drey(...name.split(' '), '--help')
  const record = commands.find((one) => one.name === name)!
  expect([code, stderr]).toEqual([0, ''])
  const unwrapped = stdout.replaceAll(/\s+/g, ' ')
  expect(unwrapped).toContain(record.summary)
  for (const [flag, { type, default: fallback }] of Object.entries(record.flags ?? {}))
    expect(stdout).toContain(
      `--${type === 'boolean' && fallback === true ? 'no-' : ''}${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    )
  for (const example of record.examples ?? []) expect(unwrapped).toContain(example.replaceAll(/\s+/g, ' '))
  expect(stdout).toContain('--home <DIR>')
  // Nothing but text: no colours, no cursor movements.
  expect(stdout).not.toContain('\u001B')
})

test('the same letter means the same flag everywhere', () => {
  const meanings = new Map<string, Set<string>>()
  for (const { flags } of commands)
    for (const [name, { short }] of Object.entries(flags ?? {}))
      if (short) meanings.set(short, (meanings.get(short) ?? new Set()).add(name))
  // `logs -f` follows and everything else reads a file, as with kubectl.
  expect(Object.fromEntries([...meanings].filter(([, names]) => names.size > 1))).toEqual({
    f: new Set(['follow', 'filename']),
  })
})

describe('wrong usage ends with 2 and says what would be right', () => {
  const cases: [string[], RegExp][] = [
    [['nonsense'], /^error USAGE: Unknown command 'nonsense'\.\n {2}fix {4}drey --help\n$/],
    [['get', '--homme'], /^error USAGE: Unknown option '--homme'\.\n {2}fix {4}did you mean --home\?\n$/],
    [['status', '--home', ''], /^error USAGE: --home is empty\.\n/],
    [['wait'], /^error USAGE: Missing required argument 'name'\.\n/],
    [['wait', 'x', '--for', 'ever'], /^error USAGE: .*'ever' is invalid.*\n/],
    [['wait', 'x', '--timeout', 'soon'], /^error USAGE: --timeout soon is not a span of time\.\n/],
    [['logs', 'x', '--tail', 'all'], /^error USAGE: --tail all is not a number of lines\.\n/],
    [['up', '--isolation', 'foo'], /^error USAGE: There is no isolation foo\.\n/],
    [['completion', 'ksh'], /^error USAGE: .*'ksh' is invalid.*[^.]\.\n/],
    [['apply'], /^error USAGE: Which files\? -f is missing\.\n {2}fix {4}drey apply -f job\.yaml\n$/],
    [['apply', '-f', 'no-such.yaml'], /^error FILE_UNREADABLE: no-such\.yaml cannot be read\.\n {2}cause {2}.*ENOENT/],
    [['up', '--port', '70000'], /^error BAD_PORT: --port 70000 is not a port\.\n/],
    [['down', '--name', '../other', '--purge'], /^error BAD_NAME: --name \.\.\/other cannot be a home’s name\.\n/],
    [['up', '--name', 'flink'], /^error BAD_NAME: /],
    [['flink', 'add'], /^error USAGE: Which version\?\n {2}fix {4}drey flink add 1\.20\n$/],
    [['get', '--kubeconfig', 'no-such'], /^error KUBECONFIG_MISSING: There is no kubeconfig at no-such\.\n/],
    [['down', '--purge'], /^error CONFIRM: --purge deletes everything .*\n {2}state {2}nothing was done\n/],
    [['crds'], /^Usage: drey crds/],
  ]
  test.each(cases)('%j', async (words, said) => {
    const { code, stdout, stderr } = await drey(...words)
    expect(stderr).toMatch(said)
    expect([code, stdout]).toEqual([2, ''])
  })
})

test('a manifest that is no YAML is told with its place', async () => {
  writeFileSync(join(dir, 'bad.yaml'), 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "x\n')
  const { code, stderr } = await drey('apply', '-f', 'bad.yaml')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error NOT_YAML: bad\.yaml:\d+:\d+ is not readable YAML\.\n {2}cause {2}/)
})

test('without a home and without a cluster, 5 and how to get one', async () => {
  for (const words of [
    ['get'],
    ['doctor', '--context', 'x'],
    ['status', 'x'],
    ['logs', 'x'],
    ['wait', 'x'],
    ['delete', 'pod', 'x'],
  ]) {
    const { code, stderr } = await drey(...words)
    expect(code).toBe(5)
    expect(stderr).toMatch(/^error NO_CLUSTER: [\s\S]* {2}fix {4}start a home: drey up --detach\n/)
  }
  expect(await drey('get', '--name', 'other')).toMatchObject({ code: 5 })
  expect((await drey('get', '--name', 'other')).stderr).toContain(
    'error HOME_NOT_RUNNING: The home other is not running.',
  )
  expect(await drey('status')).toMatchObject({ code: 1, stderr: '' })
  expect(await drey('down')).toMatchObject({ code: 0, stderr: '' })
})

test('a cluster that does not answer ends with 5', async () => {
  const port = await unusedPort()
  writeFileSync(
    join(dir, 'config'),
    `apiVersion: v1
kind: Config
current-context: gone
clusters: [{ name: gone, cluster: { server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true } }]
contexts: [{ name: gone, context: { cluster: gone, user: me } }]
users: [{ name: me, user: { token: t } }]
`,
  )
  const { code, stderr } = await drey('get', '--kubeconfig', join(dir, 'config'))
  expect(stderr).toMatch(/^error UNREACHABLE: gone does not answer\.\n {2}cause {2}.*ECONNREFUSED/)
  expect(code).toBe(5)
})

test('problems are JSON where the answer would be', async () => {
  const { code, stderr } = await drey('get', '--name', 'other', '-o', 'json')
  expect(code).toBe(5)
  expect(JSON.parse(stderr)).toMatchObject({
    kind: 'Problem',
    version: 1,
    code: 'HOME_NOT_RUNNING',
    message: 'The home other is not running.',
    fix: ['drey up --detach --name other'],
  })
})

test('global flags work before and after the verb', async () => {
  const before = await drey('--home', join(dir, 'here'), 'env')
  const after = await drey('env', '--home', join(dir, 'here'))
  expect(before).toEqual(after)
  expect(after.stdout).toBe(`export KUBECONFIG='${join(dir, 'here', 'kubeconfig')}'\n`)
  // Other flags, too, and a value that reads like a verb is none.
  expect((await drey('-o', 'json', 'get', '--name', 'other')).stderr).toMatch(/^\{"kind":"Problem"/)
  expect((await drey('--name', 'get', 'status')).stdout).toContain('home get is not running')
  expect((await drey('-q', 'flink', 'list')).stderr).toBe('')
  expect(await drey('-n', 'x', 'env')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Unknown option '-n'") as string,
  })
})

test('marks are coloured for a terminal that has colours, and spelled for one without UTF-8', () => {
  const on = (isTTY: boolean, when: unknown, env: NodeJS.ProcessEnv) =>
    painter(when, env, { out: { isTTY }, err: { isTTY } }).out('✓ home\n! port ✓\nerror X: y\n')
  const plain = '✓ home\n! port ✓\nerror X: y\n'
  expect(on(false, undefined, {})).toBe(plain)
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }]) expect(on(true, 'auto', env)).toBe(plain)
  expect(on(true, 'never', {})).toBe(plain)
  const green = '\u001B[32m✓\u001B[0m home\n\u001B[33m!\u001B[0m port ✓\n\u001B[31merror\u001B[0m X: y\n'
  expect(on(true, undefined, { LANG: 'C.UTF-8' })).toBe(green)
  expect(on(false, 'always', {})).toBe(green)
  expect(on(true, 'never', { LC_ALL: 'C' })).toBe('ok home\n! port ✓\nerror X: y\n')
})

test('who speaks as somebody else says as whom', async () => {
  expect(await drey('get', '--as-group', 'ops')).toMatchObject({ code: 5 })
  expect(await drey('get', '--request-timeout', 'soon')).toMatchObject({ code: 2 })
})

test('env survives any folder name', async () => {
  const home = join(dir, "it's $HOME `x`")
  const { stdout } = await drey('env', '--home', home)
  const shell = spawnSync('/bin/sh', ['-c', `${stdout}printf %s "$KUBECONFIG"`], { encoding: 'utf8' })
  expect(shell.stdout).toBe(join(home, 'kubeconfig'))
})

test('status of a home tells the Flink versions of now, and its lines survive any folder name', async () => {
  const home = join(dir, "it's running")
  const running = { process: markOf(process.pid), phase: 'ready', url: 'https://127.0.0.1:6543', startedAt: '' }
  mkdirSync(home)
  writeFileSync(join(home, 'home.json'), JSON.stringify(running))
  const before = await drey('status', '--home', home)
  expect(before).toMatchObject({ code: 0, stdout: expect.stringContaining('Flink              none yet') })
  const flink = join(dir, 'drey', 'flink', '1.20.5')
  mkdirSync(flink, { recursive: true })
  writeFileSync(join(flink, 'drey-home.json'), '{"version":"1.20.5","substitutions":[]}')
  const after = await drey('status', '--home', home)
  expect(after.stdout).toContain('Flink              1.20.5')
  const line = /use it {3}(export KUBECONFIG=.*?) {6}/.exec(after.stdout)?.[1]
  const shell = spawnSync('/bin/sh', ['-c', `${line}; printf %s "$KUBECONFIG"`], { encoding: 'utf8' })
  expect(shell.stdout).toBe(join(home, 'kubeconfig'))
  const document = JSON.parse((await drey('status', '--home', home, '-o', 'json')).stdout)
  expect(document.state.flink).toEqual(['1.20.5'])
  rmSync(join(dir, 'drey'), { recursive: true })
})

test('a home in the background that ended says its error, not the advice below it', () => {
  expect(lastWords('2026 home ready\nerror UNEXPECTED: No such thing.\n  fix    drey -v …\n')).toBe(
    'error UNEXPECTED: No such thing.',
  )
  expect(lastWords('2026 ending\nKilled\n')).toBe('Killed')
  expect(lastWords('')).toBe('it said nothing')
})

test('image names are mapped, listed and forgotten', async () => {
  expect(await drey('image', 'map', 'my/orders:7', '--flink', '1.20', '--overlay', '.')).toMatchObject({
    code: 0,
    stdout: '✓ my/orders:7 mapped\n',
  })
  expect((await drey('image', 'list')).stdout).toMatch(/^my\/orders:7 +Flink 1\.20 \+ \//)
  expect((await drey('image', 'unmap', 'my/orders:7')).code).toBe(0)
  expect((await drey('image', 'unmap', 'my/orders:7')).code).toBe(3)
  expect((await drey('image', 'map', 'x', '--env', 'novalue')).code).toBe(2)
})

test('what a Flink home has instead of the official parts is told once per part', async () => {
  const home = join(dir, 'drey', 'flink', '1.20.5')
  mkdirSync(home, { recursive: true })
  const part = (what: string, got: string) => ({ what, wanted: '1.20.5', got })
  writeFileSync(
    join(home, 'drey-home.json'),
    JSON.stringify({
      version: '1.20.5',
      from: 'registries',
      addedAt: '2026-01-01T00:00:00Z',
      substitutions: [
        part('flink-examples-batch WordCount', '1.18.0'),
        part('flink-examples-batch KMeans', '1.18.0'),
        part('flink-s3-fs-presto', '1.20.0'),
      ],
      missing: [],
    }),
  )
  const { stdout } = await drey('flink', 'list')
  expect(stdout.split('\n')).toEqual([
    `1.20.5   ${home}`,
    '         ! flink-examples-batch 1.20.5 → 1.18.0 (2 jars)',
    '         ! flink-s3-fs-presto 1.20.5 → 1.20.0',
    '',
  ])
  expect((await drey('flink', 'remove', '1.20')).stdout).toBe(`✓ removed Flink 1.20.5 · ${home}\n`)
  expect(await drey('flink', 'remove', '1.20')).toMatchObject({ code: 1 })
})

test('started with any Node.js in the path, it runs with one that can', () => {
  const linked = join(dir, 'drey-linked')
  symlinkSync(fileURLToPath(new URL('../bin/drey', import.meta.url)), linked)
  const { stdout, stderr } = spawnSync(linked, ['version', '--client', '-o', 'json'], {
    encoding: 'utf8',
    env: { HOME: dir, PATH: '/usr/bin:/bin' },
  })
  expect(stderr).toBe('')
  expect(Number((JSON.parse(stdout) as { node: string }).node.split('.')[0])).toBeGreaterThanOrEqual(24)
})

test('a reader that closes early is no error', () => {
  const { stdout, stderr } = spawnSync(
    '/bin/bash',
    ['-c', '"$0" "$1" crds print | head -n 1; echo "${PIPESTATUS[0]}"', process.execPath, launcher],
    { encoding: 'utf8', env: { ...process.env, HOME: dir } },
  )
  expect(stderr).toBe('')
  expect(stdout.split('\n').at(-2)).toBe('0')
})

const unusedPort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
