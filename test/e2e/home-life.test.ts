/** The life of a home on its unhappy days: whatever happens, `drey up` and `drey down` end in a whole home or in none. */
import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dreyOnce, hasKubectl, root } from './home.ts'

const { KUBECONFIG: _, DREY_HOME: __, ...outer } = process.env
const drey = join(root, 'node_modules', '.bin', 'drey')

/** A home's folder and the command line pointed at it; ended after the test, however the test ended. */
const homes: string[] = []
const newHome = (more: NodeJS.ProcessEnv = {}) => {
  const dir = join(mkdtempSync(join(tmpdir(), 'drey-life-')), 'home')
  homes.push(dir)
  const env = { ...outer, DREY_HOME: dir, CI: 'true', ...more }
  return {
    dir,
    env,
    run: (...words: string[]) => dreyOnce(words, env),
    start: (...words: string[]) =>
      spawn(drey, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
    state: () => JSON.parse(readFileSync(join(dir, 'home.json'), 'utf8')) as { process: { pid: number }; url: string },
  }
}
afterEach(() => {
  for (const dir of homes.splice(0)) {
    dreyOnce(['down', '--home', dir], { ...outer, CI: 'true' })
    rmSync(join(dir, '..'), { recursive: true, force: true })
  }
})

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 90_000; !isSo();) {
    if (Date.now() > deadline) throw new Error(`not so after 90 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const ended = (child: ReturnType<typeof spawn>): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

/** Processes that know a word from their environment or their command line. */
const processesWith = (word: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/environ`, 'latin1') + readFileSync(`/proc/${pid}/cmdline`, 'latin1')
        return text.includes(word) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
      } catch {
        return false
      }
    })
    .map(Number)

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

const isGone = (pid: number): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return true
  }
}

const sleeper = (name: string) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}","namespace":"default"},
  "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"main","image":"busybox","command":["sh","-c","echo awake; sleep 3600 & wait"]}]}}`

const startSleeper = async (home: ReturnType<typeof newHome>, name: string): Promise<number[]> => {
  const file = join(home.dir, '..', `${name}.json`)
  writeFileSync(file, sleeper(name))
  const applied = home.run('apply', '-f', file)
  expect(applied.stderr + applied.stdout).toContain(`pod/${name} created`)
  // Its shell and what that waits for; whatever prepared the two has ended by then.
  const running = () => processesWith(`HOSTNAME=${name}\0`).filter((pid) => ['sh', 'sleep'].includes(commandOf(pid)))
  await until(`${name} runs`, () => running().some((pid) => commandOf(pid) === 'sleep'))
  return running()
}

test('a second up prints the same block and changes nothing', () => {
  const home = newHome()
  const first = home.run('up', '--detach')
  expect(first.stderr).toBe('')
  expect(first.status).toBe(0)
  const { pid } = home.state().process
  const block = (text: string) => text.replace(/ · \d+ MB/, '')
  for (const words of [['up', '--detach'], ['up'], ['up', '-qd']]) {
    const again = home.run(...words)
    expect(again.status).toBe(0)
    expect(block(again.stdout)).toBe(block(first.stdout))
  }
  expect(home.state().process.pid).toBe(pid)
})

test('flags in one word and before the verb are the same flags', () => {
  const home = newHome()
  const up = home.run('--home', home.dir, '-qd', 'up', '--no-operator')
  expect([up.status, up.stderr]).toEqual([0, ''])
  expect(home.run('logs').stdout).toContain('home ready')
  expect(home.run('status').stdout).toContain('operator           not started')
})

test('several ups at the same time make one home', async () => {
  const home = newHome()
  const outcomes = await Promise.all([1, 2, 3].map(() => ended(home.start('up', '--detach'))))
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0])
  const urls = outcomes.map(({ stdout }) => /API (\S+)/.exec(stdout)?.[1])
  expect(new Set(urls)).toEqual(new Set([home.state().url]))
  expect(home.run('status').status).toBe(0)
})

