/**
 * The node agent: registers this machine as a node, runs the pods bound to it as processes, and reports. It speaks to
 * Kubernetes through the transport and nothing else, so it serves an embedded API server and a real one alike.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { configMaps, eventRecorder, informer, kubeClient, mergePatchOf, pods, secrets } from '@drey/kube'
import type { ImageCatalogue } from '@drey/flink-home'
import {
  isConflict,
  isNotFound,
  keyOf,
  realClock,
  workQueue,
  type Clock,
  type KubeTransport,
  type Note,
} from '@drey/reconcile'
import type { Container, PodStatus } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../kinds/types.ts'
import { isAddressOf } from '../isolation/addresses.ts'
import type { IsolationChoice, PodNetwork } from '../isolation/isolation.ts'
import { openNetwork } from '../isolation/open-network.ts'
import { execPlan, execToEnd } from './exec.ts'
import { homeMark } from './home-mark.ts'
import { watchNames } from './names-watch.ts'
import { keepNode } from './node.ts'
import { environmentOf, referencesOf } from './pod/environment.ts'
import type { NodeFacts } from './pod/fields.ts'
import { loadRecords, saveRecord, type PodRecord } from './pod/record.ts'
import { podWorker, type PodPorts, type PodWorker } from './pod/worker.ts'
import { contentsOf, references, textsOf } from './references.ts'
import { startScheduler } from './scheduler.ts'
import { sweep } from './sweep.ts'
import { podTarget } from './target.ts'
import type { KubeletTarget } from './streaming/target.ts'
import { podVolumes } from './volumes/pod-volumes.ts'
import { machineFacts } from './machine.ts'

export interface KubeletOptions {
  transport: KubeTransport
  nodeName: string
  /** where pods, logs and volumes lie; must be the same after a restart for processes to be adopted */
  dir: string
  images: ImageCatalogue
  isolation: IsolationChoice
  /** `status.addresses` of the node and `hostIP` of pods */
  nodeAddress: string
  /** where this machine reaches the API server; pods in network namespaces are given a way to it */
  apiServer: { host: string; port: number }
  /** port of the kubelet server, reported on the node */
  port?: number
  /** bind pods that have no node; off where a scheduler runs */
  schedule?: boolean
  labels?: Readonly<Record<string, string>>
  clock?: Clock
  random?: () => number
  log?(message: string): void
}

export interface Kubelet {
  /** for the kubelet server: logs, exec, attach, port-forward */
  readonly target: KubeletTarget
  /** what runs here, as the API last had it */
  pods(): readonly Pod[]
  /** connects to an address of a pod, whatever the network mode */
  connect(host: string, port: number): Promise<Duplex>
  /** ends a pod for a reason of the node; it stays in the API as Failed */
  evict(namespace: string, name: string, reason: string, message: string): boolean
  /** `keepPods`: the processes go on and are adopted by the next kubelet of this directory; otherwise they are ended */
  close(options: { keepPods: boolean; graceMs?: number }): Promise<void>
}

