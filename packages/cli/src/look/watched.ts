/** One screen again and again until Ctrl-C: drawn over itself on a terminal, a line for every change elsewhere. */
import { pause, realClock } from '@drey/reconcile'
import { exit, Problem, type Context } from '../command.ts'
import { withoutControls } from '../terminal.ts'
import { lookOf } from './words.ts'

export interface Glance {
  screen: string
  /** without its time */
  line: string
}

const everyMs = 1_000

/** Ends with Ctrl-C, or with 3 when the resource is gone. What cannot be seen for a moment is looked for again. */
export const watched = async (context: Context, look: () => Promise<Glance>): Promise<number> => {
  const { columns } = lookOf(0, context.env)
  let drawn = 0
  let said: string | undefined
  for (let first = true; !context.signal.aborted; first = false) {
    const glance = await look().catch((error: unknown) => {
      if (first || (error instanceof Problem && error.exitCode === exit.notFound)) throw error
      const why = `not seen: ${(error as Error).message}`
      return { screen: `${why}\n`, line: why }
    })
    if (columns !== undefined) {
      context.stdout(`${drawn === 0 ? '' : `\u001B[${drawn}A\u001B[J`}${glance.screen}`)
      drawn = rowsOf(glance.screen, columns)
    } else if (glance.line !== said)
      context.stdout(`${new Date().toISOString()} ${withoutControls(glance.line).replaceAll('\n', ' ')}\n`)
    said = glance.line
    await pause(realClock, everyMs, context.signal).catch(() => {})
  }
  return exit.interrupted
}

const rowsOf = (screen: string, columns: number): number =>
  screen
    .replace(/\n$/, '')
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0)
