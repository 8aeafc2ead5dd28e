/** `status.lifecycleState`: one word for people and dashboards, computed from the rest of the status and never set. */
import type { FlinkDeploymentStatus, FlinkSessionJobStatus, LifecycleState } from '@drey/api'
import { readRecordedSpec } from '../spec/index.ts'

/** In these cases nothing but a person helps; upstream recognises them by these words. */
const FATAL_MARKERS = ['Manual restore required.', 'HA metadata is not available']

/** The first rule that matches; deletion, once begun, is not computed but remembered. */
export const lifecycleStateOf = (
  kind: 'FlinkDeployment' | 'FlinkSessionJob',
  status: FlinkDeploymentStatus | FlinkSessionJobStatus | null | undefined,
): LifecycleState => {
  const stored = status?.lifecycleState
  if (stored === 'DELETING' || stored === 'DELETED') return stored
  const { lastReconciledSpec, lastStableSpec, state = 'UPGRADING' } = status?.reconciliationStatus ?? {}
  if (!lastReconciledSpec) return status?.error ? 'FAILED' : 'CREATED'
  if (state === 'UPGRADING' || state === 'ROLLING_BACK') return state
  if (readRecordedSpec(lastReconciledSpec)?.spec.job?.state === 'suspended') return 'SUSPENDED'
  if (status?.jobStatus?.state === 'FAILED') return 'FAILED'
  if (kind === 'FlinkDeployment' && isBeyondHelp(status as FlinkDeploymentStatus)) return 'FAILED'
  if (state === 'ROLLED_BACK') return 'ROLLED_BACK'
  // As texts: a record that was only written anew is not yet proven stable.
  return lastReconciledSpec === lastStableSpec ? 'STABLE' : 'DEPLOYED'
}

/** States that last until somebody or something acts. */
export const isSettled = (state: LifecycleState): boolean =>
  ['SUSPENDED', 'STABLE', 'ROLLED_BACK', 'FAILED', 'DELETED'].includes(state)

const isBeyondHelp = ({ jobManagerDeploymentStatus = 'MISSING', error }: FlinkDeploymentStatus): boolean =>
  (jobManagerDeploymentStatus === 'MISSING' || jobManagerDeploymentStatus === 'ERROR') &&
  FATAL_MARKERS.some((marker) => error?.includes(marker))
