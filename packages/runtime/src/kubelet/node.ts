/** The Node object and its heartbeat: what this machine offers, and the Lease that says it is alive. */
import { arch, cpus, hostname, release, totalmem } from 'node:os'
import { readFileSync, statfsSync } from 'node:fs'
import { leases, nodes, type KubeClient } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { Clock } from '@drey/reconcile'
import { bootId } from './process/tree.ts'
import { time } from './pod/status.ts'

export interface NodeOptions {
  client: KubeClient
  clock: Clock
  name: string
  address: string
  dir: string
  /** where the kubelet server listens; 0: nowhere */
  port: number
  labels: Readonly<Record<string, string>>
  trouble(error: unknown): void
}

const leaseSeconds = 40
const renewMs = 10_000
const statusEveryMs = 300_000

/** Registers the node and keeps its heartbeat; resolves when it is registered. */
export const keepNode = async (options: NodeOptions): Promise<{ close(): void }> => {
  const { client, clock, name, trouble } = options
  let stopped = false
  let stop = () => {}
  let statusAt = -Infinity
  const beat = async () => {
    try {
      if (clock.now() - statusAt >= statusEveryMs) {
        await register(options)
        statusAt = clock.now()
      }
      await renew(client, name, clock.now())
    } catch (error) {
      trouble(error)
      statusAt = -Infinity
    }
    if (!stopped) stop = clock.after(renewMs, () => void beat())
  }
  await beat()
  return {
    close() {
      stopped = true
      stop()
    },
  }
}

const register = async (options: NodeOptions): Promise<void> => {
  const { client, clock, name } = options
  const ref = { type: nodes, name }
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': goArch(),
    'node.drey.dev/runtime': 'process',
    ...options.labels,
  }
  const have = await client.find(ref)
  if (!have) await client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {} })
  else if (Object.entries(labels).some(([key, value]) => have.metadata.labels?.[key] !== value))
    await client.merge(ref, { metadata: { labels } })
  const before = ((have?.['status'] ?? {}) as { conditions?: { type: string; lastTransitionTime: string }[] })
    .conditions
  await client.merge(ref, { status: statusOfNode(options, before ?? [], clock.now()) }, 'status')
}

const statusOfNode = (
  { name, address, dir, port }: NodeOptions,
  before: readonly { type: string; status?: string; lastTransitionTime: string }[],
  now: number,
): Record<string, unknown> => {
  const condition = (type: string, status: string, reason: string, message: string) => {
    const old = before.find((one) => one.type === type)
    const since = old?.status === status ? old.lastTransitionTime : time(now)
    return { type, status, reason, message, lastHeartbeatTime: time(now), lastTransitionTime: since }
  }
  const disk = statfsSync(dir)
  const resources = {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    pods: '250',
  }
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'there is enough memory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'there is enough disk'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'there are enough process ids'),
      condition('Ready', 'True', 'KubeletReady', 'pods run as processes of this machine'),
    ],
    ...(port > 0 ? { daemonEndpoints: { kubeletEndpoint: { Port: port } } } : {}),
    nodeInfo: {
      architecture: goArch(),
      bootID: bootId(),
      containerRuntimeVersion: 'drey://0.1.0',
      kernelVersion: release(),
      kubeProxyVersion: '',
      kubeletVersion: 'v1.33.0',
      machineID: machineId(),
      operatingSystem: 'linux',
      osImage: osImage(),
      systemUUID: machineId(),
    },
  }
}

const goArch = () => ({ x64: 'amd64', arm64: 'arm64' })[arch() as 'x64'] ?? arch()

const machineId = (): string => {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return hostname()
  }
}

const osImage = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  } catch {
    return 'Linux'
  }
}

const renew = async (client: KubeClient, name: string, now: number): Promise<void> => {
  const ref = { type: leases, namespace: 'kube-node-lease', name }
  const renewTime = new Date(now).toISOString().replace('Z', '000Z')
  const spec = { holderIdentity: name, leaseDurationSeconds: leaseSeconds, renewTime }
  const have = await client.find(ref)
  if (have) await client.merge(ref, { spec })
  else {
    const lease: KubeObject = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease' },
      spec,
    }
    await client.create(leases, lease)
  }
}
