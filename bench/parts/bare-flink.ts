/**
 * Flink as one would start it by hand, without any of ours: a session cluster of a JobManager and a TaskManager with the
 * flags that Flink's scripts give, started together, and a job submitted over REST as soon as that answers.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { launchFlink, type FlinkHome, type Java } from '@drey/flink-home'

export interface BareFlink {
  /** ms from the start of the first process until all tasks of the job run */
  runningMs: number
  stop(): Promise<void>
}

export const runBareFlink = async (o: {
  home: FlinkHome
  java: Java
  jar: string
  parallelism: number
  config: Readonly<Record<string, string>>
}): Promise<BareFlink> => {
  const { home, java } = o
  const work = mkdtempSync(join(tmpdir(), 'drey-bench-bare-'))
  for (const folder of ['conf', 'log', 'tmp']) mkdirSync(join(work, folder))
  const address = `127.${64 + (process.pid % 60)}.7.1`
  const config = {
    'jobmanager.rpc.address': address,
    'jobmanager.bind-host': address,
    'rest.address': address,
    'rest.bind-address': address,
    'taskmanager.host': address,
    'taskmanager.bind-host': address,
    'io.tmp.dirs': join(work, 'tmp'),
    ...o.config,
  }
  const file = home.version.startsWith('1.') ? 'flink-conf.yaml' : 'config.yaml'
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${value}\n`)
  writeFileSync(join(work, 'conf', file), lines.join(''))
  copyFileSync(join(home.dir, 'conf/log4j-console.properties'), join(work, 'conf/log4j-console.properties'))
  writeFileSync(join(work, 'hosts'), `${address} localhost bare ${hostname()}\n`)
  const hostPath = (path: string) => {
    const inside = path.replace(/^\/opt\/flink/, '')
    if (inside === path) return path
    return join(['conf', 'log'].includes(inside.split('/')[1] ?? '') ? work : home.dir, inside)
  }
  const start = async (service: string): Promise<ChildProcess> => {
    const { argv, env } = await launchFlink({ home, java, plainJvm: true })({
      argv: ['/docker-entrypoint.sh', service],
      env: { HOSTNAME: 'bare', PATH: process.env['PATH'] ?? '' },
      hostPath,
      // Up to 2.1 a JobManager hands uploaded jars to `localhost`, which must be itself.
      hostsFile: join(work, 'hosts'),
      podIp: address,
      loopback: true,
    })
    const log = openSync(join(work, `${service}.out`), 'a')
    return spawn(argv[0]!, argv.slice(1), { env, cwd: work, stdio: ['ignore', log, log] })
  }
  const rest = `http://${address}:8081`
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
  const answer = async (path: string, init: RequestInit = {}): Promise<any> => {
    const response = await fetch(rest + path, init)
    if (!response.ok) throw new Error(`${path}: ${(await response.text()).slice(0, 2000)}`)
    return response.json()
  }
  /** Asks until the JobManager answers and the answer is as wanted. */
  const until = async (path: string, isSo: (answer: any) => boolean): Promise<void> => {
    for (const deadline = Date.now() + limitMs; ;) {
      if (isSo(await answer(path).catch(() => undefined))) return
      if (Date.now() > deadline || children.some((child) => child.exitCode !== null))
        throw new Error(`bare Flink: ${readFileSync(join(work, 'jobmanager.out'), 'utf8').slice(-2000)}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  try {
    const from = performance.now()
    children.push(await start('jobmanager'), await start('taskmanager'))
    await until('/overview', (overview) => overview !== undefined)
    const form = new FormData()
    form.append('jarfile', new Blob([readFileSync(o.jar)]), basename(o.jar))
    const { filename } = await answer('/jars/upload', { method: 'POST', body: form })
    const { jobid } = await answer(`/jars/${basename(filename)}/run?parallelism=${o.parallelism}`, { method: 'POST' })
    await until('/jobs/overview', (overview) =>
      overview?.jobs.some(({ jid, tasks }: any) => jid === jobid && tasks.total > 0 && tasks.running === tasks.total),
    )
    return { runningMs: performance.now() - from, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const limitMs = 120_000
