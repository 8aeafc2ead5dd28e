/** How far a cancel is that was written down, by the facts alone; the same for an application and for a session job. */
import type { CheckpointFacts, FlinkJobState, JobOverview } from '@drey/api'
import type { Fact } from '@drey/reconcile'
import { isTerminal } from './view.ts'

export type CancelProgress =
  | { is: 'waiting'; because: string }
  /** the job does not end: the order got lost, or the JobManager restarted */
  | { is: 'to be asked again'; because: string }
  /** ended, and what its successor resumes from is known */
  | { is: 'ended' }
  /** nobody knows the job any more, nor how it ended */
  | { is: 'lost'; because: string }

const shownMs = 4_000

export const cancelProgress = (o: {
  now: number
  /** epoch ms at which the cancel was written down */
  since: number
  /** as written down, with what this pass has seen */
  state: FlinkJobState | undefined
  found: Fact<JobOverview | undefined>
  /** the cluster is gone, so nobody can be asked any more */
  gone: boolean
  checkpoints: Fact<CheckpointFacts> | undefined
  /** a successor is to resume from the last checkpoint; nothing goes on until that is known (W-2, W-3) */
  keepsState: boolean
}): CancelProgress => {
  if (isTerminal(o.state))
    return o.keepsState && !o.checkpoints?.known && !o.gone
      ? { is: 'waiting', because: 'the job has ended; its last checkpoint is not known yet' }
      : { is: 'ended' }
  if (o.gone || (o.found.known && o.found.value === undefined))
    return { is: 'lost', because: 'the job disappeared while it was being cancelled: how to go on is decided anew' }
  // What Flink shows of its jobs may be three seconds old; an order repeated sooner would only be noise.
  const shown = o.now - o.since > shownMs
  const ends = !shown || !o.found.known || o.found.value?.state === 'CANCELLING' || isTerminal(o.found.value?.state)
  return { is: ends ? 'waiting' : 'to be asked again', because: 'the job is being cancelled' }
}
