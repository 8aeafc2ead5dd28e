/**
 * Runs StateMachineExample once, as a native application, on a JobManager and a TaskManager that write down their classes
 * when they end. The standalone services load hardly any others.
 */
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { lock } from '../distribution/lock.ts'
import { pause } from '../distribution/http.ts'
import type { FlinkHome } from '../distribution/record.ts'
import type { Java } from '../java.ts'
import { freeAddresses, writeConfiguration } from './configuration.ts'
import { isOver, killProcess, startProcess, stopProcess } from './process.ts'
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

/** Long enough for a slow and busy machine. */
const LIMIT_MS = 240_000

export const train = async ({ home, java, jobmanager, taskmanager, signal: given }: Train): Promise<void> => {
  const signal = AbortSignal.any([given, AbortSignal.timeout(LIMIT_MS)])
  await mkdir(join(home.dir, '.drey'), { recursive: true })
  const unlock = await lock(`${jobmanager}.lock`, undefined, signal)
  const work = await mkdtemp(join(tmpdir(), 'drey-classes-'))
  const started: ChildProcess[] = []
  let api: ToyApi | undefined
  try {
    if (existsSync(jobmanager) && existsSync(taskmanager)) return
    const addresses = await freeAddresses()
    const { address, rest } = addresses
    await writeConfiguration(work, home, addresses)
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
    await Promise.all(started.map((child) => stopProcess(child, signal)))
    await keep(join(work, 'jm.jsa'), jobmanager)
    await keep(join(work, 'tm.jsa'), taskmanager)
  } finally {
    api?.close()
    for (const child of started) killProcess(child)
    await rm(work, { recursive: true, force: true })
    await unlock()
  }
}

const untilRunning = async (
  overview: string,
  processes: readonly ChildProcess[],
  signal: AbortSignal,
): Promise<void> => {
  for (;;) {
    await pause(300, signal)
    if (processes.some(isOver)) throw new Error('a training process ended early')
    try {
      const answer = await request(overview, { headersTimeout: 2000, bodyTimeout: 2000 })
      const { jobs } = (await answer.body.json()) as { jobs?: { state: string; tasks: Record<string, number> }[] }
      if (jobs?.some((job) => job.state === 'RUNNING' && job.tasks['running'] === job.tasks['total'])) return
    } catch {
      // not listening yet
    }
  }
}

/** Copied, then renamed: the two folders may lie on different disks. */
const keep = async (from: string, to: string): Promise<void> => {
  if (!existsSync(from)) return
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}
