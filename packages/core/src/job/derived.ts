/** Derived status fields: lifecycle state and conditions. */
import type { FlinkDeploymentStatus } from '@drey/api'
// TODO joined to core/status as soon as it lands
export const lifecycleStateOf = (
  _kind: string,
  s: FlinkDeploymentStatus,
): NonNullable<FlinkDeploymentStatus['lifecycleState']> => {
  if (s.lifecycleState === 'DELETING') return 'DELETING'
  const r = s.reconciliationStatus
  if (!r?.lastReconciledSpec) return s.error ? 'FAILED' : 'CREATED'
  if (r.state === 'UPGRADING' || r.state === 'ROLLING_BACK') return r.state
  if (/"state":"suspended"/.test(r.lastReconciledSpec)) return 'SUSPENDED'
  if (s.jobStatus?.state === 'FAILED') return 'FAILED'
  if (r.state === 'ROLLED_BACK') return 'ROLLED_BACK'
  return r.lastReconciledSpec === r.lastStableSpec ? 'STABLE' : 'DEPLOYED'
}
export const deploymentConditions = (o: {
  status: FlinkDeploymentStatus
  application: boolean
  generation: number
  now: number
}): NonNullable<FlinkDeploymentStatus['conditions']> => {
  if (!o.status.reconciliationStatus?.lastReconciledSpec) return o.status.conditions ?? []
  const on = o.application ? o.status.jobStatus?.state === 'RUNNING' : o.status.jobManagerDeploymentStatus === 'READY'
  const status = on ? 'True' : 'False'
  const old = (o.status.conditions ?? []).find((c) => c.type === 'Running')
  const state = o.status.jobStatus?.state ?? ''
  return [
    {
      type: 'Running',
      status,
      reason: o.application
        ? state.charAt(0) + state.slice(1).toLowerCase()
        : on
          ? 'JobManagerReady'
          : 'DeployedNotReady',
      message: o.application ? `Job status ${state}` : '',
      lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? '') : new Date(o.now).toISOString(),
    },
  ]
}
