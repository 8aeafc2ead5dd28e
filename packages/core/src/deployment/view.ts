/** Facts derived once per pass; rules read them by name. */
import { attemptGeneration } from '../job/draft.ts'
import {
  options,
  read,
  type CheckpointFacts,
  type FlinkConf,
  type FlinkDeployment,
  type FlinkDeploymentSpec,
  type FlinkJobState,
  type JobOverview,
} from '@drey/api'
import type { Diff } from '@drey/schema'
import { unknown, type Fact } from '@drey/reconcile'
import type { ClusterRef } from '../action.ts'
import { ownedRefs, modeOf, generationAnnotation, type Mode, type OwnedRefs } from '../cluster/index.ts'
import { effectiveConfig, valuesOf, type OperatorConfig } from '../config/index.ts'
import { perPair, perText } from '../memo.ts'
import { isHaConfigured, jobSettings } from '../job/settings.ts'
import { phaseOf, type Phase } from '../job/phase.ts'
import { areCheckpointsHidden, type Evidence } from '../job/resume-point.ts'
import { isTerminal, type JobView, type UpgradeMode } from '../job/view.ts'
import { deploymentDifferences } from '../spec/index.ts'
import { deployedConfOf } from './deployed-conf.ts'
import { toDraft, type Draft } from './draft.ts'
import type { DeploymentObserved } from './observed.ts'
import { targetOf, type Target } from './target.ts'

export interface DeploymentView {
  resource: FlinkDeployment
  name: string
  namespace: string
  uid: string
  generation: number
  now: number
  observed: DeploymentObserved
  /** the status as it was written, before this pass looked at anything */
  before: Draft
  /** the spec we head for, and why */
  target: Target
  /** whether the cluster is made for one job, as recorded (it may not change), else as wanted */
  application: boolean
  mode: Mode
  phase: Phase
  /** recorded spec against target; nothing recorded: undefined */
  diff: Diff | undefined
  /** the configuration in force for the target */
  conf: FlinkConf
  /** the configuration of what is deployed, with the operator's own keys of the target */
  deployedConf: FlinkConf
  refs: OwnedRefs
  cluster: ClusterRef
  /** our job as the JobManager knows it; value undefined: it does not know it */
  foundJob: Fact<JobOverview | undefined>
  /** nothing of a cluster is left: Deployments, pods, and what they own */
  clusterIsGone: boolean
}

/** The questions of a pass and its decision look at the same facts. */
export const viewOf = (resource: FlinkDeployment, observed: DeploymentObserved): DeploymentView =>
  viewsOf(observed, resource)

const viewsOf = perPair((observed: DeploymentObserved, resource: FlinkDeployment): DeploymentView => {
  const before = toDraft(resource.status)
  const namespace = resource.metadata.namespace ?? 'default'
  const name = resource.metadata.name
  const target = targetOf(resource, before, observed)
  const running = before.state === 'ROLLED_BACK' ? before.stable : before.recorded
  const conf = confOf(observed.operator.config, target.spec, namespace)
  const deployedConf = running
    ? deployedConfOf({
        deployed: confOf(observed.operator.config, running.spec, namespace),
        wanted: conf,
        spec: running.spec,
        target: target.spec,
        before,
      })
    : conf
  const application = Boolean((before.recorded?.spec ?? target.spec).job)
  const mode = modeOf(before.recorded?.spec ?? target.spec)
  const refs = ownedRefs(name, namespace, mode)
  const { cluster } = observed
  return {
    resource,
    name,
    namespace,
    uid: resource.metadata.uid ?? '',
    generation: resource.metadata.generation ?? 0,
    now: observed.now,
    observed,
    before,
    target,
    application,
    mode,
    phase: phaseOf({
      recorded: before.recorded !== undefined,
      state: before.state,
      recordedJobState: recordedJobState(before),
      jobManager: before.jobManager,
      jobState: before.job.state,
      upgradeTrigger:
        before.job.savepointInfo.triggerType === 'UPGRADE'
          ? (before.job.savepointInfo.triggerId ?? undefined)
          : undefined,
    }),
    diff: before.recorded ? deploymentDifferences(before.recorded.spec, target.spec, mode) : undefined,
    conf,
    deployedConf,
    refs,
    cluster: {
      namespace,
      name,
      base: `http://${name}-rest.${namespace}:${read(options.flink.restPort, deployedConf)}`,
    },
    foundJob: foundJobOf(before, observed),
    clusterIsGone:
      cluster.jobManager === undefined &&
      cluster.taskManager === undefined &&
      cluster.pods.length === 0 &&
      cluster.dependents.length === 0,
  }
})

