/**
 * A world in which everything that is asked for happens at once and without trouble: facts in, actions applied, facts out. With it the
 * real decisions can be played through to their end, which is a plan.
 */
import {
  noCheckpoints,
  type CheckpointFacts,
  type FlinkDeployment,
  type FlinkJobState,
  type JobOverview,
  type ResourceRequirements,
} from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { generationAnnotation } from '../cluster/index.ts'
import type { ClusterObjects, FlinkFacts } from '../deployment/observed.ts'
import type { SnapshotFact } from '../job/snapshot-facts.ts'

export interface World {
  cluster: ClusterObjects
  jobs: readonly JobOverview[]
  checkpoints: CheckpointFacts
  requirements: ResourceRequirements
  flinkVersion: string
  /** the job that an existing JobManager brings back by itself */
  expected: string | undefined
  /** of a session job */
  sessionCluster: FlinkDeployment | undefined
  /** finished savepoints by trigger id */
  savepoints: Readonly<Record<string, string>>
  snapshots: readonly SnapshotFact[]
}

/** Stands for a checkpoint of which only so much is known that a running job has one, if it ever completed one. */
export const unseenCheckpoint = 'the last checkpoint'
export const savepointUnderWay = 'the savepoint under way'

/** The world as it was found. What the JobManager would not say is taken from the status. */
export const worldOf = (o: {
  cluster: ClusterObjects
  flink: FlinkFacts
  job: {
    id?: string | undefined
    name?: string | undefined
    state?: string | undefined
    startTime?: number | undefined
  }
  flinkVersion: string | undefined
  snapshots: readonly SnapshotFact[]
  now: number
  sessionCluster: FlinkDeployment | undefined
  /** a JobManager that begins anew brings its job back */
  comesBack: boolean
}): World => ({
  cluster: o.cluster,
  sessionCluster: o.sessionCluster,
  jobs: o.flink.jobs?.known
    ? o.flink.jobs.value
    : o.job.id && o.job.state && (o.comesBack || o.sessionCluster?.status?.jobManagerDeploymentStatus === 'READY')
      ? [
          {
            jobId: o.job.id,
            name: o.job.name ?? '',
            state: o.job.state as FlinkJobState,
            startTime: o.job.startTime ?? 0,
            tasks: { total: 1, running: o.job.state === 'RUNNING' ? 1 : 0, finished: 0 },
          },
        ]
      : [],
  checkpoints: o.flink.checkpoints?.known ? o.flink.checkpoints.value : o.job.id ? unseen(o.now) : noCheckpoints,
  requirements: o.flink.requirements?.known ? o.flink.requirements.value : {},
  flinkVersion: o.flinkVersion ?? '',
  expected: o.comesBack && o.job.id && o.job.state && !ended.has(o.job.state) ? o.job.id : undefined,
  savepoints: {},
  snapshots: o.snapshots,
})

const ended: ReadonlySet<string> = new Set(['FINISHED', 'FAILED', 'CANCELED', 'SUSPENDED'])
/** Of these a job comes back by itself. */
const starting: ReadonlySet<string> = new Set(['RECONCILING', 'CREATED', 'INITIALIZING', 'RESTARTING'])

const unseen = (now: number): CheckpointFacts => {
  const newest = { id: 1, path: unseenCheckpoint, at: now, savepoint: false }
  return { ...noCheckpoints, latest: newest, completed: newest, completedCount: 1, counted: true }
}

/** What this world's JobManager would answer. */
export const answersOf = (world: World, questions: readonly string[], trigger: string | undefined): FlinkFacts => {
  const known = <T>(value: T) => ({ known: true as const, value })
  const taken = trigger === undefined ? undefined : world.savepoints[trigger]
  const all: FlinkFacts = {
    jobs: known(world.jobs),
    config: known({ flinkVersion: world.flinkVersion, flinkRevision: '' }),
    checkpoints: known(world.checkpoints),
    trigger: known(
      taken === undefined ? { state: 'unknown' as const } : { state: 'completed' as const, location: taken },
    ),
    checkpointTrigger: known({ state: 'completed' as const, location: '' }),
    exceptions: known([]),
    result: known(undefined),
    metrics: known({}),
    requirements: known(world.requirements),
  }
  return Object.fromEntries(Object.entries(all).filter(([question]) => questions.includes(question)))
}

