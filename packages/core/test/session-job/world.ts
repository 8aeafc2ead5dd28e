/** A FlinkSessionJob, its cluster and what is seen of both, as small as a test needs. */
import type { CheckpointFacts, FlinkDeployment, FlinkJobState, FlinkSessionJob } from '@drey/api'
import { decideSessionJob, noOperatorConfig, type FlinkFacts, type SessionJobObserved } from '../../src/index.ts'

export interface World {
  resource: FlinkSessionJob
  cluster: FlinkDeployment | undefined
  flink: FlinkFacts
  now: number
  lastFailure?: SessionJobObserved['lastFailure']
}

export const aCluster = (conf: Record<string, string> = {}, status: string = 'READY'): FlinkDeployment =>
  ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: { name: 'hall', namespace: 'shop', uid: 'cluster-1' },
    spec: {
      image: 'flink:1.20',
      flinkVersion: 'v1_20',
      serviceAccount: 'flink',
      flinkConfiguration: {
        'execution.checkpointing.dir': 'file:///cp',
        'execution.checkpointing.savepoint-dir': 'file:///sp',
        ...conf,
      },
      jobManager: { resource: { cpu: 1, memory: '1600m' } },
      taskManager: { resource: { cpu: 1, memory: '1728m' } },
    },
    status: { jobManagerDeploymentStatus: status },
  }) as FlinkDeployment

export const aJob = (job: Record<string, unknown> = {}, conf: Record<string, string> = {}): FlinkSessionJob =>
  ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkSessionJob',
    metadata: {
      name: 'clicks',
      namespace: 'shop',
      uid: 'job-1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      deploymentName: 'hall',
      flinkConfiguration: conf,
      job: { jarURI: 'https://jars.example.com/clicks.jar', parallelism: 2, upgradeMode: 'savepoint', ...job },
    },
  }) as FlinkSessionJob

export const aWorld = (job = aJob(), cluster: FlinkDeployment | undefined = aCluster()): World => ({
  resource: job,
  cluster,
  flink: { jobs: { known: true, value: [] } },
  now: Date.parse('2026-01-01T01:00:00Z'),
})

export const observedIn = (world: World): SessionJobObserved => ({
  now: world.now,
  operator: { config: noOperatorConfig, side: {}, snapshotResources: false },
  cluster: world.cluster,
  flink: world.flink,
  snapshots: [],
  lastFailure: world.lastFailure,
})

export const look = (world: World) => decideSessionJob(world.resource, observedIn(world))

/** One pass: the decision's status becomes the resource's. */
export const step = (world: World) => {
  const decision = look(world)
  if (decision.status) world.resource = { ...world.resource, status: decision.status }
  world.now += 1_000
  return decision
}

/** The cluster shows the recorded job in a state. */
export const shows = (world: World, state: FlinkJobState, checkpoints?: Partial<CheckpointFacts>): void => {
  const jobId = world.resource.status?.jobStatus?.jobId ?? ''
  world.flink = {
    jobs: {
      known: true,
      value: [
        {
          jobId,
          name: 'clicks',
          state,
          startTime: 1,
          tasks: { total: 2, running: state === 'RUNNING' ? 2 : 0, finished: state === 'FINISHED' ? 2 : 0 },
        },
      ],
    },
    ...(checkpoints
      ? {
          checkpoints: {
            known: true,
            value: {
              latest: undefined,
              restored: undefined,
              completed: undefined,
              stateSize: undefined,
              inProgressSince: undefined,
              completedCount: 0,
              counted: true,
              notAddressable: false,
              ...checkpoints,
            },
          },
        }
      : {}),
  }
}

export const checkpointAt = (path: string): Partial<CheckpointFacts> => ({
  latest: { id: 7, path, at: 1, savepoint: false },
})

/** Submitted, running, stable. */
export const settled = (job = aJob(), cluster = aCluster()): World => {
  const world = aWorld(job, cluster)
  step(world)
  shows(world, 'RUNNING')
  step(world)
  step(world)
  return world
}

export const edit = (world: World, job: Record<string, unknown>, spec: Record<string, unknown> = {}): void => {
  world.resource = {
    ...world.resource,
    metadata: { ...world.resource.metadata, generation: (world.resource.metadata.generation ?? 0) + 1 },
    spec: { ...world.resource.spec, ...spec, job: { ...world.resource.spec?.job, ...job } } as never,
  }
}

export const remove = (world: World): void => {
  world.resource = {
    ...world.resource,
    metadata: { ...world.resource.metadata, deletionTimestamp: new Date(world.now).toISOString() },
  }
}
