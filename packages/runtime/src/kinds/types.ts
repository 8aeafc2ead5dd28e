/** The Kubernetes objects the built-in controllers read, with their specs and statuses typed. */
import type { KubeObject } from '@drey/reconcile'
import type {
  DaemonSetSpec,
  DaemonSetStatus,
  DeploymentSpec,
  DeploymentStatus,
  ReplicaSetSpec,
  ReplicaSetStatus,
  StatefulSetSpec,
  StatefulSetStatus,
} from 'kubernetes-types/apps/v1.d.ts'
import type { CronJobSpec, CronJobStatus, JobSpec, JobStatus } from 'kubernetes-types/batch/v1.d.ts'
import type {
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
  PersistentVolumeSpec,
  PersistentVolumeStatus,
  PodSpec,
  PodStatus,
  ServiceSpec,
  ServiceStatus,
} from 'kubernetes-types/core/v1.d.ts'

interface Of<Spec, Status> extends KubeObject {
  spec: Spec
  status?: Status
}

export interface Deployment extends Of<DeploymentSpec, DeploymentStatus> {}
export interface ReplicaSet extends Of<ReplicaSetSpec, ReplicaSetStatus> {}
export interface StatefulSet extends Of<StatefulSetSpec, StatefulSetStatus> {}
export interface DaemonSet extends Of<DaemonSetSpec, DaemonSetStatus> {}
export interface Job extends Of<JobSpec, JobStatus> {}
export interface CronJob extends Of<CronJobSpec, CronJobStatus> {}
export interface Pod extends Of<PodSpec, PodStatus> {}
export interface Service extends Of<ServiceSpec, ServiceStatus> {}
export interface PersistentVolumeClaim extends Of<PersistentVolumeClaimSpec, PersistentVolumeClaimStatus> {}
export interface PersistentVolume extends Of<PersistentVolumeSpec, PersistentVolumeStatus> {}

export type { DeploymentStatus, ReplicaSetStatus, StatefulSetStatus, DaemonSetStatus, JobStatus, CronJobStatus }
