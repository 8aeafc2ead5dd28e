/** How to start a process beside a container's own: in the same namespaces, root, environment and directory. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { translation, type Translated } from '../isolation/link-files.ts'
import type { ProbeResult } from './probes.ts'
import type { ExecPlan } from './streaming/target.ts'

export interface ExecPlace {
  instanceDir: string
  /** the container's main process */
  pid: number
  /** root outside any user namespace: the container has none of its own */
  privileged: boolean
  /** the network is a namespace of its own */
  ownNetwork: boolean
}

const changeDir = 'cd "$1" || exit 126; shift; exec "$@"'

export const execPlan = (at: ExecPlace, command: readonly string[]): ExecPlan => {
  const saved = JSON.parse(readFileSync(join(at.instanceDir, 'env.json'), 'utf8')) as {
    env: Record<string, string>
    cwd: string
    root: boolean
    links?: Translated[]
  }
  const words = saved.links ? command.map(translation(saved.links).text) : command
  const namespaces = [
    ...(at.privileged || !(saved.root || at.ownNetwork) ? [] : ['--user', '--preserve-credentials']),
    ...(saved.root ? ['--mount', '--uts', '--root', '--wd'] : []),
    ...(at.ownNetwork ? ['--net'] : []),
  ]
  const inside = ['/bin/sh', '-c', changeDir, 'sh', saved.cwd, ...words]
  return {
    argv: namespaces.length > 0 ? [nsenter(), '--target', String(at.pid), ...namespaces, ...inside] : inside,
    env: saved.env,
  }
}

/** Absolute, since the environment is the container's. */
const nsenter = () =>
  ['/usr/bin/nsenter', '/bin/nsenter', '/usr/sbin/nsenter'].find((path) => existsSync(path)) ?? 'nsenter'

/** Runs it to its end, for probes and hooks; the message of a failure is what it printed. */
export const execToEnd = (plan: ExecPlan, timeoutMs: number): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const [file = '', ...args] = plan.argv
    const child = spawn(file, args, { env: plan.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let text = ''
    let late = false
    const hear = (chunk: Buffer) => {
      if (text.length < 10_240) text += chunk.toString('utf8')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    const timer = setTimeout(() => {
      late = true
      // The whole group: a shell's children must not keep the pipes open.
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
    }, timeoutMs)
    child.on('error', (error) => resolve({ ok: false, message: error.message }))
    child.on('close', (code) => {
      clearTimeout(timer)
      if (late)
        resolve({
          ok: false,
          message: `command timed out: "${plan.argv.join(' ')}" timed out after ${timeoutMs / 1000}s`,
        })
      else resolve(code === 0 ? { ok: true } : { ok: false, message: text.trim() || `exit status ${code}` })
    })
  })
