/** Everything a rule about a FlinkDeployment may look at, as plain data gathered by the shell. */
import type {
  CheckpointFacts,
  ClusterConfig,
  ExceptionEntry,
  JobOverview,
  ResourceRequirements,
  TriggerFact,
} from '@drey/api'
import type { Fact, KubeObject, ResourceType } from '@drey/reconcile'
import type { OperatorSide } from '../cluster/input.ts'
import type { OperatorConfig } from '../config/index.ts'
import type { Disposal, SnapshotFact } from '../job/snapshot-facts.ts'

/** The JobManager Deployment, `metadata.name` = cluster id. */
export interface JobManagerFact {
  uid: string
  /** of the Deployment as it was looked at; absent: nobody may rely on it having stayed so */
  resourceVersion?: string
  /** under deletion, waiting for what it owns */
  deleting: boolean
  /** annotation `flinkdeployment.flink.apache.org/generation`; clusters recovered by upstream carry none */
  generation: string | undefined
  /** our resource owns it */
  ours: boolean
  replicas: number
  availableReplicas: number
  /** condition Available has been False ever since the Deployment was created */
  neverAvailable: boolean
  /** it could not be looked at freshly: whether it has started meanwhile is not known */
  unsure?: boolean
  /** message of condition ReplicaFailure with reason FailedCreate: quota, forbidden, refused by admission */
  failedCreate: string | undefined
}

export interface ClusterPod {
  name: string
  uid: string
  component: string
  deleting: boolean
  ready: boolean
  /** first (init) container that waits for a reason we know as a failure */
  waiting: { container: string; reason: string; message: string } | undefined
  /** message of a FailedMount event while the pod has not started */
  mountFailure: string | undefined
}

/** Something that belongs to a cluster and goes with it. */
export interface Dependent {
  type: ResourceType
  name: string
  uid: string
  ownerUids: readonly string[]
}

export interface HaConfigMap {
  name: string
  uid: string
  resourceVersion: string
  keys: readonly string[]
  deleting: boolean
}

export interface ClusterObjects {
  jobManager: JobManagerFact | undefined
  /** standalone only */
  taskManager: { uid: string; deleting: boolean; replicas: number } | undefined
  pods: readonly ClusterPod[]
  /** Services and ConfigMaps of the cluster, HA metadata excepted */
  dependents: readonly Dependent[]
  ha: readonly HaConfigMap[]
}

/** What the JobManager said in this pass; undefined: not asked. */
export interface FlinkFacts {
  jobs?: Fact<readonly JobOverview[]>
  config?: Fact<ClusterConfig>
  checkpoints?: Fact<CheckpointFacts>
  trigger?: Fact<TriggerFact>
  /** about `checkpointInfo.triggerId` */
  checkpointTrigger?: Fact<TriggerFact>
  exceptions?: Fact<readonly ExceptionEntry[]>
  result?: Fact<{ class: string; trace: string } | undefined>
  metrics?: Fact<Readonly<Record<string, string>>>
  requirements?: Fact<ResourceRequirements>
}

/** What the operator itself is configured with. */
export interface OperatorFacts {
  config: OperatorConfig
  side: OperatorSide
  /** the FlinkStateSnapshot CRD is installed and switched on */
  snapshotResources: boolean
  /** session jobs may fetch jars from this machine's loopback: on a home */
  loopbackJars?: boolean
}

export interface DeploymentObserved {
  now: number
  operator: OperatorFacts
  cluster: ClusterObjects
  flink: FlinkFacts
  /** session jobs that name this cluster */
  sessionJobs: readonly string[]
  /** the FlinkStateSnapshots of this job */
  snapshots?: readonly SnapshotFact[]
  /** which savepoints of its history Flink was told to dispose of */
  disposals?: readonly Disposal[]
  /** the Ingress of this name; null: there is none; absent: not looked at */
  ingress?: KubeObject | null
  /** what the last acts of this resource ended in, if they failed */
  lastFailure?: string
  /** epoch ms since when the JobManager was asked without any answer */
  silentSince?: number
}
