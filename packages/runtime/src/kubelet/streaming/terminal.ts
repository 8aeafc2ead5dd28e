/**
 * Terminals for `kubectl exec -it`. Node cannot open one, `script` of util-linux can: it runs the command in a new terminal
 * and copies between that and its own pipes. Where it is missing, the command gets plain pipes.
 */
import { execFile, execFileSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { TerminalSize } from './remote.ts'

interface Command {
  argv: readonly string[]
  env: Readonly<Record<string, string>>
}

/** The command inside `script`; undefined when there is no suitable one. */
export const inTerminal = ({ argv, env }: Command): Command | undefined => {
  const script = findScript()
  if (!script) return undefined
  // `script` runs its command with $SHELL, which in the container's environment may name a program only the container has.
  const restore = env['SHELL'] === undefined ? ['-u', 'SHELL'] : [`SHELL=${env['SHELL']}`]
  const command = ['exec', '/usr/bin/env', ...restore, ...argv].map(quoted).join(' ')
  return {
    // -e passes on the exit code, -E lets the terminal echo what is typed, as the client expects it to.
    argv: [script, '-qefc', command, '-E', 'always', '/dev/null'],
    env: { TERM: 'xterm', ...env, SHELL: '/bin/sh' },
  }
}

let found: { script: string | undefined } | undefined
const findScript = (): string | undefined => {
  found ??= {
    script: ['/usr/bin/script', '/bin/script'].find((path) => {
      try {
        return execFileSync(path, ['--help'], { encoding: 'utf8', stdio: 'pipe' }).includes('--echo')
      } catch {
        return false
      }
    }),
  }
  return found.script
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** Sets the size of the terminal that `script` opened, as soon as there is one; the newest size wins. */
export const resizer = (child: ChildProcess) => {
  let wanted: TerminalSize | undefined
  let busy = false
  const apply = async () => {
    if (busy) return
    busy = true
    for (let tries = 0; wanted && tries < 100; tries++) {
      const size = wanted
      const terminal = terminalOf(child.pid)
      if (terminal) {
        wanted = undefined
        await new Promise<void>((done) =>
          execFile('stty', ['-F', terminal, 'rows', String(size.height), 'cols', String(size.width)], () => done()),
        )
      } else if (child.exitCode !== null || child.signalCode !== null) break
      else await new Promise((next) => setTimeout(next, 20))
    }
    busy = false
  }
  return (size: TerminalSize) => {
    wanted = size
    void apply()
  }
}

/** The terminal of the command that `script` (this process) has started. */
const terminalOf = (pid: number | undefined): string | undefined => {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
    )
    for (const child of children) {
      const target = readlinkSync(`/proc/${child}/fd/0`)
      if (target.startsWith('/dev/pts/')) return target
    }
  } catch {
    // Not there yet, or gone again.
  }
  return undefined
}
