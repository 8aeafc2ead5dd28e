/**
 * The built-in controllers on the real embedded API server, with a virtual clock and a toy kubelet: pods get a node at once,
 * run, and are ready a second later, unless an annotation says otherwise.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiServer } from '@drey/apiserver'
import { informer, kubeClient, pods as podType, type KubeClient } from '@drey/kube'
import {
  pathOf,
  type Clock,
  type KubeObject,
  type KubeRequest,
  type KubeTransport,
  type ResourceType,
} from '@drey/reconcile'
import { startControllers } from '../../src/controllers.ts'
import { isReady } from '../../src/kinds/pods.ts'
import type { Pod } from '../../src/kinds/types.ts'

export interface World {
  client: KubeClient
  clock: Clock
  dir: string
  /** writes of the controllers so far */
  writes: KubeRequest[]
  /** lets time pass, second by second, until nothing more happens at the end of each */
  pass(seconds: number): Promise<void>
  get<T = any>(type: ResourceType, name: string): Promise<T>
  list<T = any>(type: ResourceType): Promise<T[]>
  close(): Promise<void>
}

export interface Faults {
  /** what happens to a request of the controllers; the answer may be lost after the effect */
  (request: KubeRequest): 'refuse' | 'lose-answer' | { status: number; body: unknown } | undefined
}

const virtualClock = () => {
  let now = Date.parse('2026-11-21T12:00:00Z')
  let timers: { at: number; ring: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    after(ms, ring) {
      const timer = { at: now + ms, ring }
      timers.push(timer)
      return () => (timers = timers.filter((other) => other !== timer))
    },
  }
  /** Everything that waits for nothing but other promises has happened after this. */
  const settle = async () => {
    for (let i = 0; i < 60; i++) await new Promise((next) => setImmediate(next))
  }
  const advance = async (ms: number) => {
    const end = now + ms
    for (;;) {
      await settle()
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      timers = timers.filter((timer) => timer !== next)
      now = Math.max(now, next.at)
      next.ring()
    }
    now = end
    await settle()
  }
  return { clock, advance }
}

export const seeded = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0
  return seed / 2 ** 32
}

const user = { name: 'test', groups: ['system:masters'] }

export const world = async (options: { faults?: Faults; seed?: number } = {}): Promise<World> => {
  const { clock, advance } = virtualClock()
  const random = seeded(options.seed ?? 1)
  const dir = mkdtempSync(join(tmpdir(), 'controllers-'))
  const server = createApiServer({ clock, random, freeze: true })
  const plain = server.transport(user)
  const writes: KubeRequest[] = []
  const transport: KubeTransport = {
    async send(request) {
      if (request.method !== 'GET') writes.push(request)
      const fault = options.faults?.(request)
      if (fault === 'refuse') throw new Error('connection refused')
      if (typeof fault === 'object') return fault
      const answer = await plain.send(request)
      if (fault === 'lose-answer') throw new Error('connection reset')
      return answer
    },
    watch: (request) => plain.watch(request),
  }
  const client = kubeClient(plain)
  const kubelet = informer<Pod>({ transport: plain, clock, random, type: podType })
  let address = 1
  kubelet.onChange(({ now: pod }) => pod && void care(pod).catch(() => {}))
  const care = async (pod: Pod) => {
    const { name, namespace = '', annotations = {}, deletionTimestamp } = pod.metadata
    const ref = { type: podType, namespace, name }
    if (deletionTimestamp) {
      if (annotations['toy/stays'] !== 'true')
        await client.remove(ref, { uid: pod.metadata.uid ?? '', graceSeconds: 0 })
      return
    }
    if (!pod.spec.nodeName) {
      const path = pathOf(podType, { namespace, name, subresource: 'binding' })
      const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: 'toy' } }
      return void (await client.send({ method: 'POST', path, body }))
    }
    if (annotations['toy/ends'] && pod.status?.phase !== annotations['toy/ends']) {
      const finishedAt = new Date(clock.now()).toISOString()
      const containerStatuses = [
        { name: 'main', restartCount: 0, ready: false, state: { terminated: { exitCode: 1, finishedAt } } },
      ]
      return void (await client.merge(ref, { status: { phase: annotations['toy/ends'], containerStatuses } }, 'status'))
    }
    if (annotations['toy/ends'] || annotations['toy/never-ready'] === 'true') return
    if (pod.status?.phase !== 'Running')
      return void (await client.merge(ref, { status: { phase: 'Running', podIP: `127.1.0.${address++}` } }, 'status'))
    if (isReady(pod)) return
    clock.after(1000, () => {
      const lastTransitionTime = new Date(clock.now()).toISOString().replace(/\.\d+/, '')
      const status = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] }
      client.merge(ref, { status }, 'status').catch(() => {})
    })
  }
  const controllers = startControllers({ transport, clock, random, dir, log: { debug() {}, info() {}, warn() {} } })
  const started = Promise.all([kubelet.start(), controllers.ready])
  await advance(10)
  await Promise.race([started, advance(60_000).then(() => Promise.reject(new Error('the controllers did not start')))])
  await advance(1000)

  return {
    client,
    clock,
    dir,
    writes,
    async pass(seconds) {
      for (let i = 0; i < seconds; i++) await advance(1000)
    },
    get: (type, name) => client.get({ type, ...(type.namespaced ? { namespace: 'default' } : {}), name }) as never,
    list: async (type) => (await client.list(type)).items as never,
    async close() {
      const closing = controllers.close()
      await advance(1000)
      await closing
      kubelet.close()
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A Deployment of Flink's JobManager's shape. */
export const deployment = (
  over: { replicas?: number; strategy?: object; image?: string; annotations?: object } = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'basic', namespace: 'default' },
  spec: {
    replicas: over.replicas ?? 1,
    selector: { matchLabels: { app: 'basic' } },
    ...(over.strategy ? { strategy: over.strategy } : {}),
    template: template(over),
  },
})

export const template = (over: { image?: string; annotations?: object } = {}) => ({
  metadata: { labels: { app: 'basic' }, ...(over.annotations ? { annotations: over.annotations } : {}) },
  spec: { containers: [{ name: 'main', image: over.image ?? 'flink:1.20' }] },
})
