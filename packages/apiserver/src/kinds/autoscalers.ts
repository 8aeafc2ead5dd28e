/** `autoscaling/v1` autoscalers: the same objects as in v2, with one CPU target instead of a list of metrics. */
import type { KubeObject } from '@drey/reconcile'
import { autoscalers } from './policy.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

const isCpu = (metric: Json): boolean =>
  metric['type'] === 'Resource' &&
  metric['resource']?.name === 'cpu' &&
  metric['resource']?.target?.type === 'Utilization'

export const oldAutoscalers: Strategy = {
  ...autoscalers,
  defaults(draft) {
    draft['spec'] ??= {}
    draft['spec'].minReplicas ??= 1
  },
  create(draft) {
    draft['status'] = { currentReplicas: 0, desiredReplicas: 0 }
  },
}

/** Metrics that v1 has no word for are not shown in it. */
export const autoscalerAsOld = (stored: KubeObject): KubeObject => {
  const { metrics = [], behavior: _behavior, ...spec } = (stored['spec'] ?? {}) as Json
  const { currentMetrics: _metrics, conditions: _conditions, ...status } = (stored['status'] ?? {}) as Json
  const cpu = (metrics as Json[]).find(isCpu)
  return {
    ...stored,
    apiVersion: 'autoscaling/v1',
    spec: { ...spec, ...(cpu ? { targetCPUUtilizationPercentage: cpu['resource'].target.averageUtilization } : {}) },
    status: { currentReplicas: 0, ...status },
  }
}

export const autoscalerAsStored = (old: KubeObject): KubeObject => {
  const { targetCPUUtilizationPercentage = 80, ...spec } = (old['spec'] ?? {}) as Json
  const { currentReplicas, currentCPUUtilizationPercentage: _cpu, ...status } = (old['status'] ?? {}) as Json
  const metric = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } },
  }
  return {
    ...old,
    apiVersion: 'autoscaling/v2',
    spec: { ...spec, metrics: [metric] },
    status: { currentMetrics: null, ...(currentReplicas ? { currentReplicas } : {}), ...status },
  }
}
