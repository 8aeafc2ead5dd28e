/** Kinds as people name them (`flinkdep`, `pods`, `FlinkDeployment`), looked up in the cluster's own discovery. */
import type { KubeClient } from '@drey/kube'
import type { ResourceType } from '@drey/reconcile'
import { exit, Problem } from './command.ts'

export interface Kinds {
  /** by plural, singular, short name or kind, case-insensitive, with an optional group (`deployments.apps`) */
  named(word: string): ResourceType
  /** all kinds of a category (`all`); empty when it is none */
  inCategory(word: string): readonly ResourceType[]
  of(apiVersion: string, kind: string): ResourceType
}

interface Known {
  type: ResourceType
  words: readonly string[]
  categories: readonly string[]
}

export const discover = async (client: KubeClient): Promise<Kinds> => {
  const all = (await Promise.all(['/api', '/apis'].map((path) => aggregated(client, path)))).flat()
  return {
    named(word) {
      const [name = '', ...group] = word.toLowerCase().split('.')
      const found = all.find(
        ({ type, words }) => words.includes(name) && (group.length === 0 || type.group === group.join('.')),
      )
      if (found) return found.type
      throw new Problem('KIND_UNKNOWN', `The cluster does not know a kind "${word}".`, {
        fix: 'drey get flinkdeployments, flinksessionjobs, flinkstatesnapshots, pods, services …',
        exitCode: exit.usage,
      })
    },
    inCategory: (word) => all.filter(({ categories }) => categories.includes(word)).map(({ type }) => type),
    of(apiVersion, kind) {
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
      const found = all.find(({ type }) => type.group === group && type.version === version && type.kind === kind)
      if (found) return found.type
      throw new Problem('KIND_UNKNOWN', `The cluster does not know ${kind} in ${apiVersion}.`, {
        fix: apiVersion.startsWith('flink.apache.org/')
          ? 'drey crds apply'
          : 'install its CustomResourceDefinition first',
        exitCode: exit.usage,
      })
    },
  }
}

interface Aggregated {
  kind?: string
  items: {
    metadata: { name?: string }
    versions: {
      version: string
      resources?: {
        resource: string
        responseKind: { kind: string }
        scope: 'Namespaced' | 'Cluster'
        singularResource?: string
        shortNames?: string[]
        categories?: string[]
      }[]
    }[]
  }[]
}

/** All groups in one answer (Kubernetes ≥ 1.26); what an older server says instead is asked group by group. */
const aggregated = async (client: KubeClient, path: string): Promise<Known[]> => {
  const answer = await client.send<Aggregated | { kind: string }>({
    method: 'GET',
    path,
    accept:
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
      'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
  })
  if (!('items' in answer)) return oneByOne(client, path)
  return answer.items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(
        ({ resource, responseKind: { kind }, scope, singularResource = '', shortNames = [], categories = [] }) => ({
          type: { group: metadata.name ?? '', version, resource, kind, namespaced: scope === 'Namespaced' },
          words: [resource, singularResource, kind, ...shortNames].map((word) => word.toLowerCase()),
          categories,
        }),
      ),
    ),
  )
}

interface ApiResource {
  name: string
  singularName: string
  kind: string
  namespaced: boolean
  shortNames?: string[]
  categories?: string[]
}

const oneByOne = async (client: KubeClient, path: string): Promise<Known[]> => {
  const versions =
    path === '/api'
      ? ['v1']
      : (
          await client.send<{ groups: { versions: { groupVersion: string }[] }[] }>({ method: 'GET', path })
        ).groups.flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))
  const lists = await Promise.all(
    versions.map(async (groupVersion) => {
      const { resources } = await client.send<{ resources: ApiResource[] }>({
        method: 'GET',
        path: `${path}/${groupVersion}`,
      })
      const [group, version] = groupVersion.includes('/')
        ? (groupVersion.split('/') as [string, string])
        : ['', groupVersion]
      return resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, singularName, kind, namespaced, shortNames = [], categories = [] }) => ({
          type: { group, version, resource: name, kind, namespaced },
          words: [name, singularName, kind, ...shortNames].map((word) => word.toLowerCase()),
          categories,
        }))
    }),
  )
  return lists.flat()
}
