/** What the server serves, in the three forms clients ask for: legacy lists, groups, and aggregated discovery (v2). */
import { createHash } from 'node:crypto'
import type { ResourceInfo } from './api-server.ts'

/** All discovery answers of one moment; make a new one when the resources change. */
export interface Discovery {
  /** `/api` */
  versions: Record<string, unknown>
  /** `/apis` */
  groups: Record<string, unknown>
  /** `/apis/<group>` */
  group(name: string): Record<string, unknown> | undefined
  /** `/api/v1`, `/apis/<group>/<version>` */
  resources(group: string, version: string): Record<string, unknown> | undefined
  /** `/api` and `/apis` for clients that know aggregated discovery */
  aggregated: Record<'api' | 'apis', { body: string; etag: string }>
}

export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export const discoveryOf = (resources: readonly ResourceInfo[]): Discovery => {
  const groups = [...Map.groupBy(resources, (info) => info.group)]
    .map(([name, infos]) => ({ name, versions: versionsOf(infos) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
  const named = groups.filter((group) => group.name !== '')
  const aggregate = (chosen: readonly Group[]): { body: string; etag: string } => {
    const body = JSON.stringify({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items: chosen.map(groupDiscovery),
    })
    return { body, etag: `"${createHash('sha256').update(body).digest('hex').toUpperCase()}"` }
  }
  return {
    versions: {
      kind: 'APIVersions',
      versions: groups.find((group) => group.name === '')?.versions.map(({ version }) => version) ?? [],
      serverAddressByClientCIDRs: [],
    },
    groups: { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(legacyGroup) },
    group: (name) => {
      const group = named.find((candidate) => candidate.name === name)
      return group && { kind: 'APIGroup', apiVersion: 'v1', ...legacyGroup(group) }
    },
    resources: (name, version) => {
      const infos = groups
        .find((group) => group.name === name)
        ?.versions.find((candidate) => candidate.version === version)?.infos
      return (
        infos && {
          kind: 'APIResourceList',
          apiVersion: 'v1',
          groupVersion: name ? `${name}/${version}` : version,
          resources: infos.flatMap(legacyResources),
        }
      )
    },
    aggregated: { api: aggregate(groups.filter((group) => group.name === '')), apis: aggregate(named) },
  }
}

interface Group {
  name: string
  /** preferred first */
  versions: { version: string; infos: readonly ResourceInfo[] }[]
}

const versionsOf = (infos: readonly ResourceInfo[]): Group['versions'] =>
  [...Map.groupBy(infos, (info) => info.version)]
    .map(([version, some]) => ({ version, infos: some.toSorted((a, b) => (a.resource < b.resource ? -1 : 1)) }))
    .sort((a, b) => compareVersions(a.version, b.version))

const order = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
]
const rank = (group: string): number => (order.includes(group) ? order.indexOf(group) : order.length)

/** Stable before beta before alpha, higher before lower; other names last, by the alphabet. */
export const compareVersions = (a: string, b: string): number => {
  const left = parts(a)
  const right = parts(b)
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor
}
const parts = (version: string): { stage: number; major: number; minor: number } | undefined => {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  return match
    ? {
        major: Number(match[1]),
        stage: match[2] === 'alpha' ? 0 : match[2] === 'beta' ? 1 : 2,
        minor: Number(match[3] ?? 0),
      }
    : undefined
}

const legacyGroup = (group: Group): Record<string, unknown> => {
  const versions = group.versions.map(({ version }) => ({ groupVersion: `${group.name}/${version}`, version }))
  return { name: group.name, versions, preferredVersion: versions[0] }
}

const legacyResources = (info: ResourceInfo): Record<string, unknown>[] => [
  {
    name: info.resource,
    singularName: info.singular,
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: info.verbs.toSorted(),
    ...(info.shortNames.length ? { shortNames: info.shortNames } : {}),
    ...(info.categories.length ? { categories: info.categories } : {}),
    ...(info.verbs.includes('get') ? { storageVersionHash: storageHash(info) } : {}),
  },
  ...sortedSubresources(info).map((sub) => ({
    name: `${info.resource}/${sub.name}`,
    singularName: '',
    namespaced: info.namespaced,
    ...(sub.group ? { group: sub.group } : {}),
    ...(sub.version ? { version: sub.version } : {}),
    kind: sub.kind,
    verbs: sub.verbs.toSorted(),
  })),
]

/** Tells clients whether the version that objects are stored in changed. */
const storageHash = ({ group, version, kind }: ResourceInfo): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')

const sortedSubresources = (info: ResourceInfo): ResourceInfo['subresources'] =>
  info.subresources.toSorted((a, b) => (a.name < b.name ? -1 : 1))

const groupDiscovery = (group: Group): Record<string, unknown> => ({
  metadata: { ...(group.name ? { name: group.name } : {}), creationTimestamp: null },
  versions: group.versions.map(({ version, infos }) => ({
    version,
    resources: infos.map((info) => ({
      resource: info.resource,
      responseKind: { group: info.group, version: info.version, kind: info.kind },
      scope: info.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: info.singular,
      verbs: info.verbs.toSorted(),
      ...(info.shortNames.length ? { shortNames: info.shortNames } : {}),
      ...(info.categories.length ? { categories: info.categories } : {}),
      ...(info.subresources.length
        ? {
            subresources: sortedSubresources(info).map((sub) => ({
              subresource: sub.name,
              responseKind: { group: sub.group ?? info.group, version: sub.version ?? info.version, kind: sub.kind },
              verbs: sub.verbs.toSorted(),
            })),
          }
        : {}),
    })),
    freshness: 'Current',
  })),
})
