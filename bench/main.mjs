// `npm run bench -- NAME [--json FILE]`: runs bench/NAME.ts; a table for people, JSON for machines.
import { readdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const names = readdirSync(import.meta.dirname)
  .filter((file) => /^[a-z-]+\.ts$/.test(file))
  .map((file) => file.slice(0, -3))
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const [name] = positionals
if (positionals.length !== 1 || !names.includes(name)) {
  console.error(`usage: npm run bench -- NAME [--json FILE]\n  NAME   ${names.join(', ')}`)
  process.exit(2)
}

// What a benchmark started ends with it, also when it is interrupted (see the exit listeners in bench/parts).
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const { bench } = await import(`./${name}.ts`)
const { rows, ratios } = await bench()
const rounded = (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)))
const result = {
  bench: name,
  rows: rows.map(({ what, value, unit, n, min, max }) => ({
    what,
    value: rounded(value),
    unit,
    n,
    min: rounded(min),
    max: rounded(max),
  })),
  ratios: Object.fromEntries(Object.entries(ratios).map(([what, value]) => [what, rounded(value)])),
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(result)}\n`)
else print(result)

function print({ rows, ratios }) {
  const number = (value) => value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 })
  const cells = [
    ['', 'median', 'unit', 'n', 'min', 'max'],
    ...rows.map((row) => [row.what, number(row.value), row.unit, String(row.n), number(row.min), number(row.max)]),
    ...Object.entries(ratios).map(([what, value]) => [what, number(value), 'ratio', '', '', '']),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const left = (column) => column === 0 || column === 2
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => (left(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
}
