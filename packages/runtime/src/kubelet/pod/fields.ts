/** The downward API: fields of the pod and resources of a container as text. */
import type { Container, ResourceFieldSelector } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { quantity } from '../../kinds/quantity.ts'

export interface NodeFacts {
  name: string
  ip: string
  cpus: number
  memoryBytes: number
}

/** Undefined for a field that does not exist. */
export const fieldOf = (pod: Pod, path: string, node: NodeFacts, podIp: string): string | undefined => {
  const { labels = {}, annotations = {} } = pod.metadata
  const keyed = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(path)
  if (keyed) return (keyed[1] === 'labels' ? labels : annotations)[keyed[2] ?? ''] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid ?? ''
    case 'metadata.labels':
      return lines(labels)
    case 'metadata.annotations':
      return lines(annotations)
    case 'spec.nodeName':
      return node.name
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? ''
    case 'status.hostIP':
    case 'status.hostIPs':
      return node.ip
    case 'status.podIP':
    case 'status.podIPs':
      return podIp
  }
  return undefined
}

const lines = (map: Record<string, string>) =>
  Object.keys(map)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n')

/** A limit that is not set is what the node has. */
export const resourceOf = (pod: Pod, container: Container, ref: ResourceFieldSelector, node: NodeFacts): string => {
  const of = ref.containerName ? pod.spec.containers.find(({ name }) => name === ref.containerName) : container
  const [list, name] = ref.resource.split(/\.(.*)/) as ['limits' | 'requests', string]
  const { limits, requests } = of?.resources ?? {}
  const set = list === 'requests' ? (requests?.[name] ?? limits?.[name]) : limits?.[name]
  const whole = name === 'cpu' ? node.cpus : name === 'memory' ? node.memoryBytes : 0
  const value = set === undefined ? (list === 'limits' ? whole : 0) : quantity(set as string)
  return String(Math.ceil(value / (quantity(ref.divisor as string | undefined) || 1) - 1e-9))
}
