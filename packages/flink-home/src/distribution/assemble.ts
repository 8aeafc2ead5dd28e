/**
 * A Flink distribution from its packages: `lib/`, `plugins/` and parts of `opt/` from the Python archive
 * `apache-flink-libraries`, scripts and configuration from `apache-flink`, the examples from a Maven repository.
 * What decides compatibility (`lib/`) is always of the exact version.
 */
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FlinkHomeError } from '../errors.ts'
import { download } from './download.ts'
import { addExamples } from './examples.ts'
import { jarFetcher } from './fetch-jar.ts'
import type { Http } from './http.ts'
import { mavenRepository } from './maven.ts'
import { meter } from './progress.ts'
import type { OnProgress } from './progress.ts'
import { sourceArchives } from './python-index.ts'
import type { FlinkHome, Substitution } from './record.ts'
import type { Registries } from './registries.ts'
import { unpackTarGz } from './unpack.ts'

export interface Assemble {
  version: string
  into: string
  /** folder for downloads; what an interrupted run left in it is continued */
  downloads: string
  http: Http
  registries: Registries
  progress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

export const assemble = async (job: Assemble): Promise<Omit<FlinkHome, 'dir' | 'addedAt'>> => {
  const { version, into, downloads, http, registries, progress } = job
  const failed = new AbortController()
  const signal = job.signal ? AbortSignal.any([job.signal, failed.signal]) : failed.signal
  await mkdir(downloads, { recursive: true })
  const substitutions: Substitution[] = []
  const jars = join(downloads, `jars-${version}`)
  const fetchJar = jarFetcher({
    http,
    maven: mavenRepository(http, registries.maven),
    folder: jars,
    step: 'download',
    substituted: (substitution) => substitutions.push(substitution),
    progress,
    signal,
  })
  const addArchives = async (): Promise<string[]> => [
    await addArchive({ ...job, signal }, 'apache-flink', placeOfScripts),
    await addArchive({ ...job, signal }, 'apache-flink-libraries', placeOfLibraries),
  ]
  // The examples are many small requests: they fit beside the one large download. When one of the two fails, the other
  // is stopped and waited for: nobody may write into a folder that is being removed.
  const give = (error: unknown): never => {
    failed.abort(error)
    throw error
  }
  const both = [addExamples(into, version, fetchJar).catch(give), addArchives().catch(give)] as const
  await Promise.allSettled(both)
  if (failed.signal.aborted) throw failed.signal.reason
  const [missing, archives] = await Promise.all(both)
  await finish(into, version)
  await Promise.all(archives.map((archive) => rm(archive, { force: true })))
  await rm(jars, { recursive: true, force: true })
  return { version, from: 'registries', substitutions, missing }
}

/** Downloads and unpacks one Python source archive; returns the archive's path. Its set-up code is never run. */
const addArchive = async (
  { version, into, downloads, http, registries, progress, signal }: Assemble,
  project: string,
  place: (path: string) => string | undefined,
): Promise<string> => {
  const offered = await sourceArchives(http, registries.pythonIndex, project, signal)
  const archive = offered.find((candidate) => candidate.version === version)
  if (!archive)
    throw new FlinkHomeError(
      'FLINK_VERSION_UNKNOWN',
      `${new URL(registries.pythonIndex).host} has no ${project} ${version}.`,
      'Use `drey flink add VERSION --from DIR|TGZ` with the official distribution.',
    )
  const to = join(downloads, archive.file)
  const rest = signal ? { signal } : {}
  await download(http, {
    url: archive.url,
    checksum: { algorithm: 'sha256', hex: archive.sha256 },
    to,
    progress: meter('download', archive.file, progress),
    ...rest,
  })
  const unpacking = meter('unpack', archive.file, progress)
  await unpackTarGz({ archive: to, into, place, onBytes: (count) => unpacking.add(count), ...rest })
  unpacking.finish()
  return to
}

/** `apache_flink_libraries-1.20.5/deps/lib/x.jar` → `lib/x.jar` */
const placeOfLibraries = (path: string): string | undefined => {
  const inside = path.split('/').slice(1).join('/')
  if (['LICENSE', 'NOTICE'].includes(inside)) return inside
  return /^deps\/((?:lib|opt|plugins|licenses|bin)\/.+)$/.exec(inside)?.[1]
}

const placeOfScripts = (path: string): string | undefined => {
  const inside = path.split('/').slice(1).join('/')
  const python = /^deps\/examples\/(.+)$/.exec(inside)?.[1]
  if (python) return `examples/python/${python}`
  return /^deps\/((?:bin|conf)\/.+)$/.exec(inside)?.[1]
}

const finish = async (home: string, version: string): Promise<void> => {
  await mkdir(join(home, 'log'), { recursive: true })
  for (const script of await readdir(join(home, 'bin')))
    if (!script.endsWith('.jar')) await chmod(join(home, 'bin', script), 0o755)
  const jars = await readdir(join(home, 'lib'))
  if (!jars.includes(`flink-dist-${version}.jar`))
    throw new FlinkHomeError(
      'NOT_A_DISTRIBUTION',
      `The packages of Flink ${version} hold no flink-dist-${version}.jar.`,
    )
}
