/** Tables as kubectl prints them: three blanks between columns, heads in capitals. */

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
}

/** The text of a table and the widths it took. */
export const printedTable = (table: Table, look: TableLook): { text: string; widths: readonly number[] } => {
  const shown = table.columnDefinitions
    .map((column, index) => ({ ...column, index }))
    .filter((column) => look.wide || !column.priority)
  const head = [...(look.withNamespace ? ['NAMESPACE'] : []), ...shown.map((column) => column.name.toUpperCase())]
  const body = table.rows.map((row) => [
    ...(look.withNamespace ? [row.object?.metadata?.namespace ?? ''] : []),
    ...shown.map(({ index }) => `${index === 0 ? (look.prefix ?? '') : ''}${String(row.cells[index] ?? '')}`),
  ])
  return aligned(look.widths ? body : [head, ...body], look.widths)
}

/** Rows of words in columns. */
export const aligned = (
  rows: readonly (readonly string[])[],
  atLeast: readonly number[] = [],
): { text: string; widths: readonly number[] } => {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(atLeast[index] ?? 0, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('   ')
      .trimEnd()
  return { text: rows.map((row) => `${line(row)}\n`).join(''), widths }
}
