/** What controllers ask about pods, and how they make and choose them. */
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts'
import { pods } from '@drey/kube'
import type { KubeAction, KubeObject, ObjectMeta, ResourceType } from '@drey/reconcile'
import { controlledBy } from './owned.ts'
import type { Pod } from './types.ts'

const conditionOf = (pod: Pod, type: string) => pod.status?.conditions?.find((condition) => condition.type === type)

/** neither ended nor on its way out */
export const isActive = (pod: Pod): boolean =>
  pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && !pod.metadata.deletionTimestamp

export const isReady = (pod: Pod): boolean => conditionOf(pod, 'Ready')?.status === 'True'

/** When a ready pod counts as available, in milliseconds since the epoch; undefined while it is not ready. */
export const availableAt = (pod: Pod, minReadySeconds = 0): number | undefined => {
  const ready = conditionOf(pod, 'Ready')
  if (ready?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  return Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000
}

export const isAvailable = (pod: Pod, now: number, minReadySeconds = 0): boolean => {
  const at = availableAt(pod, minReadySeconds)
  return at !== undefined && at <= now
}

/** Milliseconds until the next ready pod becomes available; undefined when none is on the way. */
export const nextAvailableMs = (pods: readonly Pod[], now: number, minReadySeconds = 0): number | undefined => {
  const waits = pods.flatMap((pod) => {
    const at = availableAt(pod, minReadySeconds)
    return at !== undefined && at > now ? [at - now] : []
  })
  return waits.length > 0 ? Math.min(...waits) : undefined
}

/** A pod of a template, controlled by `owner`. */
export const podOf = (
  owner: { type: ResourceType; object: KubeObject },
  template: PodTemplateSpec,
  meta: Partial<ObjectMeta> & { name: string },
): KubeObject => {
  const { labels, annotations, finalizers } = (template.metadata ?? {}) as ObjectMeta
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...meta,
      ...(owner.object.metadata.namespace ? { namespace: owner.object.metadata.namespace } : {}),
      ...(labels || meta.labels ? { labels: { ...labels, ...meta.labels } } : {}),
      ...(annotations || meta.annotations ? { annotations: { ...annotations, ...meta.annotations } } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controlledBy(owner.type, owner.object)],
    },
    spec: template.spec ?? {},
  }
}

export const createPod = (object: KubeObject): KubeAction => ({ do: 'create', type: pods, object })

export const deletePod = (pod: Pod): KubeAction => ({
  do: 'delete',
  ref: {
    type: pods,
    ...(pod.metadata.namespace ? { namespace: pod.metadata.namespace } : {}),
    name: pod.metadata.name,
  },
  uid: pod.metadata.uid ?? '',
})

/**
 * The order in which surplus pods go: those that lose least first. Not yet on a node, not yet running, not ready, cheap by
 * `pod-deletion-cost`, restarted often, young (Kubernetes' ActivePodsWithRanks, without its logarithmic buckets).
 */
export const expendableFirst = (list: readonly Pod[]): Pod[] => {
  const phases: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 }
  const rank = (pod: Pod): number[] => [
    pod.spec.nodeName ? 1 : 0,
    phases[pod.status?.phase ?? 'Pending'] ?? 0,
    isReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0) || 0,
    -Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount)),
    -Date.parse(pod.metadata.creationTimestamp ?? ''),
  ]
  return list
    .map((pod) => ({ pod, rank: rank(pod) }))
    .sort((a, b) => {
      for (const [i, value] of a.rank.entries()) if (value !== b.rank[i]) return value - (b.rank[i] ?? 0)
      return a.pod.metadata.name < b.pod.metadata.name ? -1 : 1
    })
    .map(({ pod }) => pod)
}
