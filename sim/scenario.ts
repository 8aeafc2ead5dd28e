/**
 * The language of scenarios: what users and accidents do, and what is waited for. A scenario is data, so that one can be played
 * with any seed, any fault and any disturbance, and so that its story tells what was meant to happen.
 */
import { flinkDeployments, flinkSessionJobs, flinkStateSnapshots } from '@drey/api'
import { configMaps, deployments, pods } from '@drey/kube'
import type { SweepKind } from './variations.ts'
import type { FlinkDeploymentObject, World, WorldOptions } from './world.ts'
import { namespace } from './world.ts'

export interface Stage {
  world: World
  /** the resource as stored now; undefined: there is none */
  readonly resource: FlinkDeploymentObject | undefined
  readonly now: number
}

export interface Step {
  say: string
  do?(stage: Stage): unknown
  /** the next step comes when this holds … */
  until?(stage: Stage): boolean
  /** … which must happen within; default 15 minutes */
  withinMs?: number
  /** not reaching it is fine: the next step comes anyway (for moments that faults may remove) */
  orGoOn?: boolean
}

export interface Scenario {
  name: string
  /** windows of upstream's crash consistency (`W-1` …) and kinds of complaints this stands for */
  covers: readonly string[]
  world?: WorldOptions
  steps: readonly Step[]
  /** what the world must come to, and stay in, when the steps are done */
  ends: (stage: Stage) => boolean
  /** single disturbances after which the world cannot come to this end, with a reason */
  spares?: Readonly<Partial<Record<SweepKind, string>>>
  /** a defect of the product that this shows and that is not fixed yet: no sweep plays it, a test demands that it still fails */
  knownDefect?: string
  /** what the checkers should not say here, with a reason */
  accepts?: Readonly<Partial<Record<CheckName, string>>>
}

export type CheckName =
  | 'one job'
  | 'no older state'
  | 'resume point first'
  | 'intent first'
  | 'uid'
  | 'generation'
  | 'truth'
  | 'no orphan'
  | 'once'
  | 'no leak'
  | 'secret'
  | 'live'
  | 'quiet'
  | 'safety'

export const scenario = (name: string, rest: Omit<Scenario, 'name'>): Scenario => ({ name, ...rest })

// the resource -------------------------------------------------------------------------------------------------------------

type Json = Record<string, unknown>

export const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 'file:///ha' }

/** A FlinkDeployment's spec that states only what differs; `conf` goes into its flinkConfiguration. */
export const anApplication = (over: Json = {}, job: Json = {}, conf: Json = {}): Json => ({
  image: 'flink:1',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  jobManager: { resource: { cpu: 1, memory: '1600m' } },
  taskManager: { resource: { cpu: 1, memory: '1728m' } },
  ...over,
  flinkConfiguration: {
    'execution.checkpointing.interval': '20s',
    'execution.checkpointing.dir': 'file:///cp',
    'execution.checkpointing.savepoint-dir': 'file:///sp',
    's3.secret-key': 'hunter2',
    ...conf,
  },
  job: { jarURI: 'local:///opt/job.jar', parallelism: 2, upgradeMode: 'savepoint', ...job },
})

export const aSession = (over: Json = {}, conf: Json = {}): Json => {
  const { job: _, ...spec } = anApplication(over, {}, conf)
  return spec
}

const ref = (name = 'orders') => ({ type: flinkDeployments, namespace, name })

export const create = (spec: Json, name = 'orders'): Step => ({
  say: `a user creates FlinkDeployment ${name}`,
  do: ({ world }) =>
    world.client.create(flinkDeployments, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkDeployment',
      metadata: { name, namespace },
      spec,
    }),
})

export const edit = (spec: Json, what: string): Step => ({
  say: `a user edits the spec: ${what}`,
  do: ({ world }) => world.client.merge(ref(), { spec }).catch(() => {}),
})

export const newImage = edit({ image: 'flink:2' }, 'a new image')

/** An application with HA whose upgrades keep its last state. */
export const lastState = (conf: Json = {}, over: Json = {}): Step =>
  create(anApplication(over, { upgradeMode: 'last-state' }, { ...ha, ...conf }))

export const remove = (): Step => ({
  say: 'a user deletes the FlinkDeployment',
  do: ({ world }) => world.client.remove(ref()),
})

const kinds = [flinkStateSnapshots, flinkSessionJobs, flinkDeployments]
const bucketOf = (type: (typeof kinds)[number]) => `${type.resource}.${type.group}`

