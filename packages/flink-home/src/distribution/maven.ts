/**
 * Finds published jars of `org.apache.flink` in a Maven repository. A mirror may hold only some releases: then another
 * patch of the same line is taken, for what does not decide compatibility, and the caller is told which.
 */
import type { Http } from './http.ts'
import { compareVersions, lineOf, parseVersion } from './version.ts'

export interface Artifact {
  artifact: string
  version: string
  /** like `TopSpeedWindowing`; absent for the plain jar */
  classifier?: string
}

export interface FoundArtifact extends Artifact {
  url: string
  sha1: string
}

/** How far from the wanted version one may go: the version itself, its line, or the lines beside it. */
export type Nearness = 'exact' | 'line' | 'neighbour'

export interface Maven {
  /** The artifact in the nearest version that the repository holds, or undefined. */
  find(wanted: Artifact, nearness: Nearness, signal?: AbortSignal): Promise<FoundArtifact | undefined>
}

export const mavenRepository = (http: Http, root: string): Maven => {
  const listed = new Map<string, Promise<string[]>>()

  const versionsOf = (artifact: string, signal?: AbortSignal): Promise<string[]> => {
    let versions = listed.get(artifact)
    if (!versions) {
      versions = http
        .text(`${root}/org/apache/flink/${artifact}/maven-metadata.xml`, '*/*', signal)
        .then((page) =>
          [...(page?.text ?? '').matchAll(/<version>([^<]+)<\/version>/g)].map(([, version = '']) => version),
        )
      listed.set(artifact, versions)
      versions.catch(() => listed.delete(artifact))
    }
    return versions
  }

  const look = async (wanted: Artifact, signal?: AbortSignal): Promise<FoundArtifact | undefined> => {
    const { artifact, version, classifier } = wanted
    const url = `${root}/org/apache/flink/${artifact}/${version}/${artifact}-${version}${classifier ? `-${classifier}` : ''}.jar`
    const sum = await http.text(`${url}.sha1`, '*/*', signal)
    const sha1 = /^[0-9a-f]{40}/i.exec(sum?.text.trim() ?? '')?.[0]?.toLowerCase()
    return sha1 ? { ...wanted, url, sha1 } : undefined
  }

  return {
    async find(wanted, nearness, signal) {
      const exact = await look(wanted, signal)
      if (exact || nearness === 'exact') return exact
      for (const version of nearest(await versionsOf(wanted.artifact, signal), wanted.version, nearness)) {
        const found = await look({ ...wanted, version }, signal)
        if (found) return found
      }
      return undefined
    },
  }
}

/**
 * Versions to try instead of `wanted`, best first: newer patches of its line before older ones, then the line below
 * before the line above (programs of an older Flink run on a newer one more often than the other way round).
 */
export const nearest = (versions: readonly string[], wanted: string, nearness: Nearness): string[] => {
  const released = versions.filter((version) => parseVersion(version)?.patch !== undefined && version !== wanted)
  const newestFirst = released.sort((a, b) => compareVersions(b, a))
  const sameLine = newestFirst.filter((version) => lineOf(version) === lineOf(wanted))
  if (nearness !== 'neighbour') return sameLine
  const major = parseVersion(wanted)?.major
  const others = newestFirst.filter((v) => parseVersion(v)?.major === major && lineOf(v) !== lineOf(wanted))
  const below = others.filter((version) => compareVersions(version, wanted) < 0)
  const above = others.filter((version) => compareVersions(version, wanted) > 0).toReversed()
  const oldestLineAbove = above.filter((version) => lineOf(version) === lineOf(above[0] ?? '')).toReversed()
  return [...sameLine, ...below, ...oldestLineAbove, ...above.filter((version) => !oldestLineAbove.includes(version))]
}
