/** Name, Flink version and account: D1 to D4, D32. */
import { isFlinkVersion, versionFacts } from '@drey/api'
import { nameProblem } from '../name.ts'
import { error, warning } from '../problem.ts'
import type { DeploymentCheck } from './check.ts'

export const identity: DeploymentCheck[] = [
  { rule: 'D1', check: ({ name }) => nameProblem(name, 'metadata.name') },
  {
    rule: 'D2',
    check: ({ spec }) =>
      spec.flinkVersion === undefined
        ? error(
            'spec.flinkVersion',
            'FLINK_VERSION_MISSING',
            'Flink Version must be defined.',
            'Set spec.flinkVersion to the version of the image, such as v1_20.',
          )
        : undefined,
  },
  {
    rule: 'D3',
    check: ({ spec: { flinkVersion } }) => {
      if (!isFlinkVersion(flinkVersion)) return undefined
      const { support } = versionFacts[flinkVersion]
      if (support === 'refused')
        return error(
          'spec.flinkVersion',
          'FLINK_VERSION_UNSUPPORTED',
          `Flink version ${flinkVersion} is not supported by this operator version: support begins at 1.15.`,
          'Use v1_15 or later.',
        )
      return support === 'deprecated'
        ? warning(
            'spec.flinkVersion',
            'FLINK_VERSION_DEPRECATED',
            `Flink version ${flinkVersion} is deprecated.`,
            'Move to v1_19 or later.',
          )
        : undefined
    },
  },
  {
    rule: 'D4',
    check: ({ spec, before }) => {
      const stopped = before?.job?.state === 'suspended' && before.job.upgradeMode === 'last-state'
      const resumesWithState = spec.job !== undefined && (spec.job.upgradeMode ?? 'stateless') !== 'stateless'
      return stopped && resumesWithState && before.flinkVersion !== spec.flinkVersion
        ? error(
            'spec.flinkVersion',
            'FLINK_VERSION_AFTER_LAST_STATE_SUSPEND',
            `A change of flinkVersion from ${before.flinkVersion} to ${spec.flinkVersion} after a last-state suspend would lose the state, because high-availability data does not cross versions.`,
            `Resume with ${before.flinkVersion} first, then upgrade; or resume with upgradeMode: stateless.`,
          )
        : undefined
    },
  },
]

export const account: DeploymentCheck = {
  rule: 'D32',
  check: ({ spec }) =>
    spec.serviceAccount === undefined
      ? error(
          'spec.serviceAccount',
          'SERVICE_ACCOUNT_MISSING',
          'spec.serviceAccount must be defined.',
          'Set it to the account that may create pods, normally "flink" (jobServiceAccount of the Helm chart).',
        )
      : undefined,
}
