/** Gathers what the rules about a FlinkDeployment look at: free facts from the caches, then only the Flink questions that matter now. */
import { read, options, type FlinkDeployment } from '@drey/api'
import {
  isDiscarding,
  needsFreshJobManager,
  questionsFor,
  viewOf,
  type DeploymentObserved,
  type FlinkFacts,
  type OperatorFacts,
  type Question,
} from '@drey/core'
import type { FlinkClient } from '@drey/flink'
import { configMaps, services, type KubeClient } from '@drey/kube'
import { keyOf, type Clock } from '@drey/reconcile'
import { askFlink } from './ask-flink.ts'
import { byCluster, type Caches } from './caches.ts'
import { snapshotsOf } from './facts/snapshots.ts'
import { clusterObjectsOf, jobManagerFact } from './facts/cluster-objects.ts'
import type { EndMemory } from './end-memory.ts'
import type { DisposalMemory } from './disposal-memory.ts'
import type { ExceptionMemory } from './exception-memory.ts'
import type { FailureMemory } from './failure-memory.ts'
import type { SilenceMemory } from './silence-memory.ts'
import { statisticsAgeMs } from './statistics-age.ts'

export interface ObserveOptions {
  caches: Caches
  client: KubeClient
  flink: FlinkClient
  operator: OperatorFacts
  clock: Clock
  exceptions: ExceptionMemory
  ends: EndMemory
  failures: FailureMemory
  disposals: DisposalMemory
  silences: SilenceMemory
}

/** Questions depend on earlier answers at most this deep. */
const roundMax = 3

export const observeDeployment =
  (o: ObserveOptions) =>
  async (resource: FlinkDeployment): Promise<DeploymentObserved> => {
    const key = keyOf(resource)
    const failure = o.failures.of(resource.metadata.uid ?? '')
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
      ...(o.caches.ingresses ? { ingress: o.caches.ingresses.get(key) ?? null } : {}),
      snapshots: snapshotsOf(o.caches, 'FlinkDeployment', resource),
      disposals: o.disposals.of(resource.metadata.uid ?? ''),
      ...(failure && failure.generation === resource.metadata.generation ? { lastFailure: failure.message } : {}),
    }
    let observed = needsFreshJobManager(resource, base) ? await withFreshJobManager(o, resource, base) : base
    for (let round = 0; round < roundMax; round++) {
      const questions = questionsFor(resource, observed)
      if (questions.length === 0) break
      const answers = await ask(o, resource, observed, questions)
      observed = { ...observed, now: o.clock.now(), flink: { ...observed.flink, ...answers } }
    }
    const uid = resource.metadata.uid ?? ''
    o.silences.looked(uid, observed.flink.jobs?.known, observed.now)
    const silentSince = o.silences.since(uid)
    return silentSince === undefined ? observed : { ...observed, silentSince }
  }

/** Whoever cannot look does not know, and what is not known is not "never". One that is gone is gone, whatever a cache still shows. */
const withFreshJobManager = async (
  o: ObserveOptions,
  resource: FlinkDeployment,
  observed: DeploymentObserved,
): Promise<DeploymentObserved> => {
  const { refs, uid } = viewOf(resource, observed)
  const cached = observed.cluster.jobManager
  const jobManager = await o.client.find(refs.jobManager).then(
    (found) => found && jobManagerFact(found, uid),
    () => cached && { ...cached, neverAvailable: false, unsure: true },
  )
  return { ...observed, now: o.clock.now(), cluster: { ...observed.cluster, jobManager } }
}

const ask = async (
  o: ObserveOptions,
  resource: FlinkDeployment,
  observed: DeploymentObserved,
  questions: readonly Question[],
): Promise<FlinkFacts> => {
  const view = viewOf(resource, observed)
  const deployed = view.before.state === 'ROLLED_BACK' ? view.before.stable : view.before.recorded
  const about = {
    base: view.cluster.base,
    timeoutMs: read(options.clusters.flinkClientTimeout, view.conf),
    uid: view.uid,
    jobId: view.before.job.id ?? '',
    triggerId: view.before.job.savepointInfo.triggerId ?? '',
    checkpointTriggerId: view.before.job.checkpointInfo?.triggerId ?? '',
    statisticsAgeMs: statisticsAgeMs(view.deployedConf, deployed?.spec.flinkVersion),
  }
  return askFlink(o, questions, about, {
    earlier: observed.flink,
    keepsState: !resource.metadata.deletionTimestamp && !isDiscarding(view),
  })
}
