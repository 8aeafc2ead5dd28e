/** One JobManager process: start, leader lock, recovery of submitted jobs, TaskManagers, end. */
import type { FlinkJobState } from '@drey/api'
import type { FlinkRequest, FlinkResponse } from '@drey/flink'
import { deployments, pods as podType, type KubeClient } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { Scheduler } from '../scheduler.ts'
import { forJob, type FlinkSettings } from './config.ts'
import { haMetadata, type Submitted } from './ha-metadata.ts'
import { isEnded, job, type Job, type SnapshotEvent, type Trigger } from './job.ts'
import { answer, overviewOf, runFailed } from './rest.ts'
import { restCaches } from './rest-caches.ts'
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
  | { event: 'checkpoint' | 'savepoint' | 'disposed'; cluster: string; snapshot: Snapshot }
  | { event: 'leads' | 'dies'; cluster: string; jobManager: string }

export interface JobManagerOptions {
  scheduler: Scheduler
  random: () => number
  client: KubeClient
  storage: Storage
  settings: FlinkSettings
  pod: KubeObject
  /** how many processes led this cluster before: pods of TaskManagers are numbered by it */
  attempt: number
  /** whether another process of the cluster holds the leader lock */
  lock: { free(): boolean; take(): void }
  taskManagers(): { pod: string; slots: number }[]
  savepointsWork(): boolean
  savepointsVanish(): boolean
  savepointMs(): number
  /** how old `/jobs/overview` may be; recorded versions answer afresh */
  overviewAgeMs(): number
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
  /** a promise: the answer comes when something else has happened, or never */
  answer(request: FlinkRequest): FlinkResponse | 'refused' | Promise<FlinkResponse | 'refused'>
  /** the process ends: SIGTERM, SIGKILL or by itself */
  die(): void
}