export const removeEverything = (): Step => ({
  say: 'a user deletes everything there is',
  async do({ world }) {
    for (const type of kinds)
      for (const { metadata } of world.server.store.list(bucketOf(type), namespace))
        await world.client.remove({ type, namespace, name: metadata.name }).catch(() => {})
  },
})

export const everythingGone = (stage: Stage): boolean =>
  isGone(stage) && kinds.every((type) => stage.world.server.store.list(bucketOf(type), namespace).length === 0)

export const forceRemove = (): Step => ({
  say: 'a user deletes the FlinkDeployment and removes its finalizers by force',
  async do({ world }) {
    await world.client.remove(ref())
    await world.client.merge(ref(), { metadata: { finalizers: null } }).catch(() => {})
  },
})

// waiting ------------------------------------------------------------------------------------------------------------------

export const wait = (seconds: number): Step => {
  let until = 0
  return {
    say: `${seconds} s pass`,
    do: ({ now }) => void (until = now + seconds * 1_000),
    until: ({ now }) => now >= until,
    withinMs: seconds * 1_000 + 60_000,
  }
}

export const when = (
  say: string,
  until: (stage: Stage) => boolean,
  o: { orGoOn?: boolean; withinMs?: number } = {},
): Step => ({
  say: `… until ${say}`,
  until,
  ...o,
})

/** The operator has dealt with the newest spec, as far as the CRD lets it say so. */
export const isObserved = (world: World, resource: FlinkDeploymentObject | undefined): boolean =>
  world.oldCrds || resource?.status?.['observedGeneration'] === resource?.metadata.generation

/** The generation that is wanted runs, is stable, and the JobManager agrees. */
export const isRunning = ({ world, resource }: Stage): boolean => {
  const status = resource?.status
  if (!resource || !isObserved(world, resource)) return false
  if (status?.['lifecycleState'] !== 'STABLE' || status?.['jobStatus']?.state !== 'RUNNING') return false
  const { image, job: wanted } = resource.spec
  return world.flink.jobManagers(`${namespace}/${resource.metadata.name}`).some(
    (jm) =>
      imageOf(world, jm.podName) === image &&
      jm.jobs.some(
        (job) =>
          job.id === status['jobStatus'].jobId &&
          job.state === 'RUNNING' &&
          job.tasksRun &&
          // the settings of the wanted spec, not those of a predecessor's submitted job
          job.parallelism === wanted?.parallelism,
      ),
  )
}
const imageOf = (world: World, pod: string): unknown =>
  (world.server.store.get('pods', `${namespace}/${pod}`) as { spec?: { containers?: { image: string }[] } } | undefined)
    ?.spec?.containers?.[0]?.image
export const running = (): Step => when('the job runs as wanted', isRunning)

export const isSuspended = ({ world, resource }: Stage): boolean =>
  resource?.status?.['lifecycleState'] === 'SUSPENDED' &&
  isObserved(world, resource) &&
  !world.flink.jobManagers(`${namespace}/orders`).some((jm) => jm.jobs.some((job) => job.state === 'RUNNING'))
export const suspended = (): Step => when('the job is suspended', isSuspended)

export const isGone = ({ world, resource }: Stage): boolean => !resource && leftovers(world).length === 0
export const gone = (): Step => when('everything is gone', isGone)

export const isReadySession = ({ world, resource }: Stage): boolean =>
  resource?.status?.['jobManagerDeploymentStatus'] === 'READY' &&
  resource.status['lifecycleState'] === 'STABLE' &&
  isObserved(world, resource)

export const jobStateIs =
  (state: string) =>
  ({ resource }: Stage): boolean =>
    resource?.status?.['jobStatus']?.state === state

export const triggered = (): Step =>
  when(
    'a savepoint is under way',
    ({ resource }) => Boolean(resource?.status?.['jobStatus']?.savepointInfo?.triggerId),
    {
      orGoOn: true,
      withinMs: 60_000,
    },
  )

export const stateIs = (state: string): Step =>
  when(
    `the reconciliation state is ${state}`,
    ({ resource }) => resource?.status?.['reconciliationStatus']?.state === state,
    {
      orGoOn: true,
      withinMs: 120_000,
    },
  )

