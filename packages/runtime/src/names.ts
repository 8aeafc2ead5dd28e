/**
 * The names pods know: a hosts file made of Services and their endpoints. Kubernetes answers the same questions by DNS;
 * a file needs no server and no port 53, and says at once that a name does not exist.
 */
import type { KubeObject } from '@drey/reconcile'

export interface EndpointSliceObject extends KubeObject {
  endpoints?: { addresses: readonly string[]; conditions?: { ready?: boolean }; hostname?: string }[]
}

export interface NamedPod {
  name: string
  namespace: string
  ip: string
  /** from the pod's spec: `hostname` and `subdomain` */
  hostname?: string
  subdomain?: string
  labels?: Readonly<Record<string, string>>
  ready: boolean
  /** not ready yet, or not any more, and not ending */
  starting?: boolean
}

export interface NamesView {
  services: readonly KubeObject[]
  slices: readonly EndpointSliceObject[]
  pods: readonly NamedPod[]
  /** the Service `default/kubernetes`: where pods reach the API server */
  apiServerIp: string
  clusterDomain?: string
}

/**
 * Lines `address name …`. A Service stands for its ready pods; while none is ready, for those of this node that are starting: who
 * asks is refused and tries again, whereas a JVM remembers for ten seconds that a name did not exist. Without any pod its names
 * do not exist.
 */
export const hostsLines = (view: NamesView): string[] => {
  const { clusterDomain = 'cluster.local' } = view
  const lines: string[] = []
  for (const { name, namespace, ip, hostname, subdomain } of view.pods) {
    const dashed = ip.replaceAll('.', '-')
    const own = subdomain ? forms(`${hostname ?? name}.${subdomain}`, namespace, clusterDomain) : []
    // The first name is what a reverse look-up answers.
    lines.push([ip, ...own, name, `${dashed}.${namespace}.pod.${clusterDomain}`].join(' '))
  }
  lines.push([view.apiServerIp, ...forms('kubernetes', 'default', clusterDomain)].join(' '))
  for (const service of view.services) {
    const { name, namespace = 'default' } = service.metadata
    if (isApiServer(service)) continue
    for (const ip of addressesOf(service, view)) lines.push([ip, ...forms(name, namespace, clusterDomain)].join(' '))
  }
  return lines
}

/** The short name is left to the pod's own file: it means the Service of the pod's own namespace. */
const forms = (name: string, namespace: string, domain: string): string[] => [
  `${name}.${namespace}.svc.${domain}`,
  `${name}.${namespace}.svc`,
  `${name}.${namespace}`,
]

/** `address name` for the Services of one namespace: what a pod there may say without a namespace. */
export const shortNames = (view: NamesView, namespace: string): string[] =>
  view.services
    .filter((service) => service.metadata.namespace === namespace)
    .flatMap((service) => addressesOf(service, view).map((ip) => `${ip} ${service.metadata.name}`))

export const addressesOf = (service: KubeObject, view: NamesView): string[] => {
  const { name, namespace } = service.metadata
  if (isApiServer(service)) return [view.apiServerIp]
  const spec = service['spec'] as { publishNotReadyAddresses?: boolean; selector?: Record<string, string> } | undefined
  const slices = view.slices.filter(
    (slice) => slice.metadata.namespace === namespace && slice.metadata.labels?.['kubernetes.io/service-name'] === name,
  )
  const ready = slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => spec?.publishNotReadyAddresses || endpoint.conditions?.ready !== false)
    .flatMap((endpoint) => endpoint.addresses)
  const own = ownPods(view, namespace, spec?.selector)
  const shown = own.filter((pod) => pod.ready || spec?.publishNotReadyAddresses).map(({ ip }) => ip)
  const found = [...new Set([...ready, ...shown])]
  return found.length > 0 ? found : own.filter(({ starting }) => starting).map(({ ip }) => ip)
}

/**
 * Pods of this node behind a Service, as we know them ourselves: endpoints come a moment later, and a real API server refuses
 * loopback addresses in them altogether.
 */
const ownPods = (
  view: NamesView,
  namespace: string | undefined,
  wanted: Record<string, string> | undefined,
): NamedPod[] => {
  const selector = Object.entries(wanted ?? {})
  if (selector.length === 0) return []
  return view.pods
    .filter((pod) => pod.namespace === namespace)
    .filter(({ labels = {} }) => selector.every(([key, value]) => labels[key] === value))
}

const isApiServer = ({ metadata }: KubeObject) => metadata.name === 'kubernetes' && metadata.namespace === 'default'

/**
 * The whole file of one pod. With loopback addresses `localhost` is the pod's own address: containers of a pod share their
 * localhost, and two pods must not. `machine` are lines of the machine's own hosts file.
 */
export const hostsFile = (
  own: { ip: string; hostname: string; loopback: boolean },
  lines: readonly string[],
  machine: readonly string[] = [],
): string =>
  [
    ...(own.loopback ? [] : ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback']),
    `${own.ip} ${own.hostname}${own.loopback ? ' localhost' : ''}`,
    ...lines,
    ...machine.filter((line) => /^\s*[0-9a-fA-F:.]+\s/.test(line) && !/\blocalhost\b|ip6-/.test(line)),
    '',
  ].join('\n')
