/** The caches the built-in controllers share: one informer per kind, with the indexes their questions need. */
import {
  cronJobs,
  daemonSets,
  deployments,
  endpoints,
  endpointSlices,
  informer,
  jobs,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  replicaSets,
  services,
  statefulSets,
  storageClasses,
  type Informer,
} from '@drey/kube'
import type { Clock, KubeObject, KubeTransport, ResourceType } from '@drey/reconcile'
import { byController, controllerUid } from './owned.ts'
import type {
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from './types.ts'

export interface CacheOptions {
  transport: KubeTransport
  clock: Clock
  random: () => number
  trouble(type: ResourceType, error: unknown): void
}

export interface Caches {
  deployments: Informer<Deployment>
  replicaSets: Informer<ReplicaSet>
  statefulSets: Informer<StatefulSet>
  daemonSets: Informer<DaemonSet>
  jobs: Informer<Job>
  cronJobs: Informer<CronJob>
  pods: Informer<Pod>
  nodes: Informer
  services: Informer<Service>
  endpoints: Informer
  endpointSlices: Informer
  claims: Informer<PersistentVolumeClaim>
  volumes: Informer<PersistentVolume>
  storageClasses: Informer
}

export const byNamespace = 'namespace'
export const byClaim = 'claim'

export const cachesOf = ({ transport, clock, random, trouble }: CacheOptions): Caches => {
  const of = <T extends KubeObject = KubeObject>(type: ResourceType): Informer<T> => {
    const cache = informer<T>({ transport, clock, random, type, trouble: (error) => trouble(type, error) })
    cache.index(byController, controllerUid)
    cache.index(byNamespace, (object) => [object.metadata.namespace ?? ''])
    return cache
  }
  const caches: Caches = {
    deployments: of(deployments),
    replicaSets: of(replicaSets),
    statefulSets: of(statefulSets),
    daemonSets: of(daemonSets),
    jobs: of(jobs),
    cronJobs: of(cronJobs),
    pods: of(pods),
    nodes: of(nodes),
    services: of(services),
    endpoints: of(endpoints),
    endpointSlices: of(endpointSlices),
    claims: of(persistentVolumeClaims),
    volumes: of(persistentVolumes),
    storageClasses: of(storageClasses),
  }
  caches.pods.index(byClaim, claimsOfPod)
  caches.volumes.index(byClaim, claimOfVolume)
  return caches
}

/** Keys of the claims a pod uses. */
export const claimsOfPod = (pod: Pod): string[] =>
  (pod.spec.volumes ?? []).flatMap((volume) =>
    volume.persistentVolumeClaim ? [`${pod.metadata.namespace}/${volume.persistentVolumeClaim.claimName}`] : [],
  )

/** The key of the claim a volume is for. */
export const claimOfVolume = (volume: PersistentVolume): string[] =>
  volume.spec.claimRef ? [`${volume.spec.claimRef.namespace}/${volume.spec.claimRef.name}`] : []