export const checkpointed = (count = 1): Step => {
  let from: number | undefined
  const total = ({ world }: Stage) => world.flink.storage.list().reduce((max, one) => Math.max(max, one.stamp), 0)
  return {
    say: `… until ${count} more checkpoint${count > 1 ? 's are' : ' is'} complete`,
    do: (stage) => void (from = total(stage)),
    until: (stage) => total(stage) >= (from ?? 0) + count,
  }
}

// accidents ----------------------------------------------------------------------------------------------------------------

const podsOf = (world: World, component: string) =>
  world.server.store
    .list('pods', namespace)
    .filter((pod) => pod.metadata.labels?.['component'] === component && !pod.metadata.deletionTimestamp)

export const killJobManagerProcess = (): Step => ({
  say: 'the JobManager process is killed',
  do({ world }) {
    for (const pod of podsOf(world, 'jobmanager')) world.kubelet.killProcess(`${namespace}/${pod.metadata.name}`)
  },
})

export const deleteJobManagerPod = (): Step => ({
  say: 'the JobManager pod is deleted',
  async do({ world }) {
    for (const pod of podsOf(world, 'jobmanager'))
      await world.client.remove({ type: pods, namespace, name: pod.metadata.name })
  },
})

export const deleteTaskManagerPod = (): Step => ({
  say: 'a TaskManager pod is deleted',
  async do({ world }) {
    const [pod] = podsOf(world, 'taskmanager')
    if (pod) await world.client.remove({ type: pods, namespace, name: pod.metadata.name })
  },
})

export const deleteJobManagerDeployment = (propagation: 'Background' | 'Foreground' = 'Background'): Step => ({
  say: 'somebody deletes the JobManager Deployment',
  do: ({ world }) => world.client.remove({ type: deployments, namespace, name: 'orders' }, { propagation }),
})

export const deleteHaMetadata = (): Step => ({
  say: 'somebody deletes the HA ConfigMaps',
  async do({ world }) {
    for (const map of world.server.store.list('configmaps', namespace))
      if (map.metadata.labels?.['configmap-type'] === 'high-availability')
        await world.client.remove({ type: configMaps, namespace, name: map.metadata.name })
  },
})

export const failJob = (forGood: boolean): Step => ({
  say: forGood ? 'the job fails for good' : 'the job fails and is restarted by Flink',
  do({ world }) {
    for (const jm of world.flink.jobManagers()) for (const job of jm.jobs) job.fail({ forGood })
  },
})

export const finishJob = (): Step => ({
  say: 'the job finishes by itself',
  do({ world }) {
    for (const jm of world.flink.jobManagers()) for (const job of jm.jobs) job.finish()
  },
})

export const cancelJob = (): Step => ({
  say: 'somebody cancels the job in the web interface',
  do({ world }) {
    for (const jm of world.flink.jobManagers()) for (const job of jm.jobs) job.cancel()
  },
})

export const knobs = (over: Partial<World['flink']['knobs']>, say: string): Step => ({
  say,
  do: ({ world }) => void Object.assign(world.flink.knobs, over),
})

export const slowPods = (seconds: number): Step => ({
  say: `pods take ${seconds} s to end`,
  do: ({ world }) => void (world.kubelet.endMs = seconds * 1_000),
})

export const secondOperator = (): Step => ({
  say: 'a second operator begins while the first still acts',
  do: ({ world }) => world.startOperator(),
})

export const retireOperator = (): Step => ({
  say: 'the first operator ends for good',
  do: ({ world }) => world.retireOperator(),
})

/** HA metadata of a job that this cluster once ran. */
export const leftOverHaMetadata = (): Step => ({
  say: 'HA metadata of an earlier job is still there',
  do: ({ world }) =>
    world.client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `orders-${'0'.repeat(32)}-config-map`,
        namespace,
        labels: { app: 'orders', type: 'flink-native-kubernetes', 'configmap-type': 'high-availability' },
      },
      data: { 'checkpointID-0000000000000000001': 'file:///cp/old' },
    }),
})

export const killOperator = (): Step => ({ say: 'the operator dies', do: ({ world }) => world.killOperator() })

/** Objects of the cluster that are still there. */
export const leftovers = (world: World): string[] =>
  ['deployments.apps', 'replicasets.apps', 'pods', 'services', 'configmaps'].flatMap((bucket) =>
    world.server.store
      .list(bucket, namespace)
      .filter((object) => object.metadata.labels?.['app'])
      .map((object) => `${object.kind} ${object.metadata.name}`),
  )
