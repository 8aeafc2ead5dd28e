/** `home.json`: who runs the home and how to reach it. Written whole and renamed, so a reader never sees half of it. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { HomePaths } from './paths.ts'
import { isAlive, type ProcessMark } from './process.ts'

export interface HomeState {
  process: ProcessMark
  phase: 'starting' | 'ready'
  url?: string
  isolation?: string
  java?: string
  /** ms from the start of the process to ready */
  readyMs?: number
  startedAt: string
  operator?: boolean
  /** what a user should know about this start, one sentence each */
  notices?: readonly string[]
}

/** What the file says; undefined when there is none or it is not readable, which means no more than that nothing is known. */
export const readState = (paths: HomePaths): HomeState | undefined => {
  try {
    const state = JSON.parse(readFileSync(paths.state, 'utf8')) as Partial<HomeState> | null
    return typeof state?.process?.pid === 'number' ? (state as HomeState) : undefined
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