test('a taken port that was asked for is an error; otherwise another one is taken, and said', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  try {
    const home = newHome()
    const refused = home.run('up', '--detach', '--port', String(port))
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(`error PORT_IN_USE: Port ${port} is used by another program.\n  fix    see which:`)
    expect(home.run('status').stdout).toContain('is not running')
    expect(home.run('up', '--port', 'x').status).toBe(2)

    // The home remembers its port; when somebody else has it, it says so.
    mkdirSync(home.dir, { recursive: true })
    writeFileSync(join(home.dir, 'port'), String(port))
    const moved = home.run('up', '--detach')
    expect(moved.status).toBe(0)
    expect(moved.stdout).toMatch(new RegExp(`! port ${port} is used by another program: the API is at \\d+ instead`))
  } finally {
    other.close()
  }
})

// Whatever was written last when the kill came, in the order of a start.
const moments = ['lock', 'home.json', 'store/objects.jsonl', 'kubeconfig']

test.each(moments)('killed in the middle of a start, after %s: the next up takes over', async (moment) => {
  const home = newHome()
  const killed = home.start('up')
  const over = ended(killed)
  await until(moment, () => existsSync(join(home.dir, moment)))
  process.kill(-killed.pid!, 'SIGKILL')
  await over
  const next = home.run('up', '--detach')
  expect(next.stderr).toBe('')
  expect(next.status).toBe(0)
  expect(home.run('get', 'nodes').stdout).toContain('Ready')
  expect(home.run('down').stdout).toContain('stopped')
  await until('nothing is left', () => processesWith(home.dir).length === 0)
})

test('ended politely in the middle of a start, nothing stays', async () => {
  const home = newHome()
  const starting = home.start('up')
  const over = ended(starting)
  await until('it has begun', () => existsSync(join(home.dir, 'home.json')))
  const down = home.run('down')
  expect(down.stdout).toContain('stopped')
  await over
  await until('nothing is left', () => processesWith(home.dir).length === 0)
  expect(existsSync(join(home.dir, 'home.json'))).toBe(false)
})

test('after a kill -9 pods live on: the next up adopts them, and down ends what a crash left', async () => {
  const home = newHome()
  home.run('up', '--detach')
  const pids = await startSleeper(home, 'survivor')
  const crash = async () => {
    const { pid } = home.state().process
    process.kill(pid, 'SIGKILL')
    await until('the home is dead', () => isGone(pid))
    expect(pids.every((pid) => !isGone(pid))).toBe(true)
  }
  await crash()
  expect(home.run('status').stdout).toContain('it ended without cleaning up')
  expect(home.run('up', '--detach').status).toBe(0)
  expect(home.run('get', 'pod', 'survivor').stdout).toMatch(/survivor +1\/1 +Running +0 /)
  await crash()
  const down = home.run('down')
  expect(down.status).toBe(0)
  expect(down.stdout).toMatch(/✓ home default had crashed; \d+ process(es)? of it ended/)
  expect(down.stdout).toMatch(/ended {4}process \d+ of pod survivor/)
  expect(pids.every(isGone)).toBe(true)
  expect(home.run('down').stdout).toContain('was not running')
})

test('down says what it ended; --purge asks first', async () => {
  const home = newHome()
  home.run('up', '--detach')
  const pids = await startSleeper(home, 'listed')
  await until('it is reported', () => home.run('get', 'pod', 'listed').stdout.includes('Running'))
  expect(home.run('logs', 'listed')).toMatchObject({ status: 0, stdout: 'awake\n' })
  expect(home.run('logs', 'pod/listed', '--tail', '1')).toMatchObject({ status: 0, stdout: 'awake\n' })
  const asked = home.run('down', '--purge')
  expect(asked.status).toBe(2)
  expect(asked.stderr).toMatch(
    /error CONFIRM: .*\n {2}state {2}nothing was done\n {2}fix {4}drey down --purge --yes=default/,
  )
  expect(pids.some(isGone)).toBe(false)
  expect(home.run('down', '--purge', '--yes=other').status).toBe(2)
  const done = home.run('down', '--purge', '--yes=default')
  expect(done.stdout).toMatch(/✓ home default stopped · data deleted: \d+ [KM]iB\n {2}ended {4}1 pod\n/)
  expect(pids.every(isGone)).toBe(true)
  expect(existsSync(home.dir)).toBe(false)
  expect(home.run('down').stdout).toContain('was not running')
})

