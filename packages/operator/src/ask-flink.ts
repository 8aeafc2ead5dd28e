/** Asks a JobManager what the rules want to know. A failed look is a fact, too: it says why we do not know. */
import type { FlinkFacts, Question } from '@drey/core'
import { FlinkError, type FlinkAt, type FlinkClient } from '@drey/flink'
import { known, unknown, type Clock, type Fact } from '@drey/reconcile'
import type { ExceptionMemory } from './exception-memory.ts'

export const askFlink = async (
  o: { flink: FlinkClient; clock: Clock; exceptions: ExceptionMemory },
  questions: readonly Question[],
  about: FlinkAt & { uid: string; jobId: string; triggerId: string; checkpointTriggerId?: string },
  /** `earlier`: what earlier rounds of the same pass were told; `deleted`: nothing will be resumed from what is told now */
  { earlier = {}, deleted = false }: { earlier?: FlinkFacts; deleted?: boolean } = {},
): Promise<FlinkFacts> => {
  const { jobId } = about
  const looks: { [Q in Question]: () => Promise<unknown> } = {
    jobs: () => o.flink.jobs(about),
    config: () => o.flink.config(about),
    checkpoints: () => o.flink.checkpoints(about, jobId),
    trigger: () => o.flink.savepointTrigger(about, jobId, about.triggerId),
    checkpointTrigger: () => o.flink.checkpointTrigger(about, jobId, about.checkpointTriggerId ?? ''),
    exceptions: async () => o.exceptions.fresh(about.uid, jobId, await o.flink.exceptions(about, jobId), o.clock.now()),
    result: () => o.flink.result(about, jobId),
    metrics: () => o.flink.jobMetrics(about, jobId, ['numRestarts', 'fullRestarts', 'numberOfCompletedCheckpoints']),
    requirements: () => o.flink.requirements(about, jobId),
  }
  const answers = await Promise.all(
    questions.map(async (question) => [question, await factOf(looks[question])] as const),
  )
  const facts = Object.fromEntries(answers) as FlinkFacts
  return deleted ? facts : withoutOldCheckpoints(facts, facts.jobs ?? earlier.jobs, jobId, o.clock.now())
}

/**
 * A JobManager answers for its checkpoints from a cache (`rest.cache.checkpoint-statistics.timeout`, by default `web.refresh-interval`):
 * soon after the end of a job that answer may have been made before the last of them, and a start from it would count twice.
 */
const cachedMs = 3_500

const withoutOldCheckpoints = (facts: FlinkFacts, jobs: FlinkFacts['jobs'], jobId: string, now: number): FlinkFacts => {
  const job = jobs?.known ? jobs.value.find((one) => one.jobId === jobId) : undefined
  const sinceMs = job?.endTime === undefined ? cachedMs : now - job.endTime
  // Clocks that differ by more are no reason to wait.
  if (!facts.checkpoints?.known || sinceMs >= cachedMs || sinceMs < -cachedMs) return facts
  return {
    ...facts,
    checkpoints: unknown('the job ended a moment ago: what Flink tells of its checkpoints may be older'),
  }
}

const factOf = async <T>(look: () => Promise<T>): Promise<Fact<T>> => {
  try {
    return known(await look())
  } catch (error) {
    return unknown(reasonOf(error))
  }
}

/** An error in one line for people: Flink's deepest cause, or what the network said. */
export const reasonOf = (error: unknown): string =>
  error instanceof FlinkError
    ? `HTTP ${error.status}: ${error.cause1}`
    : error instanceof Error
      ? error.message
      : String(error)
