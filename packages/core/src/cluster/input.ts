/** What rendering a Flink cluster starts from: the resource, the configuration in force, the operator's surroundings, the restore intent. */
import type { ObjectMeta } from '@drey/reconcile'

/** A field that may be missing, or `null` when the spec comes out of a recorded `lastReconciledSpec`. */
type Maybe<T> = T | null | undefined

export interface ClusterResource {
  apiVersion?: string
  kind?: string
  metadata: ObjectMeta
  spec: ClusterSpec
}

/** The part of a FlinkDeployment's spec that decides how its cluster looks. */
export interface ClusterSpec {
  image?: Maybe<string>
  imagePullPolicy?: Maybe<string>
  serviceAccount?: Maybe<string>
  /** `v1_20`, `v2_2` … */
  flinkVersion?: Maybe<string>
  mode?: Maybe<string>
  /** as the user wrote it; its values count through `RenderInput.config` */
  flinkConfiguration?: unknown
  podTemplate?: Maybe<PodTemplate>
  jobManager?: Maybe<{
    replicas?: Maybe<number>
    resource?: Maybe<SimpleResource>
    resources?: Maybe<ResourceRequirements>
    podTemplate?: Maybe<PodTemplate>
  }>
  taskManager?: Maybe<{
    replicas?: Maybe<number>
    resource?: Maybe<SimpleResource>
    resources?: Maybe<ResourceRequirements>
    podTemplate?: Maybe<PodTemplate>
  }>
  job?: Maybe<{
    jarURI?: Maybe<string>
    entryClass?: Maybe<string>
    args?: Maybe<string[]>
    parallelism?: Maybe<number>
    upgradeMode?: Maybe<string>
    allowNonRestoredState?: Maybe<boolean>
    initialSavepointPath?: Maybe<string>
  }>
  ingress?: Maybe<IngressSpec>
  logConfiguration?: Maybe<Record<string, string>>
}

/** The deprecated `resource`: a number of cpus and a memory text in Flink's or Kubernetes' notation. */
export interface SimpleResource {
  cpu?: Maybe<number | string>
  memory?: Maybe<string>
  ephemeralStorage?: Maybe<string>
}

export interface ResourceRequirements {
  requests?: Maybe<Record<string, string | number>>
  limits?: Maybe<Record<string, string | number>>
}

export interface IngressSpec {
  template?: Maybe<string>
  className?: Maybe<string>
  annotations?: Maybe<Record<string, string>>
  labels?: Maybe<Record<string, string>>
  tls?: Maybe<{ hosts?: Maybe<string[]>; secretName?: Maybe<string> }[]>
}

/** A PodTemplateSpec as the user wrote it; only what rendering touches is named. */
export interface PodTemplate {
  metadata?: Maybe<Record<string, unknown>>
  spec?: Maybe<PodSpec>
  [field: string]: unknown
}

export interface PodSpec {
  containers?: Maybe<Container[]>
  volumes?: Maybe<unknown[]>
  [field: string]: unknown
}

export interface Container {
  name?: Maybe<string>
  [field: string]: unknown
}

/** Flink settings as text, by key. */
export type Settings = Readonly<Record<string, string>>

/** What the operator brings along besides the resource. */
export interface OperatorSide {
  /** the log files of the operator's own configuration directory: the default for clusters without `logConfiguration` */
  logFiles?: LogFiles
  /** the operator's configuration is a `config.yaml`: its lists are YAML flow text, and so are those we write for Flink 2 */
  confIsYaml?: boolean
  /** `1.33`; Ingress objects are `v1beta1` below 1.19 */
  kubernetesVersion?: string
  /** the image of a cluster for which neither the spec nor the configuration names one */
  defaultImage?: string
}

export type LogFiles = Readonly<Partial<Record<'log4j-console.properties' | 'logback-console.xml', string>>>

/** What the deployment is to resume from, and under which identity. */
export interface RestoreIntent {
  /** the fixed job id of an application (32 hex digits); a user's `$internal.pipeline.job-id` wins */
  jobId?: string
  /** a savepoint or retained checkpoint to start from */
  savepointPath?: string
  /**
   * The state is in the HA metadata, which holds a checkpoint: Flink is given a path that does not exist, so that a start
   * without that metadata fails instead of silently beginning from nothing. Needs no `savepointPath`.
   */
  requireHa?: boolean
  /** overrides `spec.job.allowNonRestoredState` */
  allowNonRestoredState?: boolean
  /** names the fresh job-result-store directory of this deployment; the job id when absent */
  deploymentId?: string
}

export interface RenderInput {
  resource: ClusterResource
  /** operator defaults, version, namespace and resource layers, already laid over each other; flat keys */
  config: Settings
  operator: OperatorSide
  restore?: RestoreIntent
  /** uid of the JobManager Deployment, the owner of everything else; without it owner references say `pendingOwnerUid` */
  deploymentUid?: string
}

/** Stands in owner references until the Deployment exists; whoever applies the objects replaces it (`owner` of an apply action). */
export const pendingOwnerUid = '<uid of the JobManager Deployment>'

/** Why a cluster cannot be rendered: a code for programs, a sentence and a way out for people. */
export interface RenderProblem {
  code: string
  message: string
  fix: string
}
