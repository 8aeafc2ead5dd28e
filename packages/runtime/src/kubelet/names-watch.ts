/** Keeps the hosts files of the home and of each pod true, and knows the Services for their environment variables. */
import {
  mkdirSync,
  openSync,
  closeSync,
  ftruncateSync,
  writeSync,
  readFileSync,
  writeFileSync,
  existsSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { endpointSlices, informer, services } from '@drey/kube'
import type { Clock, KubeTransport } from '@drey/reconcile'
import { isActive, isReady } from '../kinds/pods.ts'
import type { Service } from '../kinds/types.ts'
import type { PodNetwork } from '../isolation/isolation.ts'
import { addressesOf, hostsFile, hostsLines, shortNames, type EndpointSliceObject, type NamesView } from '../names.ts'
import { hostnameOf } from './pod/launch.ts'
import { podDir, type PodRecord } from './pod/record.ts'
import { serviceEnvironment } from './pod/service-environment.ts'
import type { PodWorker } from './pod/worker.ts'

export interface NamesWatch {
  /** the hosts file of one pod, made if it is not there */
  hostsFileOf(record: PodRecord): string
  serviceEnvironment(namespace: string, links: boolean): Record<string, string>
  /** a pod came or changed */
  touch(): void
  forget(record: PodRecord): void
  close(): void
}

export const watchNames = async (options: {
  transport: KubeTransport
  clock: Clock
  random: () => number
  dir: string
  network: PodNetwork
  /** pods have the hosts file at /etc/hosts, so they can be told names */
  byName: boolean
  workers(): readonly PodWorker[]
  trouble(error: unknown): void
}): Promise<NamesWatch> => {
  const { transport, clock, random, dir, network, trouble } = options
  const serviceCache = informer<Service>({ transport, clock, random, type: services, trouble })
  const slices = informer<EndpointSliceObject>({ transport, clock, random, type: endpointSlices, trouble })
  let scheduled = false
  let closed = false

  const view = (): NamesView => ({
    services: serviceCache.list(),
    slices: slices.list(),
    apiServerIp: network.apiServer.ip,
    pods: options.workers().map(({ record, pod }) => ({
      name: record.name,
      namespace: record.namespace,
      ip: record.ip,
      ready: pod !== undefined && pod.metadata.deletionTimestamp === undefined && isReady(pod),
      starting: pod !== undefined && isActive(pod) && !isReady(pod),
      ...(pod?.metadata.labels ? { labels: pod.metadata.labels } : {}),
      ...(pod?.spec.hostname ? { hostname: pod.spec.hostname } : {}),
      ...(pod?.spec.subdomain ? { subdomain: pod.spec.subdomain } : {}),
    })),
  })

  const textFor = (record: PodRecord, now: NamesView, lines: readonly string[]): string => {
    const pod = options.workers().find(({ record: { uid } }) => uid === record.uid)?.pod
    const aliases = (pod?.spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join(' '))
    const own = {
      ip: record.ip,
      hostname: pod ? hostnameOf(pod) : record.name,
      loopback: network.mode === 'loopback',
    }
    // The pod's own line comes first: a reverse look-up of its address answers its name.
    return hostsFile(own, [...aliases, ...shortNames(now, record.namespace), ...lines], machineLines())
  }

  const fileOf = (record: PodRecord) => join(podDir(dir, record), 'hosts')
  const write = () => {
    scheduled = false
    if (closed) return
    const now = view()
    const lines = hostsLines(now)
    for (const { record } of options.workers())
      if (existsSync(fileOf(record))) overwrite(fileOf(record), textFor(record, now, lines))
  }
  const touch = () => {
    if (scheduled || closed) return
    scheduled = true
    setImmediate(write)
  }
  serviceCache.onChange(touch)
  slices.onChange(touch)
  await Promise.all([serviceCache.start(), slices.start()])

  return {
    hostsFileOf(record) {
      const file = fileOf(record)
      const now = view()
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const text = textFor(record, now, hostsLines(now))
      if (existsSync(file)) overwrite(file, text)
      else writeFileSync(file, text, { mode: 0o644 })
      return file
    },
    serviceEnvironment(namespace, links) {
      const now = view()
      const visible = links ? serviceCache.list().filter(({ metadata }) => metadata.namespace === namespace) : []
      const reachable = visible.flatMap((service) => {
        const ip = addressesOf(service, now)[0] ?? service.spec.clusterIP
        return ip && ip !== 'None' && service.metadata.name !== 'kubernetes' ? [{ service, ip }] : []
      })
      const { host, ip, port } = network.apiServer
      return serviceEnvironment(reachable, { host: options.byName ? host : ip, port })
    },
    touch,
    forget: touch,
    close() {
      closed = true
      serviceCache.close()
      slices.close()
    },
  }
}

/**
 * In place: the file is bound into mount namespaces, where a renamed successor would never be seen. Written in one go and
 * only then shortened, so that a reader never finds it empty.
 */
const overwrite = (file: string, text: string) => {
  if (readFileSync(file, 'utf8') === text) return
  const fd = openSync(file, 'r+')
  try {
    writeSync(fd, text, 0)
    ftruncateSync(fd, Buffer.byteLength(text))
  } finally {
    closeSync(fd)
  }
}

const machineLines = (): string[] => {
  try {
    return readFileSync('/etc/hosts', 'utf8').split('\n')
  } catch {
    return []
  }
}
