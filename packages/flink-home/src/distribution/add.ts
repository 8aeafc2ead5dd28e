/**
 * Makes a Flink home: from package registries, or from an official distribution. A home appears whole or not at all: it
 * is built in `<version>.partial` and renamed at the end.
 */
import { mkdir, rename, rm, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { assemble } from './assemble.ts'
import { distributionVersion, takeDistribution } from './given.ts'
import { findFlink, listFlink, lockFile } from './homes.ts'
import { httpClient } from './http.ts'
import type { Http } from './http.ts'
import { lock } from './lock.ts'
import type { OnProgress } from './progress.ts'
import { readHome, writeHome } from './record.ts'
import type { FlinkHome } from './record.ts'
import { sourceArchives } from './python-index.ts'
import { registriesOf } from './registries.ts'
import type { Registries } from './registries.ts'
import { addOptional } from './optional.ts'
import { lineOf, newestOf, parseVersion, satisfies } from './version.ts'

export interface AddFlink {
  /** `1.20` (its newest patch) or `1.20.5`; may be left out with `from` */
  version?: string | undefined
  /** folder of all Flink homes, see `defaultFlinkDir` */
  dir: string
  /** an unpacked official distribution or its `.tgz`, used as it is */
  from?: string | undefined
  /** fetch all jars of `opt/` now instead of when a pod asks for one */
  opt?: boolean | undefined
  progress?: OnProgress | undefined
  signal?: AbortSignal | undefined
  registries?: Registries | undefined
}

export const addFlink = async (request: AddFlink): Promise<FlinkHome> => {
  const { dir, from, opt, progress, signal } = request
  await mkdir(dir, { recursive: true })
  if (from) return fromDistribution(request, resolve(from))

  const registries = request.registries ?? registriesOf()
  const http = httpClient(registries)
  try {
    const version = await chooseVersion(http, registries, request)
    const home = await once(dir, version, request, async (partial) => {
      await refuseFullDisk(dir)
      return assemble({
        version,
        into: partial,
        downloads: join(dir, '.downloads'),
        http,
        registries,
        progress,
        signal,
      })
    })
    return opt ? await addOptional(home, { progress, signal, registries }) : home
  } finally {
    await http.close()
  }
}

/** Versions the registry offers, oldest first. */
export const availableFlink = async (registries: Registries = registriesOf()): Promise<string[]> => {
  const http = httpClient(registries)
  try {
    return await versionsAt(http, registries)
  } finally {
    await http.close()
  }
}

const fromDistribution = async (request: AddFlink, from: string): Promise<FlinkHome> => {
  const version = await distributionVersion(from, request.signal)
  if (request.version && !satisfies(version, request.version))
    throw new FlinkHomeError('NOT_A_DISTRIBUTION', `${from} is Flink ${version}, not ${request.version}.`)
  return once(request.dir, version, request, async (partial) => {
    await takeDistribution(from, partial, request)
    return { version, from: 'distribution', substitutions: [], missing: [] }
  })
}

/** Builds a home unless it is there; a second process that wants the same one waits and finds it. */
const once = async (
  dir: string,
  version: string,
  { progress, signal }: AddFlink,
  build: (partial: string) => Promise<Omit<FlinkHome, 'dir' | 'addedAt'>>,
): Promise<FlinkHome> => {
  const target = join(dir, version)
  const there = readHome(target)
  if (there) return there
  const waiting = (owner: { pid: number }): void =>
    progress?.({
      step: 'waiting',
      what: version,
      bytes: 0,
      bytesPerSecond: 0,
      message: `process ${owner.pid} is already adding Flink ${version}; waiting for it`,
    })
  const unlock = await lock(lockFile(dir, version), waiting, signal)
  try {
    const meanwhile = readHome(target)
    if (meanwhile) return meanwhile
    const partial = `${target}.partial`
    await rm(partial, { recursive: true, force: true })
    await mkdir(partial, { recursive: true })
    try {
      const made = await build(partial)
      const home: FlinkHome = { ...made, dir: target, addedAt: new Date().toISOString() }
      await writeHome(home, partial)
      await rm(target, { recursive: true, force: true })
      await rename(partial, target)
      return home
    } catch (error) {
      await rm(partial, { recursive: true, force: true })
      throw error
    }
  } finally {
    await unlock()
  }
}

const chooseVersion = async (http: Http, registries: Registries, { version, dir }: AddFlink): Promise<string> => {
  if (!version || !parseVersion(version))
    throw new FlinkHomeError(
      'FLINK_VERSION_UNKNOWN',
      `"${version ?? ''}" is no Flink version.`,
      'Write 1.20 or 1.20.5.',
    )
  if (readHome(join(dir, version))) return version
  let offered: string[]
  try {
    offered = await versionsAt(http, registries)
  } catch (error) {
    // Without network a patch that is at hand is better than none.
    const local = findFlink(dir, version)
    if (local) return local.version
    throw error
  }
  const chosen = newestOf(offered, version)
  if (chosen) return chosen
  const near = offered.filter((other) => lineOf(other) === lineOf(version))
  const local = listFlink(dir).map((home) => home.version)
  throw new FlinkHomeError(
    'FLINK_VERSION_UNKNOWN',
    `${new URL(registries.pythonIndex).host} has no Flink ${version}.`,
    near.length > 0
      ? `It has ${near.join(', ')}.`
      : `It has ${[...new Set(offered.map(lineOf))].join(', ')}${local.length > 0 ? `; at hand are ${local.join(', ')}` : ''}.`,
  )
}

const versionsAt = async (http: Http, { pythonIndex }: Registries): Promise<string[]> => {
  const archives = await sourceArchives(http, pythonIndex, 'apache-flink-libraries')
  return archives.map((archive) => archive.version).filter((version) => parseVersion(version)?.patch !== undefined)
}

const NEEDED_BYTES = 1_000_000_000

const refuseFullDisk = async (dir: string): Promise<void> => {
  const { bavail, bsize } = await statfs(dir)
  if (bavail * bsize >= NEEDED_BYTES) return
  throw new FlinkHomeError(
    'DISK_FULL',
    `Only ${((bavail * bsize) / 1e9).toFixed(1)} GB are free in ${dir}; adding a Flink version needs 1 GB.`,
    'Remove one with `drey flink remove VERSION`, or use another folder.',
  )
}
