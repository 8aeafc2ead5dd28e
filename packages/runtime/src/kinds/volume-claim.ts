/**
 * PersistentVolumeClaims are bound at once: each gets a volume that is a directory of this machine, whatever storage class
 * it asks for. Directories are shared by nature, so ReadWriteMany is the same directory.
 */
import { persistentVolumeClaims, persistentVolumes } from '@drey/kube'
import { firstOf, type Decision, type KubeAction, type Note } from '@drey/reconcile'
import { decision, normal } from './decide.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from './types.ts'

export const claimFinalizer = 'kubernetes.io/pvc-protection'
export const defaultClass = 'standard'

export interface ClaimObserved {
  /** host path under which claims have their directories: `<directory>/<namespace>/<claim>` */
  directory: string
  /** the volume the claim names, or that names the claim */
  volume: PersistentVolume | undefined
  /** a volume without a claim that would do: made by the user, same class, large enough, right modes */
  matching: PersistentVolume | undefined
  /** another volume that still has the directory this claim would get: that of an earlier claim of the same name */
  occupant: PersistentVolume | undefined
  /** reclaim policy by name of storage class */
  classes: ReadonlyMap<string, string>
  /** pods of the namespace that use this claim and have not ended */
  users: readonly Pod[]
}

type Status = NonNullable<PersistentVolumeClaim['status']>
type D = Decision<Status, KubeAction>
interface View {
  claim: PersistentVolumeClaim
  observed: ClaimObserved
}

export const decideClaim = (claim: PersistentVolumeClaim, observed: ClaimObserved): D => decide({ claim, observed })

const teardown = ({ claim, observed }: View): D | undefined => {
  if (!claim.metadata.deletionTimestamp) return undefined
  if (observed.users.length > 0)
    return decision('teardown', `still used by pod ${observed.users[0]?.metadata.name}`, { finalizer: 'hold' })
  return decision('teardown', 'nobody uses it any more', { finalizer: 'release' })
}

const bound = ({ claim, observed }: View): D | undefined => {
  const { volume } = observed
  if (!claim.spec.volumeName || !volume || !isFor(volume, claim)) return undefined
  return decision('bound', `bound to ${volume.metadata.name}`, {
    finalizer: 'hold',
    status: {
      ...claim.status,
      phase: 'Bound',
      ...(volume.spec.accessModes ? { accessModes: volume.spec.accessModes } : {}),
      ...(volume.spec.capacity ? { capacity: volume.spec.capacity } : {}),
    },
  })
}

/** A bound claim whose volume is gone lost its data; nothing puts that right by itself. */
const lost = ({ claim, observed }: View): D | undefined =>
  claim.status?.phase === 'Bound' && claim.spec.volumeName && !observed.volume
    ? decision('lost', `volume ${claim.spec.volumeName} is gone`, {
        finalizer: 'hold',
        status: { ...claim.status, phase: 'Lost' },
      })
    : undefined

/** The user chose a volume, or made one that fits: take that one. */
const bindExisting = ({ claim, observed }: View): D | undefined => {
  const volume = observed.volume ?? (claim.spec.volumeName ? undefined : observed.matching)
  if (!volume) return undefined
  if (volume.spec.claimRef && !isFor(volume, claim)) return undefined
  const named = volume.spec.claimRef?.uid === claim.metadata.uid
  return decision('bind-existing', `volume ${volume.metadata.name} fits`, {
    finalizer: 'hold',
    status: { ...claim.status, phase: 'Pending' },
    actions: [
      ...(named
        ? []
        : [
            {
              do: 'merge',
              ref: { type: persistentVolumes, name: volume.metadata.name },
              patch: { spec: { claimRef: claimRefOf(claim) } },
            } satisfies KubeAction,
          ]),
      bindTo(claim, volume.metadata.name),
    ],
  })
}

const provision = ({ claim, observed }: View): D => {
  const name = claim.spec.volumeName ?? `pvc-${claim.metadata.uid}`
  if (claim.spec.volumeName)
    return decision('wait-for-volume', `waiting for volume ${name}, which the claim names`, {
      finalizer: 'hold',
      status: { ...claim.status, phase: 'Pending' },
    })
  if (observed.occupant?.spec.persistentVolumeReclaimPolicy === 'Delete')
    return decision('wait-for-directory', `volume ${observed.occupant.metadata.name} is still being cleared`, {
      finalizer: 'hold',
      status: { ...claim.status, phase: 'Pending' },
      lookAgainMs: 1000,
    })
  const storageClass = claim.spec.storageClassName ?? defaultClass
  // The empty class is no name: it asks for a volume that somebody made before.
  const known = storageClass === '' || observed.classes.has(storageClass)
  const events: Note[] = known
    ? []
    : [
        normal(
          'UnknownStorageClass',
          `There is no storage class "${storageClass}" here. The claim is bound to a directory of this machine, as any claim is.`,
        ),
      ]
  return decision('provision', 'a directory of this machine becomes its volume', {
    finalizer: 'hold',
    status: { ...claim.status, phase: 'Pending' },
    actions: [
      {
        do: 'create',
        type: persistentVolumes,
        object: volumeOf(claim, { name, storageClass, observed }),
      },
      bindTo(claim, name),
    ],
    events: [...events, normal('ProvisioningSucceeded', `Successfully provisioned volume ${name}`)],
  })
}

const decide = firstOf<View, D>([teardown, bound, lost, bindExisting], provision)

const isFor = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const ref = volume.spec.claimRef
  if (!ref) return false
  if (ref.namespace !== claim.metadata.namespace || ref.name !== claim.metadata.name) return false
  return ref.uid === undefined || ref.uid === claim.metadata.uid
}

const claimRefOf = ({ metadata }: PersistentVolumeClaim) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  name: metadata.name,
  ...(metadata.uid ? { uid: metadata.uid } : {}),
})

const bindTo = (claim: PersistentVolumeClaim, volumeName: string): KubeAction => ({
  do: 'merge',
  ref: {
    type: persistentVolumeClaims,
    ...(claim.metadata.namespace ? { namespace: claim.metadata.namespace } : {}),
    name: claim.metadata.name,
  },
  patch: {
    metadata: {
      annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
    },
    spec: {
      volumeName,
      ...(claim.spec.storageClassName === undefined ? { storageClassName: defaultClass } : {}),
    },
  },
})

const volumeOf = (
  claim: PersistentVolumeClaim,
  at: { name: string; storageClass: string; observed: ClaimObserved },
): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: at.name, annotations: { 'pv.kubernetes.io/provisioned-by': 'drey.dev/directory' } },
  spec: {
    accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
    capacity: claim.spec.resources?.requests ?? {},
    claimRef: claimRefOf(claim),
    hostPath: { path: directoryOf(claim, at.observed), type: 'DirectoryOrCreate' },
    persistentVolumeReclaimPolicy: at.observed.classes.get(at.storageClass) ?? 'Delete',
    storageClassName: at.storageClass,
    volumeMode: claim.spec.volumeMode ?? 'Filesystem',
  },
})

/** The data of an earlier claim of this name, retained, keeps its directory; the new one gets a directory of its own. */
const directoryOf = (claim: PersistentVolumeClaim, { directory, occupant }: ClaimObserved): string => {
  const path = claimDirectory(directory, claim)
  return occupant ? `${path}-${claim.metadata.uid?.slice(0, 8)}` : path
}

/** Where a claim's data lies unless an earlier claim of the name left data there. */
export const claimDirectory = (directory: string, { metadata }: PersistentVolumeClaim): string =>
  `${directory}/${metadata.namespace}/${metadata.name}`
