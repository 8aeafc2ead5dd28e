/** All Flink processes of a world: which pods are JobManagers and TaskManagers, who answers at a Service, and what a tester may do to them. */
import { FlinkUnreachable, type FlinkHttp } from '@drey/flink'
import type { Store } from '@drey/apiserver'
import type { KubeClient } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { Scheduler } from '../scheduler.ts'
import { readSettings } from './config.ts'
import { jobManager, type FlinkEvent, type JobManager } from './job-manager.ts'
import { storage, type Storage } from './storage.ts'

export interface Program {
  /** its readiness probe succeeds */
  ready(): boolean
  end(): void
}

export interface FlinkModel {
  storage: Storage
  /** what the kubelet runs for a pod; undefined: not a pod of Flink */
  start(pod: KubeObject, exited: (code: number) => void): Program | undefined
  http: FlinkHttp
  jobManagers(cluster?: string): JobManager[]
  /** knobs of scenarios */
  knobs: {
    savepointsWork: boolean
    savepointsVanish: boolean
    savepointMs: number
    overviewAgeMs: number
    /** `/checkpoints` answers 500 */
    statisticsFail: boolean
    unreachable: boolean
    capacity: boolean
  }
  onEvent(listener: (event: FlinkEvent) => void): void
  /** grows with everything that happens inside Flink */
  readonly version: number
}

export const flinkModel = (o: {
  scheduler: Scheduler
  random: () => number
  client: KubeClient
  store: Store
}): FlinkModel => {
  const { scheduler, store } = o
  const files = storage()
  const running = new Map<string, JobManager>()
  const workers = new Map<string, { cluster: string; pod: string; slots: number; registered: boolean }>()
  const locks = new Map<string, { holder: string; until: number }>()
  const attempts = new Map<string, number>()
  const listeners: ((event: FlinkEvent) => void)[] = []
  const knobs = {
    savepointsWork: true,
    savepointsVanish: false,
    savepointMs: 2_000,
    overviewAgeMs: 0,
    statisticsFail: false,
    unreachable: false,
    capacity: true,
  }
  let version = 0

  const told = (event: FlinkEvent) => {
    version++
    for (const listener of listeners) listener(event)
  }
  const managersOf = (cluster: string) => [...running.values()].filter((jm) => jm.cluster === cluster && jm.alive)
  const clusterOf = (pod: KubeObject) => `${pod.metadata.namespace}/${pod.metadata.labels?.['app']}`

  const startJobManager = (pod: KubeObject, exited: (code: number) => void): Program => {
    const config = store.get('configmaps', `${pod.metadata.namespace}/flink-config-${pod.metadata.labels?.['app']}`)
    const settings = readSettings((config?.['data'] ?? {}) as Record<string, string>)
    const cluster = clusterOf(pod)
    const id = `${pod.metadata.uid}/${scheduler.events}`
    const mapName = `${pod.metadata.namespace}/${settings.clusterId}-cluster-config-map`
    const manager = jobManager({
      scheduler,
      random: o.random,
      client: o.client,
      storage: files,
      settings,
      pod,
      attempt: attempts.set(cluster, (attempts.get(cluster) ?? 0) + 1).get(cluster) ?? 0,
      lock: {
        free() {
          const lock = locks.get(cluster)
          return !lock || lock.holder === id || lock.until <= scheduler.now() || !store.get('configmaps', mapName)
        },
        take: () => void locks.set(cluster, { holder: id, until: Infinity }),
      },
      taskManagers: () =>
        [...workers.values()]
          .filter((tm) => tm.cluster === cluster && tm.registered)
          .map(({ pod: name, slots }) => ({ pod: name, slots })),
      savepointsWork: () => knobs.savepointsWork,
      savepointsVanish: () => knobs.savepointsVanish,
      savepointMs: () => knobs.savepointMs,
      overviewAgeMs: () => knobs.overviewAgeMs,
      told,
      exited,
    })
    running.set(id, manager)
    const end = () => {
      if (!manager.alive) return
      manager.die()
      running.delete(id)
      stopWatching()
      const lock = locks.get(cluster)
      if (lock?.holder === id) locks.set(cluster, { holder: id, until: scheduler.now() + 15_000 })
    }
    // Without its lock a leader is nobody: the process ends itself, and on its way out makes the map again (recorded).
    const stopWatching = store.subscribe((change) => {
      if (change.type !== 'DELETED' || change.key !== mapName || !manager.leads || !settings.haIsOn) return
      scheduler.after(4_000, () => {
        if (!manager.alive) return
        end()
        exited(239)
      })
    }, 'configmaps')
    return { ready: () => manager.leads, end }
  }

  const startTaskManager = (pod: KubeObject): Program => {
    const cluster = clusterOf(pod)
    const uid = pod.metadata.uid ?? ''
    const config = store.get('configmaps', `${pod.metadata.namespace}/flink-config-${pod.metadata.labels?.['app']}`)
    const { slots } = readSettings((config?.['data'] ?? {}) as Record<string, string>)
    const worker = { cluster, pod: pod.metadata.name, slots, registered: false }
    workers.set(uid, worker)
    const changed = () => {
      version++
      for (const manager of managersOf(cluster)) manager.taskManagersChanged()
    }
    const register = () => {
      if (workers.get(uid) !== worker) return
      if (!knobs.capacity) return void scheduler.after(1_000, register)
      worker.registered = true
      changed()
    }
    scheduler.after(1_500, register)
    return {
      ready: () => true,
      end() {
        if (workers.get(uid) !== worker) return
        workers.delete(uid)
        changed()
      },
    }
  }

  return {
    storage: files,
    knobs,
    get version() {
      return version
    },
    onEvent: (listener) => void listeners.push(listener),
    jobManagers: (cluster) =>
      cluster === undefined ? [...running.values()].filter((jm) => jm.alive) : managersOf(cluster),
    start(pod, exited) {
      const { labels = {} } = pod.metadata
      if (!labels['type']?.startsWith('flink-')) return undefined
      if (labels['component'] === 'jobmanager') return startJobManager(pod, exited)
      return startTaskManager(pod)
    },
    async http(request) {
      const url = new URL(request.base)
      const [service = '', namespace = ''] = url.hostname.split('.')
      const unreachable = (why: string) => new FlinkUnreachable(`${request.base}: ${why}`, false)
      if (knobs.unreachable) throw unreachable('connection refused')
      if (!store.get('services', `${namespace}/${service}`)) throw unreachable('no such host')
      const ready = managersOf(`${namespace}/${service.replace(/-rest$/, '')}`).filter((jm) =>
        isReady(store, namespace, jm),
      )
      const manager = ready[0]
      if (!manager) throw unreachable('connection refused')
      if (knobs.statisticsFail && /^\/jobs\/\w+\/checkpoints$/.test(request.path) && request.method === 'GET')
        return { status: 500, body: { errors: ['Internal server error.'] } }
      const answer = await manager.answer(request)
      if (answer === 'refused') throw unreachable('connection refused')
      return answer
    },
  }
}

const isReady = (store: Store, namespace: string, manager: JobManager): boolean => {
  const pod = store.get('pods', `${namespace}/${manager.podName}`) as
    { status?: { conditions?: { type: string; status: string }[] } } | undefined
  return pod?.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false
}
