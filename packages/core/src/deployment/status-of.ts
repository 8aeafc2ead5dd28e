/** The whole status to write: bookkeeping from the draft, everything else derived. */
import { options, read, type FlinkDeploymentStatus } from '@drey/api'
import { deploymentConditions, lifecycleStateOf } from '../status/index.ts'
import { toJobStatus, toReconciliationStatus } from '../job/draft.ts'
import type { Draft } from './draft.ts'
import type { DeploymentView } from './view.ts'

export const statusOf = (view: DeploymentView, draft: Draft): FlinkDeploymentStatus => {
  const status: FlinkDeploymentStatus = {
    jobStatus: toJobStatus(draft.job),
    ...(draft.error === undefined ? {} : { error: draft.error }),
    ...(draft.observedGeneration === undefined ? {} : { observedGeneration: draft.observedGeneration }),
    reconciliationStatus:
      draft.unreadable === undefined
        ? toReconciliationStatus(draft)
        : { ...toReconciliationStatus(draft), ...view.resource.status?.reconciliationStatus },
    clusterInfo: draft.clusterInfo,
    jobManagerDeploymentStatus: draft.jobManager,
    ...(draft.taskManager ? { taskManager: draft.taskManager } : {}),
    ...(draft.deleting ? { lifecycleState: 'DELETING' as const } : {}),
  }
  const lifecycleState = lifecycleStateOf('FlinkDeployment', status)
  return {
    ...status,
    lifecycleState,
    conditions: deploymentConditions({
      status: { ...status, lifecycleState, conditions: draft.conditions },
      application: view.application,
      generation: view.generation,
      wantsSuspended: view.target.spec.job?.state === 'suspended',
      now: view.now,
    }),
  }
}

/** What the scale subresource shows: how many TaskManagers the job needs and how to find them. */
export const taskManagerInfo = (view: DeploymentView, running: boolean): FlinkDeploymentStatus['taskManager'] => {
  if (!view.application) return undefined
  if (!running) return { labelSelector: '', replicas: 0 }
  const parallelism = view.target.spec.job?.parallelism || read(options.flink.parallelismDefault, view.conf)
  const replicas = view.target.spec.taskManager?.replicas
  const slots = read(options.flink.taskSlots, view.conf)
  return {
    labelSelector: `component=taskmanager,app=${view.name}`,
    replicas: view.mode === 'standalone' && replicas ? replicas : Math.ceil(parallelism / Math.max(1, slots)),
  }
}
