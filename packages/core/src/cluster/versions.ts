/** What differs between Flink versions in the objects and settings of a cluster. */
import { refuse } from './problem.ts'

export interface FlinkVersion {
  /** `v1_20` */
  name: string
  major: number
  minor: number
}

export const flinkVersionOf = (name: string | null | undefined): FlinkVersion => {
  const match = /^v(\d+)_(\d+)$/.exec(name ?? '')
  if (!match)
    return refuse(
      'FLINK_VERSION_MISSING',
      `spec.flinkVersion is ${name ? `"${name}", which is not a Flink version` : 'not set'}.`,
      'Set spec.flinkVersion, for example v1_20.',
    )
  return { name: match[0], major: Number(match[1]), minor: Number(match[2]) }
}

const atLeast = (version: FlinkVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor)

/** Flink 2.0 reads only the nested `config.yaml`; before, the flat `flink-conf.yaml` is understood by every version. */
export const readsNestedConfig = (version: FlinkVersion): boolean => atLeast(version, 2, 0)

/** Before 1.17 image and cpu had other keys, which the JobManager of such an image looks at when it starts TaskManagers. */
export const hasCurrentKubernetesKeys = (version: FlinkVersion): boolean => atLeast(version, 1, 17)
