/** Runs a command beside a container's own process and joins it to the client's streams. */
import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { pipeline } from 'node:stream/promises'
import type { Outcome, RemoteSession } from './remote.ts'
import type { ExecPlan } from './target.ts'
import { inTerminal, resizer } from './terminal.ts'

/** How long a process that lost its client may take to end by itself. */
const hangUpMs = 5000
/** Output that still comes after the command has ended (from children it left behind) is waited for this long. */
const lingerMs = 1000

export const runExec = async (plan: ExecPlan, session: RemoteSession, tty: boolean): Promise<Outcome> => {
  const terminal = tty ? inTerminal(plan) : undefined
  const { argv, env } = terminal ?? plan
  const [file = '', ...args] = argv
  const child = spawn(file, args, {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(plan.cwd ? { cwd: plan.cwd } : {}),
    ...(plan.uid !== undefined ? { uid: plan.uid } : {}),
    ...(plan.gid !== undefined ? { gid: plan.gid } : {}),
  })
  const outcome = outcomeOf(child, plan.argv[0] ?? '')
  if (terminal) session.onResize(resizer(child))

  const leave = () => hangUp(child)
  session.left.addEventListener('abort', leave, { once: true })
  if (session.left.aborted) leave()

  join(session, child)
  const outputs = Promise.all([
    session.stdout ? pipeline(child.stdout, session.stdout).catch(() => {}) : void child.stdout.resume(),
    session.stderr ? pipeline(child.stderr, session.stderr).catch(() => {}) : void child.stderr.resume(),
  ])
  const ended = await outcome
  await Promise.race([outputs, quiet(child)])
  child.stdout.destroy()
  child.stderr.destroy()
  session.left.removeEventListener('abort', leave)
  return ended
}

/** Input ends when the client says so; a process that no longer reads is no error. */
const join = (session: RemoteSession, child: ChildProcess) => {
  child.stdin?.on('error', () => {})
  if (session.stdin) session.stdin.on('error', () => {}).pipe(child.stdin!)
  else child.stdin?.end()
}

const outcomeOf = (child: ChildProcess, command: string): Promise<Outcome> =>
  new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'executable file not found in $PATH' : error.message
      resolve({ ok: false, error: `error executing command in container: exec: ${JSON.stringify(command)}: ${why}` })
    })
    child.once('exit', (code, signal) => {
      const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
      resolve(exitCode === 0 ? { ok: true } : { ok: false, exitCode })
    })
  })

/** Resolves once no output has come for a while: a daemon the command started may hold its outputs open for ever. */
const quiet = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    let timer = setTimeout(resolve, lingerMs)
    const again = () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, lingerMs)
    }
    child.stdout?.on('data', again)
    child.stderr?.on('data', again)
    child.once('close', () => {
      clearTimeout(timer)
    })
  })

/** As when a terminal is closed: SIGHUP to the command's process group, SIGKILL to what is left of it. */
const hangUp = (child: ChildProcess) => {
  const { pid } = child
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-pid, name)
    } catch {
      // It ended meanwhile.
    }
  }
  signal('SIGHUP')
  const timer = setTimeout(() => signal('SIGKILL'), hangUpMs)
  timer.unref()
  child.once('exit', () => clearTimeout(timer))
}
