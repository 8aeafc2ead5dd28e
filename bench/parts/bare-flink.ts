/**
 * Flink as one would start it by hand, without any of ours: a session cluster of a JobManager and a TaskManager, started at
 * the same time, and a job submitted as soon as the JobManager answers.
 *
 * - `processes`: the two JVMs alone, with the flags that Flink's scripts give them, and the jar submitted over REST.
 * - `scripts`: `jobmanager.sh`, `taskmanager.sh` and `flink run`, each with the time it takes and the JVM it needs itself.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { launchFlink, type FlinkHome, type Java } from '@drey/flink-home'

export interface BareFlink {
  /** ms from the start of the first process until all tasks of the job run */
  runningMs: number
  stop(): Promise<void>
}

interface Wanted {
  home: FlinkHome
  java: Java
  jar: string
  parallelism: number
  config: Readonly<Record<string, string>>
}

/** What both ways work in: a folder of their own, with the configuration; and an address of their own. */
interface Place extends Wanted {
  work: string
  address: string
  rest: string
  /** leads `localhost` to the address */
  hosts: string
  spawn(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): ChildProcess
}

interface Way {
  start(service: 'jobmanager' | 'taskmanager'): Promise<ChildProcess>
  submit(): Promise<void>
}

export const runBareFlink = async (wanted: Wanted, by: 'processes' | 'scripts'): Promise<BareFlink> => {
  const place = placeFor(wanted, by)
  const { work, rest } = place
  const way = by === 'scripts' ? byScripts(place) : byProcesses(place)
  const children: ChildProcess[] = []
  const kill = () => children.forEach((child) => child.kill('SIGKILL'))
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    const living = children.filter((child) => child.exitCode === null && child.signalCode === null)
    const ended = living.map((child) => new Promise((resolve) => child.once('exit', resolve)))
    for (const child of living) child.kill('SIGTERM')
    await Promise.all(ended)
    rmSync(work, { recursive: true, force: true })
  }
  /** Asks until the JobManager answers and the answer is as wanted. */
  const until = async (path: string, isSo: (found: any) => boolean): Promise<void> => {
    for (const deadline = Date.now() + limitMs; ;) {
      if (isSo(await answer(rest + path).catch(() => undefined))) return
      if (Date.now() > deadline || children.some((child) => child.exitCode !== null))
        throw new Error(`bare Flink: ${readFileSync(join(work, 'jobmanager.out'), 'utf8').slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  try {
    const from = performance.now()
    children.push(await way.start('jobmanager'), await way.start('taskmanager'))
    await until('/overview', (overview) => overview !== undefined)
    await way.submit()
    await until('/jobs/overview', (overview) =>
      overview?.jobs.some(({ tasks }: any) => tasks.total > 0 && tasks.running === tasks.total),
    )
    return { runningMs: performance.now() - from, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const limitMs = 120_000

const placeFor = (wanted: Wanted, by: 'processes' | 'scripts'): Place => {
  const { home } = wanted
  const work = mkdtempSync(join(tmpdir(), 'drey-bench-bare-'))
  for (const folder of ['log', 'tmp']) mkdirSync(join(work, folder))
  cpSync(join(home.dir, 'conf'), join(work, 'conf'), { recursive: true })
  const address = `127.${64 + (process.pid % 60)}.7.1`
  // What the distribution itself says: its JVM options open the packages that Flink needs on this Java.
  const file = ['config.yaml', 'flink-conf.yaml'].map((name) => join(work, 'conf', name)).find(existsSync) ?? ''
  const opens = /--add-exports=.*$/m.exec(readFileSync(file, 'utf8'))?.[0]
  const hosts = join(work, 'hosts')
  const config = {
    ...(opens ? { 'env.java.opts.all': opens } : {}),
    // Up to 2.1 a JobManager hands the jars of a job to `localhost`, which must be itself.
    ...(by === 'scripts' ? { 'env.java.opts.jobmanager': `-Djdk.net.hosts.file=${hosts}` } : {}),
    'jobmanager.rpc.address': address,
    'jobmanager.bind-host': address,
    'rest.address': address,
    'rest.bind-address': address,
    'taskmanager.host': address,
    'taskmanager.bind-host': address,
    'io.tmp.dirs': join(work, 'tmp'),
    ...wanted.config,
  }
  writeFileSync(
    file,
    Object.entries(config)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  )
  writeFileSync(hosts, `${address} localhost bare ${hostname()}\n`)
  return {
    ...wanted,
    work,
    address,
    rest: `http://${address}:8081`,
    hosts,
    spawn(name, argv, env) {
      const log = openSync(join(work, `${name}.out`), 'a')
      return spawn(argv[0]!, argv.slice(1), { env, cwd: work, stdio: ['ignore', log, log] })
    },
  }
}

const byProcesses = (place: Place): Way => {
  const { home, java, work, address, rest } = place
  const hostPath = (path: string) => {
    const inside = path.replace(/^\/opt\/flink/, '')
    if (inside === path) return path
    return join(['conf', 'log'].includes(inside.split('/')[1] ?? '') ? work : home.dir, inside)
  }
  return {
    async start(service) {
      const { argv, env } = await launchFlink({ home, java, plainJvm: true })({
        argv: ['/docker-entrypoint.sh', service],
        env: { HOSTNAME: 'bare', PATH: process.env['PATH'] ?? '' },
        hostPath,
        hostsFile: place.hosts,
        podIp: address,
        loopback: true,
      })
      return place.spawn(service, argv, env)
    },
    async submit() {
      const form = new FormData()
      form.append('jarfile', new Blob([readFileSync(place.jar)]), basename(place.jar))
      const { filename } = await answer(`${rest}/jars/upload`, { method: 'POST', body: form })
      await answer(`${rest}/jars/${basename(filename)}/run?parallelism=${place.parallelism}`, { method: 'POST' })
    },
  }
}

const byScripts = (place: Place): Way => {
  const { home, java, work } = place
  const env = {
    PATH: process.env['PATH'] ?? '',
    JAVA_HOME: java.home,
    FLINK_CONF_DIR: join(work, 'conf'),
    FLINK_LOG_DIR: join(work, 'log'),
    FLINK_PID_DIR: work,
  }
  const script = (name: string) => join(home.dir, 'bin', name)
  return {
    start: async (service) => place.spawn(service, [script(`${service}.sh`), 'start-foreground'], env),
    async submit() {
      const words = [script('flink'), 'run', '--detached', '--parallelism', String(place.parallelism), place.jar]
      const client = place.spawn('flink-run', words, env)
      const code = await new Promise((resolve) => client.once('exit', resolve))
      if (code !== 0) throw new Error(`flink run: ${readFileSync(join(work, 'flink-run.out'), 'utf8').slice(-2000)}`)
    },
  }
}

const answer = async (url: string, init: RequestInit = {}): Promise<any> => {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url}: ${(await response.text()).slice(0, 2000)}`)
  return response.json()
}
