/** Tables as kubectl prints them: three blanks between columns, heads in capitals. */

import { withoutControls } from './terminal.ts'

export interface Table {
  columnDefinitions: { name: string; priority: number }[]
  rows: { cells: unknown[]; object?: { metadata?: { namespace?: string; name?: string } } }[]
}

export interface TableLook {
  wide: boolean
  withNamespace: boolean
  /** stands before each name: `pod/`, where several kinds are listed */
  prefix?: string
  /** of a table that goes on: no head, and at least as wide as before */
  widths?: readonly number[]
  /** of a terminal: longer lines lose the ends of their longest words, but never of a name or a path */
  columns?: number
}

/** The text of a table and the widths it took. */
export const printedTable = (table: Table, look: TableLook): { text: string; widths: readonly number[] } => {
  const shown = table.columnDefinitions
    .map((column, index) => ({ ...column, index }))
    .filter((column) => look.wide || !column.priority)
  const head = [...(look.withNamespace ? ['NAMESPACE'] : []), ...shown.map((column) => column.name.toUpperCase())]
  const body = table.rows.map((row) => [
    ...(look.withNamespace ? [row.object?.metadata?.namespace ?? ''] : []),
    ...shown.map(({ index }) => `${index === 0 ? (look.prefix ?? '') : ''}${shownCell(row.cells[index])}`),
  ])
  const rows = look.widths ? body : [head, ...body]
  const names = look.withNamespace ? 2 : 1
  return aligned(look.columns === undefined ? rows : fitted(rows, look.columns, names, look.widths), look.widths)
}

const shownCell = (cell: unknown): string => withoutControls(String(cell ?? '')).replaceAll(/\s*\n\s*/g, ' ')

const gap = 3
/** of a word that is cut there must be enough left to be recognised */
const leastShown = 12

/** Cut so that lines fit, as far as that is possible: the widest column first, the first `names` never. */
const fitted = (
  rows: readonly (readonly string[])[],
  columns: number,
  names: number,
  atLeast: readonly number[] = [],
): (readonly string[])[] => {
  const isWhole = (cell: string, index: number) => index < names || /^\S*\/\S*$/.test(cell)
  const limits = widthsOf(rows, atLeast)
  const total = () => limits.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, limits.length - 1)
  for (;;) {
    const over = total() - columns
    if (over <= 0) break
    const [widest, width] = limits.reduce<[number, number]>(
      (best, one, index) =>
        one > best[1] && !rows.some((row) => isWhole(row[index] ?? '', index) && (row[index]?.length ?? 0) > leastShown)
          ? [index, one]
          : best,
      [-1, leastShown],
    )
    if (widest < 0) break
    limits[widest] = Math.max(leastShown, width - over)
  }
  return rows.map((row) =>
    row.map((cell, index) => {
      const limit = limits[index] ?? cell.length
      return cell.length <= limit || isWhole(cell, index) ? cell : `${cell.slice(0, limit - 1)}…`
    }),
  )
}

const widthsOf = (rows: readonly (readonly string[])[], atLeast: readonly number[]): number[] =>
  Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, index) =>
    Math.max(atLeast[index] ?? 0, ...rows.map((row) => row[index]?.length ?? 0)),
  )

/** Rows of words in columns. */
export const aligned = (
  rows: readonly (readonly string[])[],
  atLeast: readonly number[] = [],
): { text: string; widths: readonly number[] } => {
  const widths = widthsOf(rows, atLeast)
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd()
  return { text: rows.map((row) => `${line(row)}\n`).join(''), widths }
}
