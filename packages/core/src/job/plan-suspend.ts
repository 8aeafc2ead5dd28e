/**
 * How to stop a job so that its successor can resume, and what the successor will resume from.
 * The table is upstream's (AbstractJobReconciler#getJobUpgrade and ApplicationReconciler#getJobUpgrade); where it could
 * lose state it waits or refuses instead.
 */
import { recordedState } from './plan-restore.ts'
import { isTerminal, lastStateMark, type JobView, type UpgradeMode } from './view.ts'

export type Suspend =
  /** nothing runs that must be stopped */
  | { by: 'nothing'; restore: UpgradeMode; because: string }
  | { by: 'savepoint'; restore: 'savepoint'; because: string }
  /** cancel over REST, wait for the end, resume from the last checkpoint */
  | { by: 'cancel'; restore: 'savepoint'; because: string }
  /** state does not matter: cancel if possible, then remove everything */
  | { by: 'discard'; restore: 'stateless'; because: string }
  /** remove the cluster, keep HA metadata */
  | { by: 'remove'; restore: 'last-state'; because: string }
  /** remove the cluster as long as its JobManager has not started: the recorded path is still the newest state */
  | { by: 'unstarted'; restore: 'savepoint'; because: string }
  /** nothing safe can be done now; `idle` rules (recovery, snapshots) may go on */
  | { by: 'wait'; idle: boolean; because: string }
  | { by: 'refuse'; code: string; because: string; fix: string }

export const planSuspend = (view: JobView): Suspend => {
  const ended = isTerminal(view.state)
  if (view.mode === 'stateless')
    return ended
      ? { by: 'nothing', restore: 'stateless', because: 'the job has ended and no state is to be kept' }
      : { by: 'discard', restore: 'stateless', because: 'upgrade mode is stateless' }

  if (ended && isTrusted(view)) return fromEnded(view)
  if (view.ending)
    return { by: 'wait', idle: true, because: 'the job has ended, and its last checkpoint is not known yet' }
  if (view.state === 'CANCELLING') return { by: 'wait', idle: false, because: 'the job is being cancelled' }

  const running = view.state === 'RUNNING'
  const cancellable = isCancellable(view)
  if (view.mode === 'savepoint') {
    if (running) return { by: 'savepoint', restore: 'savepoint', because: 'upgrade mode is savepoint and the job runs' }
    if (!view.versionChanged && !view.settings.lastStateFallback)
      return orNeverStarted(view, {
        by: 'wait',
        idle: true,
        because:
          'the job does not run, so no savepoint can be taken, and falling back to the last state is switched off',
      })
  }
  if (view.versionChanged) {
    if (running && view.settings.savepointDirectory)
      return { by: 'savepoint', restore: 'savepoint', because: 'HA metadata is never used across Flink versions' }
    if (cancellable && view.checkpointsHidden) return waitForStatistics
    if (cancellable)
      return { by: 'cancel', restore: 'savepoint', because: 'HA metadata is never used across Flink versions' }
    return orNeverStarted(view, {
      by: 'wait',
      idle: true,
      because: 'the Flink version changes and the job can be neither saved nor cancelled now',
    })
  }
  if (running) return byStateAge(view)
  if (cancellable && mayCancel(view) && !view.checkpointsHidden)
    return { by: 'cancel', restore: 'savepoint', because: `the job is ${view.state} and can be cancelled` }
  return byHaMetadata(view)
}

/** What we saw of a job's end can be believed: it was cancelled, or no JobManager can bring it back behind our back. */
const isTrusted = (view: JobView): boolean =>
  view.kind === 'session-job' || view.state === 'CANCELED' || view.jobManager === 'READY' || !view.haMetadata.available

const isCancellable = (view: JobView): boolean =>
  view.state !== undefined &&
  view.state !== 'RECONCILING' &&
  !isTerminal(view.state) &&
  (view.kind === 'session-job' || view.jobManager === 'READY')

const mayCancel = (view: JobView): boolean =>
  view.kind === 'session-job' ||
  view.settings.cancelInLastState ||
  !view.haMetadata.available ||
  // High availability is being switched off: the successor could not read its metadata.
  !view.haConfigured

