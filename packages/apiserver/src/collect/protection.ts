/** Claims in use and volumes that are bound stay until they are not: the two protection finalizers. */
import type { KubeObject } from '@drey/reconcile'
import type { Store } from '../store.ts'
import { dropFinalizer } from './finalizers.ts'

const claims = 'persistentvolumeclaims'
const volumes = 'persistentvolumes'

interface PodSpec {
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string }; ephemeral?: unknown }[]
}

export const protectVolumes = (store: Store): (() => void) => {
  const uses = (pod: KubeObject, claim: KubeObject): boolean =>
    !['Succeeded', 'Failed'].includes((pod['status'] as { phase?: string } | undefined)?.phase ?? '') &&
    ((pod['spec'] as PodSpec | undefined)?.volumes ?? []).some(
      (volume) =>
        volume.persistentVolumeClaim?.claimName === claim.metadata.name ||
        (volume.ephemeral && `${pod.metadata.name}-${volume.name}` === claim.metadata.name),
    )
  const lookAtClaim = (claim: KubeObject): void => {
    if (
      !claim.metadata.deletionTimestamp ||
      store.list('pods', claim.metadata.namespace).some((pod) => uses(pod, claim))
    )
      return
    dropFinalizer(store, claims, `${claim.metadata.namespace}/${claim.metadata.name}`, 'kubernetes.io/pvc-protection')
  }
  const lookAtVolume = (volume: KubeObject): void => {
    if (volume.metadata.deletionTimestamp && (volume['status'] as { phase?: string } | undefined)?.phase !== 'Bound')
      dropFinalizer(store, volumes, volume.metadata.name, 'kubernetes.io/pv-protection')
  }
  const all = (): void => {
    store.list(claims).forEach(lookAtClaim)
    store.list(volumes).forEach(lookAtVolume)
  }
  all()
  const stops = [
    store.subscribe((change) => change.type !== 'DELETED' && lookAtClaim(change.object), claims),
    store.subscribe((change) => change.type !== 'DELETED' && lookAtVolume(change.object), volumes),
    store.subscribe((change) => {
      if (
        change.type === 'ADDED' ||
        !(change.object['spec'] as PodSpec | undefined)?.volumes?.some(
          (one) => one.persistentVolumeClaim || one.ephemeral,
        )
      )
        return
      store.list(claims, change.object.metadata.namespace).forEach(lookAtClaim)
    }, 'pods'),
  ]
  return () => stops.forEach((stop) => stop())
}
