/**
 * A world in a seed: the production store with its collectors, the production built-in controllers, the production operator; only
 * machines (`kubelet`) and Flink's processes (`flink/`) are models. Everything that takes time goes through one scheduler.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { flinkDeployments } from '@drey/api'
import { createApiServer, type ApiServer, type Persist } from '@drey/apiserver'
import { noOperatorConfig, readOperatorConfig } from '@drey/core'
import { kubeClient, type KubeClient } from '@drey/kube'
import { startOperator, type Operator } from '@drey/operator'
import type { KubeObject, KubeRequest, KubeTransport, Told } from '@drey/reconcile'
import { startControllers } from '@drey/runtime'
import { parse } from 'yaml'
import { noFaults, type Call, type Fault, type FaultPlan } from './faults.ts'
import { flinkModel, type FlinkModel } from './flink/model.ts'
import { kubelet, type Kubelet } from './kubelet.ts'
import { process as operatorProcess, type Process } from './process.ts'
import { seeded } from './random.ts'
import { beginning, drained, scheduler, type Scheduler } from './scheduler.ts'

export const namespace = 'shop'

export interface WorldOptions {
  seed?: number
  /** replies take random times, so that they overtake each other; otherwise everything takes the same */
  shuffled?: boolean
  faults?: FaultPlan
  /** options of the operator itself, as in its flink-conf.yaml */
  operatorConf?: Readonly<Record<string, string>>
  snapshotResources?: boolean
  /** how many ms later than committed events reach the operator's caches */
  watchLagMs?: number
  /** CRDs as they were before some fields of the status came: they are pruned */
  oldCrds?: boolean
}

export type Pass = Told<KubeObject, never, unknown, never>

/** Everything checkers, stories and scenarios may hear of. */
export interface Listener {
  /** a port call of the operator, when it is made */
  call?(call: Call, request: SentRequest, fault: Fault | undefined): void
  pass?(kind: string, pass: Pass): void
  operator?(what: 'starts' | 'dies', life: number): void
  log?(message: string, fields?: object): void
}
export type SentRequest = KubeRequest | { method: string; path: string; body?: unknown; base: string }

export interface World {
  scheduler: Scheduler
  server: ApiServer
  /** an administrator's, at once and without faults */
  client: KubeClient
  flink: FlinkModel
  kubelet: Kubelet
  random(): number
  listen(listener: Listener): void
  /** lives of the operator that have not ended */
  readonly operators: readonly Process[]
  startOperator(): void
  /** ends the oldest life; another begins a moment later */
  killOperator(): void
  /** ends the oldest life, and no other begins in its place */
  retireOperator(): void
  readonly calls: number
  readonly passes: number
  /** what users did, counted */
  deeds: number
  faults: FaultPlan
  watchLagMs: number
  /** how wrong the clock of the operator's machine is */
  clockOffsetMs: number
  readonly oldCrds: boolean
  deployment(name?: string): FlinkDeploymentObject | undefined
  close(): Promise<void>
}

export interface FlinkDeploymentObject extends KubeObject {
  spec: Record<string, any>
  status?: Record<string, any>
}

const crdDir = new URL('../packages/api/crds/', import.meta.url)
const crds = readdirSync(crdDir)
  .sort()
  .map((file) => parse(readFileSync(new URL(file, crdDir), 'utf8')) as KubeObject)

const deploymentBucket = `${flinkDeployments.resource}.${flinkDeployments.group}`
const ordersKey = `${namespace}/orders`
const admin = { name: 'admin', groups: ['system:masters'] }
const restartMs = 3_000

