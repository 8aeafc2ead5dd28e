/** A JobManager and a TaskManager started by hand from a resolved image, as a pod runtime without namespaces would. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { FormData, request } from 'undici'
import { atLeast } from '../../src/distribution/version.ts'
import type { Launch, ResolvedImage } from '../../src/index.ts'

export interface Cluster {
  rest: string
  /** what was started, JobManager first */
  launches: Launch[]
  get(path: string): Promise<unknown>
  /** uploads and runs a jar of the home, returns the job id */
  run(jar: string): Promise<string>
  runJob(jarPath: string): Promise<string>
  until(path: string, fits: (answer: any) => boolean): Promise<any>
  log(process: 'jobmanager' | 'taskmanager'): string
  stop(): Promise<number | null>
}

export interface StartCluster {
  image: ResolvedImage
  home: string
  version: string
  config?: Record<string, string>
  jobmanager?: string[]
  /** files below `usrlib` */
  podIp?: string
}

/** Addresses are cycled, never used twice by one test run. */
let next = Math.floor(Math.random() * 60_000)

export const startCluster = async ({
  image,
  home,
  version,
  config = {},
  jobmanager,
}: StartCluster): Promise<Cluster> => {
  next++
  const podIp = `127.${100 + ((next >> 14) & 63)}.${(next >> 6) & 255}.${1 + (next & 63)}`
  const work = await mkdtemp(join(tmpdir(), 'drey-cluster-'))
  const hostsFile = join(work, 'hosts')
  await writeFile(hostsFile, `${podIp} localhost pod session.default ${hostname()}\n`)
  await mkdir(join(work, 'conf'))
  await mkdir(join(work, 'plugins'))
  const file = atLeast(version, '2.0') ? 'config.yaml' : 'flink-conf.yaml'
  const settings = {
    'jobmanager.rpc.address': 'session.default',
    'rest.address': podIp,
    'blob.server.port': '6124',
    'jobmanager.memory.process.size': '1g',
    'taskmanager.memory.process.size': '1g',
    'taskmanager.numberOfTaskSlots': '2',
    'io.tmp.dirs': work,
    ...config,
  }
  const content = Object.entries(settings)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')
  const adjusted = image.adjustFile?.({ containerPath: `/opt/flink/conf/${file}`, content, podIp, loopback: true })
  await writeFile(join(work, 'conf', file), adjusted ?? content)
  await writeFile(
    join(work, 'conf/log4j-console.properties'),
    readFileSync(join(home, 'conf/log4j-console.properties')),
  )

  const mounts = [...image.layers, { source: join(work, 'conf'), target: '/opt/flink/conf', as: 'volume' as const }]
  const hostPath = (path: string): string =>
    path.startsWith('/opt/flink/conf')
      ? path.replace('/opt/flink/conf', join(work, 'conf'))
      : path.startsWith('/opt/flink/log')
        ? path.replace('/opt/flink', work)
        : path.replace(/^\/opt\/flink/, home)
  const start = async (name: string, argv: string[]): Promise<{ launch: Launch; child: ChildProcess }> => {
    const launch = await image.launch?.({
      argv: [...image.entrypoint, ...argv],
      env: { ...image.env, HOSTNAME: 'pod' },
      hostPath,
      mounts,
      hostsFile,
      podIp,
      loopback: true,
    })
    if (!launch) throw new Error('the image has no launch')
    const out = openSync(join(work, `${name}.out`), 'a')
    const [program = '', ...args] = launch.argv
    const child = spawn(program, args, { env: launch.env, cwd: work, stdio: ['ignore', out, out] })
    return { launch, child }
  }
  const jm = await start('jobmanager', jobmanager ?? ['jobmanager'])
  const tm = await start('taskmanager', ['taskmanager'])
  const rest = `http://${podIp}:8081`
  const log: Cluster['log'] = (name) => readFileSync(join(work, `${name}.out`), 'utf8')

  const get: Cluster['get'] = async (path) => (await request(rest + path, { headersTimeout: 5000 })).body.json()
  const until: Cluster['until'] = async (path, fits) => {
    for (;;) {
      if (jm.child.exitCode !== null) throw new Error(`the JobManager ended:\n${log('jobmanager')}`)
      if (tm.child.exitCode !== null) throw new Error(`the TaskManager ended:\n${log('taskmanager')}`)
      try {
        const answer = await get(path)
        if (fits(answer)) return answer
      } catch {
        // not listening yet
      }
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  const runJob = async (jarPath: string): Promise<string> => {
    const form = new FormData()
    form.append('jarfile', new Blob([readFileSync(jarPath)]), 'job.jar')
    const uploaded = await request(`${rest}/jars/upload`, { method: 'POST', body: form })
    const { filename } = (await uploaded.body.json()) as { filename: string }
    const ran = await request(`${rest}/jars/${filename.split('/').at(-1)}/run`, {
      method: 'POST',
      headersTimeout: 30_000,
    })
    const answer = (await ran.body.json()) as { jobid?: string }
    if (!answer.jobid) throw new Error(JSON.stringify(answer))
    return answer.jobid
  }
  return {
    rest,
    launches: [jm.launch, tm.launch],
    get,
    until,
    log,
    run: (jar) => runJob(join(home, 'examples/streaming', jar)),
    runJob,
    async stop() {
      const ended = [jm, tm].map(
        ({ child }) =>
          new Promise<number | null>((resolve) =>
            child.exitCode !== null ? resolve(child.exitCode) : child.once('exit', resolve),
          ),
      )
      for (const { child } of [jm, tm]) child.kill('SIGTERM')
      const [code = null] = await Promise.all(ended)
      await rm(work, { recursive: true, force: true })
      return code
    },
  }
}
