/** Gathers what the rules about a FlinkStateSnapshot look at: its job from the caches, and how far Flink is with it. */
import type { FlinkStateSnapshot } from '@drey/api'
import {
  snapshotQuestions,
  snapshotViewOf,
  type OperatorFacts,
  type SnapshotFlinkFacts,
  type SnapshotObserved,
  type SnapshotQuestion,
  type SnapshotTarget,
  type SnapshotView,
} from '@drey/core'
import type { FlinkAt, FlinkClient } from '@drey/flink'
import { known, unknown, type Clock, type Fact, type KubeObject } from '@drey/reconcile'
import { reasonOf } from './ask-flink.ts'
import type { Caches } from './caches.ts'
import type { FailureMemory } from './failure-memory.ts'

export const observeSnapshot =
  (o: { caches: Caches; flink: FlinkClient; operator: OperatorFacts; clock: Clock; failures: FailureMemory }) =>
  async (resource: FlinkStateSnapshot & KubeObject): Promise<SnapshotObserved> => {
    let observed: SnapshotObserved = {
      now: o.clock.now(),
      operator: o.operator,
      target: targetOf(o.caches, resource),
      flink: {},
      lastFailure: o.failures.of(resource.metadata.uid ?? '')?.message,
    }
    // The path of a checkpoint can be asked for only once its id is known.
    for (let round = 0; round < 2; round++) {
      const questions = snapshotQuestions(resource, observed)
      if (questions.length === 0) break
      const answers = await ask(o.flink, snapshotViewOf(resource, observed), questions)
      observed = { ...observed, now: o.clock.now(), flink: { ...observed.flink, ...answers } }
    }
    return observed
  }

const targetOf = (caches: Caches, { metadata, spec }: FlinkStateSnapshot): SnapshotTarget | undefined => {
  const { kind = 'FlinkDeployment', name } = spec?.jobReference ?? {}
  if (!name) return undefined
  if (kind === 'FlinkDeployment') {
    const resource = caches.flinkDeployments.get(`${metadata.namespace}/${name}`)
    return resource && { kind: 'FlinkDeployment', resource }
  }
  const resource = caches.sessionJobs.get(`${metadata.namespace}/${name}`)
  return (
    resource && {
      kind: 'FlinkSessionJob',
      resource,
      cluster: caches.flinkDeployments.get(`${metadata.namespace}/${resource.spec?.deploymentName}`),
    }
  )
}

const ask = async (
  flink: FlinkClient,
  view: SnapshotView,
  questions: readonly SnapshotQuestion[],
): Promise<SnapshotFlinkFacts> => {
  const { job, kind, observed } = view
  if (!job?.jobId) return {}
  const { jobId } = job
  const at: FlinkAt = { base: job.cluster.base, timeoutMs: job.clientTimeoutMs }
  const { trigger } = observed.flink
  const checkpointId = trigger?.known && trigger.value.state === 'completed' ? trigger.value.checkpointId : undefined
  const looks: { [Q in SnapshotQuestion]: () => Promise<unknown> } = {
    trigger: () =>
      kind === 'checkpoint'
        ? flink.checkpointTrigger(at, jobId, view.trigger)
        : flink.savepointTrigger(at, jobId, view.trigger),
    checkpointPath: () =>
      checkpointId === undefined ? Promise.resolve(undefined) : flink.checkpointPath(at, jobId, checkpointId),
  }
  const answers = await Promise.all(
    questions.map(async (question) => [question, await factOf(looks[question])] as const),
  )
  return Object.fromEntries(answers) as SnapshotFlinkFacts
}

const factOf = async <T>(look: () => Promise<T>): Promise<Fact<T>> => {
  try {
    return known(await look())
  } catch (error) {
    return unknown(reasonOf(error))
  }
}
