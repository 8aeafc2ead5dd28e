/** Ends whatever a dead home left: processes by their mark, whoever started them and however far they forked away. */
import { readdirSync, readFileSync } from 'node:fs'
import { sweepNetwork } from '../isolation/netns.ts'
import { homeMark } from './home-mark.ts'
import { killMarked, marked, signal } from './process/tree.ts'

/** How many processes were ended. Call it only when the home's own process does not run. */
export const sweep = async (dir: string): Promise<number> => {
  const mark = homeMark(dir)
  const killed = await killMarked(`${mark}:`)
  // Shims of a container whose program is gone end by themselves; one stuck while it prepares a root does not.
  const shims = shimsBelow(dir)
  for (const pid of shims) signal(pid, 'SIGKILL')
  await sweepNetwork(dir)
  return killed + shims.length
}

export interface LeftBehind {
  pid: number
  /** the pod it belongs to, as the process knows it */
  pod: string
}

/** The processes of a home's containers, for people: call it before they are ended. */
export const leftBehind = (dir: string): LeftBehind[] =>
  marked(`${homeMark(dir)}:`).map(({ pid, mark }) => ({ pid, pod: hostNameOf(pid) ?? mark.split(':')[1] ?? '' }))

const hostNameOf = (pid: number): string | undefined => {
  try {
    return /(?:^|\0)HOSTNAME=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))?.[1]
  } catch {
    return undefined
  }
}

const shimsBelow = (dir: string): number[] =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
      return words[1]?.startsWith(`${dir}/pods/`) && words[1].endsWith('/run.sh') ? [Number(name)] : []
    } catch {
      return []
    }
  })
