/** A home of a benchmark: `drey up` in a folder of its own, ended whatever happens. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { httpTransport, kubeClient, loadCluster, type HttpTransport, type KubeClient } from '@drey/kube'

const root = fileURLToPath(new URL('../..', import.meta.url))
const drey = join(root, 'node_modules', '.bin', 'drey')
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0

/** How manifests are applied here. */
export const applier = hasKubectl ? 'kubectl apply' : 'drey apply'

export interface BenchHome {
  kubeconfig: string
  client: KubeClient
  transport: HttpTransport
  apply(text: string): void
  /** resident memory of everything that is ours: the home and what it started, Flink's JVMs aside; MB */
  residentMb(): number
  close(): Promise<void>
}

export interface HomeFolder {
  dir: string
  /** ms until the command returned: the API answers, the operator runs */
  up(...words: string[]): number
  /** ms from the start of the home's process until it was ready, as it says itself */
  readyMs(): number
  /** ms that a command takes */
  time(...words: string[]): number
  down(): void
  open(): Promise<BenchHome>
  remove(): void
}

export const homeFolder = (): HomeFolder => {
  const dir = mkdtempSync(join(tmpdir(), 'drey-bench-'))
  const { KUBECONFIG: _, ...rest } = process.env
  const env = { ...rest, DREY_HOME: dir, CI: 'true' }
  const run = (...words: string[]) => execFileSync(drey, words, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const time = (...words: string[]): number => {
    const from = performance.now()
    run(...words)
    return performance.now() - from
  }
  const kubeconfig = join(dir, 'kubeconfig')
  const remove = () => {
    process.off('exit', remove)
    run('down')
    rmSync(dir, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return {
    dir,
    up: (...words) => time('up', '--detach', ...words),
    time,
    readyMs: () => stateOf(dir).readyMs,
    down: () => void run('down'),
    async open() {
      const transport = httpTransport(await loadCluster({ file: kubeconfig }), 'bench')
      return {
        kubeconfig,
        transport,
        client: kubeClient(transport),
        apply(text) {
          const [command, ...words] = hasKubectl ? ['kubectl', 'apply', '-f', '-'] : [drey, 'apply', '-f', '-']
          const withConfig = { ...env, KUBECONFIG: kubeconfig }
          execFileSync(command!, words, { cwd: root, env: withConfig, input: text, stdio: ['pipe', 'ignore', 'pipe'] })
        },
        residentMb: () => residentMb(stateOf(dir).process.pid),
        close: () => transport.close(),
      }
    },
    remove,
  }
}

const stateOf = (dir: string): { process: { pid: number }; readyMs: number } =>
  JSON.parse(readFileSync(join(dir, 'home.json'), 'utf8')) as { process: { pid: number }; readyMs: number }

const residentMb = (pid: number): number => {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(statusOf(name, 'PPid'))
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const tree = (of: number): number[] => [of, ...(parents.get(of) ?? []).flatMap(tree)]
  const ours = tree(pid).filter((one) => statusOf(String(one), 'Name') !== 'java')
  return ours.reduce((sum, one) => sum + Number(statusOf(String(one), 'VmRSS') ?? 0), 0) / 1024
}

const statusOf = (pid: string, field: string): string | undefined => {
  try {
    return new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
