/** Starts the operator over a transport: caches, one controller per kind, and what wakes which key. */
import {
  options,
  read,
  type FlinkDeployment,
  type FlinkDeploymentStatus,
  type FlinkSessionJob,
  type FlinkSessionJobStatus,
  type FlinkStateSnapshot,
  type FlinkStateSnapshotStatus,
} from '@drey/api'
import {
  brokenDecision,
  decideDeployment,
  deploymentSafety,
  guardedBy,
  heldRule,
  sessionJobSafety,
  decideSessionJob,
  decideSnapshot,
  operatorValues,
  type Action,
  type DeploymentObserved,
  type OperatorConfig,
  type OperatorFacts,
  type OperatorSide,
  type SessionJobObserved,
  type SnapshotObserved,
} from '@drey/core'
import { flinkClient, type FlinkHttp } from '@drey/flink'
import { controller, eventRecorder, kubeClient, kubePorts } from '@drey/kube'
import { keyOf, type Clock, type KubeObject, type KubeTransport, type Told } from '@drey/reconcile'
import { act } from './act.ts'
import { sessionJobRunner, type ArtifactOptions } from './artifacts.ts'
import { refusesHosts } from './artifact-hosts.ts'
import { byCluster, byJob, jobKeyOf, jobKeysOf, openCaches } from './caches.ts'
import { reasonOf } from './ask-flink.ts'
import { endMemory } from './end-memory.ts'
import { disposalMemory } from './disposal-memory.ts'
import { exceptionMemory } from './exception-memory.ts'
import { failureMemory } from './failure-memory.ts'
import { withoutFutileWrites } from './futile-writes.ts'
import { silenceMemory } from './silence-memory.ts'
import { observeDeployment } from './observe-deployment.ts'
import { historyWriter } from './history-writer.ts'
import { passJournal, type JournalLine, type PassJournal } from './journal.ts'
import { passLog } from './pass-log.ts'
import { observeSessionJob } from './observe-session-job.ts'
import { observeSnapshot } from './observe-snapshot.ts'

export interface OperatorOptions {
  transport: KubeTransport
  /** reaches JobManagers; resolves Service names where this process cannot */
  flinkHttp: FlinkHttp
  clock: Clock
  random: () => number
  config: OperatorConfig
  side: OperatorSide
  /** undefined: all namespaces */
  namespace?: string
  snapshotResources: boolean
  artifacts?: Omit<ArtifactOptions, 'flink' | 'clock'>
  /** session jobs may fetch jars from this machine's loopback: on a home */
  loopbackJars?: boolean
  log: { info(message: string, fields?: object): void; warn(message: string, fields?: object): void }
  /** every pass of every kind, for journals and tests */
  told?(kind: string, pass: Told<any, unknown, unknown, Action>): void
  /** where the journal of passes goes beside memory */
  journal?(line: JournalLine): void
}

export interface Operator {
  /** resolves when all caches are filled and the controllers run */
  ready: Promise<void>
  /** what the last passes of each resource looked at and decided */
  journal: PassJournal
  close(): Promise<void>
}

const flinkTimeoutMs = 10_000
export const sessionJobFinalizer = 'flinksessionjobs.flink.apache.org/finalizer'
export const snapshotFinalizer = 'flinkstatesnapshots.flink.apache.org/finalizer'
export const deploymentFinalizer = 'flinkdeployments.flink.apache.org/finalizer'