export const afterAction = (world: World, action: Action, o: { now: number; jobId: string | undefined }): World => {
  switch (action.do) {
    case 'stop-with-savepoint': {
      const location = `${action.directory ?? 'the savepoint directory'}/savepoint-(new)`
      return {
        ...withJobs(world, action.job.jobId, 'FINISHED', o.now),
        savepoints: { ...world.savepoints, [action.trigger]: location },
      }
    }
    case 'savepoint':
      return {
        ...world,
        savepoints: { ...world.savepoints, [action.trigger]: `${action.directory ?? ''}/savepoint-(new)` },
      }
    case 'cancel':
      return withJobs(world, action.job.jobId, 'CANCELED', o.now)
    case 'delete': {
      const { kind } = action.ref.type
      if (kind === 'Deployment') return { ...world, jobs: [], cluster: { ...gone, ha: world.cluster.ha } }
      if (kind === 'ConfigMap')
        return {
          ...world,
          cluster: { ...world.cluster, ha: world.cluster.ha.filter(({ name }) => name !== action.ref.name) },
        }
      if (kind === 'FlinkStateSnapshot')
        return { ...world, snapshots: world.snapshots.filter(({ name }) => name !== action.ref.name) }
      return world
    }
    case 'create':
    case 'apply':
      return withObject(world, action.object, o)
    case 'scale':
      return world.cluster.taskManager
        ? {
            ...world,
            cluster: { ...world.cluster, taskManager: { ...world.cluster.taskManager, replicas: action.replicas } },
          }
        : world
    case 'merge':
      return action.ref.type.kind === 'Deployment' &&
        (action.patch as { spec?: { replicas?: number } }).spec?.replicas === 0
        ? withoutJobManagerPods(world)
        : world
    case 'rescale':
      return { ...world, requirements: action.requirements }
    case 'run-jar':
      return {
        ...world,
        jobs: [...world.jobs.filter(({ jobId }) => jobId !== action.job.jobId), running(action.job.jobId, o.now)],
      }
    default:
      return world
  }
}

const withoutJobManagerPods = (world: World): World => ({
  ...world,
  jobs: [],
  cluster: {
    ...world.cluster,
    jobManager: world.cluster.jobManager && { ...world.cluster.jobManager, replicas: 0, availableReplicas: 0 },
    pods: world.cluster.pods.filter(({ component }) => component !== 'jobmanager'),
  },
})

interface Trigger {
  id: string
  type: string
}

