/** Gathers what the rules about a FlinkSessionJob look at. */
import { options, read, type FlinkSessionJob } from '@drey/api'
import {
  clusterConfOf,
  isDiscarding,
  sessionJobQuestions,
  sessionJobViewOf,
  type OperatorFacts,
  type SessionJobObserved,
} from '@drey/core'
import type { FlinkClient } from '@drey/flink'
import type { Clock } from '@drey/reconcile'
import { askFlink } from './ask-flink.ts'
import type { Caches } from './caches.ts'
import type { EndMemory } from './end-memory.ts'
import type { DisposalMemory } from './disposal-memory.ts'
import type { ExceptionMemory } from './exception-memory.ts'
import { snapshotsOf } from './facts/snapshots.ts'
import type { FailureMemory } from './failure-memory.ts'
import { statisticsAgeMs } from './statistics-age.ts'

/** Questions depend on earlier answers at most this deep. */
const roundMax = 3

export const observeSessionJob =
  (o: {
    caches: Caches
    flink: FlinkClient
    operator: OperatorFacts
    clock: Clock
    exceptions: ExceptionMemory
    ends: EndMemory
    failures: FailureMemory
    disposals: DisposalMemory
  }) =>
  async (resource: FlinkSessionJob): Promise<SessionJobObserved> => {
    let observed: SessionJobObserved = {
      now: o.clock.now(),
      operator: o.operator,
      cluster: o.caches.flinkDeployments.get(`${resource.metadata.namespace}/${resource.spec?.deploymentName}`),
      flink: {},
      snapshots: snapshotsOf(o.caches, 'FlinkSessionJob', resource),
      disposals: o.disposals.of(resource.metadata.uid ?? ''),
      lastFailure: o.failures.of(resource.metadata.uid ?? ''),
    }
    for (let round = 0; round < roundMax; round++) {
      const questions = sessionJobQuestions(resource, observed)
      if (questions.length === 0) break
      const view = sessionJobViewOf(resource, observed)
      const about = {
        base: view.cluster.base,
        timeoutMs: read(options.clusters.flinkClientTimeout, view.conf),
        uid: view.uid,
        jobId: view.before.job.id ?? '',
        triggerId: view.before.job.savepointInfo.triggerId ?? '',
        checkpointTriggerId: view.before.job.checkpointInfo?.triggerId ?? '',
        statisticsAgeMs: statisticsAgeMs(clusterConfOf(view), view.flinkVersion),
      }
      const answers = await askFlink(o, questions, about, {
        earlier: observed.flink,
        keepsState: !resource.metadata.deletionTimestamp && !isDiscarding(view),
      })
      observed = { ...observed, now: o.clock.now(), flink: { ...observed.flink, ...answers } }
    }
    return observed
  }
