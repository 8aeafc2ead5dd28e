/** One JobManager process: start, leader lock, recovery of submitted jobs, TaskManagers, end. */
import type { FlinkJobState } from '@drey/api'
import type { FlinkRequest, FlinkResponse } from '@drey/flink'
import { deployments, pods as podType, type KubeClient } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { Scheduler } from '../scheduler.ts'
import type { FlinkSettings } from './config.ts'
import { haMetadata } from './ha-metadata.ts'
import { isEnded, job, type Job, type SnapshotEvent, type Trigger } from './job.ts'
import { answer, overviewOf } from './rest.ts'
import type { Snapshot, Storage } from './storage.ts'

export type FlinkEvent =
  | {
      event: 'job started'
      cluster: string
      jobId: string
      from: Snapshot | undefined
      path: string | undefined
      by: 'submission' | 'recovery'
      jobManager: string
      deployment: string
    }
  | { event: 'job state'; cluster: string; jobId: string; state: FlinkJobState; jobManager: string }
  | { event: 'checkpoint' | 'savepoint'; cluster: string; snapshot: Snapshot }
  | { event: 'leads' | 'dies'; cluster: string; jobManager: string }

export interface JobManagerOptions {
  scheduler: Scheduler
  random: () => number
  client: KubeClient
  storage: Storage
  settings: FlinkSettings
  pod: KubeObject
  /** whether another process of the cluster holds the leader lock */
  lock: { free(): boolean; take(): void }
  taskManagers(): { pod: string; slots: number }[]
  savepointsWork(): boolean
  savepointMs(): number
  told(event: FlinkEvent): void
  exited(code: number): void
}

export interface JobManager {
  readonly cluster: string
  readonly podUid: string
  readonly podName: string
  readonly alive: boolean
  readonly leads: boolean
  readonly jobs: Job[]
  readonly settings: FlinkSettings
  taskManagersChanged(): void
  answer(request: FlinkRequest): FlinkResponse | 'refused'
  /** the process ends: SIGTERM, SIGKILL or by itself */
  die(): void
}

const startMs = 2_500
const lockTryMs = 1_000
const submitMs = 600
/** rest.async.store-duration */
const triggerKeptMs = 300_000
const idleTaskManagerMs = 30_000

