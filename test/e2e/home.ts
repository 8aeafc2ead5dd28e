/** A home of its own for a test file, spoken to as a user would: the command line, kubectl, and the API. */
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, existsSync, readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { flinkDeployments, type FlinkDeployment } from '@drey/api'
import { httpTransport, kubeClient, loadCluster, pods, type KubeClient } from '@drey/kube'
import type { KubeObject, Ref, ResourceType } from '@drey/reconcile'
import { stringify } from 'yaml'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const drey = join(root, 'node_modules', '.bin', 'drey')
const run = promisify(execFile)

export const hasKubectl = (() => {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

export interface Home {
  dir: string
  client: KubeClient
  env: NodeJS.ProcessEnv
  drey(...words: string[]): Promise<string>
  kubectl(...words: string[]): Promise<string>
  apply(...objects: object[]): Promise<void>
  /** polls one object until it is as wanted; the error tells how it was last */
  until<T extends KubeObject>(ref: Ref, what: string, isSo: (object: T) => boolean, timeoutMs?: number): Promise<T>
  untilGone(ref: Ref, timeoutMs?: number): Promise<void>
  /** a FlinkDeployment or session job that runs, is stable and reflects its newest spec */
  untilStable(name: string, type?: ResourceType, timeoutMs?: number): Promise<FlinkDeployment>
  podsOf(name: string): Promise<KubeObject[]>
  flink(name: string, path: string): Promise<any>
  close(): Promise<void>
}

/** Runs the command line; never throws for an exit code. */
export const dreyOnce = (
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(drey, words, { cwd: root, encoding: 'utf8', env, timeout: 120_000, maxBuffer: 64 << 20 })

export const isolations = ['mount+loopback', 'links+loopback', 'mount+netns'] as const

export const startHome = async (...words: string[]): Promise<Home> => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-e2e-'))
  const { KUBECONFIG: _, ...rest } = process.env
  const env = { ...rest, DREY_HOME: dir, CI: 'true' }
  const up = dreyOnce(['up', '--detach', ...words], env)
  if (up.status !== 0) throw new Error(`drey up: ${up.stdout}${up.stderr}`)
  const kubeconfig = join(dir, 'kubeconfig')
  const transport = httpTransport(await loadCluster({ file: kubeconfig }), 'e2e')
  const client = kubeClient(transport)
  const home: Home = {
    dir,
    client,
    env: { ...env, KUBECONFIG: kubeconfig },
    drey: async (...more) => (await run(drey, more, { cwd: root, env, maxBuffer: 64 << 20 })).stdout,
    kubectl: async (...more) =>
      (await run('kubectl', more, { cwd: root, env: { ...env, KUBECONFIG: kubeconfig }, maxBuffer: 64 << 20 })).stdout,
    async apply(...objects) {
      const text = objects.map((object) => stringify(object)).join('---\n')
      const child = spawnSync(drey, ['apply', '-f', '-', '--force-conflicts'], {
        cwd: root,
        env,
        input: text,
        encoding: 'utf8',
      })
      if (child.status !== 0) throw new Error(child.stderr)
    },
    async until<T extends KubeObject>(ref: Ref, what: string, isSo: (object: T) => boolean, timeoutMs = 120_000) {
      const deadline = Date.now() + timeoutMs
      let last: T | undefined
      for (;;) {
        // A home that is being restarted does not answer for a moment.
        last = await client.find<T>(ref).catch(() => last)
        if (last && isSo(last)) return last
        if (Date.now() > deadline) {
          const log = readFileSync(join(dir, 'log', 'drey.log'), 'utf8')
            .split('\n')
            .slice(-25)
            .join('\n')
          throw new Error(`${ref.type.kind} ${ref.name} is not ${what}: ${JSON.stringify(last?.['status'])}\n${log}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    },
    async untilGone(ref, timeoutMs = 60_000) {
      const deadline = Date.now() + timeoutMs
      while (await client.find(ref)) {
        if (Date.now() > deadline) throw new Error(`${ref.type.kind} ${ref.name} is still there`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    untilStable: (name, type = flinkDeployments, timeoutMs = 150_000) =>
      home.until<FlinkDeployment & KubeObject>(
        { type, namespace: 'default', name },
        'stable',
        ({ status, metadata }) =>
          status?.lifecycleState === 'STABLE' &&
          status.observedGeneration === metadata.generation &&
          (status.jobStatus?.jobId === undefined || status.jobStatus.state === 'RUNNING'),
        timeoutMs,
      ),
    podsOf: async (name) => (await client.list(pods, { namespace: 'default', labelSelector: `app=${name}` })).items,
    async flink(name, path) {
      const jobManager = (await home.podsOf(name)).find(
        (pod) => pod.metadata.labels?.['component'] === 'jobmanager' && !pod.metadata.deletionTimestamp,
      )
      if (!jobManager) return undefined
      const url = `http://${(jobManager['status'] as { podIP?: string }).podIP}:8081${path}`
      // From inside the pod: in a network namespace its address is nobody else's.
      return JSON.parse(await home.kubectl('exec', jobManager.metadata.name, '--', 'curl', '-sf', url))
    },
    async close() {
      const down = dreyOnce(['down'], env)
      await transport.close()
      if (process.env['DREY_KEEP'] === undefined) rmSync(dir, { recursive: true, force: true })
      if (down.status !== 0) throw new Error(`drey down: ${down.stderr}`)
    },
  }
  return home
}

export const deployment = (name: string, spec: Record<string, any>): Record<string, any> => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name, namespace: 'default' },
  spec: {
    serviceAccount: 'default',
    jobManager: { resource: { cpu: 0.5, memory: '1200m' } },
    taskManager: { resource: { cpu: 0.5, memory: '1300m' } },
    ...spec,
  },
})

export const volumes = (claim: string) => ({
  spec: {
    containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'data', mountPath: '/flink-data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
  },
})

export const claim = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
})

/** An artifact server on loopback, as a CI pipeline would have one. */
export const serveFiles = (dir: string): Promise<{ url: string; close(): void }> =>
  new Promise((resolve) => {
    const server: Server = createServer((request, response) => {
      const file = join(dir, decodeURIComponent(request.url ?? '').replaceAll('..', ''))
      if (!existsSync(file)) return void response.writeHead(404).end()
      response.writeHead(200).end(readFileSync(file))
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() })
    })
  })

/** The Java process of a pod, by the host name that its environment carries; awaited, and never 0, which would mean ourselves. */
export const processOf = async (pod: string): Promise<number> => {
  const deadline = Date.now() + 60_000
  for (;;) {
    const found = readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && isJavaOf(pod, pid))
    if (found !== undefined) return Number(found)
    if (Date.now() > deadline) throw new Error(`pod ${pod} has no Java process`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const isJavaOf = (pod: string, pid: string): boolean => {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    const program = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''
    return environment.includes(`HOSTNAME=${pod}`) && program.endsWith('/java')
  } catch {
    return false
  }
}

/** Where state lies below a mounted folder, in the words of a Flink line. */
export const stateDirs = (version: string, folder: string): Record<string, string> => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [checkpoints, savepoints] =
    major > 1 || minor >= 20
      ? ['execution.checkpointing.dir', 'execution.checkpointing.savepoint-dir']
      : ['state.checkpoints.dir', 'state.savepoints.dir']
  return {
    [checkpoints]: `file://${folder}/checkpoints`,
    [savepoints]: `file://${folder}/savepoints`,
    'high-availability.storageDir': `file://${folder}/ha`,
  }
}
