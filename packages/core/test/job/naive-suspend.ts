/**
 * How to stop a job, once more: the rows of upstream's table read from top to bottom, each with its condition spelled out. Slow and
 * plain, to be compared with the real one. Rows marked W are where we wait instead of losing state.
 */
import { lastStateMark, type JobView } from '../../src/job/view.ts'
import { maxAgeMs, now } from './views.ts'

type Row = [when: boolean, then: string]
const firstOf = (rows: readonly Row[]): string => rows.find(([when]) => when)?.[1] ?? 'nothing matched'

export const naiveSuspend = (v: JobView): string => {
  const sessionJob = v.kind === 'session-job'
  const terminal = ['FINISHED', 'FAILED', 'CANCELED'].includes(v.state ?? '')
  const running = v.state === 'RUNNING'
  const ready = v.jobManager === 'READY'
  const meta = v.haMetadata.available
  const metaHasCheckpoint = v.haMetadata.checkpoint
  const noMeta = !v.haMetadata.available
  const cancellable =
    ['CREATED', 'INITIALIZING', 'RUNNING', 'RESTARTING', 'CANCELLING'].includes(v.state ?? '') && (sessionJob || ready)
  const hidden = v.checkpointsHidden
  const mayCancel = !hidden && cancellable && (sessionJob || noMeta || v.settings.cancelInLastState || !v.haConfigured)
  const trusted = terminal && (sessionJob || v.state === 'CANCELED' || noMeta || ready)
  const stateless = v.mode === 'stateless'
  const savepointMode = v.mode === 'savepoint'
  const directory = v.settings.savepointDirectory !== undefined

  // What is left when nothing of the job itself can be used.
  const neverStarted = !sessionJob && v.jobManager !== 'MISSING' && v.neverStarted && v.restoredBy !== 'last-state'
  const lost = !sessionJob && (v.jobManager === 'MISSING' || v.jobManager === 'ERROR')
  const withoutHa = firstOf([
    [neverStarted && v.path === undefined && v.legacySavepoint === lastStateMark && v.state !== 'CANCELED', 'wait'],
    [neverStarted && v.path !== lastStateMark, 'unstarted, savepoint'],
    [neverStarted, 'wait'],
    [lost && noMeta, 'refuse HA_METADATA_MISSING'],
    [true, 'wait'],
  ])
  const withHa = firstOf([
    [sessionJob, 'wait'],
    [v.jobManager === 'DEPLOYED_NOT_READY' && v.silentMs < 30_000, 'wait for the end'], // W-3: it may say where the state is
    [v.haConfigured && meta && v.path === lastStateMark && !metaHasCheckpoint, withoutHa], // W: could not be restored
    [v.haConfigured && meta, 'remove, last-state'],
    [true, withoutHa],
  ])

  // The age rules; only for a running job.
  const started = v.startTime ?? Number.NEGATIVE_INFINITY
  const checkpoints = v.checkpoints.known ? v.checkpoints.value : undefined
  const usual = mayCancel ? 'cancel, savepoint' : withHa
  const byAge = firstOf([
    [v.settings.checkpointAgeMaxMs === undefined || !directory, usual],
    [started > now - maxAgeMs, usual],
    [checkpoints === undefined, 'wait'],
    [(checkpoints?.completed?.at ?? Number.NEGATIVE_INFINITY) >= now - maxAgeMs, usual],
    [(checkpoints?.inProgressSince ?? Number.NEGATIVE_INFINITY) >= now - maxAgeMs, 'wait'],
    [true, 'savepoint, savepoint'],
  ])

  return firstOf([
    [stateless && terminal, 'nothing, stateless'],
    [stateless, 'discard, stateless'],
    [trusted && ready && !v.checkpoints.known, 'wait'], // W-2
    [trusted && v.path === lastStateMark, 'refuse LAST_CHECKPOINT_UNKNOWN'],
    [
      trusted && v.path === undefined && v.legacySavepoint === lastStateMark && v.state !== 'CANCELED',
      'refuse LAST_CHECKPOINT_UNKNOWN',
    ],
    [trusted, 'nothing, savepoint'],
    [v.state === 'CANCELLING', 'wait for the end'],
    [savepointMode && running, 'savepoint, savepoint'],
    [savepointMode && !v.versionChanged && !v.settings.lastStateFallback, withoutHa],
    [v.versionChanged && running && directory, 'savepoint, savepoint'],
    [v.versionChanged && cancellable && hidden, 'wait'],
    [v.versionChanged && cancellable, 'cancel, savepoint'],
    [v.versionChanged, withoutHa],
    [running, byAge],
    [mayCancel, 'cancel, savepoint'],
    [true, withHa],
  ])
}
