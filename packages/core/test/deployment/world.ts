/** A FlinkDeployment and what is seen of it, as small as a test needs; `step` plays one decision back into the status. */
import type { KubeObject } from '@drey/reconcile'
import type { FlinkDeployment, FlinkDeploymentSpec, FlinkJobState } from '@drey/api'
import {
  decideDeployment,
  generationAnnotation,
  noOperatorConfig,
  ownedRefs,
  type ClusterObjects,
  type DeploymentObserved,
  type FlinkFacts,
  type SnapshotFact,
} from '../../src/index.ts'

export const aSpec = (over: Record<string, unknown> = {}): FlinkDeploymentSpec =>
  ({
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    serviceAccount: 'flink',
    flinkConfiguration: {
      'execution.checkpointing.dir': 'file:///cp',
      'execution.checkpointing.savepoint-dir': 'file:///sp',
    },
    jobManager: { resource: { cpu: 1, memory: '1600m' } },
    taskManager: { resource: { cpu: 1, memory: '1728m' } },
    job: { jarURI: 'local:///opt/job.jar', parallelism: 2, upgradeMode: 'savepoint' },
    ...over,
  }) as FlinkDeploymentSpec

export const nothing: ClusterObjects = {
  jobManager: undefined,
  taskManager: undefined,
  pods: [],
  dependents: [],
  ha: [],
}

export interface World {
  resource: FlinkDeployment
  cluster: ClusterObjects
  flink: FlinkFacts
  now: number
  snapshots?: readonly SnapshotFact[]
  disposals?: DeploymentObserved['disposals']
  lastFailure?: string
  /** null: there is none */
  ingress?: KubeObject | null
  operator?: Partial<DeploymentObserved['operator']>
}

export const aWorld = (spec = aSpec()): World => ({
  resource: {
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkDeployment',
    metadata: {
      name: 'orders',
      namespace: 'shop',
      uid: 'uid-1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec,
  },
  cluster: nothing,
  flink: {},
  now: 1_000_000,
})

export const look = (world: World) => decideDeployment(world.resource, observedIn(world))

export const observedIn = (world: World): DeploymentObserved => ({
  now: world.now,
  operator: { config: noOperatorConfig, side: {}, snapshotResources: false, ...world.operator },
  cluster: world.cluster,
  flink: world.flink,
  sessionJobs: [],
  snapshots: world.snapshots ?? [],
  ...(world.disposals === undefined ? {} : { disposals: world.disposals }),
  ...(world.ingress === undefined ? {} : { ingress: world.ingress }),
  ...(world.lastFailure === undefined ? {} : { lastFailure: world.lastFailure }),
})

/** One pass: the decision's status becomes the resource's. */
export const step = (world: World) => {
  const decision = look(world)
  if (decision.status) world.resource = { ...world.resource, status: decision.status }
  world.now += 1_000
  return decision
}

/** What Kubernetes and Flink look like once the cluster of the recorded generation is up and its job is in a state. */
export const upAndRunning = (world: World, state: FlinkJobState = 'RUNNING'): void => {
  const refs = ownedRefs('orders', 'shop', 'native')
  const jobId = world.resource.status?.jobStatus?.jobId ?? ''
  world.cluster = {
    ...nothing,
    jobManager: {
      uid: `deployment-${world.resource.status?.observedGeneration}`,
      deleting: false,
      generation: String(world.resource.status?.observedGeneration),
      ours: true,
      replicas: 1,
      availableReplicas: 1,
      neverAvailable: false,
      failedCreate: undefined,
    },
    dependents: refs.dependants.map((ref) => ({
      type: ref.type,
      name: ref.name,
      uid: ref.name,
      ownerUids: [`deployment-${world.resource.status?.observedGeneration}`],
    })),
  }
  world.flink = {
    jobs: {
      known: true,
      value: [
        {
          jobId,
          name: 'orders',
          state,
          startTime: 1,
          tasks: { total: 2, running: state === 'RUNNING' ? 2 : 0, finished: state === 'FINISHED' ? 2 : 0 },
        },
      ],
    },
  }
}

/** Deployed, running, stable. */
export const settled = (spec = aSpec()): World => {
  const world = aWorld(spec)
  step(world)
  upAndRunning(world)
  step(world)
  step(world)
  return world
}

export const edit = (world: World, over: Record<string, unknown>): void => {
  world.resource = {
    ...world.resource,
    metadata: { ...world.resource.metadata, generation: (world.resource.metadata.generation ?? 0) + 1 },
    spec: { ...world.resource.spec, ...over } as FlinkDeploymentSpec,
  }
}

export { generationAnnotation }