export const confOf = (config: OperatorConfig, spec: FlinkDeploymentSpec, namespace: string): FlinkConf =>
  confs(config, spec)(namespace)

const confs = perPair((config: OperatorConfig, spec: FlinkDeploymentSpec) =>
  perText(64, (namespace): FlinkConf =>
    valuesOf(
      effectiveConfig(config, {
        namespace,
        flinkVersion: spec.flinkVersion,
        flinkConfiguration: spec.flinkConfiguration,
      }),
    ),
  ),
)

/** `job.state` of the recorded spec says what is deployed, not what is wanted. A session cluster counts as never suspended. */
export const recordedJobState = (draft: Draft): 'running' | 'suspended' | undefined =>
  draft.recorded?.spec.job && (draft.recorded.spec.job.state ?? 'running')

const foundJobOf = (before: Draft, observed: DeploymentObserved): Fact<JobOverview | undefined> => {
  const { jobs } = observed.flink
  if (!jobs) return unknown('the JobManager was not asked')
  if (!jobs.known) return jobs
  return { known: true, value: jobs.value.find((job) => job.jobId === before.job.id) }
}

/** Whether the Deployment that exists was made for the generation that is recorded as being deployed. */
export const isOfRecordedGeneration = (view: DeploymentView): boolean =>
  view.observed.cluster.jobManager?.generation === String(attemptGeneration(view.before, view.generation))

/** What the shared job rules may look at. `state` and `path` are those after this pass's observation. */
export const jobViewOf = (view: DeploymentView, now: Draft): JobView => {
  const jobMaps = jobMapsOf(view, now)
  const deployedVersion = (view.before.state === 'ROLLED_BACK' ? view.before.stable : view.before.recorded)?.spec
    .flinkVersion
  return {
    kind: 'application',
    now: view.now,
    mode: (view.target.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode,
    jobId: now.job.id,
    state: now.job.state,
    ending:
      view.foundJob.known &&
      view.foundJob.value !== undefined &&
      isTerminal(view.foundJob.value.state) &&
      !isTerminal(now.job.state),
    startTime: now.job.startTime,
    jobManager: now.jobManager,
    silentMs: view.observed.silentSince === undefined ? 0 : view.now - view.observed.silentSince,
    haConfigured: isHaConfigured(view.deployedConf) && isHaConfigured(view.conf),
    haMetadata: {
      available: isHaConfigured(view.deployedConf) && jobMaps.length > 0,
      checkpoint: jobMaps.some((map) => map.keys.some(view.refs.haMetadata.isCheckpointKey)),
    },
    path: now.job.path,
    legacySavepoint: now.job.savepointInfo.lastSavepoint?.location ?? undefined,
    checkpoints: checkpointsOf(view),
    checkpointsHidden: areCheckpointsHidden(
      now.job.state,
      checkpointsOf(view),
      view.deployedConf,
      evidenceOf(view, now),
    ),
    versionChanged: deployedVersion !== undefined && deployedVersion !== view.target.spec.flinkVersion,
    neverStarted: view.observed.cluster.jobManager?.neverAvailable ?? false,
    restoredBy: (view.before.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode,
    settings: jobSettings(view.deployedConf),
  }
}

/** What says that the job may have state, whatever its statistics say. */
export const evidenceOf = (view: DeploymentView, now: Draft): Evidence => ({
  path: now.job.path,
  haCheckpoint: jobMapsOf(view, now).some((map) => map.keys.some(view.refs.haMetadata.isCheckpointKey)),
  ran:
    now.state === 'ROLLED_BACK' ||
    (now.recorded !== undefined &&
      now.stable !== undefined &&
      deploymentDifferences(now.stable.spec, now.recorded.spec, view.mode).type === 'IGNORE'),
})

/** HA metadata of this job. Left-overs of another job id of this cluster are no state of it (W-15). */
const jobMapsOf = (view: DeploymentView, now: Draft) =>
  view.observed.cluster.ha.filter(
    (map) => !map.deleting && view.refs.haMetadata.isJobMap(map.name) && map.name.includes(now.job.id ?? '-'),
  )

export const checkpointsOf = (view: DeploymentView): Fact<CheckpointFacts> =>
  view.observed.flink.checkpoints ?? unknown('the JobManager was not asked')

export const isKnownState = (state: FlinkJobState | undefined): state is FlinkJobState =>
  state !== undefined && state !== 'RECONCILING'

export { generationAnnotation }