export const startOperator = (o: OperatorOptions): Operator => {
  const { clock, log } = o
  const client = kubeClient(o.transport)
  const flink = flinkClient(o.flinkHttp)
  const caches = openCaches({
    transport: o.transport,
    clock,
    random: o.random,
    ...(o.namespace ? { namespace: o.namespace } : {}),
    snapshotResources: o.snapshotResources,
    ingresses: read(options.clusters.manageIngress, operatorValues(o.config)),
    trouble: (resource, error) => log.warn(`watch of ${resource} failed`, { error: String(error) }),
  })
  const operator: OperatorFacts = {
    config: o.config,
    side: o.side,
    snapshotResources: o.snapshotResources,
    loopbackJars: o.loopbackJars ?? false,
  }
  const events = eventRecorder({
    client,
    clock,
    component: 'flink-kubernetes-operator',
    trouble: (error) => log.warn('event not written', { error: String(error) }),
  })
  const exceptions = exceptionMemory()
  const ends = endMemory()
  const failures = failureMemory()
  const disposals = disposalMemory()
  const silences = silenceMemory()
  const acts = act({
    client,
    flink,
    runSessionJob: sessionJobRunner({
      refuses: refusesHosts(o.config, o.loopbackJars ?? false),
      ...o.artifacts,
      flink,
      clock,
    }),
    wrote: (object) => remember(object),
    disposed: (uid, path, accepted) => disposals.ended(uid, { path, at: clock.now(), accepted }),
    timeoutMs: flinkTimeoutMs,
  })
  /** Read-your-writes: what a write returned is in the cache before the next look. */
  const remember = (object: KubeObject) => {
    if (object.kind === 'Ingress') caches.ingresses?.remember(object)
    if (object.kind === 'FlinkStateSnapshot') caches.snapshots?.remember(object as FlinkStateSnapshot & KubeObject)
    const cache = [caches.deployments, caches.services, caches.configMaps].find((c) => c.type.kind === object.kind)
    if (cache && object.metadata.labels?.['type']?.startsWith('flink-')) cache.remember(object)
  }

  const passes = passLog((message, fields) => log.info(message, fields), nameOf)
  const journal = passJournal(o.journal && ((line) => o.journal?.(line)))
  const history = historyWriter({
    client,
    clock,
    config: o.config,
    jobOf(snapshot) {
      const [kind, ...key] = jobKeysOf(snapshot as FlinkStateSnapshot & KubeObject)[0]?.split('/') ?? []
      const jobs = kind === 'FlinkSessionJob' ? caches.sessionJobs : caches.flinkDeployments
      const job = jobs.get(key.join('/'))
      return job && { ...job, apiVersion: snapshot.apiVersion, kind: kind ?? '' }
    },
    trouble: (error, key) => log.warn(`the history of ${key} is not written`, { error: reasonOf(error) }),
  })
  const told =
    (kind: string) =>
    (pass: Told<any, unknown, unknown, Action>): void => {
      const { decision, outcome } = pass
      const { uid = '', generation = 0 } = pass.resource.metadata as KubeObject['metadata']
      if (outcome && !outcome.ok) failures.failed(uid, generation, reasonOf(outcome.error))
      else if (outcome && decision.actions.length > 0) failures.forget(uid)
      passes.told(kind, pass)
      if (decision.rule === heldRule) log.warn(`${kind} ${pass.key}: held back`, { because: decision.because })
      try {
        journal.told(kind, pass)
        history.told(kind, pass)
      } catch (error) {
        log.warn('a pass is missing in journal or history', { key: pass.key, error: reasonOf(error) })
      }
      o.told?.(kind, pass)
    }
  const failed = (key: string, error: unknown, retryInMs: number): void =>
    log.warn(`${key}: again in ${retryInMs} ms`, { error: reasonOf(error) })

  const broken = <S>(resource: KubeObject & { status?: unknown }, error: unknown) =>
    brokenDecision<S>(resource, error, clock.now())
  const observe = observeDeployment({ caches, client, silences, flink, operator, clock, exceptions, ends, failures, disposals })
  const deployments = controller<FlinkDeployment & KubeObject, DeploymentObserved, FlinkDeploymentStatus, Action>({
    clock,
    kind: { name: 'FlinkDeployment', observe, decide: decideDeployment, guard: guardedBy(deploymentSafety), broken },
    informer: caches.flinkDeployments,
    ports: withoutFutileWrites(
      kubePorts<FlinkDeployment & KubeObject, FlinkDeploymentStatus, Action>({
        client,
        informer: caches.flinkDeployments,
        finalizer: deploymentFinalizer,
        fenced: true,
        act: acts,
        notify: (resource, notes) => events.record(resource, notes),
      }),
    ),
    backoff: { firstMs: 1_000, maxMs: 60_000 },
    told: told('FlinkDeployment'),
    failed,
  })
  const sessionJobs = controller<FlinkSessionJob & KubeObject, SessionJobObserved, FlinkSessionJobStatus, Action>({
    clock,
    kind: {
      name: 'FlinkSessionJob',
      observe: observeSessionJob({ caches, flink, operator, clock, exceptions, ends, failures, disposals }),
      decide: decideSessionJob,
      guard: guardedBy(sessionJobSafety),
      broken,
    },
    informer: caches.sessionJobs,
    ports: withoutFutileWrites(
      kubePorts<FlinkSessionJob & KubeObject, FlinkSessionJobStatus, Action>({
        client,
        informer: caches.sessionJobs,
        finalizer: sessionJobFinalizer,
        fenced: true,
        act: acts,
        notify: (resource, notes) => events.record(resource, notes),
      }),
    ),
    // Submitting waits for Flink, and what Flink refused once it will mostly refuse again.
    workers: 64,
    backoff: { firstMs: 5_000, maxMs: 300_000 },
    told: told('FlinkSessionJob'),
    failed,
  })
  const snapshots =
    caches.snapshots &&
    controller<FlinkStateSnapshot & KubeObject, SnapshotObserved, FlinkStateSnapshotStatus, Action>({
      clock,
      kind: {
        name: 'FlinkStateSnapshot',
        observe: observeSnapshot({ caches, flink, operator, clock, failures }),
        decide: decideSnapshot,
        broken,
      },
      informer: caches.snapshots,
      ports: withoutFutileWrites(
        kubePorts<FlinkStateSnapshot & KubeObject, FlinkStateSnapshotStatus, Action>({
          client,
          informer: caches.snapshots,
          finalizer: snapshotFinalizer,
          fenced: true,
          act: acts,
          notify: (resource, notes) => events.record(resource, notes),
        }),
      ),
      backoff: { firstMs: 1_000, maxMs: 60_000 },
      told: told('FlinkStateSnapshot'),
      failed,
    })
  const wakeSnapshotsOf = (kind: string, { metadata }: KubeObject): void => {
    if (!caches.snapshots || !snapshots) return
    for (const snapshot of caches.snapshots.byIndex(byJob, jobKeyOf(kind, metadata.namespace, metadata.name))) {
      const state = snapshot.status?.state ?? 'TRIGGER_PENDING'
      const waits = state === 'TRIGGER_PENDING' || state === 'IN_PROGRESS' || snapshot.metadata.deletionTimestamp
      if (waits) snapshots.wake(keyOf(snapshot))
    }
  }

  const forget = (uid: string): void => {
    exceptions.forget(uid)
    ends.forget(uid)
    failures.forget(uid)
    disposals.forget(uid)
    silences.forget(uid)
    passes.forget(uid)
    journal.forget(uid)
    history.forget(uid)
  }
  const wakeCluster = (object: KubeObject | undefined) => {
    const app = object?.metadata.labels?.['app']
    if (app) deployments.wake(`${object.metadata.namespace}/${app}`)
  }
  for (const cache of [caches.deployments, caches.pods, caches.services, caches.configMaps])
    cache.onChange(({ old, now }) => {
      // A checkpoint pointer moves every few seconds; only the coming and going of ConfigMaps decides anything.
      if (cache === caches.configMaps && old && now) return
      wakeCluster(now ?? old)
    })
  caches.sessionJobs.onChange(({ old, now }) => {
    const job = now ?? old
    if (job?.spec?.deploymentName) deployments.wake(`${job.metadata.namespace}/${job.spec.deploymentName}`)
    if (!now && old?.metadata.uid) forget(old.metadata.uid)
    if (job) wakeSnapshotsOf('FlinkSessionJob', job)
  })
  caches.ingresses?.onChange(({ old, now }) => {
    const ingress = now ?? old
    if (ingress) deployments.wake(keyOf(ingress))
  })
  caches.snapshots?.onChange(({ old, now }) => {
    if (!now && old?.metadata.uid) forget(old.metadata.uid)
    // Its job counts snapshots: it cares that they come, end and go.
    if (old && now && old.status?.state === now.status?.state) return
    for (const key of jobKeysOf((now ?? old) as FlinkStateSnapshot)) {
      const [kind, ...rest] = key.split('/')
      if (kind === 'FlinkSessionJob') sessionJobs.wake(rest.join('/'))
      else deployments.wake(rest.join('/'))
    }
  })
  caches.flinkDeployments.onChange(({ old, now }) => {
    if (!now && old?.metadata.uid) forget(old.metadata.uid)
    const cluster = now ?? old
    if (cluster) wakeSnapshotsOf('FlinkDeployment', cluster)
    if (!cluster || cluster.spec?.job) return
    for (const job of caches.sessionJobs.byIndex(byCluster, keyOf(cluster))) sessionJobs.wake(keyOf(job))
  })

  const ready = caches.start().then(() => {
    deployments.start()
    sessionJobs.start()
    snapshots?.start()
    log.info('operator ready', { deployments: caches.flinkDeployments.list().length })
  })
  return {
    ready,
    journal,
    async close() {
      await Promise.all([deployments.close(), sessionJobs.close(), snapshots?.close()])
      history.close()
      caches.close()
    },
  }
}

/** An action in a few words, for logs and journals: never its contents, which may hold what users consider secret. */
export const nameOf = (action: Action): string => {
  switch (action.do) {
    case 'apply':
    case 'create':
      return `${action.do} ${action.object.kind} ${action.object.metadata.name}`
    case 'delete':
    case 'scale':
    case 'merge':
      return `${action.do} ${action.ref.type.kind} ${action.ref.name}`
    case 'dispose':
      return 'dispose of a savepoint'
    case 'stop-with-savepoint':
    case 'savepoint':
    case 'checkpoint':
      return `${action.do} ${action.trigger}`
    default:
      return `${action.do} ${action.job.jobId}`
  }
}
