/** Makes the volumes of a pod: each ends as a directory (or file) of this machine that containers are given. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { persistentVolumeClaims, persistentVolumes, type KubeClient } from '@drey/kube'
import type { HostPathVolumeSource, Volume } from 'kubernetes-types/core/v1.d.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../kinds/types.ts'
import { writeAtomicDir, type VolumeFile } from './atomic-dir.ts'
import { projectedFiles, VolumeError, type ProjectionSources } from './projected.ts'

export interface PreparedVolume {
  /** a directory of this machine, or a file for a hostPath of that kind */
  source: string
  readOnly: boolean
  /** contents that come from the API and may change while the pod runs */
  files?: readonly VolumeFile[]
  /** from a ConfigMap: the image may adjust these files for the pod */
  configMap: boolean
  /** milliseconds after which contents must be fetched anew */
  refreshMs?: number
}

export interface VolumeSources extends ProjectionSources {
  client: KubeClient
  /** where the pod's own volumes lie */
  dir: string
}

/** Rejects with the message of a FailedMount event for the first volume that cannot be made. */
export const prepareVolumes = async (pod: Pod, from: VolumeSources): Promise<Map<string, PreparedVolume>> => {
  const prepared = new Map<string, PreparedVolume>()
  for (const volume of pod.spec.volumes ?? []) {
    try {
      prepared.set(volume.name, await prepareVolume(volume, pod, from))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`, { cause: error })
    }
  }
  return prepared
}

const prepareVolume = async (volume: Volume, pod: Pod, from: VolumeSources): Promise<PreparedVolume> => {
  const source = join(from.dir, volume.name)
  const projected = await projectedFiles(volume, from)
  if (projected) {
    writeAtomicDir(source, projected.files)
    const refreshMs = projected.expiresInSeconds === undefined ? {} : { refreshMs: projected.expiresInSeconds * 800 }
    return { source, readOnly: true, configMap: volume.configMap !== undefined, files: projected.files, ...refreshMs }
  }
  if (volume.emptyDir) {
    mkdirSync(source, { recursive: true })
    chmodSync(source, 0o777)
    return { source, readOnly: false, configMap: false }
  }
  if (volume.hostPath) return { source: hostPath(volume.hostPath), readOnly: false, configMap: false }
  const claim = volume.persistentVolumeClaim
  const ephemeral = (volume as { ephemeral?: unknown }).ephemeral
  if (claim || ephemeral) {
    const name = claim?.claimName ?? `${pod.metadata.name}-${volume.name}`
    return { source: await claimPath(name, pod, from.client), readOnly: claim?.readOnly ?? false, configMap: false }
  }
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'
  throw new VolumeError(`volumes of type ${kind} do not exist on this node`)
}

/** A claim's data is where its PersistentVolume says: a directory of this machine (`hostPath` or `local`). */
const claimPath = async (name: string, pod: Pod, client: KubeClient): Promise<string> => {
  const namespace = pod.metadata.namespace ?? 'default'
  const claim = await client.find<PersistentVolumeClaim>({ type: persistentVolumeClaims, namespace, name })
  if (!claim) throw new VolumeError(`persistentvolumeclaim "${name}" not found`)
  const { volumeName } = claim.spec
  if (claim.status?.phase !== 'Bound' || !volumeName)
    throw new VolumeError(`persistentvolumeclaim "${name}" is not bound yet`)
  const volume = await client.find<PersistentVolume>({ type: persistentVolumes, name: volumeName })
  if (!volume) throw new VolumeError(`persistentvolume "${volumeName}" not found`)
  const path = volume.spec.hostPath?.path ?? volume.spec.local?.path
  if (!path) throw new VolumeError(`persistentvolume "${volumeName}" is not a directory of this node`)
  return hostPath({ path, type: 'DirectoryOrCreate' })
}

const hostPath = ({ path, type = '' }: HostPathVolumeSource): string => {
  const found = statSync(path, { throwIfNoEntry: false })
  const fits = (test: boolean | undefined, what: string) => {
    if (!test) throw new VolumeError(`hostPath type check failed: ${path} is not a ${what}`)
  }
  switch (type) {
    case 'Directory':
      fits(found?.isDirectory(), 'directory')
      break
    case 'File':
      fits(found?.isFile(), 'file')
      break
    case 'Socket':
      fits(found?.isSocket(), 'socket file')
      break
    case 'FileOrCreate':
      if (!found) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, '')
      } else fits(found.isFile(), 'file')
      break
    case 'DirectoryOrCreate':
      if (!found) mkdirSync(path, { recursive: true })
      else fits(found.isDirectory(), 'directory')
      break
    default:
      if (!found) mkdirSync(path, { recursive: true })
  }
  return path
}
