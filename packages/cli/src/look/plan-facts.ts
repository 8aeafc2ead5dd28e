/** The facts a plan is decided by: those the operator would look at, gathered with the rights of whoever asks. */
import {
  flinkDeployments,
  flinkSessionJobs,
  flinkStateSnapshots,
  type FlinkDeployment,
  type FlinkStateSnapshot,
} from '@drey/api'
import {
  questionsFor,
  sessionJobQuestions,
  sessionJobViewOf,
  snapshotFactOf,
  viewOf,
  type ClusterObjects,
  type DeploymentObserved,
  type FlinkFacts,
  type OperatorFacts,
  type SessionJobObserved,
  type SnapshotFact,
} from '@drey/core'
import { flinkClient, type FlinkClient } from '@drey/flink'
import { configMaps, deployments, pods, services } from '@drey/kube'
import { clusterObjectsOf } from '@drey/operator'
import { known, KubeError, unknown, type Fact, type KubeObject, type ResourceType } from '@drey/reconcile'
import type { Target } from '../target.ts'
import { factOf } from './facts.ts'
import { proxiedFlink } from './flink-proxy.ts'

const flinkTimeoutMs = 5_000

export interface PlanFacts {
  objects: ClusterObjects
  flink: FlinkFacts
  sessionJobs: readonly string[]
  sessionCluster: FlinkDeployment | undefined
  snapshots: readonly SnapshotFact[]
  assumed: readonly string[]
}

export const planFacts = async (
  { client, timeoutMs = flinkTimeoutMs }: Pick<Target, 'client' | 'timeoutMs'>,
  kind: 'FlinkDeployment' | 'FlinkSessionJob',
  resource: KubeObject,
  operator: OperatorFacts,
  o: { now: number; sessionCluster: FlinkDeployment | undefined },
): Promise<PlanFacts> => {
  const assumed: string[] = []
  const namespace = resource.metadata.namespace ?? 'default'
  const { name } = resource.metadata
  const unseen = new Set<string>()
  const list = async <T extends KubeObject>(type: ResourceType, labelSelector?: string): Promise<T[]> => {
    const found = await factOf(`list ${type.resource} in ${namespace}`, () =>
      client.list<T>(type, { namespace, ...(labelSelector ? { labelSelector } : {}) }),
    )
    if (!found.known) {
      unseen.add(type.resource)
      assumed.push(`${type.resource} could not be seen: ${found.why}`)
    }
    return found.known ? found.value.items : []
  }
  const snapshots = async (): Promise<SnapshotFact[]> =>
    (await list<FlinkStateSnapshot & KubeObject>(flinkStateSnapshots))
      .filter(({ spec }) => spec?.jobReference?.name === name && (spec.jobReference.kind ?? 'FlinkDeployment') === kind)
      .map(snapshotFactOf)

  const flink = flinkClient(proxiedFlink(client.transport))
  if (kind === 'FlinkSessionJob') {
    const cluster = o.sessionCluster ?? (await clusterOfJob(client, resource, namespace, assumed))
    const observed: SessionJobObserved = {
      now: o.now,
      operator,
      cluster,
      flink: {},
      snapshots: await snapshots(),
      lastFailure: undefined,
    }
    const facts = await asking(flink, timeoutMs, assumed, (asked) => {
      const questions = sessionJobQuestions(resource as never, { ...observed, flink: asked })
      const view = sessionJobViewOf(resource as never, observed)
      return { questions, base: view.cluster.base, job: view.before.job }
    })
    return {
      objects: nothing,
      flink: facts,
      sessionJobs: [],
      sessionCluster: cluster,
      snapshots: observed.snapshots ?? [],
      assumed,
    }
  }
  const selector = `app=${name},type in (flink-native-kubernetes,flink-standalone-kubernetes)`
  const [deploymentList, podList, serviceList, configMapList, snapshotList, jobs] = await Promise.all([
    list(deployments, selector),
    list(pods, selector),
    list(services, selector),
    list(configMaps, selector),
    snapshots(),
    list<KubeObject & { spec?: { deploymentName?: string } }>(flinkSessionJobs),
  ])
  const seen = clusterObjectsOf(
    {
      name,
      namespace,
      uid: resource.metadata.uid ?? '',
      mode: (resource['spec'] as { mode?: string } | undefined)?.mode === 'standalone' ? 'standalone' : 'native',
    },
    {
      deployments: deploymentList,
      pods: podList,
      services: serviceList,
      configMaps: configMapList,
      types: { services, configMaps },
    },
  )
  const objects = supposed(seen, unseen, resource)
  const stuck = seen.pods.find(({ waiting, deleting }) => waiting !== undefined && !deleting)
  if (stuck?.waiting)
    assumed.push(
      `pod ${stuck.name} cannot start (${stuck.waiting.reason}: ${stuck.waiting.message}): planned as if new ones could`,
    )
  const sessionJobs = jobs.filter(({ spec }) => spec?.deploymentName === name).map(({ metadata }) => metadata.name)
  const observed: DeploymentObserved = {
    now: o.now,
    operator,
    cluster: objects,
    flink: {},
    sessionJobs,
    snapshots: snapshotList,
  }
  const facts = await asking(flink, timeoutMs, assumed, (asked) => {
    const view = viewOf(resource as never, observed)
    return {
      questions: questionsFor(resource as never, { ...observed, flink: asked }),
      base: view.cluster.base,
      job: view.before.job,
    }
  })
  return { objects, flink: facts, sessionJobs, sessionCluster: undefined, snapshots: snapshotList, assumed }
}

