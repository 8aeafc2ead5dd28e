/** `status.conditions` of a FlinkDeployment: upstream's `Running`, and beside it `Ready`, `Progressing` and `Stalled`. */
import type { FlinkCondition, FlinkDeploymentStatus, JobManagerDeploymentStatus } from '@drey/api'
import { readinessConditions, type Condition } from './readiness.ts'

/**
 * The conditions for a status. `lastTransitionTime` stays while `status` does. Conditions of other writers are kept (upstream drops
 * them). `observedGeneration` is the one acted upon, so that waiting after an edit does not see the old spec's success.
 */
export const deploymentConditions = ({
  status,
  application,
  now,
  wantsSuspended = false,
}: {
  status: FlinkDeploymentStatus
  application: boolean
  now: number
  generation?: number
  wantsSuspended?: boolean
}): FlinkCondition[] => {
  const before = status.conditions ?? []
  const running = status.reconciliationStatus?.lastReconciledSpec
    ? application
      ? ofJob(status)
      : ofCluster(status)
    : undefined
  const ours: Condition[] = [
    ...(running ? [{ type: 'Running', ...running }] : []),
    ...readinessConditions({ status, application, wantsSuspended }),
  ]
  const types = new Set(['Running', ...ours.map(({ type }) => type)])
  const { observedGeneration } = status
  return [
    ...ours.map((condition) => {
      const old = before.find(({ type }) => type === condition.type)
      return {
        ...condition,
        lastTransitionTime:
          old?.status === condition.status && old.lastTransitionTime
            ? old.lastTransitionTime
            : new Date(now).toISOString(),
        ...(observedGeneration === undefined ? {} : { observedGeneration }),
      }
    }),
    ...before.filter(({ type }) => !types.has(type ?? '')),
  ]
}

type Running = { status: 'True' | 'False'; reason: string; message: string }

const ofJob = ({ jobStatus }: FlinkDeploymentStatus): Running | undefined => {
  const state = jobStatus?.state
  if (!state) return undefined
  return {
    status: state === 'RUNNING' ? 'True' : 'False',
    reason: state[0] + state.slice(1).toLowerCase(),
    message: `Job status ${state}`,
  }
}

const ofCluster = ({ jobManagerDeploymentStatus = 'MISSING' }: FlinkDeploymentStatus): Running => ({
  status: jobManagerDeploymentStatus === 'READY' ? 'True' : 'False',
  ...clusterWords[jobManagerDeploymentStatus],
})

const clusterWords: Record<JobManagerDeploymentStatus, { reason: string; message: string }> = {
  READY: { reason: 'JobManagerReady', message: 'JobManager answers and takes jobs' },
  DEPLOYED_NOT_READY: { reason: 'DeployedNotReady', message: 'JobManager runs and does not answer yet' },
  DEPLOYING: { reason: 'JobManagerIsDeploying', message: 'JobManager process is starting up' },
  MISSING: { reason: 'JobManagerDeploymentMissing', message: 'There is no JobManager Deployment' },
  ERROR: { reason: 'Error', message: 'JobManager cannot start' },
}
