/** What a FlinkSessionJob must be like: rules S1 to S7 in upstream's order. */
import { autoscalerChecks } from './autoscaler.ts'
import { configWarnings } from './config-checks.ts'
import type { ValidationContext } from './context.ts'
import { jarProblem } from './jar-uri.ts'
import { jobChecks } from './job.ts'
import { nameProblem } from './name.ts'
import { error, runChecks, warning, type Check, type Problem } from './problem.ts'
import { recordProblem } from './record.ts'
import { isCanary, sessionJobSubject, unreadableProblems, withoutFollowUps, type SessionJobSubject } from './subject.ts'

/** Every problem of a FlinkSessionJob. Rules that need its session cluster are silent while the cluster is unknown. */
export const validateSessionJob = (resource: unknown, context: ValidationContext): Problem[] => {
  if (isCanary(resource)) return []
  const subject = sessionJobSubject(resource, context)
  return [
    ...unreadableProblems(subject.unreadable, resource),
    ...withoutFollowUps(runChecks(sessionJobChecks, subject), subject.unreadable),
  ]
}

type SessionJobCheck = Check<SessionJobSubject>

const withCluster = (checks: readonly SessionJobCheck[]): SessionJobCheck[] =>
  checks.map(({ rule, check }) => ({ rule, check: (subject) => (subject.cluster ? check(subject) : undefined) }))

export const sessionJobChecks: readonly SessionJobCheck[] = [
  {
    rule: 'S1',
    check: ({ spec }) =>
      spec.deploymentName === undefined
        ? error(
            'spec.deploymentName',
            'CLUSTER_MISSING',
            'No session cluster is named.',
            'Set it to the name of the session cluster, a FlinkDeployment in the same namespace.',
          )
        : nameProblem(spec.deploymentName, 'spec.deploymentName'),
  },
  {
    rule: 'S2',
    check: ({ spec }) =>
      spec.job
        ? undefined
        : error(
            'spec.job',
            'JOB_MISSING',
            'The job spec should not be empty.',
            'Set spec.job with jarURI and parallelism.',
          ),
  },
  {
    rule: 'S3',
    check: ({ spec, before }) =>
      before && before.deploymentName !== spec.deploymentName
        ? error(
            'spec.deploymentName',
            'CLUSTER_CHANGED',
            `A session job stays in its cluster: the deploymentName ${before.deploymentName} can't be changed.`,
            'Suspend the job with a savepoint and create another FlinkSessionJob for the other cluster.',
          )
        : undefined,
  },
  {
    rule: 'S',
    check: ({ record }) => recordProblem(record),
  },
  {
    rule: 'S4',
    check: ({ spec, operatorConf, addressOf, loopbackJars }) =>
      spec.job?.jarURI === undefined ? undefined : jarProblem(spec.job.jarURI, operatorConf, addressOf, loopbackJars),
  },
  ...withCluster([
    {
      rule: 'S5',
      check: ({ cluster, spec }) =>
        cluster?.spec.job
          ? error(
              'spec.deploymentName',
              'CLUSTER_IS_APPLICATION',
              `Nobody can submit a session job to application cluster ${spec.deploymentName}, which has a job of its own.`,
              'Name a FlinkDeployment without spec.job.',
            )
          : undefined,
    },
    {
      rule: 'S5b',
      check: ({ cluster, spec }) =>
        cluster && cluster.name !== spec.deploymentName
          ? error(
              'spec.deploymentName',
              'CLUSTER_MISMATCH',
              `The session job's cluster id ${spec.deploymentName} does not match the session cluster ${cluster.name}.`,
              'Name the cluster as it is called.',
            )
          : undefined,
    },
    {
      rule: 'S6',
      check: (subject) => (subject.spec.job ? runChecks(jobChecks, { ...subject, job: subject.spec.job }) : undefined),
    },
    { rule: 'S7', check: (subject) => runChecks(autoscalerChecks, subject) },
  ]),
  {
    rule: 'W',
    check: ({ cluster, spec }) =>
      cluster || spec.deploymentName === undefined
        ? undefined
        : warning(
            'spec.deploymentName',
            'CLUSTER_UNKNOWN',
            `The session cluster ${spec.deploymentName} is not known, so its configuration was not looked at.`,
            'Create it first, or hand it in as well.',
          ),
  },
  ...configWarnings,
]