/** What may not be seen is there as far as the status says: a missing right is no missing JobManager. */
const supposed = (seen: ClusterObjects, unseen: ReadonlySet<string>, resource: KubeObject): ClusterObjects => {
  const { jobManagerDeploymentStatus, observedGeneration, jobStatus } = (resource['status'] ?? {}) as {
    jobManagerDeploymentStatus?: string
    observedGeneration?: number
    jobStatus?: { jobId?: string }
  }
  const exists = jobManagerDeploymentStatus !== undefined && jobManagerDeploymentStatus !== 'MISSING'
  return {
    ...seen,
    ...(unseen.has('deployments') && exists
      ? {
          jobManager: {
            uid: 'unseen',
            deleting: false,
            generation: String(observedGeneration),
            ours: true,
            replicas: 1,
            availableReplicas: jobManagerDeploymentStatus === 'READY' ? 1 : 0,
            neverAvailable: false,
            failedCreate: undefined,
          },
        }
      : {}),
    ...(unseen.has('configmaps') && exists && jobStatus?.jobId
      ? {
          ha: [
            {
              name: `${resource.metadata.name}-${jobStatus.jobId}-config-map`,
              uid: 'unseen',
              resourceVersion: '',
              keys: ['checkpointID-0000000000000000001'],
              deleting: false,
            },
          ],
        }
      : {}),
  }
}

const nothing: ClusterObjects = { jobManager: undefined, taskManager: undefined, pods: [], dependents: [], ha: [] }

const clusterOfJob = async (
  client: Target['client'],
  resource: KubeObject,
  namespace: string,
  assumed: string[],
): Promise<FlinkDeployment | undefined> => {
  const name = (resource['spec'] as { deploymentName?: string } | undefined)?.deploymentName ?? ''
  if (!name) return undefined
  const found = await factOf(`get flinkdeployments in ${namespace}`, () =>
    client.find<FlinkDeployment & KubeObject>({ type: flinkDeployments, namespace, name }),
  )
  if (!found.known) assumed.push(`its session cluster could not be seen: ${found.why}`)
  return found.known ? found.value : undefined
}

interface Asking {
  questions: readonly (keyof FlinkFacts)[]
  base: string
  job: {
    id: string | undefined
    savepointInfo: { triggerId?: string | null }
    checkpointInfo?: { triggerId?: string | null } | undefined
  }
}

/** The operator's own questions, in its rounds. What may not be asked is left to the status, and said. */
const asking = async (
  flink: FlinkClient,
  timeoutMs: number,
  assumed: string[],
  next: (asked: FlinkFacts) => Asking,
): Promise<FlinkFacts> => {
  let asked: FlinkFacts = {}
  for (let round = 0; round < 3; round++) {
    const { questions, base, job } = next(asked)
    if (questions.length === 0) break
    const at = { base, timeoutMs }
    const id = job.id ?? ''
    const looks: { [Q in keyof Required<FlinkFacts>]: () => Promise<unknown> } = {
      jobs: () => flink.jobs(at),
      config: () => flink.config(at),
      checkpoints: () => flink.checkpoints(at, id),
      trigger: () => flink.savepointTrigger(at, id, job.savepointInfo.triggerId ?? ''),
      checkpointTrigger: () => flink.checkpointTrigger(at, id, job.checkpointInfo?.triggerId ?? ''),
      exceptions: async () => [],
      result: async () => undefined,
      metrics: async () => ({}),
      requirements: () => flink.requirements(at, id),
    }
    const answers = await Promise.all(
      questions.map(async (question) => [question, await answered(looks[question])] as const),
    )
    const refused = answers.find(([, answer]) => answer === 'no right')
    if (refused) {
      assumed.push('no right to get services/proxy: what the job does is taken from the status')
      return {}
    }
    asked = { ...asked, ...(Object.fromEntries(answers) as FlinkFacts) }
  }
  if (asked.jobs && !asked.jobs.known)
    assumed.push(`the JobManager does not answer (${asked.jobs.why}): planned as if it did again`)
  return asked
}

const answered = async (look: () => Promise<unknown>): Promise<Fact<unknown> | 'no right'> => {
  try {
    return known(await look())
  } catch (error) {
    if (error instanceof KubeError && error.code === 403) return 'no right'
    return unknown((error as Error).message.split('\n', 1)[0] ?? '')
  }
}
