/** The facts about the Flink version of a spec, or a refusal where there is none. */
import { isFlinkVersion, versionFacts, type FlinkVersionFacts } from '@drey/api'
import { refuse } from './problem.ts'

export const flinkVersionOf = (name: string | null | undefined): FlinkVersionFacts =>
  isFlinkVersion(name)
    ? versionFacts[name]
    : refuse(
        'FLINK_VERSION_UNKNOWN',
        `spec.flinkVersion is ${name ? `"${name}", which is not a known Flink version` : 'not set'}.`,
        'Set spec.flinkVersion, for example v1_20.',
      )
