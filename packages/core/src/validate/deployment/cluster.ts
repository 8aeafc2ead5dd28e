/** What the cluster is made of: ingress, log files, numbers of JobManagers and TaskManagers: D8, D10, D21, D22, D26. */
import { haIsOn } from '../../cluster/flink-config/ha.ts'
import { ingressProblem } from '../ingress.ts'
import { error } from '../problem.ts'
import type { DeploymentCheck } from './check.ts'

const LOG_FILES = ['log4j-console.properties', 'logback-console.xml']

export const surroundings: DeploymentCheck[] = [
  {
    rule: 'D8',
    check: ({ spec, ...named }) => (spec.ingress ? ingressProblem(spec.ingress.template, named) : undefined),
  },
  {
    rule: 'D10',
    check: ({ spec }) =>
      Object.keys(spec.logConfiguration ?? {})
        .filter((key) => !LOG_FILES.includes(key))
        .map((key) =>
          error(
            `spec.logConfiguration.${key}`,
            'LOG_FILE_UNKNOWN',
            `Invalid log config key: "${key}".`,
            `Allowed keys are ${LOG_FILES.join(' and ')}.`,
          ),
        ),
  },
]

export const replicas: DeploymentCheck[] = [
  {
    rule: 'D21',
    check: ({ spec }) =>
      (spec.jobManager?.replicas ?? 1) < 1
        ? error(
            'spec.jobManager.replicas',
            'JOB_MANAGER_REPLICAS',
            `JobManager replicas is ${spec.jobManager?.replicas}, which is less than one.`,
            'Set it to 1, or remove it.',
          )
        : undefined,
  },
  {
    rule: 'D22',
    check: ({ spec, conf }) =>
      (spec.jobManager?.replicas ?? 1) > 1 && !haIsOn(Object.fromEntries(conf))
        ? error(
            'spec.jobManager.replicas',
            'STANDBY_NEEDS_HA',
            `With ${spec.jobManager?.replicas} replicas there are standby JobManagers, which need high availability; it is off.`,
            'Set high-availability.type: kubernetes and high-availability.storageDir, or set replicas to 1.',
          )
        : undefined,
  },
]

export const taskManagerReplicas: DeploymentCheck = {
  rule: 'D26',
  // For applications D16 says the same.
  check: ({ spec }) =>
    !spec.job && spec.taskManager?.replicas !== undefined && spec.taskManager.replicas < 1
      ? error(
          'spec.taskManager.replicas',
          'TASK_MANAGER_REPLICAS',
          `TaskManager replicas is ${spec.taskManager.replicas}, which is less than one.`,
          'Set it to 1 or more, or remove it.',
        )
      : undefined,
}
