/** What the counting job has committed so far, and whether it is what an undisturbed job would have written. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Counts {
  /** how many numbers are committed */
  committed: number
  highest: number
  /** numbers committed more than once, with where */
  doubled: string[]
  /** numbers below the highest that nobody committed; may be in flight while the job runs */
  missing: number[]
  /** lines whose count or sum is not what the state must hold there */
  wrong: string[]
}

/** As in Counter.java. */
const keys = 16

export const readCounts = (folder: string): Counts => {
  const seen = new Map<number, string>()
  const counts: Counts = { committed: 0, highest: 0, doubled: [], missing: [], wrong: [] }
  for (const file of namesIn(folder)) {
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)) {
      const [number = NaN, count, sum] = line.split(' ').map(Number)
      const first = seen.get(number)
      if (first !== undefined) counts.doubled.push(`${number} in ${first} and ${file}`)
      seen.set(number, file)
      counts.highest = Math.max(counts.highest, number)
      const smallest = number % keys || keys
      const wanted = (number - smallest) / keys + 1
      if (count !== wanted || sum !== (wanted * (smallest + number)) / 2) counts.wrong.push(`${line} (${file})`)
    }
  }
  counts.committed = seen.size
  for (let number = 1; number <= counts.highest; number++) if (!seen.has(number)) counts.missing.push(number)
  return counts
}

/** Files of completed checkpoints; the others begin with a dot. */
const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch {
    return []
  }
}
