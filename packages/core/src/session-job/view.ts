/** Facts about a session job, derived once per pass. */
import {
  options,
  read,
  type FlinkConf,
  type FlinkDeployment,
  type FlinkDeploymentSpec,
  type FlinkSessionJob,
  type FlinkSessionJobSpec,
  type FlinkSessionJobStatus,
  type JobOverview,
} from '@drey/api'
import { unknown, type Fact } from '@drey/reconcile'
import type { Diff } from '@drey/schema'
import type { ClusterRef } from '../action.ts'
import { effectiveConfig, valuesOf } from '../config/index.ts'
import { toJobDraft, type JobDraft, type ReconciliationState } from '../job/draft.ts'
import { phaseOf, type Phase } from '../job/phase.ts'
import { jobSettings } from '../job/settings.ts'
import { areCheckpointsHidden, type Evidence } from '../job/resume-point.ts'
import type { JobView, UpgradeMode } from '../job/view.ts'
import { perObject, perPair } from '../memo.ts'
import { lookAtRecord, readRecordedSpec, sessionJobDifferences, type RecordedSpec } from '../spec/index.ts'
import { validateSessionJob, type Problem } from '../validate/index.ts'
import type { OperatorFacts } from '../deployment/observed.ts'
import type { SessionJobObserved } from './observed.ts'
import { targetOf, type SessionJobTarget } from './target.ts'

export interface SessionJobDraft {
  state: ReconciliationState
  recorded: RecordedSpec<FlinkSessionJobSpec> | undefined
  unreadable: string | undefined
  stable: RecordedSpec<FlinkSessionJobSpec> | undefined
  timestamp: number
  job: JobDraft
  error: string | undefined
  observedGeneration: number | undefined
  deleting: boolean
}

export interface SessionJobView {
  resource: FlinkSessionJob
  name: string
  namespace: string
  uid: string
  /** the target's */
  generation: number
  now: number
  observed: SessionJobObserved
  before: SessionJobDraft
  /** the spec we head for, and why */
  target: SessionJobTarget
  /** the target's */
  spec: FlinkSessionJobSpec
  problems: readonly Problem[]
  phase: Phase
  diff: Diff | undefined
  conf: FlinkConf
  clusterName: string
  /** it exists, is a session cluster, answers, and is not about to go */
  clusterIsReady: boolean
  cluster: ClusterRef
  flinkVersion: string | undefined
  foundJob: Fact<JobOverview | undefined>
}

export const toSessionJobDraft = (status: FlinkSessionJobStatus | undefined): SessionJobDraft => {
  const bookkeeping = status?.reconciliationStatus
  const recorded = lookAtRecord('FlinkSessionJob', bookkeeping?.lastReconciledSpec)
  return {
    state: bookkeeping?.state ?? 'UPGRADING',
    recorded: recorded.found === 'spec' ? recorded.record : undefined,
    unreadable: recorded.found === 'unreadable' ? recorded.why : undefined,
    stable: readRecordedSpec<FlinkSessionJobSpec>(bookkeeping?.lastStableSpec),
    timestamp: bookkeeping?.reconciliationTimestamp ?? 0,
    job: toJobDraft(status?.jobStatus),
    error: status?.error || undefined,
    observedGeneration: status?.observedGeneration ?? undefined,
    deleting: status?.lifecycleState === 'DELETING' || status?.lifecycleState === 'DELETED',
  }
}

/** The questions of a pass and its decision look at the same facts. */
export const sessionJobViewOf = (resource: FlinkSessionJob, observed: SessionJobObserved): SessionJobView =>
  viewsOf(observed, resource)