/** What is under way by itself comes to its end; pods that cannot start stay as they are. */
export const afterWaiting = (world: World, trigger: Trigger | undefined, now: number): World => {
  const { jobManager, pods } = world.cluster
  const comesBack =
    jobManager !== undefined &&
    !jobManager.deleting &&
    jobManager.replicas > 0 &&
    jobManager.failedCreate === undefined &&
    pods.every(({ waiting, mountFailure }) => waiting === undefined && mountFailure === undefined)
  const sessionCluster = readied(world.sessionCluster)
  const jobs = comesBack || sessionCluster !== world.sessionCluster ? withExpected(world, now) : world.jobs
  return {
    ...world,
    sessionCluster,
    cluster: {
      ...world.cluster,
      jobManager: jobManager?.deleting
        ? undefined
        : comesBack
          ? { ...jobManager, availableReplicas: Math.max(1, jobManager.availableReplicas) }
          : jobManager,
      // What a JobManager owned goes after it; standalone TaskManagers have an owner of their own.
      pods: pods.filter(
        ({ deleting, component }) =>
          !deleting &&
          ((jobManager !== undefined && !jobManager.deleting) ||
            (world.cluster.taskManager !== undefined && component === 'taskmanager')),
      ),
      dependents:
        jobManager === undefined
          ? world.cluster.dependents.filter(({ ownerUids }) => ownerUids.length === 0)
          : world.cluster.dependents,
    },
    jobs: jobs.map((job) =>
      job.state === 'CANCELLING'
        ? { ...job, state: 'CANCELED' }
        : trigger?.type === 'UPGRADE'
          ? { ...job, state: 'FINISHED' }
          : (comesBack || world.sessionCluster) && starting.has(job.state)
            ? { ...job, state: 'RUNNING', tasks: { ...job.tasks, running: Math.max(1, job.tasks.total) } }
            : job,
    ),
    savepoints:
      trigger === undefined || world.savepoints[trigger.id]
        ? world.savepoints
        : { ...world.savepoints, [trigger.id]: savepointUnderWay },
    snapshots: world.snapshots.map((snapshot) =>
      snapshot.state === 'TRIGGER_PENDING' || snapshot.state === 'IN_PROGRESS'
        ? { ...snapshot, state: 'COMPLETED' }
        : snapshot,
    ),
  }
}

/** A session cluster that is on its way arrives. */
const readied = (cluster: FlinkDeployment | undefined): FlinkDeployment | undefined => {
  const { jobManagerDeploymentStatus: stands } = cluster?.status ?? {}
  return cluster?.status && (stands === 'DEPLOYING' || stands === 'DEPLOYED_NOT_READY')
    ? { ...cluster, status: { ...cluster.status, jobManagerDeploymentStatus: 'READY' } }
    : cluster
}

const withExpected = ({ jobs, expected }: World, now: number): World['jobs'] =>
  expected === undefined || jobs.some(({ jobId }) => jobId === expected) ? jobs : [...jobs, running(expected, now)]

const gone: ClusterObjects = { jobManager: undefined, taskManager: undefined, pods: [], dependents: [], ha: [] }
const plannedUid = 'planned'

const running = (jobId: string, now: number): JobOverview => ({
  jobId,
  name: '',
  state: 'RUNNING',
  startTime: now,
  tasks: { total: 1, running: 1, finished: 0 },
})

const withJobs = (world: World, jobId: string, state: FlinkJobState, _now: number): World => ({
  ...world,
  jobs: world.jobs.map((job) => (job.jobId === jobId ? { ...job, state } : job)),
})

const withObject = (world: World, object: KubeObject, o: { now: number; jobId: string | undefined }): World => {
  const { cluster } = world
  const { metadata, kind } = object
  if (kind === 'Deployment' && object.metadata.labels?.['component'] === 'taskmanager') {
    const { replicas = 1 } = (object['spec'] ?? {}) as { replicas?: number }
    return { ...world, cluster: { ...cluster, taskManager: { uid: plannedUid, deleting: false, replicas } } }
  }
  if (kind === 'Deployment')
    return {
      ...world,
      jobs: o.jobId === undefined ? [] : [running(o.jobId, o.now)],
      cluster: {
        ...cluster,
        jobManager: {
          uid: plannedUid,
          deleting: false,
          generation: metadata.annotations?.[generationAnnotation],
          ours: true,
          replicas: 1,
          availableReplicas: 1,
          neverAvailable: false,
          failedCreate: undefined,
        },
      },
    }
  if (kind === 'Service' || kind === 'ConfigMap')
    return {
      ...world,
      cluster: {
        ...cluster,
        dependents: [
          ...cluster.dependents.filter(({ name, type }) => name !== metadata.name || type.kind !== kind),
          {
            type: {
              group: '',
              version: 'v1',
              resource: kind === 'Service' ? 'services' : 'configmaps',
              kind,
              namespaced: true,
            },
            name: metadata.name,
            uid: plannedUid,
            ownerUids: [plannedUid],
          },
        ],
      },
    }
  return world
}
