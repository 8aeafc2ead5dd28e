/**
 * Which ports of this machine stand for which ports of Services. There is no packet filter here: names of Services lead to
 * pod addresses directly, which is enough while a Service's port is its target port. For the rest somebody has to listen:
 *
 * - `nodePort` on the node's address, for NodePort and LoadBalancer;
 * - a load balancer's own loopback address, for LoadBalancer;
 * - the Service's port on the address of each pod behind it, where it differs from the target port (loopback pods only:
 *   inside a pod's own network nobody but the pod can listen).
 */
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1.d.ts'
import type { KubeObject } from '@drey/reconcile'
import type { Service } from './types.ts'

export interface Forward {
  host: string
  port: number
  targets: readonly { host: string; port: number }[]
}

export interface ForwardPlace {
  nodeAddress: string
  /** pods have addresses of this machine, on which we may listen too */
  podAddresses: boolean
}

export const forwardsOf = (service: Service, slices: readonly KubeObject[], place: ForwardPlace): Forward[] => {
  const { type = 'ClusterIP', clusterIP, ports = [] } = service.spec
  if (type === 'ExternalName' || service.metadata.deletionTimestamp) return []
  const balancer = balancerAddress(service)
  return ports
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .flatMap((port) => {
      const targets = targetsOf(slices, port.name)
      const outside = type === 'NodePort' || type === 'LoadBalancer'
      return [
        ...(outside && port.nodePort ? [{ host: place.nodeAddress, port: port.nodePort, targets }] : []),
        ...(balancer ? [{ host: balancer, port: port.port, targets }] : []),
        ...(place.podAddresses && clusterIP !== 'None'
          ? targets
              .filter((target) => target.port !== port.port)
              .map((target) => ({ host: target.host, port: port.port, targets: [target] }))
          : []),
      ]
    })
}

/** A loopback address of a load balancer's own, made of its cluster address; two of them may have the same port. */
export const balancerAddress = ({ spec }: Service): string | undefined => {
  if (spec.type !== 'LoadBalancer') return undefined
  const [, , c, d] = (spec.clusterIP ?? '').split('.')
  return c && d ? `127.1.${c}.${d}` : undefined
}

const targetsOf = (slices: readonly KubeObject[], name: string | undefined) =>
  slices.flatMap((slice) => {
    const ports = (slice['ports'] ?? []) as EndpointPort[]
    const number = ports.find((port) => (port.name ?? '') === (name ?? ''))?.port
    if (number === undefined) return []
    const ready = ((slice['endpoints'] ?? []) as Endpoint[]).filter(({ conditions }) => conditions?.ready !== false)
    return ready.flatMap(({ addresses }) => addresses).map((host) => ({ host, port: number }))
  })
