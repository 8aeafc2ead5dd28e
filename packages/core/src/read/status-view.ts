/** A stored status as the documents of this folder read it: upstream's fields, whoever wrote them. */
import {
  diffSessionJob,
  type FlinkDeployment,
  type FlinkDeploymentSpec,
  type FlinkDeploymentStatus,
  type FlinkSessionJob,
  type FlinkSessionJobStatus,
  type LifecycleState,
} from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Change, Diff } from '@drey/schema'
import { phaseOf, type Phase } from '../job/phase.ts'
import { lastStateMark } from '../job/view.ts'
import { deploymentDifferences, lookAtRecord, type RecordedSpec } from '../spec/index.ts'
import { errorMessage, lifecycleStateOf } from '../status/index.ts'

export interface StatusView {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  spec: FlinkDeploymentSpec
  generation: number
  observedGeneration: number | undefined
  lifecycle: LifecycleState
  phase: Phase
  recorded: RecordedSpec<FlinkDeploymentSpec> | undefined
  /** the recorded spec against the present one */
  diff: Diff | undefined
  /** changes that are more than bookkeeping */
  changes: readonly Change[]
  suspended: boolean
  wantsSuspended: boolean
  hasJob: boolean
  jobManager: string | undefined
  job: { id?: string; name?: string; state?: string; startTime?: number }
  /** where the last stop left the state; `HA metadata` for upstream's mark */
  resumePoint: string | undefined
  trigger: { id: string; type: string; since?: number } | undefined
  /** epoch ms of the last deployment */
  deployedAt: number | undefined
  isStable: boolean
  rollingBack: boolean
  rolledBack: boolean
  error: string | undefined
  refused: boolean
  flinkVersion: string | undefined
}

export const statusView = (kind: 'FlinkDeployment' | 'FlinkSessionJob', resource: KubeObject): StatusView => {
  const { spec: wanted, status } = resource as KubeObject & (FlinkDeployment | FlinkSessionJob)
  const spec = (wanted ?? {}) as FlinkDeploymentSpec
  const { reconciliationStatus: books, jobStatus: job } = (status ?? {}) as FlinkDeploymentStatus &
    FlinkSessionJobStatus
  const look = lookAtRecord(kind, books?.lastReconciledSpec)
  const recorded = look.found === 'spec' ? (look.record as RecordedSpec<FlinkDeploymentSpec>) : undefined
  const hasJob = kind === 'FlinkSessionJob' || (recorded?.spec ?? spec).job !== undefined
  const recordedJobState = recorded && hasJob ? (recorded.spec.job?.state ?? 'running') : undefined
  const jobManager =
    kind === 'FlinkDeployment'
      ? ((status as FlinkDeploymentStatus | undefined)?.jobManagerDeploymentStatus ?? undefined)
      : undefined
  const info = job?.savepointInfo
  const diff = recorded && diffOf(kind, recorded.spec, spec)
  const state = books?.state ?? 'UPGRADING'
  const error = status?.error || undefined
  return {
    kind,
    spec,
    generation: resource.metadata.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? undefined,
    lifecycle: lifecycleStateOf(kind, status as FlinkDeploymentStatus | undefined),
    phase: phaseOf({
      recorded: recorded !== undefined,
      state,
      recordedJobState,
      jobManager: (kind === 'FlinkSessionJob' ? 'MISSING' : (jobManager ?? 'MISSING')) as 'MISSING',
      jobState: job?.state ?? (kind === 'FlinkSessionJob' ? 'RECONCILING' : undefined),
      upgradeTrigger: info?.triggerType === 'UPGRADE' ? (info.triggerId ?? undefined) : undefined,
    }),
    recorded,
    diff,
    changes: (diff?.changes ?? []).filter(({ path }) => path !== 'job.upgradeMode'),
    suspended: recordedJobState === 'suspended',
    wantsSuspended: spec.job?.state === 'suspended',
    hasJob,
    jobManager,
    job: {
      ...(job?.jobId ? { id: job.jobId } : {}),
      ...(job?.jobName ? { name: job.jobName } : {}),
      ...(job?.state ? { state: job.state } : {}),
      ...(Number(job?.startTime) > 0 ? { startTime: Number(job?.startTime) } : {}),
    },
    resumePoint:
      job?.upgradeSavepointPath === lastStateMark
        ? 'HA metadata'
        : (job?.upgradeSavepointPath ?? info?.lastSavepoint?.location ?? undefined),
    trigger: info?.triggerId
      ? {
          id: info.triggerId,
          type: String(info.triggerType ?? 'MANUAL'),
          ...(info.triggerTimestamp ? { since: info.triggerTimestamp } : {}),
        }
      : undefined,
    deployedAt: books?.reconciliationTimestamp || undefined,
    isStable: Boolean(books?.lastReconciledSpec) && books?.lastReconciledSpec === books?.lastStableSpec,
    rollingBack: state === 'ROLLING_BACK',
    rolledBack: state === 'ROLLED_BACK',
    error: error && errorMessage(error),
    refused: error?.includes('ValidationException') === true,
    flinkVersion: (status as FlinkDeploymentStatus | undefined)?.clusterInfo?.['flink-version'],
  }
}

const diffOf = (kind: string, old: FlinkDeploymentSpec, now: FlinkDeploymentSpec): Diff =>
  kind === 'FlinkDeployment' ? deploymentDifferences(old, now) : diffSessionJob(old as never, now as never, 'native')