const viewsOf = perPair((observed: SessionJobObserved, resource: FlinkSessionJob): SessionJobView => {
  const before = toSessionJobDraft(resource.status)
  const wanted = resource.spec ?? {}
  const { cluster } = observed
  const namespace = resource.metadata.namespace ?? 'default'
  const clusterName = before.recorded?.spec.deploymentName ?? wanted.deploymentName ?? ''
  const problems = problemsOf(resource, observed)
  const target = targetOf(resource, before, problems, observed)
  const { spec } = target
  const conf = valuesOf(
    effectiveConfig(observed.operator.config, {
      namespace,
      flinkVersion: cluster?.spec?.flinkVersion,
      flinkConfiguration: spec.flinkConfiguration,
      ...(cluster ? { cluster: { name: clusterName, flinkConfiguration: cluster.spec?.flinkConfiguration } } : {}),
    }),
  )
  const { jobs } = observed.flink
  return {
    resource,
    name: resource.metadata.name,
    namespace,
    uid: resource.metadata.uid ?? '',
    generation: target.generation,
    now: observed.now,
    observed,
    before,
    target,
    spec,
    problems,
    phase: phaseOf({
      recorded: before.recorded !== undefined,
      state: before.state,
      recordedJobState: before.recorded ? (before.recorded.spec.job?.state ?? 'running') : undefined,
      // There is no cluster of its own to remove: stopped means ready to be submitted again.
      jobManager: 'MISSING',
      jobState: before.job.state ?? 'RECONCILING',
      upgradeTrigger:
        before.job.savepointInfo.triggerType === 'UPGRADE'
          ? (before.job.savepointInfo.triggerId ?? undefined)
          : undefined,
    }),
    diff: before.recorded
      ? sessionJobDifferences(before.recorded.spec, spec, cluster?.spec?.mode ?? 'native')
      : undefined,
    conf,
    clusterName,
    clusterIsReady: isReady(cluster),
    cluster: {
      namespace,
      name: clusterName,
      base: `http://${clusterName}-rest.${namespace}:${read(options.flink.restPort, conf)}`,
    },
    flinkVersion: cluster?.spec?.flinkVersion,
    foundJob: !jobs
      ? unknown('the session cluster was not asked')
      : jobs.known
        ? { known: true, value: jobs.value.find((job) => job.jobId === before.job.id) }
        : jobs,
  }
})

const problemsOf = (resource: FlinkSessionJob, { operator, cluster }: SessionJobObserved): readonly Problem[] =>
  judged(resource, operator)(cluster ?? noCluster)

const noCluster = {}
const judged = perPair((resource: FlinkSessionJob, operator: OperatorFacts) =>
  perObject((cluster: FlinkDeployment | typeof noCluster): readonly Problem[] =>
    validateSessionJob(resource, {
      operator: operator.config,
      loopbackJars: operator.loopbackJars ?? false,
      // A cluster that does not exist yet is waited for, not refused.
      ...(cluster === noCluster ? {} : { resource: () => cluster }),
    }).filter((problem) => problem.severity === 'error'),
  ),
)

/** The configuration of the job with other keys of its own. */
export const confWith = (view: SessionJobView, flinkConfiguration: unknown): FlinkConf => {
  const { cluster, operator } = view.observed
  return valuesOf(
    effectiveConfig(operator.config, {
      namespace: view.namespace,
      flinkVersion: cluster?.spec?.flinkVersion,
      flinkConfiguration,
      ...(cluster ? { cluster: { name: view.clusterName, flinkConfiguration: cluster.spec?.flinkConfiguration } } : {}),
    }),
  )
}

/** The configuration that its cluster was deployed with. */
export const clusterConfOf = ({ observed: { cluster, operator }, namespace }: SessionJobView): FlinkConf => {
  const deployed = readRecordedSpec<FlinkDeploymentSpec>(cluster?.status?.reconciliationStatus?.lastReconciledSpec)
  const spec = deployed?.spec ?? cluster?.spec
  return valuesOf(
    effectiveConfig(operator.config, {
      namespace,
      flinkVersion: spec?.flinkVersion,
      flinkConfiguration: spec?.flinkConfiguration,
    }),
  )
}

const isReady = (cluster: FlinkDeployment | undefined): boolean =>
  cluster !== undefined && !cluster.spec?.job && cluster.status?.jobManagerDeploymentStatus === 'READY'

/** What says that the job may have state, whatever its statistics say. */
export const evidenceOf = (view: SessionJobView, draft: SessionJobDraft): Evidence => ({
  path: draft.job.path,
  haCheckpoint: false,
  ran:
    draft.recorded !== undefined &&
    draft.stable !== undefined &&
    sessionJobDifferences(draft.stable.spec, draft.recorded.spec, view.observed.cluster?.spec?.mode ?? 'native')
      .type === 'IGNORE',
})

export const sessionJobJobView = (view: SessionJobView, draft: SessionJobDraft): JobView => ({
  kind: 'session-job',
  now: view.now,
  mode: (view.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode,
  jobId: draft.job.id,
  state: draft.job.state,
  startTime: draft.job.startTime,
  jobManager: view.clusterIsReady ? 'READY' : 'MISSING',
  silentMs: 0,
  haConfigured: false,
  haMetadata: { available: false, checkpoint: false },
  path: draft.job.path,
  legacySavepoint: draft.job.savepointInfo.lastSavepoint?.location ?? undefined,
  checkpoints: view.observed.flink.checkpoints ?? unknown('the session cluster was not asked'),
  checkpointsHidden: areCheckpointsHidden(
    draft.job.state,
    view.observed.flink.checkpoints ?? unknown('the session cluster was not asked'),
    view.conf,
    evidenceOf(view, draft),
  ),
  versionChanged: false,
  neverStarted: false,
  restoredBy: (view.before.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode,
  settings: jobSettings(view.conf),
})