export const createWorld = async (o: WorldOptions = {}): Promise<World> => {
  const random = seeded(o.seed ?? 1)
  const time = scheduler()
  const server = createApiServer({
    clock: time,
    random: seeded((o.seed ?? 1) ^ 0x5eed),
    historySize: 20_000,
    historyMs: 1e12,
    persist: await furnished(o.oldCrds ?? false),
  })
  const plain = server.transport(admin)
  const client = kubeClient(plain)
  const listeners: Listener[] = []
  let calls = 0
  let ownEvents = 0
  let writesSent = 0
  let passes = 0
  let lives = 0
  let closed = false
  let retiring = false
  const running: { process: Process; operator: Operator }[] = []

  const flink = flinkModel({ scheduler: time, random, client, store: server.store })
  const machines = kubelet({ scheduler: time, store: server.store, client, start: flink.start })
  const controllers = startControllers({
    transport: plain,
    clock: time,
    random,
    dir: '/nowhere',
    log: { debug() {}, info() {}, warn() {} },
  })

  const config = o.operatorConf
    ? readOperatorConfig({
        'flink-conf.yaml': Object.entries(o.operatorConf)
          .map(([key, value]) => `${key}: ${value}`)
          .join('\n'),
      })
    : noOperatorConfig

  const latencyMs = o.shuffled ? () => 1 + Math.floor(random() * random() * 40) : () => 2

  /** The operator's own waiting for answers, timers and caches moves nothing in the world. */
  const operatorsTime: Pick<Scheduler, 'now' | 'after'> = {
    now: time.now,
    after: (ms, then) =>
      time.after(ms, () => {
        ownEvents++
        then()
      }),
  }

  const begin = () => {
    if (closed) return
    const life = ++lives
    const own = operatorProcess({
      scheduler: operatorsTime,
      // Another operator is part of the world of this one.
      moment: () => ({
        world: running.length > 1 ? Number.NaN : time.events - ownEvents + writesSent + world.deeds,
        at: time.now(),
      }),
      transport: plain,
      flinkHttp: flink.http,
      latencyMs,
      watchLagMs: () => world.watchLagMs,
      clockOffsetMs: () => world.clockOffsetMs,
      plan: (call) => world.faults(call),
      nextCall: () => calls++,
      called: (call, request, fault) => {
        if (call.writes) writesSent++
        for (const listener of listeners) listener.call?.(call, request, fault)
      },
      died() {
        const index = running.findIndex((one) => one.process === own)
        if (index >= 0) running.splice(index, 1)
        for (const listener of listeners) listener.operator?.('dies', life)
        if (!closed && !retiring) time.after(restartMs, begin)
      },
    })
    for (const listener of listeners) listener.operator?.('starts', life)
    const operator = startOperator({
      transport: own.transport,
      flinkHttp: own.flinkHttp,
      clock: own.clock,
      random,
      config,
      side: {},
      snapshotResources: o.snapshotResources ?? false,
      artifacts: { jar: jarFor },
      log: {
        info: (message, fields) => own.alive && listeners.forEach((listener) => listener.log?.(message, fields)),
        warn: (message, fields) => own.alive && listeners.forEach((listener) => listener.log?.(message, fields)),
      },
      told: (kind, pass) => {
        if (!own.alive) return
        passes++
        for (const listener of listeners) listener.pass?.(kind, pass as never)
      },
    })
    running.push({ process: own, operator })
  }

  const world: World = {
    scheduler: time,
    server,
    client,
    flink,
    kubelet: machines,
    random,
    listen: (listener) => void listeners.push(listener),
    get operators() {
      return running.map((one) => one.process)
    },
    startOperator: begin,
    killOperator: () => running[0]?.process.kill(),
    retireOperator() {
      retiring = true
      running[0]?.process.kill()
      retiring = false
    },
    get calls() {
      return calls
    },
    get passes() {
      return passes
    },
    deeds: 0,
    faults: o.faults ?? noFaults,
    watchLagMs: o.watchLagMs ?? 0,
    clockOffsetMs: 0,
    oldCrds: o.oldCrds ?? false,
    deployment: (name = 'orders') =>
      server.store.get(deploymentBucket, name === 'orders' ? ordersKey : `${namespace}/${name}`) as
        FlinkDeploymentObject | undefined,
    async close() {
      closed = true
      for (const { process } of [...running]) process.kill()
      machines.close()
      void controllers.close()
      await server.close()
    },
  }
  await time.runTo(time.now() + 500)
  await controllers.ready
  return world
}

/** Jars of session jobs come from nowhere, at once; a name with `missing` cannot be fetched. */
const jarFor = async ({ jarUri }: { jarUri: string | null }) => {
  if (jarUri?.includes('missing')) throw new Error(`The jar could not be fetched: ${jarUri} answered HTTP 404.`)
  return { file: `/jars/${jarUri?.split('/').at(-1) ?? 'empty.jar'}`, done: async () => {} }
}

type Furniture = { revision: number; objects: { bucket: string; key: string; object: KubeObject }[] }
const furniture = new Map<boolean, Promise<Furniture>>()

/** What every world begins with (CRDs, a namespace, an account), made once: a store that remembers it, on a disk that takes no writes. */
const furnished = async (oldCrds: boolean): Promise<Persist> => {
  const made = furniture.get(oldCrds) ?? furnish(oldCrds)
  furniture.set(oldCrds, made)
  const begin = await made
  return { load: () => begin, append() {}, flushed: async () => {}, close: async () => {} }
}

/** Fields of a status that CRDs of earlier releases do not know. */
const recent = ['observedGeneration', 'conditions']

const withoutRecent = (crd: KubeObject): KubeObject => {
  const old = structuredClone(crd) as any
  for (const { schema } of old.spec.versions)
    for (const field of recent) delete schema.openAPIV3Schema.properties.status.properties[field]
  return old
}

const furnish = async (oldCrds: boolean): Promise<Furniture> => {
  const server = createApiServer({ clock: { now: () => beginning }, random: seeded(0) })
  const transport = server.transport(admin)
  for (const crd of oldCrds ? crds.map(withoutRecent) : crds)
    await mustSend(transport, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd)
  await mustSend(transport, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  await mustSend(transport, `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'flink', namespace },
  })
  await drained()
  const { store } = server
  const objects = store.buckets().flatMap((bucket) =>
    store.list(bucket).map((object) => ({
      bucket,
      key: object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name,
      object,
    })),
  )
  return { revision: store.revision, objects }
}

const mustSend = async (transport: KubeTransport, path: string, body: unknown): Promise<void> => {
  const { status, body: answer } = await transport.send({ method: 'POST', path, body })
  if (status > 299) throw new Error(`${path}: ${JSON.stringify(answer)}`)
}