export const startKubelet = async (options: KubeletOptions): Promise<Kubelet> => {
  const { transport, nodeName, dir, isolation, nodeAddress } = options
  const clock = options.clock ?? realClock
  const random = options.random ?? Math.random
  const log = options.log ?? (() => {})
  const trouble = (error: unknown) => log(`kubelet: ${error instanceof Error ? error.message : String(error)}`)
  mkdirSync(join(dir, 'pods'), { recursive: true, mode: 0o700 })
  const client = kubeClient(transport)
  const facts: NodeFacts = { name: nodeName, ip: nodeAddress, ...machineFacts() }
  const leftBehind = loadRecords(dir)
  // Pods of the other network mode: their processes cannot be reached from here, they start anew under a new address.
  const strangers = leftBehind.filter(({ ip }) => ip !== nodeAddress && !isAddressOf(isolation.network, ip))
  if (strangers.length > 0) await sweep(dir)
  const network: PodNetwork = await openNetwork(dir, isolation.network, options.apiServer)
  const recorder = eventRecorder({ client, clock, component: 'kubelet', instance: nodeName, trouble })
  const event = (pod: Pod, note: Note) => recorder.record({ ...pod, apiVersion: 'v1', kind: 'Pod' }, [note])

  const workers = new Map<string, PodWorker>()
  const queue = workQueue({
    clock,
    workers: 32,
    work: async (uid) => workers.get(uid)?.sync(),
    failed: (_, error) => trouble(error),
    backoff: { firstMs: 200, maxMs: 15_000 },
  })
  const refs = references({
    transport,
    clock,
    random,
    trouble,
    changed: (uid) => workers.get(uid)?.refresh(),
  })
  const cache = informer<Pod>({
    transport,
    clock,
    random,
    type: pods,
    fieldSelector: `spec.nodeName=${nodeName}`,
    trouble,
  })
  const names = await watchNames({
    transport,
    clock,
    random,
    dir,
    network,
    byName: isolation.files === 'mount',
    trouble,
    workers: () => [...workers.values()],
  })

  const environment = async (pod: Pod, container: Container, ip: string, base: Record<string, string>) => {
    const namespace = pod.metadata.namespace ?? 'default'
    const data = new Map<string, Record<string, string> | undefined>()
    for (const reference of referencesOf(container)) {
      const [kind, name = ''] = reference.split('/')
      const object = await client.find({ type: kind === 'Secret' ? secrets : configMaps, namespace, name })
      data.set(reference, object && textsOf(contentsOf(kind === 'Secret' ? { ...object, kind } : object)))
    }
    const links = pod.spec.enableServiceLinks !== false
    const services = names.serviceEnvironment(namespace, links)
    return environmentOf({ pod, container, node: facts, podIp: ip, base, services, data })
  }

  const ports: PodPorts = {
    clock,
    dir,
    homeMark: homeMark(dir),
    files: isolation.files,
    privileged: process.getuid?.() === 0,
    network,
    images: options.images,
    hostIp: nodeAddress,
    event,
    environment,
    wake: (uid) => queue.add(uid),
    volumes: podVolumes({ client, refs, dir, facts }),
    hosts: names.hostsFileOf,
    exec: async (pod, container, command, timeoutMs) => {
      const at = target.place({ namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container })
      return execToEnd(execPlan(at, command), timeoutMs)
    },
    async report(pod, status) {
      const latest = cache.get(keyOf(pod))
      const old = (latest?.metadata.uid === pod.metadata.uid ? latest?.status : pod.status) ?? {}
      const patch = mergePatchOf(old, status) as Partial<PodStatus> | undefined
      if (!patch) return
      const { name, namespace = 'default', uid } = pod.metadata
      try {
        const body = { metadata: { uid }, status: patch }
        cache.remember(await client.merge<Pod>({ type: pods, namespace, name }, body, 'status'))
      } catch (error) {
        // Gone, or another pod of the same name by now: the watch will say so.
        if (!isNotFound(error) && !isConflict(error)) throw error
      }
    },
    async remove(pod) {
      const { name, namespace = 'default', uid = '' } = pod.metadata
      await client.remove({ type: pods, namespace, name }, { uid, graceSeconds: 0 })
    },
    ended: (record) => refs.release(record.uid),
    forgotten(record) {
      workers.delete(record.uid)
      queue.forget(record.uid)
      names.forget(record)
    },
  }
  const target = podTarget({ workers: () => [...workers.values()], network, privileged: ports.privileged })

  const adopt = (record: PodRecord): PodWorker => {
    const worker = podWorker(record, ports)
    workers.set(record.uid, worker)
    names.touch()
    return worker
  }
  const accept = (pod: Pod): PodWorker => {
    const { uid = '', name, namespace = 'default' } = pod.metadata
    const inUse = new Set([...workers.values()].map(({ record }) => record.ip))
    const ip = pod.spec.hostNetwork ? nodeAddress : network.allocate(inUse)
    const record = { uid, namespace, name, ip, startedAt: clock.now(), initialized: false, containers: {} }
    saveRecord(dir, record)
    return adopt(record)
  }
  const see = (pod: Pod) => {
    const { uid = '' } = pod.metadata
    const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    const worker = workers.get(uid)
    // A finished pod we know nothing of: it ran in an earlier life of this node, there is nothing to run.
    if (!worker && finished && !pod.metadata.deletionTimestamp) return
    ;(worker ?? accept(pod)).update(pod)
  }

  const node = await keepNode({
    client,
    clock,
    name: nodeName,
    address: nodeAddress,
    dir,
    port: options.port ?? 0,
    labels: options.labels ?? {},
    trouble,
  })
  await cache.start()
  for (const record of strangers) {
    record.ip = network.allocate(new Set(leftBehind.map(({ ip }) => ip)))
    saveRecord(dir, record)
  }
  for (const record of leftBehind) adopt(record)
  for (const pod of cache.list()) see(pod)
  const known = new Set(cache.list().map(({ metadata }) => metadata.uid))
  for (const { uid } of leftBehind) if (!known.has(uid)) workers.get(uid)?.update(undefined)
  cache.onChange(({ old, now }) => {
    if (now) see(now)
    names.touch()
    if (old && old.metadata.uid !== now?.metadata.uid) workers.get(old.metadata.uid ?? '')?.update(undefined)
  })
  const labels = () => ({ 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux', ...options.labels })
  const scheduler = options.schedule
    ? await startScheduler({ transport, client, clock, random, nodeName, labels, event, trouble })
    : undefined

  let closing: Promise<void> | undefined
  const close = async ({ keepPods, graceMs = 10_000 }: { keepPods: boolean; graceMs?: number }) => {
    node.close()
    cache.close()
    refs.close()
    names.close()
    await scheduler?.close()
    await Promise.all([...workers.values()].map((worker) => (keepPods ? worker.release() : worker.shutDown(graceMs))))
    await queue.drain()
    await network.close({ keep: keepPods })
  }

  return {
    target,
    pods: () => cache.list(),
    connect: network.connect,
    evict(namespace, name, reason, message) {
      const worker = [...workers.values()].find(({ record }) => record.namespace === namespace && record.name === name)
      worker?.evict(reason, message)
      return worker !== undefined
    },
    close: (how) => (closing ??= close(how)),
  }
}