test('a home whose folder is taken away ends, with its pods: nobody could find it any more', async () => {
  const home = newHome()
  home.run('up', '--detach', '--no-operator')
  const pids = [home.state().process.pid, ...(await startSleeper(home, 'homeless'))]
  renameSync(home.dir, `${home.dir}.elsewhere`)
  await until('all have ended', () => pids.every(isGone))
})

test('a folder that cannot be made is a clear error', () => {
  const home = newHome()
  writeFileSync(join(home.dir, '..', 'file'), '')
  for (const dir of [join(home.dir, '..', 'file', 'home'), '/sys/drey', '/proc/drey'])
    for (const words of [['up'], ['up', '--detach']]) {
      const refused = home.run(...words, '--home', dir)
      expect(refused.status).toBe(1)
      expect(refused.stderr).toMatch(
        /^error HOME_NOT_WRITABLE: .*\n {2}where {2}.*\n {2}cause {2}.*\n {2}fix {4}choose a folder you may write to: drey up --home DIR\n$/,
      )
    }
})

/** Runs a script in a mount namespace of its own; undefined where that is not allowed. */
const inPrivateMounts = (script: string, env: NodeJS.ProcessEnv, ...words: string[]) => {
  const unshare = ['--mount', '--propagation', 'private', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])]
  if (spawnSync('unshare', [...unshare, 'true']).status !== 0) {
    console.warn('SKIPPED: mount namespaces do not work here')
    return undefined
  }
  return spawnSync('unshare', [...unshare, '/bin/sh', '-ec', script, 'sh', ...words], {
    cwd: root,
    encoding: 'utf8',
    env,
    timeout: 120_000,
  })
}

test.each(['16k', '64k', '256k'])('on a disk of %s nothing half-alive stays behind', (size) => {
  const home = newHome()
  const done = inPrivateMounts(
    `mkdir -p "$1"; mount -t tmpfs -o size=${size} drey "$1"
     "$2" up --detach --home "$1" && echo STARTED || echo "exit $?"
     "$2" status --home "$1" || true
     cat "$1/home.json" 2>/dev/null || true
     "$2" down --home "$1"`,
    home.env,
    home.dir,
    drey,
  )
  if (!done) return
  expect(done.stderr).toMatch(/error DISK_FULL: The disk of the home default is full\./)
  expect(done.stdout).toContain('exit 1')
  expect(done.stdout).toContain('is not running')
  expect(done.stdout).not.toContain('"process"')
  expect(processesWith(home.dir)).toEqual([])
})

const noJava = 'for dir in /usr/lib/jvm /usr/java /opt/java /opt; do [ ! -d $dir ] || mount -t tmpfs none $dir; done\n'

test('without Java, or with one that is too old, one sentence says what would do', () => {
  const home = newHome()
  const old = join(home.dir, '..', 'old')
  mkdirSync(join(old, 'bin'), { recursive: true })
  writeFileSync(join(old, 'bin', 'java'), '#!/bin/sh\necho \'java version "1.7.0_80"\' >&2\n')
  chmodSync(join(old, 'bin', 'java'), 0o755)
  const env = {
    ...home.env,
    HOME: join(home.dir, '..'),
    PATH: `${join(root, 'node_modules', '.bin')}:/usr/bin:/bin`,
    JAVA_HOME: '',
  }
  for (const [java, said] of [
    ['', 'needs Java .*best 17\\.'],
    [old, 'needs Java .*best 17; this machine has Java 7\\.'],
  ] as const) {
    const up = inPrivateMounts(`${noJava}"$1" up --detach`, { ...env, JAVA_HOME: java }, drey)
    if (!up) return
    expect(up.status).toBe(1)
    expect(up.stderr).toMatch(new RegExp(`^error JAVA_MISSING: Flink 1.20 ${said}\n  fix    .*openjdk-17.*\n$`))
    const setup = inPrivateMounts(`${noJava}exec node scripts/setup.mjs`, { ...env, JAVA_HOME: java })
    expect(setup?.status).toBe(1)
    expect(setup?.stderr).toMatch(/^error JAVA_MISSING: Flink needs Java .*\n {2}fix {4}.*openjdk-17.*\n$/)
  }
})

