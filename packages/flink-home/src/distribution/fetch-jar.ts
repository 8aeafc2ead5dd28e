/** Brings one jar of the Maven repository to this machine, checked, and remembers when it is not of the version asked for. */
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { download } from './download.ts'
import type { Http } from './http.ts'
import type { Artifact, FoundArtifact, Maven, Nearness } from './maven.ts'
import { meter } from './progress.ts'
import type { OnProgress } from './progress.ts'
import type { Substitution } from './record.ts'

/** The path of the jar, `to` if given; undefined when no repository holds a version that is near enough. */
export type FetchJar = (wanted: Artifact, nearness: Nearness, to?: string) => Promise<string | undefined>

export interface FetchJarPorts {
  http: Http
  maven: Maven
  /** folder where jars are downloaded to */
  folder: string
  step: string
  substituted(substitution: Substitution): void
  progress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

export const jarFetcher = (ports: FetchJarPorts): FetchJar => {
  const fetched = new Map<string, Promise<string>>()

  const fetchOnce = async ({ url, sha1 }: FoundArtifact): Promise<string> => {
    const file = basename(new URL(url).pathname)
    const to = join(ports.folder, file)
    const progress = meter(ports.step, file, ports.progress)
    const signal = ports.signal ? { signal: ports.signal } : {}
    await download(ports.http, { url, checksum: { algorithm: 'sha1', hex: sha1 }, to, progress, ...signal })
    return to
  }

  return async (wanted, nearness, to) => {
    const found = await ports.maven.find(wanted, nearness, ports.signal)
    if (!found) return undefined
    let jar = fetched.get(found.url)
    if (!jar) {
      jar = fetchOnce(found)
      fetched.set(found.url, jar)
      const what = wanted.classifier ? `${wanted.artifact} ${wanted.classifier}` : wanted.artifact
      if (found.version !== wanted.version) ports.substituted({ what, wanted: wanted.version, got: found.version })
    }
    const path = await jar
    if (!to) return path
    await mkdir(dirname(to), { recursive: true })
    await copyFile(path, to)
    return to
  }
}
