/**
 * Services with a selector: Endpoints and EndpointSlices that say which pods stand behind them. A headless Service's name
 * resolves to exactly the ready addresses, so a JobManager is found only once it is ready (`publishNotReadyAddresses` aside).
 */
import type { EndpointAddress, EndpointSubset, ServicePort } from 'kubernetes-types/core/v1.d.ts'
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1.d.ts'
import { endpoints, endpointSlices, equal, services } from '@drey/kube'
import type { Decision, KubeAction, KubeObject, ResourceType } from '@drey/reconcile'
import { decision, omitEmpty } from './decide.ts'
import { canonical, suffix } from './hash.ts'
import { controlledBy } from './owned.ts'
import { isReady } from './pods.ts'
import { hasAll } from './selector.ts'
import type { Pod, Service } from './types.ts'

export interface ServiceObserved {
  /** pods of the Service's namespace */
  pods: readonly Pod[]
  /** the Endpoints of the Service's name, if there are */
  endpoints: KubeObject | undefined
  /** EndpointSlices this Service controls */
  slices: readonly KubeObject[]
}

const serviceNameLabel = 'kubernetes.io/service-name'
const headlessLabel = 'service.kubernetes.io/headless'
const sliceManager = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' }
const endpointsManager = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }

export const decideService = (service: Service, observed: ServiceObserved): Decision<undefined, KubeAction> => {
  if (service.metadata.deletionTimestamp) return decision('teardown', 'being deleted: its dependents follow')
  if (service.spec.type === 'ExternalName') return decision('external', 'an alias has no endpoints')
  if (!service.spec.selector) return decision('manual', 'no selector: whoever made the Service writes its endpoints')

  const behind = observed.pods
    .filter((pod) => hasAll(service.spec.selector, pod.metadata.labels))
    .filter((pod) => pod.status?.podIP && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const groups = byPorts(service, behind)

  const wantedSlices = groups.map(({ ports, pods }) => sliceOf(service, ports, pods))
  const names = new Set(wantedSlices.map((slice) => slice.metadata.name))
  const actions: KubeAction[] = [
    ...bring(endpoints, endpointsOf(service, groups), observed.endpoints, ['subsets']),
    ...wantedSlices.flatMap((slice) =>
      bring(
        endpointSlices,
        slice,
        observed.slices.find((have) => have.metadata.name === slice.metadata.name),
        ['endpoints', 'ports'],
      ),
    ),
    ...observed.slices
      .filter((slice) => !names.has(slice.metadata.name))
      .map((slice): KubeAction => ({ do: 'delete', ref: refOf(endpointSlices, slice), uid: slice.metadata.uid ?? '' })),
  ]
  const ready = behind.filter((pod) => isServing(service, pod)).length
  return decision(actions.length > 0 ? 'publish' : 'settle', `${ready} of ${behind.length} pods take traffic`, {
    actions,
  })
}

const isServing = (service: Service, pod: Pod): boolean =>
  service.spec.publishNotReadyAddresses === true || (isReady(pod) && !pod.metadata.deletionTimestamp)

interface Group {
  ports: EndpointPort[]
  pods: Pod[]
}

/** Pods that resolve the Service's ports to the same numbers stand together; a named target port may differ per pod. */
const byPorts = (service: Service, pods: readonly Pod[]): Group[] => {
  const groups = new Map<string, Group>()
  for (const pod of pods) {
    const ports = (service.spec.ports ?? []).flatMap((port) => resolve(port, pod) ?? [])
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue
    const key = canonical(ports)
    const group = groups.get(key) ?? { ports, pods: [] }
    group.pods.push(pod)
    groups.set(key, group)
  }
  // An empty slice is kept: it says that the Service is known and nobody stands behind it.
  if (groups.size === 0) return [{ ports: [], pods: [] }]
  return [...groups.values()]
}

const resolve = (port: ServicePort, pod: Pod): EndpointPort | undefined => {
  const number = targetPort(port, pod)
  if (number === undefined) return undefined
  return {
    ...(port.name ? { name: port.name } : {}),
    port: number,
    protocol: port.protocol ?? 'TCP',
    ...(port.appProtocol ? { appProtocol: port.appProtocol } : {}),
  }
}

/** The number a Service's port means on this pod; undefined when the pod names no such port. */
export const targetPort = (port: ServicePort, pod: Pod): number | undefined => {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target === 0 ? port.port : target
  for (const container of pod.spec.containers ?? [])
    for (const declared of container.ports ?? [])
      if (declared.name === target && (declared.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
        return declared.containerPort
  return undefined
}

const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None'

const labelsOf = (service: Service, manager: Record<string, string>): Record<string, string> => ({
  ...service.metadata.labels,
  ...manager,
  ...(isHeadless(service) ? { [headlessLabel]: '' } : {}),
})

const endpointsOf = (service: Service, groups: readonly Group[]): KubeObject => {
  const subsets = groups.flatMap(({ ports, pods }): EndpointSubset[] => {
    const standing = pods.filter((pod) => service.spec.publishNotReadyAddresses || !pod.metadata.deletionTimestamp)
    if (standing.length === 0) return []
    const ready = standing.filter((pod) => isServing(service, pod)).map((pod) => addressOf(service, pod))
    const notReady = standing.filter((pod) => !isServing(service, pod)).map((pod) => addressOf(service, pod))
    return [omitEmpty({ addresses: ready, notReadyAddresses: notReady, ports: ports as { port: number }[] })]
  })
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: service.metadata.name,
      ...(service.metadata.namespace ? { namespace: service.metadata.namespace } : {}),
      labels: labelsOf(service, endpointsManager),
      ownerReferences: [controlledBy(services, service)],
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  }
}

const targetRef = (pod: Pod) => ({
  kind: 'Pod',
  name: pod.metadata.name,
  ...(pod.metadata.namespace ? { namespace: pod.metadata.namespace } : {}),
  ...(pod.metadata.uid ? { uid: pod.metadata.uid } : {}),
})

const hostnameOf = (service: Service, pod: Pod) =>
  pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? { hostname: pod.spec.hostname } : {}

const addressOf = (service: Service, pod: Pod): EndpointAddress => ({
  ip: pod.status?.podIP ?? '',
  ...hostnameOf(service, pod),
  ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
  targetRef: targetRef(pod),
})

const sliceOf = (service: Service, ports: EndpointPort[], pods: readonly Pod[]): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name: `${service.metadata.name.slice(0, 57)}-${suffix(service.metadata.uid, ports)}`,
    generateName: `${service.metadata.name}-`,
    ...(service.metadata.namespace ? { namespace: service.metadata.namespace } : {}),
    labels: { ...labelsOf(service, sliceManager), [serviceNameLabel]: service.metadata.name },
    ownerReferences: [controlledBy(services, service)],
  },
  addressType: 'IPv4',
  endpoints: pods.map((pod): Endpoint => {
    const terminating = pod.metadata.deletionTimestamp !== undefined
    return {
      addresses: [pod.status?.podIP ?? ''],
      conditions: { ready: isServing(service, pod), serving: isReady(pod), terminating },
      ...hostnameOf(service, pod),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: targetRef(pod),
    }
  }),
  ports,
})

const refOf = (type: ResourceType, object: KubeObject) => ({
  type,
  ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
  name: object.metadata.name,
})

/** Creates the object, or replaces the members that differ; nothing when all is as it should be. */
const bring = (
  type: ResourceType,
  wanted: KubeObject,
  have: KubeObject | undefined,
  members: readonly string[],
): KubeAction[] => {
  if (!have) return [{ do: 'create', type, object: wanted }]
  const patch: Record<string, unknown> = {}
  for (const member of members)
    if (!equal(have[member] ?? [], wanted[member] ?? [])) patch[member] = wanted[member] ?? null
  const labels = Object.fromEntries(
    Object.entries(wanted.metadata.labels ?? {}).filter(([key, value]) => have.metadata.labels?.[key] !== value),
  )
  if (Object.keys(labels).length > 0) patch['metadata'] = { labels }
  if (Object.keys(patch).length === 0) return []
  return [{ do: 'merge', ref: refOf(type, have), patch }]
}
