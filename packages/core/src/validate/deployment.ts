/** What a FlinkDeployment must be like: rules D1 to D33 in upstream's order, and warnings of our own. */
import {
  flinkOptions,
  isAtLeast,
  isFlinkVersion,
  options,
  read,
  versionFacts,
  type FlinkDeploymentSpec,
} from '@drey/api'
import { haIsOn } from '../cluster/flink-config/ha.ts'
import { isOperatorKey } from '../config/index.ts'
import { advice } from './advice.ts'
import { autoscalerChecks } from './autoscaler.ts'
import { configWarnings, keyPath, originOf, strictly } from './config-checks.ts'
import type { ValidationContext } from './context.ts'
import { ingressProblem } from './ingress.ts'
import { jobChecks } from './job.ts'
import { nameProblem } from './name.ts'
import { error, runChecks, warning, type Check, type Problem } from './problem.ts'
import { componentChecks } from './resources.ts'
import { deploymentSubject, isCanary, unreadableProblems, withoutFollowUps, type DeploymentSubject } from './subject.ts'

/** Every problem of a FlinkDeployment, errors and warnings, in the order of the rules. Total on any input. */
export const validateDeployment = (resource: unknown, context: ValidationContext): Problem[] => {
  if (isCanary(resource)) return []
  const subject = deploymentSubject(resource, context)
  return [
    ...unreadableProblems(subject.unreadable, resource),
    ...withoutFollowUps(runChecks(deploymentChecks, subject), subject.unreadable),
  ]
}

type DeploymentCheck = Check<DeploymentSubject>

const FORBIDDEN_KEYS = ['kubernetes.namespace', 'kubernetes.cluster-id', 'high-availability.cluster-id']
const LOG_FILES = ['log4j-console.properties', 'logback-console.xml']
const modeOf = (spec: FlinkDeploymentSpec): string => spec.mode ?? 'native'

const identity: DeploymentCheck[] = [
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

const configuration: DeploymentCheck[] = [
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

const surroundings: DeploymentCheck[] = [
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

const job: DeploymentCheck = {
  rule: 'D11–D17',
  check: (subject) =>
    subject.spec.job
      ? runChecks(jobChecks, { ...subject, job: subject.spec.job, taskManager: subject.spec.taskManager })
      : [],
}

const replicas: DeploymentCheck[] = [
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

const taskManagerReplicas: DeploymentCheck = {
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

const changes: DeploymentCheck[] = [
  {
    rule: 'D',
    check: ({ record }) =>
      record.found === 'unreadable'
        ? error(
            'status.reconciliationStatus.lastReconciledSpec',
            'RECORDED_SPEC_UNREADABLE',
            `What was deployed last cannot be told: ${record.why}.`,
            'Restore the field from a backup, or delete the resource and create it again from a savepoint.',
          )
        : undefined,
  },
  {
    rule: 'D27',
    check: ({ spec, before }) =>
      before && !before.job && spec.job
        ? error(
            'spec.job',
            'SESSION_TO_APPLICATION',
            'A FlinkDeployment cannot switch from session to job cluster.',
            'Create another FlinkDeployment for the job.',
          )
        : undefined,
  },
  {
    rule: 'D28',
    check: ({ spec, before }) =>
      before?.job && !spec.job
        ? error(
            'spec.job',
            'APPLICATION_TO_SESSION',
            'A FlinkDeployment cannot switch from job to session cluster.',
            'Create another FlinkDeployment for the session cluster.',
          )
        : undefined,
  },
  {
    rule: 'D29',
    check: ({ spec, before }) =>
      before && modeOf(before) !== modeOf(spec)
        ? error(
            'spec.mode',
            'MODE_CHANGED',
            `A cluster cannot switch from ${modeOf(before)} to ${modeOf(spec)} mode.`,
            'Take a savepoint, delete the resource, and create it again with the other mode and initialSavepointPath.',
          )
        : undefined,
  },
  {
    rule: 'D31',
    check: ({ spec, before }) => {
      const nonce = spec.job?.savepointRedeployNonce
      const redeploys = before?.job !== undefined && nonce !== undefined && nonce !== before.job.savepointRedeployNonce
      return redeploys && !spec.job?.initialSavepointPath?.trim()
        ? error(
            'spec.job.initialSavepointPath',
            'REDEPLOY_NEEDS_PATH',
            'A savepoint redeployment needs a non-empty initialSavepointPath.',
            'Set spec.job.initialSavepointPath to the savepoint to start from.',
          )
        : undefined
    },
  },
  {
    rule: 'W',
    check: ({ spec, before }) => {
      const path = spec.job?.initialSavepointPath
      const isNew = before?.job !== undefined && path !== undefined && path !== before.job.initialSavepointPath
      return isNew && spec.job?.savepointRedeployNonce === before?.job?.savepointRedeployNonce
        ? warning(
            'spec.job.initialSavepointPath',
            'INITIAL_PATH_IGNORED',
            'initialSavepointPath counts at the first deployment only.',
            'To start again from it, change spec.job.savepointRedeployNonce as well.',
          )
        : undefined
    },
  },
]

const account: DeploymentCheck = {
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

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const warnings: DeploymentCheck[] = [
  {
    rule: 'W',
    check: ({ spec: { imagePullPolicy: policy } }) =>
      policy?.trim() && !PULL_POLICIES.includes(policy)
        ? warning(
            'spec.imagePullPolicy',
            'PULL_POLICY_UNKNOWN',
            `"${policy}" is none of ${PULL_POLICIES.join(', ')}; the deployment will fail.`,
            'Write it exactly so, capital letters included.',
          )
        : undefined,
  },
  {
    rule: 'W',
    check: ({ spec, conf }) =>
      spec.ingress && !read(options.clusters.manageIngress, conf)
        ? warning(
            'spec.ingress',
            'INGRESS_NOT_MANAGED',
            `No Ingress will be created: ${options.clusters.manageIngress.key} is false.`,
            'Remove spec.ingress, or ask for the option to be turned on.',
          )
        : undefined,
  },
  {
    rule: 'W',
    check: ({ spec, layered }) =>
      isFlinkVersion(spec.flinkVersion) && versionFacts[spec.flinkVersion].configFile === 'flink-conf.yaml'
        ? [...layered]
            .filter(([, { layer, value }]) => layer === 'resource' && value.includes('#'))
            .map(([key]) =>
              warning(
                keyPath(key),
                'CONFIG_VALUE_CUT',
                `Flink before 2.0 reads ${key} only up to the "#".`,
                'Avoid "#" in the value, or move to Flink 2.',
              ),
            )
        : [],
  },
]

/** What Flink would only refuse once the old cluster is gone: told while it still runs. */
const laterFailures: DeploymentCheck[] = [
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

export const deploymentChecks: readonly DeploymentCheck[] = [
  ...identity,
  ...configuration,
  ...surroundings,
  job,
  ...componentChecks('jobManager'),
  ...replicas,
  ...componentChecks('taskManager'),
  taskManagerReplicas,
  ...changes,
  account,
  ...laterFailures,
  ...autoscalerChecks,
  ...warnings,
  ...advice,
  ...configWarnings,
]