const fromEnded = (view: JobView): Suspend => {
  // The path recorded before the job ended may be older than its last checkpoint (W-2): look first.
  if (view.jobManager === 'READY' && !view.checkpoints.known)
    return {
      by: 'wait',
      idle: true,
      because: `the last checkpoint of the ended job is not known yet: ${view.checkpoints.why}`,
    }
  if (recordedState(view) === lastStateMark)
    return {
      by: 'refuse',
      code: 'LAST_CHECKPOINT_UNKNOWN',
      because:
        'Job is in terminal state but last checkpoint is unknown, possibly due to an unrecoverable restore error. Manual restore required.',
      fix: 'Set spec.job.initialSavepointPath to the checkpoint to resume from and change spec.job.savepointRedeployNonce.',
    }
  return { by: 'nothing', restore: 'savepoint', because: 'the job has ended; it resumes from its last checkpoint' }
}

/** Which way for a running job in last-state mode: HA metadata, cancel, or a savepoint when the newest checkpoint is too old. */
const byStateAge = (view: JobView): Suspend => {
  const usual: Suspend =
    isCancellable(view) && mayCancel(view)
      ? { by: 'cancel', restore: 'savepoint', because: 'the job runs and is cancelled, keeping its last checkpoint' }
      : byHaMetadata(view)
  const maxAgeMs = view.settings.checkpointAgeMaxMs
  if (maxAgeMs === undefined || !view.settings.savepointDirectory) return usual
  if (view.startTime !== undefined && view.now - view.startTime < maxAgeMs) return usual
  if (!view.checkpoints.known)
    return { by: 'wait', idle: true, because: `the age of the newest checkpoint is not known: ${view.checkpoints.why}` }
  const { completed, inProgressSince } = view.checkpoints.value
  if (completed && view.now - completed.at <= maxAgeMs) return usual
  if (inProgressSince !== undefined && view.now - inProgressSince <= maxAgeMs)
    return { by: 'wait', idle: true, because: 'the newest checkpoint is too old and a fresh one is being taken' }
  return { by: 'savepoint', restore: 'savepoint', because: 'the newest checkpoint is older than the limit' }
}

const byHaMetadata = (view: JobView): Suspend => {
  if (view.kind === 'session-job')
    return view.checkpointsHidden
      ? waitForStatistics
      : { by: 'wait', idle: true, because: 'the state of the job on its cluster is not known' }
  if (isBrieflySilent(view))
    return { by: 'wait', idle: false, because: 'the JobManager does not answer at the moment: its job may have ended' }
  // Started from metadata that now names no checkpoint: the start after a removal would have to be refused, so nothing is removed.
  const { available, checkpoint } = view.haMetadata
  if (view.haConfigured && available && (checkpoint || view.path !== lastStateMark))
    return { by: 'remove', restore: 'last-state', because: 'HA metadata holds the last state' }
  if (view.checkpointsHidden) return orNeverStarted(view, waitForStatistics)
  return orNeverStarted(view, {
    by: 'wait',
    idle: true,
    because: 'the job does not run and there is no HA metadata to resume from',
  })
}

const waitForStatistics: Suspend = {
  by: 'wait',
  idle: true,
  because: 'the job is being restored or waits for resources; until it runs, nobody can see which checkpoints it has',
}

/**
 * An available JobManager that misses one look is not lost. Its job may just have ended and be about to remove its HA metadata, and only
 * the JobManager itself could say where the last checkpoint is: it gets time to answer before it is removed unheard.
 */
export const isBrieflySilent = (view: JobView): boolean =>
  view.kind === 'application' && view.jobManager === 'DEPLOYED_NOT_READY' && view.silentMs < silenceMs

const silenceMs = 30_000

/** Two ways out where the base rules only wait: a JobManager that never started, and one that is gone for good. */
const orNeverStarted = (view: JobView, wait: Suspend): Suspend => {
  if (view.kind === 'session-job') return wait
  if (view.jobManager !== 'MISSING' && view.neverStarted && view.restoredBy !== 'last-state') {
    if (recordedState(view) === lastStateMark) return wait
    return {
      by: 'unstarted',
      restore: 'savepoint',
      because: 'the JobManager never started, so the recorded state is still the newest',
    }
  }
  const lost = view.jobManager === 'MISSING' || view.jobManager === 'ERROR'
  if (lost && !view.haMetadata.available)
    return {
      by: 'refuse',
      code: 'HA_METADATA_MISSING',
      because:
        'JobManager deployment is missing and HA metadata is not available to make stateful upgrades. ' +
        'It is possible that the job has finished or terminally failed, or the configmaps have been deleted. ' +
        'Manual restore required.',
      fix: 'Set spec.job.initialSavepointPath to the state to resume from and change spec.job.savepointRedeployNonce.',
    }
  return wait
}
