/** How far a stop with savepoint is that was written down under a trigger id, by the facts alone. */
import type { CheckpointFacts, FlinkJobState, JobOverview, TriggerFact } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import type { Phase } from './phase.ts'
import { isTerminal } from './view.ts'

export type SavepointProgress =
  | { is: 'waiting'; because: string }
  /** the JobManager does not know the id and the job still runs: the order got lost, or the JobManager restarted */
  | { is: 'to be asked again'; because: string }
  | { is: 'taken'; location: string }
  | { is: 'failed'; why: string }

/**
 * A savepoint is taken, but does its job really end? Flink may complete one and fail to stop the job, which then goes on (it says so in
 * StopWithSavepointStoppingException); and for three seconds it may only show an old list of jobs. Without an end nothing may take its place.
 */
export type Stopping = 'ended' | 'noted' | 'waiting' | 'goes on'

export const stoppingOf = (o: {
  now: number
  found: Fact<JobOverview | undefined>
  location: string
  /** as recorded: the path, and since when it is */
  path: string | undefined
  noted: number | undefined
}): Stopping => {
  if (o.found.known && (o.found.value === undefined || isTerminal(o.found.value.state))) return 'ended'
  if (o.path !== o.location) return 'noted'
  return o.found.known && o.now - (o.noted ?? o.now) > stopsWithinMs ? 'goes on' : 'waiting'
}

const stopsWithinMs = 5_000

/**
 * The stop that was written down is what ends its job, and its savepoint what is resumed from. A job that failed meanwhile, or that
 * finished while the savepoint failed, ends like any other: its last checkpoint has to be known.
 */
export const endsInSavepoint = (phase: Phase, state: FlinkJobState, trigger: Fact<TriggerFact> | undefined): boolean =>
  phase === 'savepoint' && state === 'FINISHED' && !(trigger?.known && trigger.value.state === 'failed')

/** How much later than Flink's own time limit we give up. */
const graceMs = 30_000

export const savepointProgress = (o: {
  now: number
  /** epoch ms at which the trigger was written down */
  since: number
  trigger: Fact<TriggerFact>
  state: FlinkJobState | undefined
  /** the cluster is gone, so no answer can come any more */
  gone: boolean
  checkpoints: Fact<CheckpointFacts>
  checkpointTimeoutMs: number
}): SavepointProgress => {
  const late = o.now - o.since > o.checkpointTimeoutMs + graceMs
  if (!o.trigger.known) {
    if (o.gone) return { is: 'failed', why: 'the JobManager is gone' }
    if (late) return { is: 'failed', why: o.trigger.why }
    return { is: 'waiting', because: `waiting for the savepoint; no answer: ${o.trigger.why}` }
  }
  switch (o.trigger.value.state) {
    case 'in-progress':
      return late
        ? { is: 'failed', why: 'no answer in time' }
        : { is: 'waiting', because: 'the savepoint is in progress' }
    case 'failed':
      return { is: 'failed', why: o.trigger.value.why }
    case 'completed':
      return { is: 'taken', location: o.trigger.value.location }
    case 'unknown':
      break
  }
  if (o.state === 'RUNNING')
    return late
      ? { is: 'failed', why: 'the job could not be stopped in time' }
      : {
          is: 'to be asked again',
          because: 'the trigger is not known and the job still runs: ask again under the same id',
        }
  // Stopped, but the answer was forgotten (after five minutes): the statistics still name the savepoint.
  const { checkpoints } = o
  if (isTerminal(o.state)) {
    if (!checkpoints.known) return { is: 'waiting', because: 'the job has ended; looking for its last savepoint' }
    const latest = checkpoints.value.latest
    if (o.state === 'FINISHED' && latest?.savepoint && latest.at >= o.since - graceMs)
      return { is: 'taken', location: latest.path }
  } else if (!late) return { is: 'waiting', because: `the job is ${o.state}; waiting until it can be asked` }
  return { is: 'failed', why: 'the savepoint is not known any more' }
}
