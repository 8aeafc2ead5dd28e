/**
 * One process at a time builds a home. The lock is a file that names its owner; a lock whose owner died is taken over,
 * so that a killed `drey flink add` does not stop the next one.
 */
import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pause } from './http.ts'

export interface LockOwner {
  pid: number
  /** start time of the process in clock ticks since boot: pids are used again, start times are not */
  started: string
}

/** Waits for the lock; `waiting` hears once who has it. Returns the function that gives it back. */
export const lock = async (
  file: string,
  waiting?: (owner: LockOwner) => void,
  signal?: AbortSignal,
): Promise<() => Promise<void>> => {
  await mkdir(dirname(file), { recursive: true })
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) ?? '' })
  const draft = `${file}.${process.pid}.${draftNumber++}`
  await writeFile(draft, mine)
  try {
    for (let told = false; ;) {
      // A link appears whole or not at all, unlike a file that is created and then written.
      if (await linked(draft, file)) return () => rm(file, { force: true })
      const owner = await ownerOf(file)
      if (owner && !isAlive(owner)) await takeAway(file, owner)
      else {
        if (owner && !told) waiting?.(owner)
        told = true
        await pause(200, signal)
      }
    }
  } finally {
    await rm(draft, { force: true })
  }
}

let draftNumber = 0

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const ownerOf = async (file: string): Promise<LockOwner | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockOwner
  } catch {
    return undefined
  }
}

/** Removes a dead owner's lock; if another process was quicker and the lock is a living one by now, it is put back. */
const takeAway = async (file: string, dead: LockOwner): Promise<void> => {
  const aside = `${file}.${process.pid}.dead`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  const taken = await ownerOf(aside)
  if (taken && (taken.pid !== dead.pid || taken.started !== dead.started)) await linked(aside, file)
  await rm(aside, { force: true })
}

const isAlive = (owner: LockOwner): boolean => startOf(owner.pid) === owner.started

/** Field 22 of /proc/PID/stat; the command name before it may hold blanks and brackets. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
