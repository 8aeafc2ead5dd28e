/** What Flink would only refuse once the old cluster is gone: told while it still runs. */
import { flinkOptions, isAtLeast, isFlinkVersion, versionFacts } from '@drey/api'
import { haIsOn } from '../../cluster/flink-config/ha.ts'
import { isOperatorKey } from '../../config/index.ts'
import { keyPath, originOf } from '../config-checks.ts'
import { error, warning } from '../problem.ts'
import { modeOf, type DeploymentCheck } from './check.ts'

export const laterFailures: DeploymentCheck[] = [
  {
    rule: 'overlap',
    check: ({ spec, conf, layered }) => {
      if (!isFlinkVersion(spec.flinkVersion) || versionFacts[spec.flinkVersion].configFile !== 'config.yaml') return []
      const sent = [...conf.keys()].filter((key) => !isOperatorKey(key))
      const derived = haIsOn(Object.fromEntries(conf)) ? ['high-availability.cluster-id'] : []
      return overlaps([...sent, ...derived]).map(([short, long]) => {
        const newer = flinkOptions.find(({ deprecatedKeys }) => deprecatedKeys.includes(short))?.key
        // Keys that Flink does not know are let through, as upstream's webhook does; the deployment tells.
        return (newer === undefined ? warning : error)(
          keyPath(short),
          'CONFIG_KEYS_OVERLAP',
          `${short}${originOf(layered, short)} is also the beginning of ${long}, which the nested configuration of Flink 2 cannot hold; the deployment would fail.`,
          `${newer === undefined ? `Use another name for ${short}` : `Write ${newer} instead of ${short}`}, or remove one of the two.`,
        )
      })
    },
  },
  {
    rule: 'local jar',
    check: ({ spec }) => {
      const { flinkVersion, job } = spec
      const fetches = !isFlinkVersion(flinkVersion) || isAtLeast(flinkVersion, 'v1_19')
      if (fetches || modeOf(spec) !== 'native' || job?.jarURI === undefined || job.jarURI.startsWith('local:'))
        return undefined
      return error(
        'spec.job.jarURI',
        'JAR_NOT_LOCAL',
        `Flink ${flinkVersion} takes only jars that are in the image: only "local" is supported as the scheme of jarURI.`,
        'Put the jar into the image, or let an init container fetch it into a volume, and write local:///opt/flink/usrlib/job.jar; or move to v1_19 or later.',
      )
    },
  },
]

/** Keys that are a dotted beginning of others, each with the first of those. */
const overlaps = (keys: readonly string[]): [string, string][] => {
  const all = new Set(keys)
  const found = new Map<string, string>()
  for (const key of keys) {
    const parts = key.split('.')
    // No key of Flink has as many parts; all their beginnings would be as long as the square of it.
    if (parts.length > 50) continue
    for (let length = 1; length < parts.length; length++) {
      const parent = parts.slice(0, length).join('.')
      if (parent !== '' && all.has(parent) && !found.has(parent)) found.set(parent, key)
    }
  }
  return [...found]
}
