/** Tables of Services, Endpoints and what routes to them. */
import type { KubeObject } from '@drey/reconcile'
import {
  ageColumn,
  at,
  column,
  firstThree,
  labelsText,
  list,
  nameColumn,
  none,
  selectorText,
  text,
  wide,
  type Column,
} from './column.ts'

const balancers = (object: KubeObject): string =>
  list(object, 'status.loadBalancer.ingress')
    .map((entry) => text(entry, 'ip') || text(entry, 'hostname'))
    .filter(Boolean)
    .join(',')

const externalAddress = (service: KubeObject): string => {
  const own = ((at(service, 'spec.externalIPs') ?? []) as string[]).join(',')
  if (text(service, 'spec.type') === 'ExternalName') return text(service, 'spec.externalName')
  if (text(service, 'spec.type') !== 'LoadBalancer') return none(own)
  return [balancers(service), own].filter(Boolean).join(',') || '<pending>'
}

const portsText = (service: KubeObject): string =>
  none(
    list(service, 'spec.ports')
      .map(
        (port) =>
          `${text(port, 'port')}${at(port, 'nodePort') ? `:${text(port, 'nodePort')}` : ''}/${text(port, 'protocol') || 'TCP'}`,
      )
      .join(','),
  )

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', (o) => text(o, 'spec.type') || 'ClusterIP'),
  column('Cluster-IP', (o) => none(text(o, 'spec.clusterIP'))),
  column('External-IP', externalAddress),
  column('Port(s)', portsText),
  ageColumn,
  wide('Selector', (o) => labelsText(at(o, 'spec.selector'))),
]

const endpointsText = (endpoints: KubeObject): string => {
  const pairs = list(endpoints, 'subsets').flatMap((subset) => {
    const ports = list(subset, 'ports')
    return ports.length
      ? ports.flatMap((port) =>
          list(subset, 'addresses').map((address) => `${text(address, 'ip')}:${text(port, 'port')}`),
        )
      : list(subset, 'addresses').map((address) => text(address, 'ip'))
  })
  return none(firstThree(pairs))
}
export const endpointsColumns: readonly Column[] = [nameColumn, column('Endpoints', endpointsText), ageColumn]

const unset = (value: string): string => value || '<unset>'
export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  column('AddressType', (o) => text(o, 'addressType')),
  column('Ports', (o) => unset(firstThree(list(o, 'ports').map((port) => text(port, 'port') || text(port, 'name'))))),
  column('Endpoints', (o) =>
    unset(firstThree(list(o, 'endpoints').flatMap((endpoint) => (endpoint['addresses'] ?? []) as string[]))),
  ),
  ageColumn,
]

const hostsText = (ingress: KubeObject): string => {
  const hosts = list(ingress, 'spec.rules')
    .map((rule) => text(rule, 'host'))
    .filter(Boolean)
  return hosts.length ? firstThree(hosts) : '*'
}
export const ingressColumns: readonly Column[] = [
  nameColumn,
  column('Class', (o) =>
    none(text(o, 'spec.ingressClassName') || (o.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '')),
  ),
  column('Hosts', hostsText),
  column('Address', balancers),
  column('Ports', (o) => (list(o, 'spec.tls').length ? '80, 443' : '80')),
  ageColumn,
]
export const ingressClassColumns: readonly Column[] = [
  nameColumn,
  column('Controller', (o) => text(o, 'spec.controller')),
  column('Parameters', (o) => {
    const parameters = at(o, 'spec.parameters')
    const group = text(parameters, 'apiGroup')
    return parameters ? `${text(parameters, 'kind')}${group ? `.${group}` : ''}/${text(parameters, 'name')}` : '<none>'
  }),
  ageColumn,
]
export const networkPolicyColumns: readonly Column[] = [
  nameColumn,
  column('Pod-Selector', (o) => selectorText(at(o, 'spec.podSelector'))),
  ageColumn,
]
