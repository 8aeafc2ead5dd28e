/** What a Flink version can do, as a table: the only place that knows differences between versions by number. */

export interface FlinkVersionFacts {
  /** as in `spec.flinkVersion` */
  readonly name: FlinkVersion
  readonly major: number
  readonly minor: number
  /** `refused`: upstream's CRD takes it and its operator refuses it; `deprecated`: runs, with a warning */
  readonly support: 'refused' | 'deprecated' | 'supported'
  /** option that names the image: `kubernetes.container.image` before 1.17 */
  readonly imageOption: 'kubernetes.container.image' | 'kubernetes.container.image.ref'
  /** Flink's cpu options of native Kubernetes carry `.amount` from 1.17 on */
  readonly cpuAmountOptions: boolean
  /** file that holds the configuration: `config.yaml` from 2.0 on; Flink 1.19 and 1.20 read both */
  readonly configFile: 'flink-conf.yaml' | 'config.yaml'
  /** `POST /jobs/:id/checkpoints` exists (1.17) */
  readonly triggersCheckpoints: boolean
  /** vertex parallelism can change in place over REST with the adaptive scheduler (1.18) */
  readonly rescalesInPlace: boolean
  /** the `savepoint` and `stop` requests take a trigger id chosen by the caller (1.15) */
  readonly takesTriggerIds: boolean
}

/** In order of release; the CRD lists them in this order. */
export const flinkVersions = [
  'v1_13',
  'v1_14',
  'v1_15',
  'v1_16',
  'v1_17',
  'v1_18',
  'v1_19',
  'v1_20',
  'v2_0',
  'v2_1',
  'v2_2',
  'v2_3',
  'v2_4',
] as const

export type FlinkVersion = (typeof flinkVersions)[number]

const facts = (name: FlinkVersion): FlinkVersionFacts => {
  const [major, minor] = name.slice(1).split('_').map(Number) as [number, number]
  const since = (otherMajor: number, otherMinor: number): boolean =>
    major > otherMajor || (major === otherMajor && minor >= otherMinor)
  return {
    name,
    major,
    minor,
    support: since(1, 19) ? 'supported' : since(1, 15) ? 'deprecated' : 'refused',
    imageOption: since(1, 17) ? 'kubernetes.container.image.ref' : 'kubernetes.container.image',
    cpuAmountOptions: since(1, 17),
    configFile: since(2, 0) ? 'config.yaml' : 'flink-conf.yaml',
    triggersCheckpoints: since(1, 17),
    rescalesInPlace: since(1, 18),
    takesTriggerIds: since(1, 15),
  }
}

export const versionFacts: Readonly<Record<FlinkVersion, FlinkVersionFacts>> = Object.fromEntries(
  flinkVersions.map((name) => [name, facts(name)]),
) as Record<FlinkVersion, FlinkVersionFacts>

export const isFlinkVersion = (text: unknown): text is FlinkVersion =>
  typeof text === 'string' && Object.hasOwn(versionFacts, text)

/** Whether `version` is the given release or a later one; an unknown or missing name is not. */
export const isAtLeast = (version: string | null | undefined, other: FlinkVersion): boolean =>
  isFlinkVersion(version) && compareVersions(version, other) >= 0

/** Negative, zero or positive, as `Array.sort` wants it. */
export const compareVersions = (one: FlinkVersion, other: FlinkVersion): number =>
  flinkVersions.indexOf(one) - flinkVersions.indexOf(other)
