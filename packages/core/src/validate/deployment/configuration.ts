/** The Flink configuration as a whole: D5 to D7. */
import { options } from '@drey/api'
import { haIsOn } from '../../cluster/flink-config/ha.ts'
import { keyPath, originOf, strictly } from '../config-checks.ts'
import { error } from '../problem.ts'
import type { DeploymentCheck } from './check.ts'

const FORBIDDEN_KEYS = ['kubernetes.namespace', 'kubernetes.cluster-id', 'high-availability.cluster-id']

export const configuration: DeploymentCheck[] = [
  {
    rule: 'D5',
    check: ({ conf, layered }) =>
      FORBIDDEN_KEYS.filter((key) => conf.has(key)).map((key) =>
        error(
          keyPath(key),
          'CONFIG_KEY_FORBIDDEN',
          `${key}${originOf(layered, key)} is a forbidden Flink config key: the operator sets it.`,
          'Remove it; name and namespace of the resource decide.',
        ),
      ),
  },
  {
    rule: 'D6',
    check: (subject) => {
      const { value, problem } = strictly(options.upgrade.rollbackEnabled, subject)
      if (problem || !value || haIsOn(Object.fromEntries(subject.conf))) return problem
      return error(
        keyPath(options.upgrade.rollbackEnabled.key),
        'ROLLBACK_NEEDS_HA',
        `A rollback${originOf(subject.layered, options.upgrade.rollbackEnabled.key)} needs HA, which is off.`,
        'Set high-availability.type: kubernetes and high-availability.storageDir.',
      )
    },
  },
  {
    rule: 'D7',
    check: (subject) => {
      const health = strictly(options.health.healthCheck, subject)
      if (health.problem || !health.value) return health.problem
      const recovery = strictly(options.clusters.jobManagerRecovery, subject)
      if (recovery.problem || recovery.value) return recovery.problem
      return error(
        keyPath(options.clusters.jobManagerRecovery.key),
        'HEALTH_CHECK_NEEDS_RECOVERY',
        `The job health check (${options.health.healthCheck.key}) restarts jobs by deployment recovery, which is off.`,
        `Set ${options.clusters.jobManagerRecovery.key}: "true".`,
      )
    },
  },
]
