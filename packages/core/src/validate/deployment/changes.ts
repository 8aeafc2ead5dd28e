/** What may not change, or only together with something else: D27 to D31. */
import { error, warning } from '../problem.ts'
import { recordProblem } from '../record.ts'
import { modeOf, type DeploymentCheck } from './check.ts'

export const changes: DeploymentCheck[] = [
  {
    rule: 'D',
    check: ({ record }) => recordProblem(record),
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
