/** A line of a benchmark's result. */
export interface Row {
  what: string
  /** the median */
  value: number
  unit: string
  n: number
  min: number
  max: number
}

export interface Bench {
  bench: string
  rows: Row[]
  /** comparisons of one run, which hold on any machine */
  ratios: Record<string, number>
}

export const rowOf = (what: string, unit: string, values: readonly number[]): Row => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? NaN
  const middle = Math.floor(sorted.length / 2)
  const value = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2
  return { what, value, unit, n: sorted.length, min: at(0), max: at(sorted.length - 1) }
}
