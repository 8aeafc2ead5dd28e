/** The folder that holds Flink homes, shared by all Drey homes of a user: one subfolder for each version. */
import { readdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { lock } from './lock.ts'
import { readHome } from './record.ts'
import type { FlinkHome } from './record.ts'
import { compareVersions, newestOf } from './version.ts'

/** `$XDG_DATA_HOME/drey/flink`, or the same below `~/.local/share`. */
export const defaultFlinkDir = (env: NodeJS.ProcessEnv = process.env): string =>
  join(env['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'drey', 'flink')

/** The homes of a folder, oldest version first. */
export const listFlink = (dir: string): FlinkHome[] =>
  names(dir)
    .flatMap((name) => readHome(join(dir, name)) ?? [])
    .sort((a, b) => compareVersions(a.version, b.version))

/** The home of an exact version, or the newest one of a line. */
export const findFlink = (dir: string, wanted?: string): FlinkHome | undefined => {
  const homes = listFlink(dir)
  const version = newestOf(
    homes.map((home) => home.version),
    wanted,
  )
  return homes.find((home) => home.version === version)
}

/**
 * Removes an exact version, or every one of a line; returns what was removed.
 * `inUse` may name a reason to keep one, for example pods that run from it.
 */
export const removeFlink = async (
  dir: string,
  wanted: string,
  inUse: (home: FlinkHome) => string | undefined = () => undefined,
): Promise<FlinkHome[]> => {
  const homes = listFlink(dir).filter((home) => newestOf([home.version], wanted) !== undefined)
  if (homes.length === 0)
    throw new FlinkHomeError(
      'FLINK_VERSION_UNKNOWN',
      `There is no Flink ${wanted} in ${dir}.`,
      'See `drey flink list`.',
    )
  for (const home of homes) {
    const reason = inUse(home)
    if (reason)
      throw new FlinkHomeError(
        'HOME_IN_USE',
        `Flink ${home.version} is in use: ${reason}.`,
        'End the job, or the home: drey down.',
      )
  }
  for (const home of homes) {
    const unlock = await lock(lockFile(dir, home.version))
    try {
      // Renamed first: a home that is half deleted must not be found.
      const aside = `${home.dir}.removed`
      await rm(aside, { recursive: true, force: true })
      await rename(home.dir, aside)
      await rm(aside, { recursive: true, force: true })
    } finally {
      await unlock()
    }
  }
  return homes
}

export const lockFile = (dir: string, version: string): string => join(dir, `.${version}.lock`)

const names = (dir: string): string[] => {
  try {
    return readdirSync(dir).filter((name) => /^\d+\.\d+\.\d+$/.test(name))
  } catch {
    return []
  }
}
