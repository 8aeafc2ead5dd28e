/** The job a snapshot is of: where its JobManager listens, whether it runs, and which options count for it. */
import { isAtLeast, isFlinkVersion, options, read, type FlinkConf, type FlinkDeployment } from '@drey/api'
import type { ClusterRef } from '../action.ts'
import { effectiveConfig, valuesOf, type OperatorConfig } from '../config/index.ts'
import { readRecordedSpec } from '../spec/index.ts'
import type { SnapshotTarget } from './observed.ts'

export interface TargetJob {
  kind: SnapshotTarget['kind']
  name: string
  jobId: string | undefined
  /** as the job's own resource says */
  running: boolean
  state: string
  /** the resume point in the job's status: never dispose of it while the job is down */
  resumesFrom: string | undefined
  /** its JobManager answers, as far as the cluster's resource knows */
  answers: boolean
  cluster: ClusterRef
  savepointDirectory: string | undefined
  checkpointTimeoutMs: number
  clientTimeoutMs: number
  /** checkpoints can be triggered from Flink 1.17 on */
  triggersCheckpoints: boolean
}

export const targetJobOf = (target: SnapshotTarget, operator: OperatorConfig): TargetJob => {
  const { resource } = target
  const namespace = resource.metadata.namespace ?? 'default'
  const clusterResource = target.kind === 'FlinkDeployment' ? target.resource : target.cluster
  const clusterName =
    target.kind === 'FlinkDeployment' ? target.resource.metadata.name : (target.resource.spec?.deploymentName ?? '')
  const { conf, deployed } = confOf(target, namespace, operator)
  const version = clusterResource?.spec?.flinkVersion
  const job = resource.status?.jobStatus
  return {
    kind: target.kind,
    name: resource.metadata.name,
    jobId: job?.jobId ?? undefined,
    running: job?.state === 'RUNNING' && Boolean(job.jobId),
    state: job?.state ?? 'not submitted',
    resumesFrom: job?.upgradeSavepointPath ?? undefined,
    answers: clusterResource?.status?.jobManagerDeploymentStatus === 'READY',
    cluster: {
      namespace,
      name: clusterName,
      base: `http://${clusterName}-rest.${namespace}:${read(options.flink.restPort, deployed)}`,
    },
    savepointDirectory: read(options.flink.savepointDirectory, conf),
    checkpointTimeoutMs: read(options.flink.checkpointingTimeout, deployed),
    clientTimeoutMs: read(options.clusters.flinkClientTimeout, conf),
    triggersCheckpoints: !isFlinkVersion(version) || isAtLeast(version, 'v1_17'),
  }
}

/** `conf`: as the spec says now, which counts for the savepoint directory at once; `deployed`: of what runs. */
const confOf = (
  target: SnapshotTarget,
  namespace: string,
  operator: OperatorConfig,
): { conf: FlinkConf; deployed: FlinkConf } => {
  if (target.kind === 'FlinkDeployment') {
    const { spec, status } = target.resource
    const recorded = readRecordedSpec<NonNullable<FlinkDeployment['spec']>>(
      status?.reconciliationStatus?.lastReconciledSpec,
    )
    const of = (s: FlinkDeployment['spec']): FlinkConf =>
      valuesOf(
        effectiveConfig(operator, {
          namespace,
          flinkVersion: s?.flinkVersion,
          flinkConfiguration: s?.flinkConfiguration,
        }),
      )
    return { conf: of(spec), deployed: of(recorded?.spec ?? spec) }
  }
  const { resource, cluster } = target
  const conf = valuesOf(
    effectiveConfig(operator, {
      namespace,
      flinkVersion: cluster?.spec?.flinkVersion,
      flinkConfiguration: resource.spec?.flinkConfiguration,
      ...(cluster
        ? { cluster: { name: cluster.metadata.name, flinkConfiguration: cluster.spec?.flinkConfiguration } }
        : {}),
    }),
  )
  return { conf, deployed: conf }
}
