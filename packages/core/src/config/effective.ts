/** From the operator's configuration to what counts for one resource: namespace, Flink version, and the resource's own keys. */
import { flattenConfiguration, flinkVersions, isAtLeast, isFlinkVersion } from '@drey/api'
import { over, type Layer, type LayeredConf } from './layer.ts'
import type { OperatorConfig } from './operator-config.ts'

export const NAMESPACE_DEFAULTS = 'kubernetes.operator.default-configuration.namespace.'
export const VERSION_DEFAULTS = 'kubernetes.operator.default-configuration.flink-version.'

/** What the resource is; only what configuration depends on. */
export interface ConfigScope {
  namespace?: string | undefined
  /** `v1_20`; absent for snapshots, and while the version is unknown */
  flinkVersion?: string | null | undefined
}

/**
 * The operator's configuration for a namespace and a Flink version: files, then the defaults of the namespace, then `vA_B+` of every
 * known version up to the resource's, ascending, then its exact version. So a version beats a namespace, and the exact form beats the
 * plus form of the same version. The two families do not nest.
 */
export const defaultsFor = (operator: OperatorConfig, { namespace, flinkVersion }: ConfigScope): LayeredConf => {
  const layers: Layer[] = []
  if (namespace)
    layers.push({
      name: 'namespace',
      from: namespace,
      entries: below(operator.base, `${NAMESPACE_DEFAULTS}${namespace}.`),
    })
  for (const form of versionForms(flinkVersion))
    layers.push({ name: 'version', from: form, entries: below(operator.base, `${VERSION_DEFAULTS}${form}.`) })
  return over(operator.base, ...layers)
}

/**
 * The configuration of a FlinkDeployment or, with `cluster`, of a session job: defaults, then the cluster's own keys, then the resource's.
 * Validation runs on exactly this; rendering puts derived and deploy-time layers on top.
 */
export const effectiveConfig = (
  operator: OperatorConfig,
  scope: ConfigScope & {
    flinkConfiguration?: unknown
    cluster?: { name: string; flinkConfiguration?: unknown } | undefined
  },
): LayeredConf => {
  const own = flattenConfiguration(scope.flinkConfiguration)
  const { cluster } = scope
  return over(
    defaultsFor(operator, scope),
    ...(cluster
      ? [{ name: 'cluster' as const, from: cluster.name, entries: flattenConfiguration(cluster.flinkConfiguration) }]
      : []),
    { name: cluster ? 'session-job' : 'resource', entries: own },
  )
}

/** Keys that stay with the operator and are not sent to an application or session cluster. */
export const isOperatorKey = (key: string): boolean =>
  key.startsWith('kubernetes.operator.') || key.startsWith('job.autoscaler.')

/** `v1_19+`, `v1_20+`, `v1_20`: the forms that apply to a version, in the order in which they cover one another. */
const versionForms = (flinkVersion: string | null | undefined): string[] =>
  isFlinkVersion(flinkVersion)
    ? [...flinkVersions.filter((known) => isAtLeast(flinkVersion, known)).map((known) => `${known}+`), flinkVersion]
    : []

const below = (base: LayeredConf, prefix: string): [string, string][] =>
  [...base].filter(([key]) => key.startsWith(prefix)).map(([key, { value }]) => [key.slice(prefix.length), value])
