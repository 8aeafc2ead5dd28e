/** What a FlinkDeployment must be like: rules D1 to D33 in upstream's order, and warnings of our own. */
import { advice } from './advice.ts'
import { autoscalerChecks } from './autoscaler.ts'
import { configWarnings } from './config-checks.ts'
import type { ValidationContext } from './context.ts'
import { changes } from './deployment/changes.ts'
import type { DeploymentCheck } from './deployment/check.ts'
import { replicas, surroundings, taskManagerReplicas } from './deployment/cluster.ts'
import { configuration } from './deployment/configuration.ts'
import { account, identity } from './deployment/identity.ts'
import { laterFailures } from './deployment/later-failures.ts'
import { warnings } from './deployment/warnings.ts'
import { jobChecks } from './job.ts'
import { runChecks, type Problem } from './problem.ts'
import { componentChecks } from './resources.ts'
import { deploymentSubject, isCanary, unreadableProblems, withoutFollowUps } from './subject.ts'

/** Every problem of a FlinkDeployment, errors and warnings, in the order of the rules. Total on any input. */
export const validateDeployment = (resource: unknown, context: ValidationContext): Problem[] => {
  if (isCanary(resource)) return []
  const subject = deploymentSubject(resource, context)
  return [
    ...unreadableProblems(subject.unreadable, resource),
    ...withoutFollowUps(runChecks(deploymentChecks, subject), subject.unreadable),
  ]
}

const job: DeploymentCheck = {
  rule: 'D11–D17',
  check: (subject) =>
    subject.spec.job
      ? runChecks(jobChecks, { ...subject, job: subject.spec.job, taskManager: subject.spec.taskManager })
      : [],
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