test('where paths are translated, a home whose path is no plain word is refused', () => {
  const home = newHome()
  const spaced = join(home.dir, '..', "it's a home")
  const refused = home.run('up', '--detach', '--isolation', 'loopback', '--home', spaced)
  expect(refused.status).toBe(1)
  expect(refused.stderr).toMatch(/^error HOME_PATH: .*\n {2}where {2}.*it's a home\n/)
  expect(existsSync(join(spaced, 'home.json'))).toBe(false)
})

test('files where folders belong are an error that names them', () => {
  const home = newHome()
  mkdirSync(home.dir, { recursive: true })
  writeFileSync(join(home.dir, 'store'), '')
  const refused = home.run('up', '--detach')
  expect(refused.stderr).toMatch(/^error HOME_NOT_WRITABLE: .*\n {2}where {2}.*\n {2}cause {2}.*store'/)
})

test('a torn last line of the journal costs nothing; rubbish in its middle is an error that names the file', () => {
  const home = newHome()
  const journal = join(home.dir, 'store', 'objects.jsonl')
  home.run('up', '--detach')
  home.run('down')
  appendFileSync(journal, '[99999,"P","pods","default/x",{"apiVers')
  expect(home.run('up', '--detach').status).toBe(0)
  expect(home.run('get', 'nodes').stdout).toContain('Ready')
  home.run('down')
  const lines = readFileSync(journal, 'utf8').split('\n')
  lines[3] = 'rubbish'
  const damaged = lines.join('\n')
  writeFileSync(journal, damaged)
  const refused = home.run('up', '--detach')
  expect(refused.status).toBe(1)
  expect(refused.stderr).toMatch(
    /^error OBJECTS_UNREADABLE: .*nothing was changed\.\n {2}where {2}.*\n {2}cause {2}.*objects\.jsonl is damaged at line 4/,
  )
  expect(readFileSync(journal, 'utf8')).toBe(damaged)
  expect(home.run('status').stdout).toContain('is not running')
})

test('a lock of an older kind and a home.json of rubbish hinder nobody', () => {
  const home = newHome()
  mkdirSync(home.dir, { recursive: true })
  writeFileSync(join(home.dir, 'lock'), '{"pid":1,"start":"1","boot":"x"}')
  writeFileSync(join(home.dir, 'home.json'), '{"process":{"pid":1,')
  expect(home.run('up', '--detach').status).toBe(0)
  const { pid } = home.state().process
  // A running home is found by its lock even if nobody can read who it is.
  writeFileSync(join(home.dir, 'home.json'), 'rubbish')
  expect(home.run('down').stdout).toContain('✓ home default stopped')
  expect(isGone(pid)).toBe(true)
})

test('a CRD that a newer Drey left is not made older', () => {
  const home = newHome()
  home.run('up', '--detach', '--no-operator')
  const crds = JSON.parse(home.run('crds', 'print', '-o', 'json').stdout) as { items: any[] }
  const name = 'flinkdeployments.flink.apache.org'
  const newer = crds.items.find(({ metadata }) => metadata.name === name)
  const spec = () => newer.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties
  spec().ofTheFuture = { type: 'string' }
  const file = join(home.dir, '..', 'crd.json')
  writeFileSync(file, JSON.stringify(newer))
  expect(home.run('apply', '-f', file, '--force-conflicts').stdout).toContain(`${name} configured`)
  home.run('down')
  home.run('up', '--detach', '--no-operator')
  expect(home.run('get', 'crd', name, '-o', 'json').stdout).toContain('ofTheFuture')
  expect(home.run('logs').stdout).toMatch(
    new RegExp(`! CRD ${name} is another than this Drey’s and stays .*ofTheFuture`),
  )
})

test('several homes side by side, by folder and by name', () => {
  const home = newHome()
  const data = { ...outer, XDG_DATA_HOME: home.dir, CI: 'true' }
  const urls = ['one', 'two'].map((name) => {
    const up = dreyOnce(['up', '--detach', '--name', name], data)
    expect(up.status).toBe(0)
    return /API (\S+)/.exec(up.stdout)?.[1]
  })
  try {
    expect(new Set(urls).size).toBe(2)
    expect(dreyOnce(['kubeconfig', '--name', 'two'], data).stdout).toBe(
      `${join(home.dir, 'drey', 'two', 'kubeconfig')}\n`,
    )
    expect(dreyOnce(['down', '--name', 'one'], data).stdout).toContain('home one stopped')
    expect(dreyOnce(['status', '--name', 'two'], data).status).toBe(0)
    expect(dreyOnce(['status', '--name', 'one'], data).status).toBe(1)
  } finally {
    for (const name of ['one', 'two']) dreyOnce(['down', '--name', name], data)
  }
})

test('--merge-kubeconfig adds one context and leaves the rest as it was, comments included', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'drey-config-')), 'config')
  const own = `# mine, do not touch
apiVersion: v1
kind: Config
current-context: prod # the real one
clusters:
  - name: prod
    cluster: { server: "https://prod.example:6443" } # behind the VPN
contexts:
  - name: prod
    context: { cluster: prod, user: me, namespace: streaming }
users:
  - name: me
    user: { token: abc }
`
  writeFileSync(file, own, { mode: 0o600 })
  const home = newHome({ KUBECONFIG: file })
  const up = home.run('up', '--detach', '--merge-kubeconfig')
  expect(up.stderr).toBe(`✓ context drey in ${file}\n`)
  const merged = readFileSync(file, 'utf8')
  for (const line of own.split('\n').filter(Boolean)) expect(merged).toContain(line)
  const config = parse(merged)
  expect(config['current-context']).toBe('prod')
  expect(config.contexts.map((c: { name: string }) => c.name)).toEqual(['prod', 'drey'])
  expect(config.clusters[1].cluster.server).toBe(home.state().url)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  home.run('up', '--merge-kubeconfig')
  expect(readFileSync(file, 'utf8')).toBe(merged)
  if (hasKubectl)
    expect(
      spawnSync('kubectl', ['--context', 'drey', 'get', 'ns', 'default', '-o', 'name'], {
        env: home.env,
        encoding: 'utf8',
      }).stdout,
    ).toBe('namespace/default\n')
  rmSync(join(file, '..'), { recursive: true })
})

