/** What the controllers of claims and volumes look at, what wakes them, and the directories they make and remove. */
import { existsSync } from 'node:fs'
import { mkdir, rm, chmod } from 'node:fs/promises'
import { storageClasses, type Controller } from '@drey/kube'
import { keyOf } from '@drey/reconcile'
import { byClaim, claimOfVolume, claimsOfPod, type Caches } from './caches.ts'
import { quantity } from './quantity.ts'
import { runBuiltIn, type Shell } from './run.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './types.ts'
import { claimDirectory, claimFinalizer, decideClaim, defaultClass } from './volume-claim.ts'
import { decideVolume, volumeFinalizer, type DirectoryAction } from './volume.ts'

export const storageControllers = (shell: Shell, caches: Caches, directory: string): Controller[] => {
  const claims = runBuiltIn(shell, {
    name: 'persistentvolume-controller',
    informer: caches.claims,
    finalizer: claimFinalizer,
    decide: decideClaim,
    observe: (claim) => {
      const { volumeName } = claim.spec
      const others = caches.volumes.list().filter((volume) => volume.spec.claimRef?.uid !== claim.metadata.uid)
      return {
        directory,
        volume: volumeName
          ? caches.volumes.get(volumeName)
          : caches.volumes.byIndex(byClaim, keyOf(claim)).find((volume) => claimUidFits(volume, claim)),
        matching: caches.volumes.list().find((volume) => wouldDo(volume, claim)),
        occupant: others.find((volume) => volume.spec.hostPath?.path === claimDirectory(directory, claim)),
        classes: new Map(
          caches.storageClasses
            .list()
            .map((storageClass) => [storageClass.metadata.name, String(storageClass['reclaimPolicy'] ?? 'Delete')]),
        ),
        users: caches.pods
          .byIndex(byClaim, keyOf(claim))
          .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'),
      }
    },
  })
  const volumes = runBuiltIn(shell, {
    name: 'persistentvolume-controller',
    informer: caches.volumes,
    finalizer: volumeFinalizer,
    decide: decideVolume,
    observe: (volume) => ({
      directory,
      claim: caches.claims.get(claimOfVolume(volume)[0] ?? ''),
      made: existsSync(volume.spec.hostPath?.path ?? ''),
    }),
    act: (action: DirectoryAction) => changeDirectory(action),
  })

  caches.volumes.onChange(({ old, now }) => {
    for (const volume of [old, now]) if (volume) for (const key of claimOfVolume(volume)) claims.wake(key)
  })
  caches.claims.onChange(({ old, now }) => {
    const claim = now ?? old
    if (claim) for (const volume of caches.volumes.byIndex(byClaim, keyOf(claim))) volumes.wake(keyOf(volume))
  })
  caches.pods.onChange(({ old, now }) => {
    if (old && (!now || now.status?.phase !== old.status?.phase)) for (const key of claimsOfPod(old)) claims.wake(key)
  })
  return [claims, volumes]
}

const claimUidFits = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  volume.spec.claimRef?.uid === undefined || volume.spec.claimRef.uid === claim.metadata.uid

/** A volume somebody made by hand, free, of the same class, with all modes, large enough. */
const wouldDo = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  volume.spec.claimRef === undefined &&
  volume.metadata.deletionTimestamp === undefined &&
  (volume.spec.storageClassName ?? '') === (claim.spec.storageClassName ?? defaultClass) &&
  (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode)) &&
  quantity(volume.spec.capacity?.['storage']) >= quantity(claim.spec.resources?.requests?.['storage'])

const changeDirectory = async (action: DirectoryAction): Promise<void> => {
  if (action.do === 'remove-directory') return rm(action.path, { recursive: true, force: true })
  await mkdir(action.path, { recursive: true })
  // Pods may run as any user of this machine; the home's own folder above keeps strangers out.
  await chmod(action.path, 0o777)
}

/** The class claims get when they name none. */
export const ensureDefaultClass = async ({ client }: Shell): Promise<void> => {
  if (await client.find({ type: storageClasses, name: defaultClass })) return
  await client.create(storageClasses, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: defaultClass, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'drey.dev/directory',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  })
}
