/** Where an operation is, read off a status alone. */
import type { FlinkDeploymentSpec, FlinkDeploymentStatus, FlinkSessionJobStatus } from '@drey/api'
import { phaseOf, type Phase } from '../job/phase.ts'
import { lastStateMark } from '../job/view.ts'
import { readRecordedSpec, type RecordedSpec } from '../spec/index.ts'
import { errorMessage, lifecycleStateOf } from '../status/index.ts'
import { masks } from './mask.ts'

/** Of a status, what tells where an operation is. */
export interface Stand {
  phase: Phase
  state: string
  recorded: RecordedSpec<FlinkDeploymentSpec> | undefined
  suspended: boolean
  /** session clusters have no state of their own to resume from */
  hasJob: boolean
  jobState: string | undefined
  path: string | undefined
  timestamp: number
  generation: number | undefined
  /** where no further step is due, or none can be done */
  ended: 'running' | 'suspended' | 'failed' | 'finished' | undefined
  error: string | undefined
  trigger: string | undefined
  lastSavepoint: { timeStamp?: number | null; location?: string | null; triggerType?: string | null } | undefined
}

export const standOf = (
  kind: 'FlinkDeployment' | 'FlinkSessionJob',
  status: FlinkDeploymentStatus | FlinkSessionJobStatus | undefined,
): Stand => {
  const { reconciliationStatus, jobStatus, error } = status ?? {}
  const jobManager =
    kind === 'FlinkSessionJob'
      ? 'MISSING'
      : ((status as FlinkDeploymentStatus)?.jobManagerDeploymentStatus ?? 'MISSING')
  const recorded = readRecordedSpec<FlinkDeploymentSpec>(reconciliationStatus?.lastReconciledSpec)
  const hasJob = kind === 'FlinkSessionJob' || recorded?.spec.job !== undefined
  const recordedJobState = hasJob && recorded ? (recorded.spec.job?.state ?? 'running') : undefined
  const state = reconciliationStatus?.state ?? 'UPGRADING'
  const info = jobStatus?.savepointInfo
  const phase = phaseOf({
    recorded: recorded !== undefined,
    state,
    recordedJobState,
    jobManager,
    jobState: jobStatus?.state ?? (kind === 'FlinkSessionJob' ? 'RECONCILING' : undefined),
    upgradeTrigger: info?.triggerType === 'UPGRADE' ? (info.triggerId ?? undefined) : undefined,
  })
  const lifecycle = lifecycleStateOf(kind, status)
  const jobState = jobStatus?.state ?? undefined
  const serves = hasJob ? jobState === 'RUNNING' : jobManager === 'READY'
  return {
    phase,
    state,
    recorded,
    suspended: recordedJobState === 'suspended',
    hasJob,
    jobState,
    path: jobStatus?.upgradeSavepointPath || undefined,
    timestamp: reconciliationStatus?.reconciliationTimestamp ?? 0,
    generation: status?.observedGeneration ?? undefined,
    ended:
      phase !== 'settled'
        ? undefined
        : recordedJobState === 'suspended'
          ? 'suspended'
          : jobState === 'FINISHED'
            ? 'finished'
            : lifecycle === 'FAILED'
              ? 'failed'
              : serves
                ? 'running'
                : undefined,
    error: error ? errorMessage(error) : undefined,
    trigger: info?.triggerId ?? undefined,
    lastSavepoint: info?.lastSavepoint ?? undefined,
  }
}

export const isUnderWay = (phase: Phase): phase is Exclude<Phase, 'settled' | 'first'> =>
  phase !== 'settled' && phase !== 'first'

/** What the job resumes from, as soon as that is decided. */
export const stateOf = (before: Stand, after: Stand): { state?: string } => {
  if (!after.hasJob) return {}
  if (after.phase === 'settled' && after.suspended) return { state: restoredFrom(after) }
  if (before.phase !== 'savepoint' && before.phase !== 'cancel' && after.phase !== 'deploy') return {}
  return { state: restoredFrom(after) }
}

export const restoredFrom = ({ recorded, path, state, phase }: Stand): string => {
  const mode = recorded?.spec.job?.upgradeMode ?? 'stateless'
  if (phase === 'deploy' && state !== 'ROLLING_BACK' && mode === 'stateless') return 'nothing'
  if (mode === 'last-state') return 'HA metadata'
  return path === undefined ? 'nothing' : shownPath(path)
}

export const shownPath = (path: string): string => (path === lastStateMark ? 'HA metadata' : masks().text(path))
