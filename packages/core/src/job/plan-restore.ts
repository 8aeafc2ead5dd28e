/** What a new start resumes from, given how the predecessor was stopped. Never silently empty, never silently older. */
import type { FlinkSessionJobSpec } from '@drey/api'
import { lastStateMark, type JobView, type UpgradeMode } from './view.ts'

export type Restore =
  /** `path` absent: empty */
  | { from: 'path'; path: string | undefined; jobId: 'new' }
  /** HA metadata holds a checkpoint: same job id, and a start without that metadata must fail */
  | { from: 'ha'; jobId: 'same' }
  /** HA metadata exists without a checkpoint yet: same job id, and the recorded path where Flink finds none (W-4) */
  | { from: 'path'; path: string | undefined; jobId: 'same' }
  | { from: 'nothing'; jobId: 'new' }
  | { refuse: string; code: string; fix: string }

/** `recorded` is the restore mode written down when the predecessor stopped; `wanted` what the user asks for now. */
export const planRestore = (view: JobView, recorded: UpgradeMode, wanted: UpgradeMode): Restore => {
  // Whoever asks for a stateless start now is not held to metadata of the past (W-19).
  if (wanted === 'stateless' || recorded === 'stateless') return { from: 'nothing', jobId: 'new' }
  if (recorded === 'savepoint') {
    const path = recordedState(view)
    return path === lastStateMark ? unknownState : { from: 'path', path, jobId: 'new' }
  }
  // Metadata that the successor could not read: it would be told to start from it and fail.
  if (!view.haConfigured) return haSwitchedOff
  const { available, checkpoint } = view.haMetadata
  if (checkpoint) return { from: 'ha', jobId: 'same' }
  // Metadata that is gone may have named a newer state than the recorded path: nobody can tell any more.
  if (!available) return noMetadata
  const path = view.path === lastStateMark ? undefined : view.path
  if (path) return { from: 'path', path, jobId: 'same' }
  // Begun empty and not one checkpoint completed since: HA metadata would name it. Demanding one would fail the start for ever.
  return view.path !== lastStateMark ? { from: 'path', path: undefined, jobId: 'same' } : noMetadata
}

/** What is written down to resume from. A job that was cancelled certainly without a checkpoint has no state: an old savepoint is not its (W-34). */
export const recordedState = (view: JobView): string | undefined =>
  view.path ?? (view.state === 'CANCELED' ? undefined : view.legacySavepoint)

/**
 * Which mode the user's present wish allows: a redeploy by nonce starts from `initialSavepointPath` in every mode, also a stateless one,
 * and stays one for as long as its start is not made (the nonce is recorded with it).
 */
export const wantedMode = (o: {
  recorded: JobWish | undefined
  wanted: JobWish | undefined
  path: string | undefined
}) => {
  const mode = (o.wanted?.upgradeMode ?? 'stateless') as UpgradeMode
  const nonce = o.wanted?.savepointRedeployNonce ?? undefined
  const redeploys =
    nonce !== undefined &&
    nonce === (o.recorded?.savepointRedeployNonce ?? undefined) &&
    o.path !== undefined &&
    o.path === o.wanted?.initialSavepointPath
  return redeploys ? 'savepoint' : mode
}

type JobWish = Pick<
  NonNullable<FlinkSessionJobSpec['job']>,
  'upgradeMode' | 'savepointRedeployNonce' | 'initialSavepointPath'
>

const unknownState: Restore = {
  code: 'LAST_CHECKPOINT_UNKNOWN',
  refuse: 'The state to resume from is not known, only that it was in HA metadata. Manual restore required.',
  fix: 'Set spec.job.initialSavepointPath to the checkpoint to resume from and change spec.job.savepointRedeployNonce.',
}

const haSwitchedOff: Restore = {
  code: 'HA_SWITCHED_OFF',
  refuse:
    'HA metadata is not available to restore from last state: the job was stopped with its state in HA metadata, and high availability is switched off now.',
  fix: 'Set high-availability.type in spec.flinkConfiguration again, or set spec.job.initialSavepointPath to the state to resume from and change spec.job.savepointRedeployNonce.',
}

const noMetadata: Restore = {
  code: 'HA_METADATA_MISSING',
  refuse:
    'HA metadata is not available to restore from last state. It is possible that the job has finished or terminally failed, ' +
    'or the configmaps have been deleted. Manual restore required.',
  fix: 'Set spec.job.initialSavepointPath to the state to resume from and change spec.job.savepointRedeployNonce.',
}
