/** Which spec of a session job we head for: the user's, or the last valid one while the user's is refused. */
import type { FlinkSessionJob, FlinkSessionJobSpec } from '@drey/api'
import { withAutoscalerOverrides } from '../job/autoscaled.ts'
import type { Problem } from '../validate/index.ts'
import type { SessionJobObserved } from './observed.ts'
import type { SessionJobDraft } from './view.ts'

export interface SessionJobTarget {
  /** `never valid`: nothing was ever recorded, so there is nothing to head for */
  why: 'user' | 'last valid' | 'never valid'
  spec: FlinkSessionJobSpec
  generation: number
}

export const targetOf = (
  resource: FlinkSessionJob,
  before: SessionJobDraft,
  problems: readonly Problem[],
  { cluster, operator }: Pick<SessionJobObserved, 'cluster' | 'operator'>,
): SessionJobTarget => {
  const spec = resource.spec ?? {}
  const generation = resource.metadata.generation ?? 0
  if (problems.length === 0) {
    const scope = {
      namespace: resource.metadata.namespace ?? 'default',
      flinkVersion: cluster?.spec?.flinkVersion,
      ...(cluster
        ? { cluster: { name: cluster.metadata.name, flinkConfiguration: cluster.spec?.flinkConfiguration } }
        : {}),
    }
    const wanted = withAutoscalerOverrides(spec, before.recorded?.spec, operator.config, scope)
    return { why: 'user', spec: wanted, generation }
  }
  if (!before.recorded) return { why: 'never valid', spec, generation }
  const { job } = before.recorded.spec
  // A recorded mode says how the last start found its state: "stateless" after a first submission is no consent to lose any.
  const wanted = resource.spec?.job?.upgradeMode
  const upgradeMode = wanted === 'savepoint' || wanted === 'last-state' ? wanted : job?.upgradeMode
  // An interrupted change completes with the target it had (upstream: applyValidationErrorAndResetSpec).
  const interrupted = before.state === 'UPGRADING' || before.state === 'ROLLING_BACK'
  return {
    why: 'last valid',
    spec: {
      ...before.recorded.spec,
      job: { ...job, ...(upgradeMode ? { upgradeMode } : {}), ...(interrupted ? { state: 'running' } : {}) },
    } as FlinkSessionJobSpec,
    generation: before.observedGeneration ?? generation,
  }
}
