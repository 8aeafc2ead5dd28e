/** Which spec we head for: the user's, the last valid one while the user's is refused, or the last stable one after a rollback. */
import type { FlinkDeployment, FlinkDeploymentSpec } from '@drey/api'
import { withAutoscalerOverrides } from '../job/autoscaled.ts'
import { deploymentProblems, type Problem } from '../job/problems.ts'
import type { Draft } from './draft.ts'
import type { DeploymentObserved } from './observed.ts'

export type Target =
  | { why: 'user'; spec: FlinkDeploymentSpec; generation: number }
  | { why: 'last valid'; spec: FlinkDeploymentSpec; generation: number; problems: readonly Problem[] }
  /** nothing was ever valid: there is nothing to head for */
  | { why: 'never valid'; spec: FlinkDeploymentSpec; generation: number; problems: readonly Problem[] }
  | { why: 'last stable'; spec: FlinkDeploymentSpec; generation: number }

export const targetOf = (resource: FlinkDeployment, before: Draft, observed: DeploymentObserved): Target => {
  const spec = resource.spec ?? {}
  const generation = resource.metadata.generation ?? 0
  const problems = deploymentProblems(resource, observed.operator.config)
  if (problems.length > 0) {
    if (!before.recorded) return { why: 'never valid', spec, generation, problems }
    const { job } = before.recorded.spec
    // A recorded mode says how the last start found its state: "stateless" after a first deployment is no consent to lose any.
    const wanted = resource.spec?.job?.upgradeMode
    const upgradeMode = wanted === 'savepoint' || wanted === 'last-state' ? wanted : job?.upgradeMode
    // An interrupted change completes with the target it had (upstream: applyValidationErrorAndResetSpec).
    const interrupted = before.state === 'UPGRADING' || before.state === 'ROLLING_BACK'
    return {
      why: 'last valid',
      spec: job
        ? {
            ...before.recorded.spec,
            job: { ...job, ...(upgradeMode ? { upgradeMode } : {}), ...(interrupted ? { state: 'running' } : {}) },
          }
        : before.recorded.spec,
      generation: before.observedGeneration ?? generation,
      problems,
    }
  }
  const scope = { namespace: resource.metadata.namespace ?? 'default', flinkVersion: spec.flinkVersion }
  const wanted = withAutoscalerOverrides(spec, before.recorded?.spec, observed.operator.config, scope)
  return { why: 'user', spec: wanted, generation }
}
