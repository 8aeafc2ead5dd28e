/** PersistentVolumes: their phase follows their claim; when the claim is gone, the reclaim policy is carried out. */
import { persistentVolumes } from '@drey/kube'
import { firstOf, type Decision, type KubeAction } from '@drey/reconcile'
import { decision } from './decide.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './types.ts'

/** What volumes need beyond the API: directories of this machine, always below the directory of claims. */
export type DirectoryAction = { do: 'make-directory'; path: string } | { do: 'remove-directory'; path: string }

export interface VolumeObserved {
  /** host path under which claims have their directories */
  directory: string
  /** the claim the volume names, if it exists */
  claim: PersistentVolumeClaim | undefined
  /** the volume's directory is there */
  made: boolean
}

type Status = NonNullable<PersistentVolume['status']>
type D = Decision<Status, KubeAction | DirectoryAction>
interface View {
  volume: PersistentVolume
  observed: VolumeObserved
}

export const decideVolume = (volume: PersistentVolume, observed: VolumeObserved): D => decide({ volume, observed })

/** Admission of a real API server puts this on volumes; nobody but the controller takes it off. */
export const volumeFinalizer = 'kubernetes.io/pv-protection'

const teardown = ({ volume, observed }: View): D | undefined => {
  if (!volume.metadata.deletionTimestamp) return undefined
  const claimed = observed.claim !== undefined && observed.claim.metadata.uid === volume.spec.claimRef?.uid
  if (claimed) return decision('teardown', 'its claim still stands on it')
  return decision('teardown', 'nothing stands on it any more', { finalizer: 'release' })
}

const available = ({ volume }: View): D | undefined =>
  volume.spec.claimRef ? undefined : decision('available', 'no claim yet', { status: { phase: 'Available' } })

const bound = ({ volume, observed }: View): D | undefined => {
  const { claim } = observed
  const wanted = volume.spec.claimRef?.uid
  if (!claim || (wanted !== undefined && wanted !== claim.metadata.uid)) return undefined
  const path = ownDirectory(volume, observed)
  return decision('bound', `claimed by ${claim.metadata.namespace}/${claim.metadata.name}`, {
    status: { phase: wanted === undefined ? 'Available' : 'Bound' },
    actions: path && !observed.made ? [{ do: 'make-directory', path }] : [],
  })
}

/** Promised to a claim that has not been made yet. */
const reserved = ({ volume }: View): D | undefined =>
  volume.spec.claimRef?.uid === undefined
    ? decision('reserved', 'waiting for its claim', { status: { phase: 'Available' } })
    : undefined

const reclaim = ({ volume, observed }: View): D => {
  const path = ownDirectory(volume, observed)
  if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete' || !path)
    return decision('retain', 'its claim is gone, its data stays', { status: { phase: 'Released' } })
  return decision('reclaim', 'its claim is gone, and with it its data', {
    status: { phase: 'Released' },
    actions: [
      { do: 'remove-directory', path },
      {
        do: 'delete',
        ref: { type: persistentVolumes, name: volume.metadata.name },
        uid: volume.metadata.uid ?? '',
      },
    ],
  })
}

const decide = firstOf<View, D>([teardown, available, bound, reserved], reclaim)

/** The volume's directory if it is one of ours: only such are made and removed. */
const ownDirectory = (volume: PersistentVolume, { directory }: VolumeObserved): string | undefined => {
  const path = volume.spec.hostPath?.path
  return path?.startsWith(`${directory}/`) && !path.split('/').includes('..') ? path : undefined
}