const startMs = 2_500
const lockTryMs = 1_000
const recoverMs = 300
const submitMs = 300
/** rest.async.store-duration */
const triggerKeptMs = 300_000
const idleTaskManagerMs = 30_000
const disposalMs = 400

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
  /** recovery is over, and REST questions are answered with more than 503 */
  let serves = false
  let overview: { at: number; value: unknown } | undefined
  let requested = 0
  let podIndex = 0
  let ids = 0

  const after = (ms: number, then: () => void) => void scheduler.after(ms, () => alive && then())
  const guarded = (work: () => Promise<void>) => void work().catch(() => {})

  const slotsNow = () => o.taskManagers().reduce((sum, tm) => sum + tm.slots, 0)
  const slots = (asking: Job): number => {
    const have = slotsNow()
    const wanted = jobs.reduce((sum, one) => sum + (isEnded(one.state) ? 0 : one.parallelism), 0)
    const coming = Math.max(0, requested - o.taskManagers().length)
    if (settings.native && have + coming * settings.slots < wanted) {
      const missing = Math.ceil((wanted - have - coming * settings.slots) / settings.slots)
      for (let i = 0; i < missing; i++) {
        requested++
        const name = `${settings.clusterId}-taskmanager-${podName.slice(-5)}-${o.attempt}-${++podIndex}`
        guarded(() => createTaskManager(name))
      }
    }
    return have - used(asking)
  }
  const used = (asking: Job) =>
    jobs.reduce((sum, one) => sum + (one !== asking && one.tasksRun ? one.parallelism : 0), 0)
  /** Running jobs keep their slots in the order of their coming; what is left goes to those that wait. */
  const offerSlots = () => {
    let free = slotsNow()
    for (const one of jobs.filter((each) => each.tasksRun))
      if (free >= one.parallelism) free -= one.parallelism
      else one.slotsChanged(free)
    for (const one of jobs.filter((each) => !each.tasksRun && !isEnded(each.state))) one.slotsChanged(free)
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

  // Without HA results are kept in the process alone.
  const resultKey =
    settings.resultStore ?? (ha ? `${cluster}/results` : `${cluster}/${o.pod.metadata.uid}/${scheduler.now()}`)
  const results = (): Set<string> => {
    const have = storage.results.get(resultKey)
    if (have) return have
    const fresh = new Set<string>()
    storage.results.set(resultKey, fresh)
    return fresh
  }
  /** ids of jobs that this process has ever seen */
  const seen = new Set<string>()
  /** runs of jars that are not answered before their job is initialised */
  const waiting = new Map<string, (answer: FlinkResponse | 'refused') => void>()

  const changed = (one: Job, before: FlinkJobState) => {
    if (one.state !== before)
      o.told({ event: 'job state', cluster, jobId: one.id, state: one.state, jobManager: podName })
    if (before === 'INITIALIZING' && one.state !== 'INITIALIZING') {
      waiting.get(one.id)?.(
        one.state === 'FAILED'
          ? runFailed(one.name, one.failure?.trace ?? '')
          : { status: 200, body: { jobid: one.id, ...(settings.version === '2.3' ? { applicationId: one.id } : {}) } },
      )
      waiting.delete(one.id)
    }
    if (!isEnded(one.state) || isEnded(before)) return
    results().add(one.id)
    if (ha)
      after(150, () =>
        guarded(async () => {
          await ha.clean(one.id)
          // job-result-store.delete-on-commit: only the operator's application clusters keep results for ever.
          if (settings.resultStore === undefined) results().delete(one.id)
        }),
      )
    after(0, offerSlots)
    after(idleTaskManagerMs, releaseTaskManagers)
    after(settings.jobStoreMs, () => void jobs.splice(jobs.indexOf(one), 1))
  }
  const toldSnapshot = (event: SnapshotEvent) => o.told({ event: event.event, cluster, snapshot: event.snapshot })

  const run = async ({ jobId, restorePath, parallelism, jar, config }: Submitted, by: 'submission' | 'recovery') => {
    const own = config ? forJob(settings, config) : settings
    seen.add(jobId)
    const one = job({
      id: jobId,
      name: own.jobName,
      parallelism,
      program: jar ?? settings.get('kubernetes.container.image.ref') ?? '',
      now: () => scheduler.now(),
      after,
      random: o.random,
      settings: own,
      storage,
      cluster,
      slots,
      changed,
      completed: async (snapshot, dropped) => ha?.addCheckpoint(jobId, snapshot.id, snapshot.path, dropped?.id),
      savepointsWork: o.savepointsWork,
      savepointsVanish: o.savepointsVanish,
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
    // Nobody is answered before all jobs of the past are known again.
    after(recoverMs, () =>
      guarded(async () => {
        const recovered = (await ha?.submitted()) ?? []
        const begun = recovered.filter(({ jobId }) => !results().has(jobId)).map((graph) => run(graph, 'recovery'))
        serves = alive
        await Promise.all(begun)
        if (settings.isApplication) after(submitMs, () => guarded(submitOwn))
      }),
    )
  }
  const submitOwn = async () => {
    const { jobId } = settings
    if (jobId === undefined || results().has(jobId) || jobs.some((one) => one.id === jobId)) return
    const graph = { jobId, restorePath: settings.restorePath, parallelism: settings.parallelism }
    await ha?.submit(graph)
    if (alive) await run(graph, 'submission')
  }
  const tryToLead = () => {
    if (!ha || o.lock.free()) return guarded(lead)
    after(lockTryMs, tryToLead)
  }
  after(startMs, tryToLead)

  const caches = restCaches({
    now: () => scheduler.now(),
    settings,
    job: (id) => jobs.find((one) => one.id === id),
  })
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
      offerSlots()
    },
    answer(request) {
      if (!alive || scheduler.now() === 0) return 'refused'
      if (!leads) return 'refused'
      if (!serves)
        return {
          status: 503,
          body: { errors: ['Service temporarily unavailable due to an ongoing leader election. Please refresh.'] },
        }
      return answer(
        {
          now: () => scheduler.now(),
          version: settings.version,
          jobs: () => jobs,
          caches,
          overview() {
            if (!overview || scheduler.now() - overview.at >= o.overviewAgeMs())
              overview = { at: scheduler.now(), value: overviewOf(jobs, scheduler.now(), settings.version) }
            return overview.value
          },
          taskManagers: () => o.taskManagers(),
          slots: () => ({
            total: slotsNow(),
            free: slotsNow() - jobs.reduce((n, one) => n + (one.tasksRun ? one.parallelism : 0), 0),
          }),
          webRefreshMs: settings.webRefreshMs,
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
          adaptive: settings.get('jobmanager.scheduler')?.toLowerCase() === 'adaptive',
          runJar({ jobId, jar, savepointPath, parallelism, config }) {
            const id = jobId ?? String(++ids).padStart(32, 'f')
            const duplicate = settings.version.startsWith('2.3')
              ? 'DuplicateApplicationSubmissionException: Application has'
              : 'DuplicateJobSubmissionException: Job has'
            if (seen.has(id) || results().has(id))
              return runFailed(jar, `org.apache.flink.runtime.client.${duplicate} already been submitted.`)
            const graph: Submitted = {
              jobId: id,
              restorePath: savepointPath,
              parallelism: parallelism ?? (Number(config['parallelism.default']) || settings.parallelism),
              jar,
              config,
            }
            seen.add(id)
            return new Promise((resolve) => {
              waiting.set(id, resolve)
              ;(async () => {
                await ha?.submit(graph)
                if (alive) await run(graph, 'submission')
              })().catch(() => {
                waiting.delete(id)
                resolve({ status: 500, body: { errors: ['Internal server error.', '<Exception on server side:'] } })
              })
            })
          },
          dispose(path, ended) {
            after(disposalMs, () => {
              const snapshot = storage.get(path)
              storage.remove(path)
              if (snapshot) o.told({ event: 'disposed', cluster, snapshot })
              ended(snapshot !== undefined)
            })
          },
          known: (path) => storage.get(path) !== undefined,
        },
        request,
      )
    },
    die() {
      if (!alive) return
      alive = false
      leads = false
      for (const answers of waiting.values()) answers('refused')
      waiting.clear()
      o.told({ event: 'dies', cluster, jobManager: podName })
    },
  }
  return self
}
