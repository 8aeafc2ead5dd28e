/** What a detached home has said. */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { pause, realClock } from '@drey/reconcile'
import { exit, Problem, type Context } from '../command.ts'
import { homePaths } from './paths.ts'

export const homeLog = async (context: Context): Promise<number> => {
  const paths = homePaths(context.flags, context.env)
  if (!existsSync(paths.log))
    throw new Problem('NO_LOG', `The home ${paths.name} has no log; only a detached home writes one.`, {
      where: paths.log,
      fix: 'drey up --detach',
      exitCode: exit.notFound,
    })
  const tail = linesOf(context)
  let at = tail === undefined ? 0 : lastLinesAt(readFileSync(paths.log), tail)
  do {
    const size = statSync(paths.log).size
    if (size > at) {
      for await (const chunk of createReadStream(paths.log, { start: at, end: size - 1, encoding: 'utf8' }))
        context.stdout(chunk as string)
      at = size
    }
    if (context.flags['follow']) await pause(realClock, 250, context.signal).catch(() => {})
  } while (context.flags['follow'] && !context.signal.aborted)
  return exit.ok
}

/** Where the last lines begin. */
const lastLinesAt = (text: Buffer, lines: number): number => {
  let at = text.length
  for (let left = lines + 1; left > 0 && at > 0; left--) {
    const before = text.lastIndexOf(10, at - 1)
    if (before < 0) return 0
    at = before
  }
  return lines === 0 ? text.length : at + 1
}

/** `--tail`; undefined: everything. */
export const linesOf = (context: Context): number | undefined => {
  const { tail } = context.flags
  if (tail === undefined) return undefined
  const lines = Number(tail)
  if (Number.isInteger(lines) && lines >= 0) return lines
  throw new Problem('USAGE', `--tail ${String(tail)} is not a number of lines.`, {
    fix: '--tail 100',
    exitCode: exit.usage,
  })
}
