/** The files of volumes whose contents come from the API: ConfigMaps, Secrets, the downward API, tokens, and mixtures. */
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ServiceAccountTokenProjection,
  Volume,
  VolumeProjection,
} from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { fieldOf, resourceOf, type NodeFacts } from '../pod/fields.ts'
import type { Contents, ReferenceKind } from '../references.ts'
import type { VolumeFile } from './atomic-dir.ts'

export interface ProjectionSources {
  pod: Pod
  node: NodeFacts
  podIp: string
  read(kind: ReferenceKind, name: string): Promise<Contents>
  token(request: ServiceAccountTokenProjection): Promise<string>
}

export interface ProjectedFiles {
  files: VolumeFile[]
  /** seconds a token in it is good for, if there is one: the volume has to be written anew before */
  expiresInSeconds?: number
}

/** Thrown when a volume cannot be made; the message is the one of the FailedMount event. */
export class VolumeError extends Error {}

/** Undefined for a volume of another kind. */
export const projectedFiles = async (volume: Volume, from: ProjectionSources): Promise<ProjectedFiles | undefined> => {
  const { configMap, secret, downwardAPI, projected } = volume
  if (configMap)
    return filesOf(
      [{ configMap: configMap as VolumeProjection['configMap'] } as VolumeProjection],
      configMap.defaultMode,
      from,
    )
  if (secret) {
    const { secretName, items, optional, defaultMode } = secret
    const one = { secret: { name: secretName, items, optional } } as VolumeProjection
    return filesOf([one], defaultMode, from)
  }
  if (downwardAPI) return filesOf([{ downwardAPI } as VolumeProjection], downwardAPI.defaultMode, from)
  if (projected) return filesOf(projected.sources ?? [], projected.defaultMode, from)
  return undefined
}

const filesOf = async (
  sources: readonly VolumeProjection[],
  defaultMode = 0o644,
  from: ProjectionSources,
): Promise<ProjectedFiles> => {
  const files = new Map<string, VolumeFile>()
  let expiresInSeconds: number | undefined
  const add = (path: string, content: Buffer, mode?: number) => {
    if (path.startsWith('/') || path.split('/').includes('..')) throw new VolumeError(`invalid path "${path}"`)
    files.set(path, { path, content, mode: mode ?? defaultMode })
  }
  for (const { configMap, secret, downwardAPI, serviceAccountToken } of sources) {
    const keyed = configMap ?? secret
    if (keyed) {
      const kind = configMap ? 'ConfigMap' : 'Secret'
      const { name = '', items, optional } = keyed
      const contents = await from.read(kind, name)
      if (!contents && !optional) throw new VolumeError(`${kind.toLowerCase()} "${name}" not found`)
      for (const item of itemsOf(items, contents, optional)) add(item.path, item.content, item.mode)
    }
    for (const item of downwardAPI?.items ?? []) add(item.path, downward(item, from), item.mode)
    if (serviceAccountToken) {
      add(serviceAccountToken.path, Buffer.from(await from.token(serviceAccountToken)))
      expiresInSeconds = Math.min(expiresInSeconds ?? Infinity, serviceAccountToken.expirationSeconds ?? 3600)
    }
  }
  return { files: [...files.values()], ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }) }
}

const itemsOf = (items: readonly KeyToPath[] | undefined, contents: Contents, optional = false) =>
  items === undefined
    ? [...(contents ?? [])].map(([path, content]) => ({ path, content, mode: undefined }))
    : items.flatMap(({ key, path, mode }) => {
        const content = contents?.get(key)
        if (content) return [{ path, content, mode }]
        if (optional) return []
        throw new VolumeError(`references non-existent config key: ${key}`)
      })

const downward = (item: DownwardAPIVolumeFile, { pod, node, podIp }: ProjectionSources): Buffer => {
  if (item.fieldRef) return Buffer.from(fieldOf(pod, item.fieldRef.fieldPath, node, podIp) ?? '')
  const [first] = pod.spec.containers
  return Buffer.from(item.resourceFieldRef && first ? resourceOf(pod, first, item.resourceFieldRef, node) : '')
}
