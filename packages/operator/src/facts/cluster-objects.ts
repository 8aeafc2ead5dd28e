/** Kubernetes objects of a cluster, read into the facts that rules look at. Pure. */
import {
  generationAnnotation,
  ownedRefs,
  type ClusterObjects,
  type ClusterPod,
  type Dependent,
  type JobManagerFact,
} from '@drey/core'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import type { Deployment } from 'kubernetes-types/apps/v1.js'
import type { ConfigMap, Pod } from 'kubernetes-types/core/v1.js'

export interface ClusterSource {
  deployments: readonly KubeObject[]
  pods: readonly KubeObject[]
  services: readonly KubeObject[]
  configMaps: readonly KubeObject[]
  types: { services: ResourceType; configMaps: ResourceType }
}

export const clusterObjectsOf = (
  cluster: { name: string; namespace: string; uid: string; mode: 'native' | 'standalone' },
  source: ClusterSource,
): ClusterObjects => {
  const refs = ownedRefs(cluster.name, cluster.namespace, cluster.mode)
  const named = (name: string | undefined) => source.deployments.find((object) => object.metadata.name === name)
  const taskManager = named(refs.taskManagers?.name)
  const jobManager = named(refs.jobManager.name)
  const isHa = (object: KubeObject) =>
    object.metadata.labels?.['component'] !== 'autoscaler' && refs.haMetadata.isHaMap(object.metadata.name)
  return {
    jobManager: jobManager && jobManagerFact(jobManager, cluster.uid),
    taskManager: taskManager && {
      uid: taskManager.metadata.uid ?? '',
      deleting: Boolean(taskManager.metadata.deletionTimestamp),
      replicas: (taskManager as unknown as Deployment).spec?.replicas ?? 0,
    },
    pods: source.pods.map(podFact),
    dependents: [
      ...source.services.map((object) => dependent(source.types.services, object)),
      // HA metadata and the autoscaler's memory outlive a cluster on purpose.
      ...source.configMaps
        .filter((object) => !isHa(object) && object.metadata.labels?.['component'] !== 'autoscaler')
        .map((object) => dependent(source.types.configMaps, object)),
    ],
    ha: source.configMaps.filter(isHa).map((object) => ({
      name: object.metadata.name,
      uid: object.metadata.uid ?? '',
      resourceVersion: object.metadata.resourceVersion ?? '',
      keys: Object.keys((object as unknown as ConfigMap).data ?? {}),
      deleting: Boolean(object.metadata.deletionTimestamp),
    })),
  }
}

const dependent = (type: ResourceType, object: KubeObject): Dependent => ({
  type,
  name: object.metadata.name,
  uid: object.metadata.uid ?? '',
  ownerUids: (object.metadata.ownerReferences ?? []).map((owner) => owner.uid),
})

export const jobManagerFact = (object: KubeObject, ownerUid: string): JobManagerFact => {
  const { spec, status } = object as unknown as Deployment
  const conditions = status?.conditions ?? []
  const available = conditions.find((condition) => condition.type === 'Available')
  const failure = conditions.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.reason === 'FailedCreate',
  )
  return {
    uid: object.metadata.uid ?? '',
    ...(object.metadata.resourceVersion ? { resourceVersion: object.metadata.resourceVersion } : {}),
    deleting: Boolean(object.metadata.deletionTimestamp),
    generation: object.metadata.annotations?.[generationAnnotation],
    ours: (object.metadata.ownerReferences ?? []).some((owner) => owner.uid === ownerUid),
    replicas: status?.replicas ?? spec?.replicas ?? 0,
    availableReplicas: status?.availableReplicas ?? 0,
    // Upstream's proof that a JobManager never started: unavailable since the moment of its creation.
    neverAvailable: available?.status === 'False' && available.lastTransitionTime === object.metadata.creationTimestamp,
    failedCreate: failure && failure.status !== 'False' ? (failure.message ?? 'pods cannot be created') : undefined,
  }
}

const failures = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'RunContainerError',
  'CreateContainerConfigError',
  'OOMKilled',
])

const podFact = (object: KubeObject): ClusterPod => {
  const { status } = object as unknown as Pod
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const failed = containers.find((container) => failures.has(container.state?.waiting?.reason ?? ''))
  const waiting = failed?.state?.waiting
  const ended = failed?.lastState?.terminated?.message
  return {
    name: object.metadata.name,
    uid: object.metadata.uid ?? '',
    component: object.metadata.labels?.['component'] ?? '',
    deleting: Boolean(object.metadata.deletionTimestamp),
    ready: (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    waiting:
      failed && waiting
        ? {
            container: failed.name,
            reason: waiting.reason ?? '',
            message: waiting.reason === 'CrashLoopBackOff' && ended ? `CrashLoop - ${ended}` : (waiting.message ?? ''),
          }
        : undefined,
    mountFailure: undefined,
  }
}
