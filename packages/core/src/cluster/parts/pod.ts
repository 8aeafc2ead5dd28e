/** What JobManager and TaskManager pods have in common: the template's parts, and what the options add to them. */
import type { Container, PodSpec, PodTemplate, Settings } from '../input.ts'
import { booleanOf, doubleOf, listOf, mapOf, mapsOf } from '../flink-config/read.ts'
import { javaDouble } from '@drey/api'
import { mainContainerName } from './pod-template.ts'

export type Role = 'jobmanager' | 'taskmanager'

/** Volumes, mounts and environment that one concern brings; concatenated in order. */
export interface Additions {
  volumes?: unknown[]
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[]
  env?: unknown[]
}

export const joinAdditions = (parts: Additions[]): Required<Additions> => ({
  volumes: parts.flatMap((part) => part.volumes ?? []),
  volumeMounts: parts.flatMap((part) => part.volumeMounts ?? []),
  env: parts.flatMap((part) => part.env ?? []),
})

/** The container that runs Flink, and the others. */
export const containersOf = (template: PodTemplate | undefined): { main: Container; others: Container[] } => {
  const containers = template?.spec?.containers ?? []
  return {
    main: containers.find((container) => container?.name === mainContainerName) ?? {},
    others: containers.filter((container) => container?.name !== mainContainerName),
  }
}

/** The template's list with more behind it; the key is left out while both are empty. */
export const appended = <K extends keyof typeof IDENTITIES>(
  key: K,
  own: unknown,
  more: readonly unknown[],
): Partial<Record<K, unknown[]>> => {
  const list = lastOfEach([...(Array.isArray(own) ? own : []), ...more], IDENTITIES[key])
  return list.length > 0 || Array.isArray(own) ? ({ [key]: list } as Record<K, unknown[]>) : {}
}

type Item = Readonly<Record<string, unknown>> | null

/** By which fields Kubernetes tells the items of a list apart. */
const IDENTITIES = {
  env: (item: Item) => item?.['name'],
  ports: (item: Item) => `${item?.['containerPort']}/${item?.['protocol'] ?? 'TCP'}`,
  volumeMounts: undefined,
  volumes: undefined,
  imagePullSecrets: (item: Item) => item?.['name'],
  tolerations: undefined,
} as const

// The kubelet lets the last of several equal names count, and server-side apply refuses to be sent more than one.
const lastOfEach = (list: unknown[], identity: ((item: Item) => unknown) | undefined): unknown[] =>
  identity
    ? list.filter((item, i) => !list.slice(i + 1).some((later) => identity(later as Item) === identity(item as Item)))
    : list

/** Pull secrets, node selector and tolerations: options on top of what the template says. */
export const scheduling = (spec: PodSpec, config: Settings, role: Role): Record<string, unknown> => {
  const nodeSelector = {
    ...(spec['nodeSelector'] as object | undefined),
    ...mapOf(config, `kubernetes.${role}.node-selector`),
  }
  return {
    ...appended(
      'imagePullSecrets',
      spec['imagePullSecrets'],
      listOf(config, 'kubernetes.container.image.pull-secrets').map((name) => ({ name })),
    ),
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...appended('tolerations', spec['tolerations'], mapsOf(config, `kubernetes.${role}.tolerations`).map(tolerationOf)),
  }
}

const tolerationOf = (map: Record<string, string>): Record<string, unknown> => ({
  ...Object.fromEntries(
    ['key', 'operator', 'value', 'effect'].filter((name) => map[name] !== undefined).map((name) => [name, map[name]]),
  ),
  ...(map['tolerationSeconds'] === undefined ? {} : { tolerationSeconds: Number(map['tolerationSeconds']) }),
})

export const podNetwork = (config: Settings, spec: PodSpec): Record<string, unknown> => {
  const hostNetwork = booleanOf(config, false, 'kubernetes.hostnetwork.enabled')
  return { hostNetwork, dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : (spec['dnsPolicy'] ?? 'ClusterFirst') }
}

/** `containerized.master.env.NAME: value` and its sibling for TaskManagers. */
export const plainEnv = (config: Settings, prefix: string): unknown[] =>
  Object.keys(config)
    .filter((key) => key.startsWith(prefix))
    .sort()
    .map((key) => ({ name: key.slice(prefix.length), value: config[key] }))

export const logDirEnv = (config: Settings): unknown[] =>
  config['kubernetes.flink.log.dir'] === undefined
    ? []
    : [{ name: 'FLINK_LOG_DIR', value: config['kubernetes.flink.log.dir'] }]

/** Requests and limits of the main container; other resource names of the template stay. `memory` in bytes. */
export const containerResources = (
  main: Container,
  config: Settings,
  role: Role,
  need: { memory: number; cpu: number },
): unknown => {
  const own = (main['resources'] ?? {}) as Record<string, Record<string, unknown>>
  const mebibytes = Math.floor(need.memory / 2 ** 20)
  const factor = (what: 'cpu' | 'memory') => doubleOf(config, `kubernetes.${role}.${what}.limit-factor`) ?? 1
  return {
    ...own,
    requests: { ...own['requests'], memory: `${mebibytes}Mi`, cpu: javaDouble(need.cpu) },
    limits: {
      ...own['limits'],
      memory: `${Math.trunc(mebibytes * factor('memory'))}Mi`,
      cpu: javaDouble(need.cpu * factor('cpu')),
    },
  }
}
