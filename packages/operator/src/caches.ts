/** What the operator watches, and how one object leads to the resources that depend on it. */
import {
  flinkDeployments,
  flinkSessionJobs,
  flinkStateSnapshots,
  type FlinkDeployment,
  type FlinkSessionJob,
  type FlinkStateSnapshot,
} from '@drey/api'
import { configMaps, deployments, informer, ingresses, pods, services, type Informer } from '@drey/kube'
import type { Clock, KubeObject, KubeTransport, ResourceType } from '@drey/reconcile'

/** Everything made for a Flink cluster carries one of these, ours and what JobManagers make themselves. */
const clusterSelector = 'type in (flink-native-kubernetes,flink-standalone-kubernetes)'

export interface Caches {
  flinkDeployments: Informer<FlinkDeployment & KubeObject>
  sessionJobs: Informer<FlinkSessionJob & KubeObject>
  /** undefined: the CRD is not installed, or snapshot resources are switched off */
  snapshots: Informer<FlinkStateSnapshot & KubeObject> | undefined
  deployments: Informer
  pods: Informer
  services: Informer
  configMaps: Informer
  /** undefined: Ingresses are not managed */
  ingresses: Informer | undefined
  start(): Promise<void>
  close(): void
}

/** Index: snapshots by the `kind/namespace/name` of their job (W-23). */
export const byJob = 'job'

export const jobKeyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? 'default'}/${name}`

export const jobKeysOf = (snapshot: FlinkStateSnapshot): readonly string[] => {
  const { jobReference } = snapshot.spec ?? {}
  return jobReference?.name
    ? [jobKeyOf(jobReference.kind ?? 'FlinkDeployment', snapshot.metadata.namespace, jobReference.name)]
    : []
}

/** Index: objects of a Flink cluster by `namespace/name` of the cluster. */
export const byCluster = 'cluster'

export const openCaches = (options: {
  transport: KubeTransport
  clock: Clock
  random: () => number
  /** undefined: all namespaces */
  namespace?: string
  snapshotResources: boolean
  ingresses: boolean
  trouble?(resource: string, error: unknown): void
}): Caches => {
  const of = <T extends KubeObject>(type: ResourceType, labelSelector?: string) =>
    informer<T>({
      transport: options.transport,
      clock: options.clock,
      random: options.random,
      type,
      ...(options.namespace ? { namespace: options.namespace } : {}),
      ...(labelSelector ? { labelSelector } : {}),
      trouble: (error) => options.trouble?.(type.resource, error),
    })
  const ofCluster = (type: ResourceType) => {
    const cache = of<KubeObject>(type, clusterSelector)
    cache.index(byCluster, (object) => {
      const app = object.metadata.labels?.['app']
      return app ? [`${object.metadata.namespace}/${app}`] : []
    })
    return cache
  }
  const caches = {
    flinkDeployments: of<FlinkDeployment & KubeObject>(flinkDeployments),
    sessionJobs: of<FlinkSessionJob & KubeObject>(flinkSessionJobs),
    snapshots: options.snapshotResources ? of<FlinkStateSnapshot & KubeObject>(flinkStateSnapshots) : undefined,
    deployments: ofCluster(deployments),
    pods: ofCluster(pods),
    services: ofCluster(services),
    configMaps: ofCluster(configMaps),
    ingresses: options.ingresses ? of<KubeObject>(ingresses, 'component=ingress') : undefined,
  }
  caches.sessionJobs.index(byCluster, (job) =>
    job.spec?.deploymentName ? [`${job.metadata.namespace}/${job.spec.deploymentName}`] : [],
  )
  caches.snapshots?.index(byJob, jobKeysOf)
  const all = () => Object.values(caches).filter((cache) => cache !== undefined)
  return {
    ...caches,
    async start() {
      await Promise.all(all().map((cache) => cache.start()))
    },
    close() {
      for (const cache of all()) cache.close()
    },
  }
}
