/** `home.json`: who runs the home and how to reach it. Written whole and renamed, so a reader never sees half of it. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, openSync, closeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Problem } from '../command.ts'
import type { HomePaths } from './paths.ts'
import { isAlive, markOf, type ProcessMark } from './process.ts'

export interface HomeState {
  process: ProcessMark
  phase: 'starting' | 'ready' | 'failed'
  url?: string
  isolation?: string
  java?: string
  flink?: readonly string[]
  /** ms from the start of the process to ready */
  readyMs?: number
  startedAt: string
  operator?: boolean
  /** why it failed, one line */
  problem?: string
  notices?: readonly string[]
}

export const readState = (paths: HomePaths): HomeState | undefined => {
  try {
    return JSON.parse(readFileSync(paths.state, 'utf8')) as HomeState
  } catch {
    return undefined
  }
}

export const writeState = (paths: HomePaths, state: HomeState): void => {
  mkdirSync(dirname(paths.state), { recursive: true, mode: 0o700 })
  const partial = `${paths.state}.${process.pid}`
  writeFileSync(partial, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(partial, paths.state)
}

export const removeState = (paths: HomePaths): void => rmSync(paths.state, { force: true })

/** The process that runs this home now, if one does. */
export const runningHome = (paths: HomePaths): HomeState | undefined => {
  const state = readState(paths)
  return state && isAlive(state.process) ? state : undefined
}

/**
 * Takes the home for this process, or throws `HOME_IN_USE`. A lock left by a process that is gone is taken over.
 * The returned function gives the home back.
 */
export const takeHome = (paths: HomePaths): (() => void) => {
  try {
    mkdirSync(paths.dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Problem('HOME_NOT_WRITABLE', `The home ${paths.dir} cannot be made.`, {
      cause: (error as Error).message,
      fix: 'choose a folder you may write to: drey up --home DIR',
    })
  }
  const lock = join(paths.dir, 'lock')
  const mine = JSON.stringify(markOf(process.pid))
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(lock, 'wx', 0o600)
      writeFileSync(file, mine)
      closeSync(file)
      return () => rmSync(lock, { force: true })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'EEXIST')
        throw new Problem('HOME_NOT_WRITABLE', `The home ${paths.dir} cannot be written to.`, {
          cause: (error as Error).message,
          fix:
            code === 'ENOSPC'
              ? 'free some disk space, or: drey up --home DIR'
              : 'choose a folder you may write to: drey up --home DIR',
        })
      const holder = readMark(lock)
      if (isAlive(holder))
        throw new Problem('HOME_IN_USE', `The home ${paths.name} is in use by process ${holder?.pid}.`, {
          where: paths.dir,
          fix: ['drey status', 'a second home beside it: drey up --name other'],
        })
      rmSync(lock, { force: true })
    }
  }
  throw new Problem('HOME_IN_USE', `The home ${paths.name} is being started by another process.`, {
    fix: 'drey status',
  })
}

const readMark = (file: string): ProcessMark | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark
  } catch {
    return undefined
  }
}