test('env and kubeconfig are for scripts', () => {
  const home = newHome()
  expect(home.run('kubeconfig').status).toBe(5)
  home.run('up', '--detach', '--no-operator')
  const kubeconfig = home.run('kubeconfig').stdout
  expect(kubeconfig).toBe(`${join(home.dir, 'kubeconfig')}\n`)
  const shell = spawnSync('/bin/sh', ['-c', `${home.run('env').stdout}echo "$KUBECONFIG"`], { encoding: 'utf8' })
  expect(shell.stdout).toBe(kubeconfig)
  // Only Kubernetes: the kinds are known, nobody acts on them.
  expect(home.run('status').stdout).toContain('! operator           not started (--no-operator)')
  expect(home.run('get', 'flinkdeployments').status).toBe(0)
})

test('commands end with the code of what happened, in words that help', async () => {
  const home = newHome()
  home.run('up', '--detach', '--no-operator')
  const file = join(home.dir, '..', 'job.yaml')
  writeFileSync(
    file,
    `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: slow }
spec:
  image: flink:1.20
  flinkVersion: v1_20
  serviceAccount: default
  jobManager: { resource: { cpu: 1, memory: 1024m } }
  taskManager: { resource: { cpu: 1, memory: 1024m } }
  job: { jarURI: "local:///opt/flink/examples/streaming/TopSpeedWindowing.jar", parallelism: 1 }
`,
  )
  expect(home.run('apply', '-f', file)).toMatchObject({
    status: 0,
    stdout: 'flinkdeployment.flink.apache.org/slow created\n',
    stderr: '→ home default/default\n',
  })
  expect(home.run('apply', '-f', file).stdout).toBe('flinkdeployment.flink.apache.org/slow unchanged\n')
  expect(home.run('get').stdout).toMatch(/^NAME +JOB STATUS +LIFECYCLE STATE\nslow\n$/)
  expect(home.run('get', 'flinkdep/slow', '-o', 'name').stdout).toMatch(/^flinkdeployment\S*\/slow\n$/)
  expect(home.run('get', 'flinkdep', 'slow', '-o', 'jsonpath={.spec.image}').stdout).toBe('flink:1.20')
  expect(home.run('get', 'flinkdep', 'other')).toMatchObject({ status: 3 })
  expect(home.run('get', 'nonsense').stderr).toMatch(/^error KIND_UNKNOWN: .*\n {2}fix {4}/)
  expect(home.run('get', 'nonsense').status).toBe(2)
  expect(home.run('get', 'pods').stderr).toBe('No pods in default.\n')
  expect(home.run('logs', 'other').status).toBe(3)
  expect(home.run('logs').stdout).toMatch(/^\S+Z home ready url=https:/m)
  expect(home.run('status', 'slow').stdout).toMatch(/^slow · home default\/default · CREATED\n/)

  const late = home.run('wait', 'slow', '--timeout', '1')
  expect(late.status).toBe(8)
  expect(late.stderr).toMatch(
    /error TIMEOUT: slow is not stable after 1 s; it goes on\.\n {2}state .*\n {2}fix {4}drey why-not slow/,
  )
  expect(home.run('wait', 'other').status).toBe(3)

  // Ctrl-C ends the watching only, and says how to come back.
  const waiting = home.start('wait', 'slow')
  const over = ended(waiting)
  let said = ''
  waiting.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until('it waits', () => said.includes('slow CREATED'))
  process.kill(waiting.pid!, 'SIGINT')
  expect(await over).toMatchObject({ code: 130, stdout: '' })
  expect(said).toMatch(/still going: drey wait slow\n$/)

  // A reader that has seen enough is no error.
  const piped = spawnSync('/bin/bash', ['-c', `"$0" get crds -o yaml | head -n 1; echo "\${PIPESTATUS[0]}"`, drey], {
    cwd: root,
    env: home.env,
    encoding: 'utf8',
  })
  expect([piped.stdout, piped.stderr]).toEqual(['apiVersion: v1\n0\n', ''])
  // … and it does not stop a change half-way.
  const maps = [1, 2, 3].map((n) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: m${n} }\n`).join('---\n')
  spawnSync('/bin/bash', ['-c', `"$0" apply -f - | true`, drey], { cwd: root, env: home.env, input: maps })
  expect(home.run('get', 'configmaps', '-o', 'name').stdout).toContain('configmap/m3\n')
  expect(home.run('delete', '-f', file).stdout).toBe('flinkdeployment.flink.apache.org/slow deleted\n')
  expect(home.run('delete', '-f', file).status).toBe(3)
})

test('without kubectl: what changes is watched, logs of anything with pods are followed, many things are deleted at once', async () => {
  const home = newHome()
  home.run('up', '--detach', '--no-operator')
  const web = join(home.dir, '..', 'web.yaml')
  writeFileSync(
    web,
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: main, image: busybox, command: [sh, -c, 'echo "from $HOSTNAME"; exec sleep 3600'] }
        - { name: side, image: busybox, command: [sh, -c, "echo aside; exec sleep 3600"] }
`,
  )
  const listen = (...words: string[]) => {
    const child = home.start(...words)
    const over = ended(child)
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()))
    return {
      said: () => text,
      stop: async () => {
        process.kill(child.pid!, 'SIGINT')
        return (await over).code
      },
    }
  }
  const watched = listen('get', 'pods', '-w')
  home.run('apply', '-f', web)
  await until('it is seen to run', () => /^web-\S+ +2\/2 +Running/m.test(watched.said()))
  expect(watched.said().match(/^NAME +READY/gm)).toHaveLength(1)

  const followed = listen('logs', '-f', 'deployment/web')
  await until('its log comes', () => /from web-/.test(followed.said()))
  const [, first = ''] = /from (web-\S+)/.exec(followed.said()) ?? []
  expect(home.run('logs', first, '-c', 'side')).toMatchObject({ status: 0, stdout: 'aside\n' })
  expect(home.run('logs', '-l', 'app=shop', '--tail', '0')).toMatchObject({ status: 0, stdout: '' })
  // A pod that comes later is followed, too.
  expect(home.run('delete', 'pod', '-l', 'app=shop', '--no-wait')).toMatchObject({
    status: 0,
    stdout: `pod/${first} deleted\n`,
  })
  await until('its successor speaks', () => new Set(followed.said().match(/from web-\S+/g)).size === 2)
  expect(await followed.stop()).toBe(130)
  expect(await watched.stop()).toBe(130)
  expect(watched.said()).toMatch(new RegExp(`^${first} +\\S+ +Terminating`, 'm'))

  expect(home.run('get', 'deploy,rs', '-o', 'name').stdout).toMatch(
    /^deployment\.apps\/web\nreplicaset\.apps\/web-\S+\n$/,
  )
  expect(home.run('get', 'deploy/web', '-o', 'custom-columns=N:.metadata.name,R:.spec.replicas').stdout).toBe(
    'N     R\nweb   1\n',
  )
  expect(home.run('get', 'secrets', '--as', 'system:serviceaccount:default:default').status).toBe(4)
  expect(home.run('get', 'pods', '--as', 'me', '--as-group', 'system:masters').status).toBe(0)
  expect(home.run('-v', 'get', 'pods').stderr).toMatch(/^GET https:\S+\/pods 200 in \d+ ms$/m)
  expect(home.run('version').stdout).toMatch(/^drey +\d\S* .*\ncluster +v1\.\d+\S* · home default\nFlink /)
  const doctor = home.run('doctor', '--kubeconfig', join(home.dir, 'kubeconfig'))
  expect([doctor.status, doctor.stdout]).toEqual([
    0,
    expect.stringMatching(/^✓ API server +v1\S+ · drey\n✓ FlinkDeployment /),
  ])
  expect(home.run('delete', 'deploy/web', 'deploy/other')).toMatchObject({
    status: 3,
    stdout: 'deployment.apps/web deleted\n',
    stderr: expect.stringContaining('Not there: deployment.apps/other.') as string,
  })
  expect(home.run('delete', 'deploy', 'other', '--ignore-not-found').status).toBe(0)
})

