/** Gathers what the rules about a FlinkDeployment look at: free facts from the caches, then only the Flink questions that matter now. */
import { read, options, type FlinkDeployment } from '@drey/api'
import {
  effectiveConfig,
  questionsFor,
  valuesOf,
  viewOf,
  type DeploymentObserved,
  type FlinkFacts,
  type OperatorFacts,
  type Question,
} from '@drey/core'
import { FlinkError, type FlinkAt, type FlinkClient } from '@drey/flink'
import { configMaps, services } from '@drey/kube'
import { keyOf, known, unknown, type Clock, type Fact } from '@drey/reconcile'
import { byCluster, type Caches } from './caches.ts'
import { clusterObjectsOf } from './facts/cluster-objects.ts'
import type { ExceptionMemory } from './exception-memory.ts'

export interface ObserveOptions {
  caches: Caches
  flink: FlinkClient
  operator: OperatorFacts
  clock: Clock
  exceptions: ExceptionMemory
}

/** Questions depend on earlier answers at most this deep. */
const roundMax = 3

export const observeDeployment =
  (o: ObserveOptions) =>
  async (resource: FlinkDeployment): Promise<DeploymentObserved> => {
    const key = keyOf(resource)
    const base: DeploymentObserved = {
      now: o.clock.now(),
      operator: o.operator,
      cluster: clusterObjectsOf(
        {
          name: resource.metadata.name,
          namespace: resource.metadata.namespace ?? 'default',
          uid: resource.metadata.uid ?? '',
          mode: resource.spec?.mode === 'standalone' ? 'standalone' : 'native',
        },
        {
          deployments: o.caches.deployments.byIndex(byCluster, key),
          pods: o.caches.pods.byIndex(byCluster, key),
          services: o.caches.services.byIndex(byCluster, key),
          configMaps: o.caches.configMaps.byIndex(byCluster, key),
          types: { services, configMaps },
        },
      ),
      flink: {},
      sessionJobs: o.caches.sessionJobs.byIndex(byCluster, key).map((job) => job.metadata.name),
    }
    let observed = base
    for (let round = 0; round < roundMax; round++) {
      const questions = questionsFor(resource, observed)
      if (questions.length === 0) break
      const answers = await ask(o, resource, observed, questions)
      observed = { ...observed, now: o.clock.now(), flink: { ...observed.flink, ...answers } }
    }
    return observed
  }

const ask = async (
  o: ObserveOptions,
  resource: FlinkDeployment,
  observed: DeploymentObserved,
  questions: readonly Question[],
): Promise<FlinkFacts> => {
  const view = viewOf(resource, observed)
  const conf = valuesOf(
    effectiveConfig(o.operator.config, {
      namespace: view.namespace,
      flinkConfiguration: resource.spec?.flinkConfiguration,
    }),
  )
  const at: FlinkAt = { base: view.cluster.base, timeoutMs: read(options.clusters.flinkClientTimeout, conf) }
  const jobId = view.before.job.id ?? ''
  const trigger = view.before.job.savepointInfo.triggerId ?? ''
  const looks: { [Q in Question]: () => Promise<unknown> } = {
    jobs: () => o.flink.jobs(at),
    config: () => o.flink.config(at),
    checkpoints: () => o.flink.checkpoints(at, jobId),
    trigger: () => o.flink.savepointTrigger(at, jobId, trigger),
    exceptions: async () => o.exceptions.fresh(view.uid, jobId, await o.flink.exceptions(at, jobId), o.clock.now()),
    result: () => o.flink.result(at, jobId),
    metrics: () => o.flink.jobMetrics(at, jobId, ['numRestarts', 'fullRestarts', 'numberOfCompletedCheckpoints']),
    requirements: () => o.flink.requirements(at, jobId),
  }
  const answers = await Promise.all(
    questions.map(async (question) => [question, await factOf(looks[question])] as const),
  )
  return Object.fromEntries(answers) as FlinkFacts
}

/** A failed look is a fact, too: it says why we do not know. */
export const factOf = async <T>(look: () => Promise<T>): Promise<Fact<T>> => {
  try {
    return known(await look())
  } catch (error) {
    return unknown(
      error instanceof FlinkError
        ? `${error.status} ${error.cause1}`
        : error instanceof Error
          ? error.message
          : String(error),
    )
  }
}
