/** `status.clusterInfo`: what Flink says of itself, what the cluster may use, and how healthy its job is. */
import { javaDouble, options, read, type FlinkConf, type FlinkDeploymentSpec } from '@drey/api'
import { resourcesOf } from '../cluster/index.ts'
import { perPair } from '../memo.ts'
import { healthKey, nextHealth, readHealth } from '../job/health.ts'
import { isTerminal } from '../job/view.ts'
import type { Draft } from './draft.ts'
import type { DeploymentView } from './view.ts'

export const seenInfo = (view: DeploymentView, draft: Draft): Draft['clusterInfo'] => {
  const { config, checkpoints } = view.observed.flink
  return {
    ...draft.clusterInfo,
    ...(config?.known
      ? { 'flink-version': config.value.flinkVersion, 'flink-revision': config.value.flinkRevision }
      : {}),
    ...(checkpoints?.known && checkpoints.value.stateSize !== undefined
      ? { 'state-size': String(checkpoints.value.stateSize) }
      : {}),
    ...(draft.jobManager === 'READY' ? used(view, draft) : {}),
    ...health(view, draft),
  }
}

/** Limits of the JobManagers and of the TaskManagers there are, counted by their pods. */
const used = (view: DeploymentView, draft: Draft): Record<string, string> => {
  const spec = (draft.state === 'ROLLED_BACK' ? draft.stable : draft.recorded)?.spec
  const resources = spec && resourcesIn(spec, view.deployedConf)
  if (!resources) return {}
  const { jobManager, pods } = view.observed.cluster
  const jobManagers = jobManager?.replicas ?? 0
  const taskManagers = pods.filter((pod) => pod.component === 'taskmanager' && pod.ready && !pod.deleting).length
  return {
    'total-cpu': javaDouble(resources.jobManager.cpu * jobManagers + resources.taskManager.cpu * taskManagers),
    'total-memory': String(
      Math.trunc(resources.jobManager.memory * jobManagers + resources.taskManager.memory * taskManagers),
    ),
  }
}

const resourcesIn = perPair((spec: FlinkDeploymentSpec, conf: FlinkConf) =>
  resourcesOf({ resource: { metadata: { name: 'any' }, spec } as never, config: Object.fromEntries(conf) }),
)

const health = (view: DeploymentView, draft: Draft): Record<string, string> => {
  const { metrics } = view.observed.flink
  if (!metrics?.known || isTerminal(draft.job.state)) return {}
  const before = draft.clusterInfo[healthKey]
  const next = nextHealth(readHealth(before), metrics.value, view.now, view.deployedConf)
  return next ? { [healthKey]: JSON.stringify(next) } : {}
}

/**
 * Health is asked for only where somebody wants to know, and not again at once: each look is written down, and each write wakes us.
 */
export const asksHealth = (view: DeploymentView): boolean =>
  view.application &&
  view.phase === 'settled' &&
  read(options.health.healthCheck, view.deployedConf) &&
  view.now - (readHealth(view.before.clusterInfo[healthKey])?.timeStamp ?? 0) >= healthEveryMs

const healthEveryMs = 10_000
