/**
 * One node of a real control plane whose programs are the simulation's: its kubelet binds, starts and ends pods, its model of Flink
 * runs in them, in real time, and answers HTTP at the address of each JobManager pod (127.9.0.n:8081).
 */
import { createServer, type Server } from 'node:http'
import type { Store } from '@drey/apiserver'
import { configMaps, informer, nodes, pods, services, type Informer, type KubeClient } from '@drey/kube'
import { realClock, type KubeObject, type KubeTransport } from '@drey/reconcile'
import { flinkModel, type FlinkModel } from '../../sim/flink/model.ts'
import { realTime } from '../../sim/flink/real-time.ts'
import { handle } from '../../sim/flink/server.ts'
import { kubelet, type Kubelet } from '../../sim/kubelet.ts'

export interface ModelCluster {
  flink: FlinkModel
  kubelet: Kubelet
  close(): Promise<void>
}

export const startModelCluster = async (transport: KubeTransport, client: KubeClient): Promise<ModelCluster> => {
  const mirror = {
    pods: informer({ transport, clock: realClock, random: Math.random, type: pods }),
    configmaps: informer({ transport, clock: realClock, random: Math.random, type: configMaps }),
    services: informer({ transport, clock: realClock, random: Math.random, type: services }),
  }
  await Promise.all(Object.values(mirror).map((one) => one.start()))
  const time = realTime({ now: Date.now })
  const store = storeOf(mirror)
  const node = { type: nodes, name: 'node' }
  await client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node' } })
  const isWell = () => {
    const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'Fine',
      message: '',
      lastHeartbeatTime: at,
      lastTransitionTime: at,
    }
    const status = { conditions: [ready], allocatable: { cpu: '64', memory: '64Gi', pods: '100' } }
    return client.merge(node, { status }, 'status').catch(() => {})
  }
  await isWell()
  const heartbeat = setInterval(() => void isWell(), 10_000)

  // The model counts addresses from 10.1.0.1; here they are the machine's own, so that the operator can call them.
  const servers = new Map<string, Server>()
  const addressed: KubeClient = {
    ...client,
    merge: (ref, patch, subresource) => {
      const status = (patch as { status?: { podIP?: string } }).status
      if (status?.podIP === undefined) return client.merge(ref, patch, subresource)
      const podIP = status.podIP.replace('10.1.0.', '127.9.0.')
      serve(podIP)
      return client.merge(ref, { status: { ...status, podIP, podIPs: [{ ip: podIP }] } }, subresource)
    },
  }
  const flink = flinkModel({ scheduler: time, random: Math.random, client, store })
  const serve = (address: string) => {
    if (servers.has(address)) return
    const server = createServer((request, response) => {
      const pod = mirror.pods.list().find((one) => (one['status'] as { podIP?: string }).podIP === address)
      const cluster = `${pod?.metadata.namespace}/${pod?.metadata.labels?.['app']}`
      const manager = flink.jobManagers(cluster).find(({ podName }) => podName === pod?.metadata.name)
      if (manager) void handle(manager, request, response)
      else request.socket.destroy()
    })
    servers.set(address, server)
    server.on('error', () => {}).listen(8081, address)
  }
  const machine = kubelet({ scheduler: time, store, client: addressed, start: flink.start })
  return {
    flink,
    kubelet: machine,
    async close() {
      clearInterval(heartbeat)
      machine.close()
      time.close()
      for (const one of Object.values(mirror)) one.close()
      for (const server of servers.values()) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}

/** As much of a store as kubelet and model look at, kept by watches. */
const storeOf = (mirror: Readonly<Record<string, Informer>>): Store =>
  ({
    get: (bucket: string, key: string) => mirror[bucket]?.get(key),
    subscribe(listener: Parameters<Store['subscribe']>[0], bucket = '') {
      const tell = (old: KubeObject | undefined, now: KubeObject | undefined) => {
        const object = (now ?? old)!
        const key = `${object.metadata.namespace}/${object.metadata.name}`
        const type = now ? (old ? 'MODIFIED' : 'ADDED') : 'DELETED'
        listener({ revision: 0, type, bucket, key, object, ...(old ? { before: old } : {}), at: Date.now() })
      }
      return mirror[bucket]?.onChange(({ old, now }) => tell(old, now)) ?? (() => {})
    },
  }) as unknown as Store
