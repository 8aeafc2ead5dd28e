/** Kinds as people name them (`flinkdep`, `job`, `pods`, `FlinkDeployment`), looked up in the cluster's own discovery. */
import type { KubeClient } from '@drey/kube'
import type { ResourceType } from '@drey/reconcile'
import { exit, Problem } from './command.ts'

interface ApiResource {
  name: string
  singularName: string
  kind: string
  namespaced: boolean
  shortNames?: string[]
  categories?: string[]
  verbs: string[]
}

export interface Kinds {
  /** by plural, singular, short name or kind, case-insensitive, with an optional group (`deployments.apps`) */
  named(word: string): ResourceType
  of(apiVersion: string, kind: string): ResourceType
}

export const discover = async (client: KubeClient): Promise<Kinds> => {
  const groups = await client.send<{
    groups: { name: string; preferredVersion: { groupVersion: string }; versions: { groupVersion: string }[] }[]
  }>({
    method: 'GET',
    path: '/apis',
  })
  const versions = ['v1', ...groups.groups.flatMap((g) => g.versions.map((v) => v.groupVersion))]
  const lists = await Promise.all(
    versions.map(async (groupVersion) => {
      const list = await client.send<{ resources: ApiResource[] }>({
        method: 'GET',
        path: groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`,
      })
      const [group, version] = groupVersion.includes('/')
        ? (groupVersion.split('/') as [string, string])
        : ['', groupVersion]
      return list.resources
        .filter((resource) => !resource.name.includes('/'))
        .map((resource) => ({
          type: { group, version, resource: resource.name, kind: resource.kind, namespaced: resource.namespaced },
          words: [resource.name, resource.singularName, resource.kind, ...(resource.shortNames ?? [])].map((word) =>
            word.toLowerCase(),
          ),
        }))
    }),
  )
  const all = lists.flat()
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
