/** `drey-home.json`: what a Flink home is, where its parts came from, and what is not as in the official distribution. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface FlinkHome {
  /** absolute path of the distribution: `bin/`, `conf/`, `lib/` … lie in it */
  dir: string
  /** exact Flink version, like `1.20.5` */
  version: string
  /** `registries`: put together from packages; `distribution`: an official one, given by the user */
  from: 'registries' | 'distribution'
  addedAt: string
  /** parts that are of another version than the home; never anything of `lib/` */
  substitutions: readonly Substitution[]
  /** parts of the official image that no registry had */
  missing: readonly string[]
}

export interface Substitution {
  what: string
  wanted: string
  got: string
}

const FILE = 'drey-home.json'

export const readHome = (dir: string): FlinkHome | undefined => {
  try {
    const record = JSON.parse(readFileSync(join(dir, FILE), 'utf8')) as Omit<FlinkHome, 'dir'>
    return { ...record, dir }
  } catch {
    return undefined
  }
}

export const writeHome = async (home: FlinkHome, at: string = home.dir): Promise<void> => {
  const { dir: _, ...record } = home
  await writeFile(join(at, FILE), `${JSON.stringify(record, null, 2)}\n`)
}
