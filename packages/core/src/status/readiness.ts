/**
 * `Ready`, `Progressing` and `Stalled`, as tools that wait for resources understand them (kstatus, Argo CD, Flux, `kubectl wait`). Ready:
 * what the spec asks for is so, be it running or suspended. Progressing: we are on the way there. Stalled: nothing but a person, or a
 * change of the spec, helps (`Running` still tells whether an older spec serves). Computed from the rest of the status alone.
 */
import type { FlinkDeploymentStatus } from '@drey/api'
import { errorMessage } from './error.ts'
import { lifecycleStateOf } from './derive.ts'

export interface Condition {
  type: string
  status: 'True' | 'False'
  reason: string
  message: string
}

export const readinessConditions = (o: {
  status: FlinkDeploymentStatus
  application: boolean
  /** the spec asks for a job that does not run */
  wantsSuspended: boolean
}): Condition[] => {
  const verdict = verdictOf(o)
  const { reason, message } = verdict
  const of = (type: string, is: Verdict['is']): Condition => ({
    type,
    status: verdict.is === is ? 'True' : 'False',
    reason,
    message,
  })
  return [of('Ready', 'ready'), of('Progressing', 'progressing'), of('Stalled', 'stalled')]
}

interface Verdict {
  is: 'ready' | 'progressing' | 'stalled'
  reason: string
  message: string
}

const verdictOf = ({ status, application, wantsSuspended }: Parameters<typeof readinessConditions>[0]): Verdict => {
  const lifecycle = lifecycleStateOf('FlinkDeployment', status)
  const error = status.error ? errorMessage(status.error) : undefined
  const refused = status.error?.includes('ValidationException') === true
  if (refused) return { is: 'stalled', reason: 'ValidationError', message: error ?? '' }
  if (error?.includes('Manual restore required'))
    return { is: 'stalled', reason: 'ManualRestoreRequired', message: error }
  switch (lifecycle) {
    case 'FAILED':
      return { is: 'stalled', reason: 'Failed', message: error ?? 'The job has failed.' }
    case 'ROLLED_BACK':
      return {
        is: 'stalled',
        reason: 'RolledBack',
        message: 'The spec did not get stable in time; the last stable one is deployed.',
      }
    case 'DELETING':
    case 'DELETED':
      return { is: 'progressing', reason: 'Deleting', message: 'The resource is being deleted.' }
    case 'SUSPENDED':
      return { is: 'ready', reason: 'Suspended', message: 'The job is suspended, as the spec asks.' }
    case 'CREATED':
      return wantsSuspended
        ? { is: 'ready', reason: 'Suspended', message: 'Nothing is deployed, as the spec asks.' }
        : { is: 'progressing', reason: 'Created', message: 'The first deployment begins.' }
    case 'UPGRADING':
      return { is: 'progressing', reason: 'Upgrading', message: 'The spec is being deployed.' }
    case 'ROLLING_BACK':
      return { is: 'progressing', reason: 'RollingBack', message: 'The last stable spec is being deployed again.' }
    case 'STABLE':
    case 'DEPLOYED':
      return isServing(status, application)
        ? {
            is: 'ready',
            reason: application ? 'JobReady' : 'JobManagerReady',
            message: application
              ? `The job is ${String(status.jobStatus?.state).toLowerCase()}.`
              : 'The session cluster takes jobs.',
          }
        : {
            is: 'progressing',
            reason: 'NotReady',
            message: application
              ? `The job is ${String(status.jobStatus?.state ?? 'not submitted').toLowerCase()}.`
              : 'The session cluster does not answer yet.',
          }
  }
}

const isServing = ({ jobStatus, jobManagerDeploymentStatus }: FlinkDeploymentStatus, application: boolean): boolean =>
  application
    ? jobStatus?.state === 'RUNNING' || jobStatus?.state === 'FINISHED'
    : jobManagerDeploymentStatus === 'READY'
