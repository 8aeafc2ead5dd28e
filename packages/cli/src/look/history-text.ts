/** Operations as a table, newest first. */
import type { History, HistoryEntry } from '@drey/core'
import { aligned } from '../table.ts'
import { withoutControls } from '../terminal.ts'
import { span, type Look } from './words.ts'

export const historyTable = (history: History, look: Look, o: { steps: boolean }): string => {
  const unknown = history.unknown.map(({ what, why }) => `unknown   ${what}: ${why}\n`).join('')
  if (history.operations.length === 0) return unknown || `nothing has ended yet\n`
  const head = ['WHEN', 'WHAT', 'FROM → TO', 'RESULT', 'STATE', 'DOWN', 'BECAUSE']
  const rows = history.operations.map((one) => cells(one, look))
  const { text } = aligned([head, ...rows])
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '')
  const shown = lines.flatMap((line, index) => [line, ...(o.steps ? stepLines(history.operations[index]!) : [])])
  return `${[first, ...shown].map((line) => cut(line, look)).join('\n')}\n${unknown}`
}

const cells = (one: HistoryEntry, look: Look): string[] => [
  look.columns === undefined ? one.startedAt.replace(/\.\d+Z$/, 'Z') : span(look.now - Date.parse(one.startedAt)),
  one.what,
  headings(one, isNarrow(look)),
  one.result ?? 'in progress',
  one.state === undefined ? '–' : shortPath(one.state, look),
  one.downMs === undefined ? '–' : span(one.downMs),
  withoutControls(
    `${isNarrow(look) && one.change ? `${one.change.join(', ')}: ` : ''}${one.result === 'failed' ? (one.why ?? one.because) : one.because}${one.attempts ? ` (${one.attempts} attempts)` : ''}${one.who ? ` (${one.who})` : ''}`,
  ),
]

/** Then the change stands before the reason, which may lose its end, and not in a column. */
const isNarrow = ({ columns }: Look): boolean => columns !== undefined && columns < 140

const headings = (one: HistoryEntry, narrow: boolean): string => {
  if (one.what === 'rollback') return `gen ${one.generation} → last stable`
  const generations =
    one.generation === 0 ? '' : one.from === undefined ? `gen ${one.generation}` : `gen ${one.from} → ${one.generation}`
  if (narrow) return generations || '–'
  const change =
    one.change?.[0] === undefined ? '' : withoutControls(one.change[0].replace(/^[\w.]*?(\w[\w-]*): /, '$1 '))
  const more = (one.change?.length ?? 0) > 1 ? ` +${one.change!.length - 1}` : ''
  return [generations, change.length > 48 ? `${change.slice(0, 47)}…` : change].filter(Boolean).join('  ') + more || '–'
}

/** On a terminal the last part names a snapshot well enough; pipes get it whole. */
const shortPath = (path: string, { columns }: Look): string =>
  columns === undefined || !path.includes('/') ? path : (path.replace(/\/$/, '').split('/').at(-1) ?? path)

const stepLines = ({ steps, startedAt }: HistoryEntry): string[] =>
  steps.map(({ step, endedAt }, index) => {
    const took = Date.parse(endedAt) - Date.parse(steps[index - 1]?.endedAt ?? startedAt)
    return `        ✓ ${step.padEnd(10)} ${span(took)}`
  })

/** The reason comes last, and may lose its end. */
const cut = (line: string, { columns }: Look): string =>
  columns === undefined || line.length <= columns ? line : `${line.slice(0, columns - 1)}…`
