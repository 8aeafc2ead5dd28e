/** `drey replay`: a saved pass decided again, offline, by the rules of this version. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import type { Cycle, Replay } from '@drey/core'
import { command, exit, Problem, type Context } from '../command.ts'
import { documentFlag, sayDocument } from '../look/document.ts'

export const replay = command({
  name: 'replay',
  group: 'Prepare',
  summary: 'Decide saved passes again, offline: facts, rule, reason, acts. 0: as it was decided then, 1: differently.',
  effect: 'read',
  args: [{ name: 'file', summary: 'a pass, or a list of them: drey explain NAME --cycles -o json; - reads stdin' }],
  flags: {
    output: documentFlag,
  },
  examples: ['drey explain orders --cycles -o json > cycles.json', 'drey replay cycles.json'],
  async run(context) {
    const file = String(context.args['file'])
    const { replayCycle, unreadableCycle } = await import('@drey/core')
    const cycles = cyclesIn(await contentsOf(file, context), file)
    const replays = cycles.map((cycle, index) => {
      const why = unreadableCycle(cycle)
      if (why !== undefined) throw unreadable(file, cycles.length > 1 ? `number ${index + 1}: ${why}` : why)
      try {
        return replayCycle(cycle)
      } catch (error) {
        throw unreadable(file, `number ${index + 1} cannot be decided: ${(error as Error).message}`)
      }
    })
    const same = replays.every((one) => one.same)
    const { factLines, actionText, eventText } = await import('../look/because-text.ts')
    const document = replays.length === 1 ? replays[0]! : { kind: 'Replays', version: 1, items: replays }
    await sayDocument(context, document, () =>
      [
        ...replays.map((one, index) => replayText(one, cycles[index]!, { factLines, actionText, eventText })),
        ...(replays.length > 1
          ? [`${replays.filter((one) => one.same).length} of ${replays.length} passes are decided as they were.\n`]
          : []),
      ].join(''),
    )
    return same ? exit.ok : exit.no
  },
})

const replayText = (
  { resource, at, decided, recorded, same, differences }: Replay,
  cycle: Cycle,
  words: {
    factLines(cycle: Cycle): string[]
    actionText(action: unknown): string
    eventText(event: unknown): string
  },
): string =>
  [
    `${resource.kind} ${resource.namespace}/${resource.name} at ${at}\n`,
    ...words.factLines(cycle),
    `  rule    ${decided.rule}\n`,
    `  because ${decided.because}\n`,
    ...decided.actions.map((action) => `  act     ${words.actionText(action)}\n`),
    ...decided.events.map((event) => `  event   ${words.eventText(event)}\n`),
    ...(decided.actions.length === 0 ? ['  act     nothing\n'] : []),
    same
      ? '✓ the same as it was decided then\n'
      : `✗ decided differently then: ${recorded.rule}: ${recorded.because}\n`,
    ...differences
      .slice(0, 20)
      .map(({ path, recorded: then, decided: now }) => `  differs ${path}: then ${shown(then)}, now ${shown(now)}\n`),
    ...(differences.length > 20 ? [`  differs in ${differences.length - 20} more places\n`] : []),
  ].join('')

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}

const contentsOf = async (file: string, { cwd }: Context): Promise<string> => {
  try {
    return file === '-' ? await readAll(process.stdin) : readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
}

/** One document, a list of them, or lines as the journal writes them. */
const cyclesIn = (text: string, file: string): Cycle[] => {
  const whole = parsed(text)
  if (whole !== undefined) {
    const { kind, items } = whole as { kind?: string; items?: Cycle[] }
    if (kind === 'Cycles' && Array.isArray(items) && items.length > 0) return items
    return Array.isArray(whole) ? (whole as Cycle[]) : [whole as Cycle]
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const cycles = lines.map((line, index) => {
    const one = parsed(line)
    if (one === undefined) throw unreadable(file, `line ${index + 1} is not JSON`)
    return one as Cycle
  })
  const passes = cycles.filter(({ kind }) => (kind as string) !== 'Repeated')
  if (passes.length === 0) throw unreadable(file, 'it holds nothing')
  return passes
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const unreadable = (file: string, cause: string): Problem =>
  new Problem('CYCLE_UNREADABLE', `${file} is no saved pass that can be decided again.`, {
    cause,
    fix: 'save one: drey explain NAME --cycles -o json > cycles.json',
    exitCode: exit.usage,
  })
