/**
 * Which processes belong to a container: all that carry its mark in their environment, however far they forked away.
 * A process group or session would miss daemons; a PID namespace would change what signals mean to the first process.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** The environment variable that marks every process of a container: `<home>:<pod uid>:<container>:<instance>`. */
export const markName = 'DREY_CONTAINER'

export interface MarkedProcess {
  pid: number
  mark: string
}

/** Processes whose mark begins with `prefix`. Only processes of our own user can be looked at, and only those are ours. */
export const marked = (prefix: string): MarkedProcess[] => {
  const found: MarkedProcess[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const mark = markOf(Number(name))
    if (mark?.startsWith(prefix)) found.push({ pid: Number(name), mark })
  }
  return found
}

/** The mark of one process; undefined when it has none, is gone, is a zombie or somebody else's. */
export const markOf = (pid: number): string | undefined => {
  let environment: string
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return undefined
  }
  const start = environment.startsWith(`${markName}=`) ? 0 : environment.indexOf(`\0${markName}=`) + 1
  if (start === 0 && !environment.startsWith(`${markName}=`)) return undefined
  const end = environment.indexOf('\0', start)
  return environment.slice(start + markName.length + 1, end < 0 ? undefined : end)
}

/**
 * Kills every process marked with `prefix`, and those they fork meanwhile, until none is left. A process that is just
 * replacing its program shows no environment, so "none" must be seen twice.
 */
export const killMarked = async (prefix: string): Promise<number> => {
  const killed = new Set<number>()
  for (let round = 0, empty = 0; round < 400 && empty < 2; round++) {
    const left = marked(prefix)
    empty = left.length === 0 ? empty + 1 : 0
    for (const { pid } of left) {
      killed.add(pid)
      signal(pid, 'SIGKILL')
    }
    if (empty < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return killed.size
}

/** Sends a signal; false when the process is gone. */
export const signal = (pid: number, name: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, name)
    return true
  } catch {
    return false
  }
}

/** When a process started, in clock ticks since boot: with the boot id, its identity beyond a reused pid. */
export const startTicksOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
