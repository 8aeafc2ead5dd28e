/** Facts about one snapshot, derived once per pass. */
import type { FlinkStateSnapshot, FlinkStateSnapshotStatus } from '@drey/api'
import type { Problem } from '../validate/index.ts'
import { validateSnapshot } from '../validate/index.ts'
import { idFor } from '../ids.ts'
import { readStatus } from '../status/index.ts'
import type { SnapshotObserved } from './observed.ts'
import { targetJobOf, type TargetJob } from './target-job.ts'

export interface SnapshotView {
  resource: FlinkStateSnapshot
  name: string
  namespace: string
  now: number
  observed: SnapshotObserved
  status: FlinkStateSnapshotStatus & { state: NonNullable<FlinkStateSnapshotStatus['state']>; failures: number }
  kind: 'savepoint' | 'checkpoint'
  job: TargetJob | undefined
  problems: readonly Problem[]
  /** the id of the attempt under way, or else of the next one: the same whoever asks, new after each failure */
  trigger: string
  /** epoch ms of the trigger of the attempt under way */
  since: number
}

export const snapshotViewOf = (resource: FlinkStateSnapshot, observed: SnapshotObserved): SnapshotView => {
  const { status } = readStatus('FlinkStateSnapshot', resource.status)
  const { now, target, operator } = observed
  const failures = status.failures ?? 0
  const kind = resource.spec?.checkpoint ? 'checkpoint' : 'savepoint'
  return {
    resource,
    name: resource.metadata.name,
    namespace: resource.metadata.namespace ?? 'default',
    now,
    observed,
    status: { ...status, state: status.state ?? 'TRIGGER_PENDING', failures },
    kind,
    job: target && targetJobOf(target, operator.config),
    problems: validateSnapshot(resource, {
      operator: operator.config,
      resource: () => target?.resource,
    }).filter((problem) => problem.severity === 'error'),
    // Flink remembers failed operations, too, so each attempt needs an id of its own.
    trigger: status.triggerId ?? idFor(resource.metadata.uid ?? '', kind, failures),
    since: instantOf(status.triggerTimestamp) ?? now,
  }
}

/** Epoch ms of an ISO-8601 instant; undefined for none and for what is no instant. */
export const instantOf = (text: string | null | undefined): number | undefined => {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? undefined : at
}
