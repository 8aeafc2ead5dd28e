/** Upgrade, rollback, restart and deletion. */
import { boolean, duration } from './codecs.ts'
import { minutes } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({
  prefix: 'kubernetes.operator.',
  section: 'Upgrade, rollback, restart, deletion',
  scope: 'resource',
})

export const rollbackEnabled = option(
  'deployment.rollback.enabled',
  boolean,
  false,
  'Whether to return to the last stable spec when an upgrade does not become stable; needs high availability.',
)
export const readinessTimeout = option(
  'deployment.readiness.timeout',
  duration,
  minutes(5),
  'How long an upgrade may take to become stable before it is rolled back.',
)
export const ignorePendingSavepoint = option(
  'job.upgrade.ignore-pending-savepoint',
  boolean,
  false,
  'Whether a changed spec takes effect while a savepoint is still running.',
)
export const inPlaceScaling = option(
  'job.upgrade.inplace-scaling.enabled',
  boolean,
  true,
  'Whether changed vertex parallelism is applied to the running job (Flink 1.18 and later, adaptive scheduler).',
)
export const lastStateFallback = option(
  'job.upgrade.last-state-fallback.enabled',
  boolean,
  true,
  'Whether an upgrade by savepoint of a job that is not running may use its last state instead.',
)
export const maxCheckpointAge = option(
  'job.upgrade.last-state.max.allowed.checkpoint.age',
  duration,
  undefined,
  'In last-state mode, take a savepoint when the newest checkpoint of a running job is older than this.',
)
export const lastStateCancel = option(
  'job.upgrade.last-state.job-cancel.enabled',
  boolean,
  false,
  'Whether last-state upgrades of applications cancel the job rather than rely on high-availability data.',
)
export const restartFailedJob = option(
  'job.restart.failed',
  boolean,
  false,
  'Whether a job that failed for good is submitted again.',
)
export const savepointOnDeletion = option(
  'job.savepoint-on-deletion',
  boolean,
  false,
  'Whether deleting a resource stops its job with a savepoint.',
)
export const drainOnSavepointDeletion = option(
  'job.drain-on-savepoint-deletion',
  boolean,
  false,
  'Whether every stop with a savepoint drains the pipeline, upgrades and suspends included.',
)
export const blockOnSessionJobs = option(
  'session.deletion.block-on-session-jobs',
  boolean,
  true,
  'Whether a session cluster stays while FlinkSessionJobs refer to it.',
)
export const blockOnUnmanagedJobs = option(
  'session.deletion.block-on-unmanaged-jobs',
  boolean,
  true,
  'Whether a session cluster also stays while jobs run in it that no FlinkSessionJob describes.',
  { deprecatedKeys: ['session.block-on-unmanaged-jobs'] },
)