export const jobManager = (o: JobManagerOptions): JobManager => {
  const { scheduler, settings, storage } = o
  const namespace = o.pod.metadata.namespace ?? 'default'
  const cluster = `${namespace}/${settings.clusterId}`
  const podName = o.pod.metadata.name
  const ha = settings.haIsOn
    ? haMetadata(o.client, { namespace, clusterId: settings.clusterId, version: settings.version })
    : undefined
  const jobs: Job[] = []
  const triggers = new Map<string, Trigger>()
  const jars = new Map<string, string>()
  let alive = true
  let leads = false
  let overview: { at: number; value: unknown } | undefined
  let requested = 0
  let podIndex = 0
  let ids = 0

  const after = (ms: number, then: () => void) => void scheduler.after(ms, () => alive && then())
  const guarded = (work: () => Promise<void>) => void work().catch(() => {})

  const slotsNow = () => o.taskManagers().reduce((sum, tm) => sum + tm.slots, 0)
  const slots = (wanted: number): number => {
    const have = slotsNow()
    const coming = Math.max(0, requested - o.taskManagers().length)
    if (settings.native && have + coming * settings.slots < wanted) {
      const missing = Math.ceil((wanted - have - coming * settings.slots) / settings.slots)
      for (let i = 0; i < missing; i++) {
        requested++
        const name = `${settings.clusterId}-taskmanager-${podName.slice(-5)}-${++podIndex}`
        guarded(() => createTaskManager(name))
      }
    }
    return have
  }
  const createTaskManager = async (name: string) => {
    const owner = await o.client.find({ type: deployments, namespace, name: settings.clusterId })
    // Without its Deployment a resource manager makes no pods.
    if (!alive || !owner) return
    await o.client.create(podType, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        labels: { app: settings.clusterId, type: 'flink-native-kubernetes', component: 'taskmanager' },
        ...(owner
          ? {
              ownerReferences: [
                {
                  apiVersion: 'apps/v1',
                  kind: 'Deployment',
                  name: settings.clusterId,
                  uid: owner.metadata.uid ?? '',
                  controller: true,
                  blockOwnerDeletion: true,
                },
              ],
            }
          : {}),
      },
      spec: {
        containers: [
          { name: 'flink-main-container', image: settings.get('kubernetes.container.image.ref') ?? 'flink' },
        ],
      },
    })
  }
  const releaseTaskManagers = () => {
    if (!settings.native || jobs.some((one) => !isEnded(one.state))) return
    for (const { pod } of o.taskManagers()) guarded(() => o.client.remove({ type: podType, namespace, name: pod }))
    requested = 0
  }

  const results = (): Set<string> => {
    const key = settings.resultStore ?? `${cluster}/${o.pod.metadata.uid}`
    const have = storage.results.get(key)
    if (have) return have
    const fresh = new Set<string>()
    storage.results.set(key, fresh)
    return fresh
  }

  const changed = (one: Job, before: FlinkJobState) => {
    if (one.state !== before)
      o.told({ event: 'job state', cluster, jobId: one.id, state: one.state, jobManager: podName })
    if (!isEnded(one.state) || isEnded(before)) return
    results().add(one.id)
    if (ha) after(150, () => guarded(() => ha.clean(one.id)))
    after(idleTaskManagerMs, releaseTaskManagers)
  }
  const toldSnapshot = (event: SnapshotEvent) => o.told({ event: event.event, cluster, snapshot: event.snapshot })

  const run = async (
    jobId: string,
    restorePath: string | undefined,
    parallelism: number,
    by: 'submission' | 'recovery',
  ) => {
    const one = job({
      id: jobId,
      name: settings.jobName,
      parallelism,
      now: () => scheduler.now(),
      after,
      random: o.random,
      settings,
      storage,
      cluster,
      slots,
      changed,
      completed: async (snapshot, dropped) => ha?.addCheckpoint(jobId, snapshot.id, snapshot.path, dropped?.id),
      savepointsWork: o.savepointsWork,
      savepointMs: o.savepointMs,
      told: toldSnapshot,
    })
    jobs.push(one)
    await ha?.leadJob(jobId, podName)
    const pointers = (await ha?.checkpoints(jobId)) ?? []
    if (!alive) return
    const path = pointers[0] ?? restorePath
    o.told({
      event: 'job started',
      cluster,
      jobId,
      from: path === undefined ? undefined : storage.get(path),
      path,
      by,
      jobManager: podName,
      deployment: o.pod.metadata.annotations?.['flinkdeployment.flink.apache.org/generation'] ?? '',
    })
    one.begin(pointers[0] === undefined ? { path: restorePath } : { checkpoint: pointers[0] })
  }

  const lead = async () => {
    o.lock.take()
    await ha?.lead(podName)
    if (!alive) return
    leads = true
    o.told({ event: 'leads', cluster, jobManager: podName })
    after(submitMs, () =>
      guarded(async () => {
        const recovered = (await ha?.submitted()) ?? []
        for (const graph of recovered)
          if (alive && !results().has(graph.jobId))
            await run(graph.jobId, graph.restorePath, graph.parallelism, 'recovery')
        const { jobId } = settings
        if (!alive || !settings.isApplication || jobId === undefined) return
        if (results().has(jobId) || jobs.some((one) => one.id === jobId)) return
        await ha?.submit(jobId, settings.restorePath, settings.parallelism)
        if (alive) await run(jobId, settings.restorePath, settings.parallelism, 'submission')
      }),
    )
  }
  const tryToLead = () => {
    if (!ha || o.lock.free()) return guarded(lead)
    after(lockTryMs, tryToLead)
  }
  after(startMs, tryToLead)

  const key = (kind: string, jobId: string, id: string) => `${kind}/${jobId}/${id.toLowerCase()}`
  const self: JobManager = {
    cluster,
    podUid: o.pod.metadata.uid ?? '',
    podName,
    get alive() {
      return alive
    },
    get leads() {
      return leads
    },
    jobs,
    settings,
    taskManagersChanged() {
      if (!alive) return
      requested = Math.max(requested, o.taskManagers().length)
      const running = jobs.filter((one) => one.tasksRun)
      if (slotsNow() < running.reduce((sum, one) => sum + one.parallelism, 0)) requested = o.taskManagers().length
      for (const one of jobs) one.slotsChanged(slotsNow())
    },
    answer(request) {
      if (!alive || scheduler.now() === 0) return 'refused'
      if (!leads) return 'refused'
      return answer(
        {
          now: () => scheduler.now(),
          version: settings.version,
          jobs: () => jobs,
          overview() {
            if (!overview || scheduler.now() - overview.at >= settings.webRefreshMs)
              overview = { at: scheduler.now(), value: overviewOf(jobs, scheduler.now()) }
            return overview.value
          },
          taskManagers: () => o.taskManagers().length,
          trigger(kind, jobId, id) {
            const found = triggers.get(key(kind, jobId, id))
            if (found?.endedAt !== undefined && scheduler.now() - found.endedAt > triggerKeptMs) {
              triggers.delete(key(kind, jobId, id))
              return undefined
            }
            return found
          },
          start(kind, jobId, id, run) {
            const trigger: Trigger = { state: 'in-progress' }
            triggers.set(key(kind, jobId, id), trigger)
            run(trigger)
          },
          newTriggerId: () => String(++ids).padStart(32, '0'),
          jars,
          isApplication: settings.isApplication,
          runJar({ jobId, savepointPath, parallelism }) {
            const id = jobId ?? String(++ids).padStart(32, 'f')
            if (jobs.some((one) => one.id === id) || results().has(id))
              return {
                status: 400,
                body: {
                  errors: [
                    'org.apache.flink.client.program.ProgramInvocationException\nCaused by: org.apache.flink.runtime.client.DuplicateJobSubmissionException: Job has already been submitted.',
                  ],
                },
              }
            guarded(async () => {
              await ha?.submit(id, savepointPath, parallelism ?? settings.parallelism)
              if (alive) await run(id, savepointPath, parallelism ?? settings.parallelism, 'submission')
            })
            return { status: 200, body: { jobid: id } }
          },
          dispose: (path) => storage.remove(path),
        },
        request,
      )
    },
    die() {
      if (!alive) return
      alive = false
      leads = false
      o.told({ event: 'dies', cluster, jobManager: podName })
    },
  }
  return self
}
