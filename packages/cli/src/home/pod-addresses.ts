/**
 * Where `<name>-rest.<namespace>` lies for a process outside the pods' network names: the address of the JobManager pod
 * behind that Service. The one place where the operator's view of names meets the home's addresses.
 */
import { informer, pods } from '@drey/kube'
import type { Clock, KubeObject, KubeTransport } from '@drey/reconcile'

export interface PodAddresses {
  ready: Promise<void>
  resolve(host: string): string | undefined
  close(): void
}

interface PodObject extends KubeObject {
  status?: { podIP?: string; conditions?: { type: string; status: string }[] }
}

export const podAddresses = (transport: KubeTransport, clock: Clock): PodAddresses => {
  const cache = informer<PodObject>({
    transport,
    clock,
    random: Math.random,
    type: pods,
    labelSelector: 'component=jobmanager',
  })
  cache.index('service', (pod) => [`${pod.metadata.labels?.['app']}-rest.${pod.metadata.namespace}`])
  const isReady = (pod: PodObject) =>
    (pod.status?.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True')
  return {
    ready: cache.start(),
    resolve(host) {
      const candidates = cache
        .byIndex('service', host)
        .filter((pod) => pod.status?.podIP && !pod.metadata.deletionTimestamp)
      return (candidates.find(isReady) ?? candidates[0])?.status?.podIP
    },
    close: () => cache.close(),
  }
}