test('a home that changes how pods are kept apart starts its pods anew, with addresses that lead somewhere', async () => {
  const home = newHome()
  const podIp = () =>
    home.run('get', 'pod', 'here', '-o', 'jsonpath={.status.podIP} {.status.containerStatuses[0].ready}').stdout
  home.run('up', '--detach', '--isolation', 'loopback')
  await startSleeper(home, 'here')
  await until('it has an address', () => podIp().endsWith(' true'))
  expect(podIp()).toMatch(/^127\./)
  // Killed, so that the pod's processes still run when the home comes back.
  process.kill(home.state().process.pid, 'SIGKILL')
  const up = home.run('up', '--detach', '--isolation', 'namespaces')
  if (up.status !== 0) return console.warn(`SKIPPED: ${up.stderr}`)
  await until('it runs under an address of the other kind', () => /^10\..* true$/.test(podIp()))
  home.run('down')
  home.run('up', '--detach')
  await until('… and back', () => /^127\..* true$/.test(podIp()))
  expect(processesWith(home.dir).filter((pid) => pid !== home.state().process.pid).length).toBeLessThanOrEqual(3)
})

test('what a home keeps is readable by its user alone, and it listens on loopback only, for whom it knows', async () => {
  const home = newHome()
  home.run('up', '--detach')
  const open = readdirSync(home.dir, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(home.dir, 'runtime')) && !/\.(crt|pub)$/.test(path))
    .filter((path) => statSync(path).mode & 0o077)
  expect(open).toEqual([])
  expect(statSync(home.dir).mode & 0o777).toBe(0o700)
  expect(statSync(join(home.dir, 'runtime')).mode & 0o777).toBe(0o700)

  const { pid } = home.state().process
  expect(listenersOf(pid).length).toBeGreaterThan(0)
  expect(listenersOf(pid).filter((address) => !address.startsWith('127.'))).toEqual([])

  const anonymously = (path: string) =>
    new Promise<number>((resolve, reject) =>
      request(`${home.state().url}${path}`, { rejectUnauthorized: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
        .on('error', reject)
        .end(),
    )
  expect([401, 403]).toContain(await anonymously('/api/v1/pods'))
  expect([401, 403]).toContain(await anonymously('/api/v1/secrets'))
  expect([401, 403]).toContain(await anonymously('/apis/flink.apache.org/v1beta1/flinkdeployments'))
})

/** Addresses on which a process listens. */
const listenersOf = (pid: number): string[] => {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const link = spawnSync('readlink', [`/proc/${pid}/fd/${fd}`], { encoding: 'utf8' }).stdout
      return /socket:\[(\d+)\]/.exec(link)?.[1] ?? []
    }),
  )
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => (fields[1] ?? '').split(':')[0] ?? '')
      .map((hex) =>
        hex.length === 8
          ? [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')
          : `ipv6 ${hex}`,
      ),
  )
}
