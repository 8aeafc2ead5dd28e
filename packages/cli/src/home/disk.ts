/** How much a folder holds, for people: nobody waits long for it. */
import { lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

const patienceMs = 1_000

/** `1.2 GiB`; undefined when counting takes too long. */
export const sizeOf = async (dir: string): Promise<string | undefined> => {
  const until = Date.now() + patienceMs
  let bytes = 0
  const pending = [dir]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Date.now() > until) return undefined
    const here = next
    for (const entry of await readdir(here, { withFileTypes: true }).catch(() => [])) {
      const path = join(here, entry.name)
      // Links lead to other people's files.
      if (entry.isDirectory()) pending.push(path)
      else if (entry.isFile()) bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0
    }
  }
  return inWords(bytes)
}

const inWords = (bytes: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}
