/**
 * A home in the background: the same command in a session of its own, its log in the home's folder. The child says over a
 * channel that it is ready or why it is not; until then the parent waits, and a parent that goes away disturbs nothing.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { exit, Problem, type Context } from '../command.ts'
import { notWritable } from './lock.ts'
import { makeFolder } from './folder.ts'
import type { HomePaths } from './paths.ts'

type Message =
  | { ready: true }
  | {
      problem: {
        code: string
        message: string
        where?: string
        cause?: string
        fix: readonly string[]
        exitCode: number
      }
    }

/** Resolves when the child's home is ready; throws the child's problem. */
export const startDetached = async (paths: HomePaths, context: Context): Promise<void> => {
  const log = openLog(paths)
  const from = statSync(paths.log).size
  const words = process.argv.slice(2).filter((word) => word !== '--detach' && word !== '-d')
  const child = spawn(process.execPath, [...process.execArgv, ...smallHeap, process.argv[1]!, ...words], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...context.env, [detachedMark]: '1' },
    cwd: context.cwd,
  })
  closeSync(log)
  const message = await new Promise<Message | 'ended' | 'interrupted'>((resolve) => {
    child.once('message', (said) => resolve(said as Message))
    child.once('error', () => resolve('ended'))
    child.once('exit', () => resolve('ended'))
    context.signal.addEventListener('abort', () => resolve('interrupted'), { once: true })
  })
  if (child.connected) child.disconnect()
  child.unref()
  if (message === 'interrupted')
    throw new Problem('INTERRUPTED', `The home ${paths.name} goes on starting.`, {
      fix: ['drey status', 'drey down'],
      exitCode: exit.interrupted,
    })
  if (message === 'ended')
    throw new Problem('START_FAILED', `The home ${paths.name} ended while it started.`, {
      where: paths.log,
      cause: lastWords(readFileSync(paths.log).subarray(from).toString()),
      fix: ['drey logs', 'once more: drey up --detach'],
    })
  if ('problem' in message) throw new Problem(message.problem.code, message.problem.message, message.problem)
}

/** What a log ends with: its error, without the advice below it, else its last line. */
export const lastWords = (log: string): string => {
  const lines = log.trim().split('\n')
  return lines.findLast((line) => line.startsWith('error ')) ?? (lines.at(-1) || 'it said nothing')
}

/** In the child: tells the waiting parent, if there is one. */
export const tellParent = (context: Pick<Context, 'env'>, outcome: 'ready' | Problem): void => {
  if (!context.env[detachedMark] || !process.connected) return
  const message: Message =
    outcome === 'ready'
      ? { ready: true }
      : {
          problem: {
            code: outcome.code,
            message: outcome.message,
            ...(outcome.where === undefined ? {} : { where: outcome.where }),
            ...(outcome.cause1 === undefined ? {} : { cause: outcome.cause1 }),
            fix: outcome.fix,
            exitCode: outcome.exitCode,
          },
        }
  process.send!(message, () => process.connected && process.disconnect())
}

/**
 * MB of a half of V8's young generation. A home is idle most of its life; without this bound its first busy second takes 20 MB
 * that are never given back.
 */
const smallHeap = process.execArgv.some((word) => word.includes('semi-space')) ? [] : ['--max-semi-space-size=4']

const detachedMark = 'DREY_DETACHED'

const openLog = (paths: HomePaths): number => {
  try {
    makeFolder(dirname(paths.log))
    return openSync(paths.log, 'a', 0o600)
  } catch (error) {
    throw notWritable(paths, error as NodeJS.ErrnoException)
  }
}
