/** Asks a JobManager what the rules want to know. A failed look is a fact, too: it says why we do not know. */
import type { FlinkFacts, Question } from '@drey/core'
import { FlinkError, type FlinkAt, type FlinkClient } from '@drey/flink'
import { known, unknown, type Clock, type Fact } from '@drey/reconcile'
import type { EndMemory } from './end-memory.ts'
import type { ExceptionMemory } from './exception-memory.ts'

export interface AskOptions {
  flink: FlinkClient
  clock: Clock
  exceptions: ExceptionMemory
  ends: EndMemory
}

export type About = FlinkAt & {
  uid: string
  jobId: string
  triggerId: string
  checkpointTriggerId?: string
  /** how old what this JobManager tells of checkpoints may be */
  statisticsAgeMs: number
}

export const askFlink = async (
  o: AskOptions,
  questions: readonly Question[],
  about: About,
  /** `earlier`: what earlier rounds of the same pass were told; `keepsState` false: nothing will be resumed from what is told now */
  { earlier = {}, keepsState = true }: { earlier?: FlinkFacts; keepsState?: boolean } = {},
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
  const askedAt = o.clock.now()
  const answers = await Promise.all(
    questions.map(async (question) => [question, await factOf(looks[question])] as const),
  )
  const facts = Object.fromEntries(answers) as FlinkFacts
  const jobs = facts.jobs ?? earlier.jobs
  const job = jobs?.known ? jobs.value.find((one) => one.jobId === jobId) : undefined
  const ended = job === undefined ? undefined : o.ends.looked(about.uid, job, o.clock.now())
  return keepsState ? withoutOldCheckpoints(facts, ended, askedAt, about.statisticsAgeMs) : facts
}

/** Flink closes a job's statistics a moment after it shows its end. */
const settleMs = 500

/**
 * Soon after the end of a job, what its JobManager tells of the checkpoints may have been made before the last of them, and a start
 * from that would count twice.
 */
const withoutOldCheckpoints = (
  facts: FlinkFacts,
  endedAt: number | undefined,
  askedAt: number,
  ageMs: number,
): FlinkFacts => {
  if (!facts.checkpoints?.known || endedAt === undefined || askedAt - endedAt >= ageMs + settleMs) return facts
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
