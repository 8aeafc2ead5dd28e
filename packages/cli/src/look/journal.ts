/** The journal of an operator on a disk, read back: the passes of one resource, oldest first. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Cycle } from '@drey/core'

/** As `@drey/operator` writes them, oldest file first. */
const fileNames = ['cycles.old.jsonl', 'cycles.jsonl']

export interface Journal {
  cycles: readonly Cycle[]
  /** undefined: there is no journal at that place */
  from: string | undefined
}

/** `at`: a folder, or one file of it. */
export const readJournal = (at: string, isMeant: (resource: Cycle['resource']) => boolean): Journal => {
  if (!existsSync(at)) return { cycles: [], from: undefined }
  const files = statSync(at).isDirectory()
    ? fileNames.map((name) => join(at, name)).filter((file) => existsSync(file))
    : [at]
  const cycles: Cycle[] = []
  for (const file of files)
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      const one = parsed(text)
      if (one?.kind === 'Cycle' && isMeant(one.resource)) cycles.push(one)
      if (one?.kind === 'Repeated') {
        const index = cycles.findLastIndex(({ resource }) => resource.uid === one.uid)
        if (index >= 0) cycles[index] = { ...cycles[index]!, repeated: { times: one.times, until: one.until } }
      }
    }
  return { cycles, from: at }
}

type Line = Cycle | { kind: 'Repeated'; uid: string; times: number; until: string }

/** The last line may be half of one. */
const parsed = (text: string): Line | undefined => {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
