/** Which process is which: a pid alone may have been given to another program since. */
import { readFileSync } from 'node:fs'

export interface ProcessMark {
  pid: number
  /** clock ticks since boot, from /proc/<pid>/stat: with the pid it names one process of this boot */
  start: string
  boot: string
}

export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

export const markOf = (pid: number): ProcessMark | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === 'Z') return undefined
    return { pid, start: fields[19] ?? '', boot: bootId() }
  } catch {
    return undefined
  }
}

export const isAlive = (mark: ProcessMark | undefined): boolean => {
  if (!mark) return false
  const now = markOf(mark.pid)
  return now !== undefined && now.start === mark.start && now.boot === mark.boot
}
