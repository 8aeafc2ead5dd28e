/**
 * Runs StateMachineExample once, as a native application, on a JobManager and a TaskManager that write down their classes
 * when they end. The standalone services load hardly any others.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { lock } from '../distribution/lock.ts'
import { pause } from '../distribution/http.ts'
import type { FlinkHome } from '../distribution/record.ts'
import { atLeast } from '../distribution/version.ts'
import type { Java } from '../java.ts'
import { launchFlink } from '../launch/index.ts'
import { toyApi } from './toy-api.ts'
import type { ToyApi } from './toy-api.ts'

export interface Train {
  home: FlinkHome
  java: Java
  /** where the archives go */
  jobmanager: string
  taskmanager: string
  signal: AbortSignal
}

/** Long enough for a slow machine; `timeout` ends the processes even if this one was killed. */
const LIMIT_S = 240

export const train = async ({ home, java, jobmanager, taskmanager, signal }: Train): Promise<void> => {
  await mkdir(join(home.dir, '.drey'), { recursive: true })
  const unlock = await lock(`${jobmanager}.lock`, undefined, signal)
  const work = await mkdtemp(join(tmpdir(), 'drey-classes-'))
  const started: ChildProcess[] = []
  let api: ToyApi | undefined
  try {
    if (existsSync(jobmanager) && existsSync(taskmanager)) return
    const address = `127.${200 + Math.floor(Math.random() * 50)}.${1 + Math.floor(Math.random() * 250)}.1`
    const [rpc = 0, blob = 0, rest = 0, task = 0] = await freePorts(address, 4)
    await writeConfiguration(work, home, { address, rpc, blob, rest, task })
    const start = async (argv: string[], archive: string, env: Record<string, string>): Promise<ChildProcess> => {
      const child = await startProcess({ home, java, work, argv, env, address, archive: join(work, archive) })
      started.push(child)
      return child
    }
    // The JobManager asks for its TaskManager as in Kubernetes, and gets it once.
    api = await toyApi({ address, java: java.home, folder: work }, ({ spec }) => {
      const { args = [], env = [] } = spec.containers.at(-1) ?? {}
      const variables = Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'node']))
      if (started.length < 2) void start(['/docker-entrypoint.sh', ...args], 'tm.jsa', variables)
    })
    await start(['/docker-entrypoint.sh', 'bash', '-c', 'kubernetes-jobmanager.sh kubernetes-application '], 'jm.jsa', {
      KUBERNETES_MASTER: api.url,
      KUBERNETES_TRUST_CERTIFICATES: 'true',
      KUBERNETES_AUTH_TOKEN: 'none',
      KUBECONFIG: join(work, 'none'),
    })
    await untilRunning(`http://${address}:${rest}/jobs/overview`, started, signal)
    // A few checkpoints more, so that their classes are in the archive too.
    await pause(5000, signal)
    await Promise.all(started.map(stop))
    await keep(join(work, 'jm.jsa'), jobmanager)
    await keep(join(work, 'tm.jsa'), taskmanager)
  } finally {
    api?.close()
    for (const child of started) if (child.exitCode === null && child.pid) killGroup(child.pid)
    await rm(work, { recursive: true, force: true })
    await unlock()
  }
}

const writeConfiguration = async (
  work: string,
  home: FlinkHome,
  { address, rpc, blob, rest, task }: { address: string; rpc: number; blob: number; rest: number; task: number },
): Promise<void> => {
  for (const folder of ['conf', 'log', 'tmp']) await mkdir(join(work, folder))
  await writeFile(join(work, 'hosts'), `${address} localhost classes ${hostname()}\n`)
  await copyFile(join(home.dir, 'conf/log4j-console.properties'), join(work, 'conf/log4j-console.properties'))
  const config = {
    'jobmanager.rpc.address': address,
    'jobmanager.rpc.port': rpc,
    'jobmanager.bind-host': address,
    'blob.server.port': blob,
    'rest.address': address,
    'rest.port': rest,
    'rest.bind-address': address,
    'taskmanager.host': address,
    'taskmanager.rpc.port': task,
    'taskmanager.bind-host': address,
    'execution.target': 'kubernetes-application',
    'kubernetes.cluster-id': 'classes',
    'kubernetes.namespace': 'default',
    'kubernetes.container.image.ref': 'flink',
    'kubernetes.flink.conf.dir': join(work, 'conf'),
    '$internal.application.main': 'org.apache.flink.streaming.examples.statemachine.StateMachineExample',
    'pipeline.jars': `local://${join(home.dir, 'examples/streaming/StateMachineExample.jar')}`,
    'state.checkpoints.dir': `file://${join(work, 'checkpoints')}`,
    'jobmanager.memory.process.size': '1000m',
    'taskmanager.memory.process.size': '1000m',
    'cluster.registration.error-delay': 500,
    'io.tmp.dirs': join(work, 'tmp'),
  }
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${value}\n`)
  await writeFile(join(work, 'conf', atLeast(home.version, '2.0') ? 'config.yaml' : 'flink-conf.yaml'), lines.join(''))
}

interface StartProcess {
  home: FlinkHome
  java: Java
  work: string
  argv: string[]
  env: Record<string, string>
  address: string
  archive: string
}

/** With the flags of an ordinary start, so that the archive fits it, at the lowest priority. */
const startProcess = async ({
  home,
  java,
  work,
  argv,
  env: own,
  address,
  archive,
}: StartProcess): Promise<ChildProcess> => {
  const inWork = ['conf', 'log']
  const hostPath = (path: string): string => {
    const inside = path.replace(/^\/opt\/flink/, '')
    return join(inWork.includes(inside.split('/')[1] ?? '') ? work : home.dir, inside)
  }
  const { argv: command, env } = await launchFlink({ home, java })({
    argv,
    env: {
      ...own,
      HOSTNAME: 'classes',
      JVM_ARGS: `-XX:ArchiveClassesAtExit=${archive} -Xlog:cds=off -Xlog:cds+dynamic=off`,
    },
    hostPath: (path) => (path.startsWith('/opt/flink') ? hostPath(path) : path),
    hostsFile: join(work, 'hosts'),
    podIp: address,
    loopback: true,
  })
  const child = spawn('timeout', ['-k', '120', String(LIMIT_S), 'nice', '-n', '19', ...command], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: work,
    stdio: 'ignore',
    detached: true,
  })
  child.on('error', () => undefined)
  return child
}

const untilRunning = async (
  overview: string,
  processes: readonly ChildProcess[],
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    await pause(300, signal)
    if (processes.some((child) => child.exitCode !== null)) throw new Error('a training process ended early')
    try {
      const answer = await request(overview, { headersTimeout: 2000, bodyTimeout: 2000 })
      const { jobs } = (await answer.body.json()) as { jobs?: { state: string; tasks: Record<string, number> }[] }
      if (jobs?.some((job) => job.state === 'RUNNING' && job.tasks['running'] === job.tasks['total'])) return
    } catch {
      // not listening yet
    }
  }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  await ended
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // gone
  }
}

/** Copied, then renamed: the two folders may lie on different disks. */
const keep = async (from: string, to: string): Promise<void> => {
  if (!existsSync(from)) return
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}

const freePorts = async (address: string, count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer()
          server.once('error', reject)
          server.listen(0, address, () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
