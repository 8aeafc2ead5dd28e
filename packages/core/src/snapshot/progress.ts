/** How far an attempt is that was written down under a trigger id, by the facts alone. */
import type { SnapshotView } from './view.ts'

export type SnapshotProgress =
  | { is: 'waiting'; because: string }
  /** written down, and the JobManager has never heard of it: ask (again) under the same id */
  | { is: 'to be asked'; because: string }
  /** `path` undefined: a checkpoint whose place nobody can tell any more */
  | { is: 'done'; path: string | undefined }
  | { is: 'failed'; why: string }
  | { is: 'abandoned' }

/** How much later than Flink's own time limit we give up. */
const graceMs = 30_000

export const snapshotProgress = (view: SnapshotView): SnapshotProgress => {
  const { job, observed } = view
  const { trigger, checkpointPath } = observed.flink
  // A snapshot that was taken counts, even if the job has stopped since.
  if (trigger?.known && trigger.value.state === 'completed') {
    if (trigger.value.checkpointId === undefined) return { is: 'done', path: trigger.value.location }
    return { is: 'done', path: checkpointPath?.known ? checkpointPath.value : undefined }
  }
  if (trigger?.known && trigger.value.state === 'failed') return { is: 'failed', why: trigger.value.why }
  if (!job) return { is: 'abandoned' }
  const late = view.now - view.since > job.checkpointTimeoutMs + graceMs
  // A JobManager that does not answer for a moment is no job that has stopped: its savepoint would be left without an owner.
  if (job.state === 'RECONCILING' && !late) return { is: 'waiting', because: 'the JobManager does not answer' }
  if (!job.running) return { is: 'abandoned' }
  if (!trigger?.known)
    return late
      ? { is: 'failed', why: `No answer in time: ${trigger?.why ?? 'the JobManager was not asked'}` }
      : { is: 'waiting', because: `no answer: ${trigger?.why ?? 'the JobManager was not asked'}` }
  if (trigger.value.state === 'in-progress')
    return late
      ? { is: 'failed', why: 'The snapshot did not complete in time.' }
      : { is: 'waiting', because: `the ${view.kind} is in progress` }
  // The order itself failed. Under the same id it may be given again; what is refused for so long will be refused for good.
  if (observed.lastFailure !== undefined && view.now - view.since > graceMs)
    return { is: 'failed', why: observed.lastFailure }
  return late
    ? { is: 'failed', why: 'The snapshot could not be triggered in time.' }
    : { is: 'to be asked', because: 'the JobManager does not know the trigger: ask under the same id' }
}
