/**
 * The jars of `opt/`: file systems, SQL gateway and others. They are large and most jobs use none, so a home gets one when
 * a pod asks for it (`ENABLE_BUILT_IN_PLUGINS`), or all of them with `drey flink add --opt`.
 */
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { jarFetcher } from './fetch-jar.ts'
import { lockFile } from './homes.ts'
import { httpClient } from './http.ts'
import { lock } from './lock.ts'
import { mavenRepository } from './maven.ts'
import type { OnProgress } from './progress.ts'
import { readHome, writeHome } from './record.ts'
import type { FlinkHome, Substitution } from './record.ts'
import { registriesOf } from './registries.ts'
import type { Registries } from './registries.ts'
import { atLeast } from './version.ts'

export interface OptionalJars {
  progress?: OnProgress | undefined
  signal?: AbortSignal | undefined
  registries?: Registries | undefined
}

/** Artifacts that the official `opt/` of a version holds and the Python packages do not. */
export const optionalArtifacts = (version: string): string[] => [
  'flink-s3-fs-presto',
  'flink-s3-fs-hadoop',
  ...(atLeast(version, '2.3') ? ['flink-s3-fs-native'] : []),
  'flink-gs-fs-hadoop',
  'flink-azure-fs-hadoop',
  'flink-oss-fs-hadoop',
  'flink-state-processor-api',
  'flink-sql-gateway',
  'flink-table-planner_2.12',
  'flink-queryable-state-runtime',
]

/** Fetches every optional jar that is not there yet; what no registry has is listed in the home's record. */
export const addOptional = async (home: FlinkHome, options: OptionalJars = {}): Promise<FlinkHome> => {
  for (const artifact of optionalArtifacts(home.version)) {
    const found = await optionalJar(home, `${artifact}-${home.version}.jar`, options)
    if (!found) await noteInRecord(home, { missing: `opt/${artifact}-${home.version}.jar` })
  }
  return readHome(home.dir) ?? home
}

/**
 * The jar of `opt/` with this name, fetched if need be; undefined if there is none. The version in the name is not
 * insisted on: `flink-s3-fs-presto-1.20.0.jar` on a home of 1.20.5 is the home's own plug-in.
 */
export const optionalJar = async (
  home: FlinkHome,
  file: string,
  options: OptionalJars = {},
): Promise<string | undefined> => {
  const artifact = artifactOf(file)
  if (!artifact) return undefined
  const there = await localJar(home.dir, file, artifact)
  if (there || home.from === 'distribution') return there

  const unlock = await lock(lockFile(join(home.dir, '..'), `${home.version}-opt`), undefined, options.signal)
  const registries = options.registries ?? registriesOf()
  const http = httpClient(registries)
  try {
    const meanwhile = await localJar(home.dir, file, artifact)
    if (meanwhile) return meanwhile
    const substituted: Substitution[] = []
    const folder = join(home.dir, 'opt', '.download')
    const fetchJar = jarFetcher({
      http,
      maven: mavenRepository(http, registries.maven),
      folder,
      step: 'download',
      substituted: (substitution) => substituted.push(substitution),
      progress: options.progress,
      signal: options.signal,
    })
    const fetched = await fetchJar({ artifact, version: home.version }, 'line')
    if (!fetched) return undefined
    const target = join(home.dir, 'opt', `${artifact}-${home.version}.jar`)
    await rename(fetched, target)
    await rm(folder, { recursive: true, force: true })
    for (const substitution of substituted) await noteInRecord(home, { substitution })
    return target
  } finally {
    await http.close()
    await unlock()
  }
}

/** What to say when a plug-in is asked for that does not exist. */
export const pluginMissing = (home: FlinkHome, file: string): FlinkHomeError =>
  new FlinkHomeError(
    'PLUGIN_MISSING',
    `ENABLE_BUILT_IN_PLUGINS asks for ${file}, which Flink ${home.version} does not have in opt/.`,
    `It has ${optionalArtifacts(home.version)
      .map((artifact) => `${artifact}-${home.version}.jar`)
      .join(', ')}.`,
  )

const localJar = async (home: string, file: string, artifact: string): Promise<string | undefined> => {
  const jars = await readdir(join(home, 'opt')).catch((): string[] => [])
  const found = jars.includes(file) ? file : jars.find((jar) => artifactOf(jar) === artifact)
  return found && join(home, 'opt', found)
}

const artifactOf = (file: string): string | undefined => /^([\w.-]+?)-\d+\.\d+[\w.-]*\.jar$/.exec(file)?.[1]

const noteInRecord = async (
  home: FlinkHome,
  note: { substitution?: Substitution; missing?: string },
): Promise<void> => {
  const record = readHome(home.dir) ?? home
  const others = record.substitutions.filter((substitution) => substitution.what !== note.substitution?.what)
  await writeHome({
    ...record,
    substitutions: note.substitution ? [...others, note.substitution] : record.substitutions,
    missing: [...new Set([...record.missing, ...(note.missing ? [note.missing] : [])])],
  })
}
