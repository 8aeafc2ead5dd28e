/** Savepoints and checkpoints: taking them, keeping them, removing them. */
import { boolean, duration, integer, oneOf, text } from './codecs.ts'
import { days, minutes } from './duration.ts'
import { optionsOf } from './option.ts'

const option = optionsOf({ prefix: 'kubernetes.operator.', section: 'Savepoints and checkpoints', scope: 'resource' })

export const savepointGracePeriod = option(
  'savepoint.trigger.grace-period',
  duration,
  minutes(1),
  'How long after its trigger a failed savepoint is tried again (snapshots kept in status).',
  { deprecatedKeys: ['observer.savepoint.trigger.grace-period'] },
)
export const checkpointGracePeriod = option(
  'checkpoint.trigger.grace-period',
  duration,
  minutes(1),
  'How long after its trigger a failed checkpoint is tried again (snapshots kept in status).',
)
export const savepointFormat = option(
  'savepoint.format.type',
  oneOf('CANONICAL', 'NATIVE'),
  'CANONICAL',
  'The binary format of savepoints the operator takes.',
)
export const checkpointType = option(
  'checkpoint.type',
  oneOf('FULL', 'INCREMENTAL', 'UNKNOWN'),
  'FULL',
  'The type of checkpoints the operator triggers.',
)
export const snapshotResources = option(
  'snapshot.resource.enabled',
  boolean,
  true,
  'Whether snapshots are FlinkStateSnapshot objects rather than entries of a status.',
  { dynamic: 'mixed' },
)
export const savepointDisposeOnDelete = option(
  'savepoint.dispose-on-delete',
  boolean,
  false,
  'Whether deleting a snapshot object of the operator also deletes the savepoint.',
)
export const savepointCleanup = option(
  'savepoint.cleanup.enabled',
  boolean,
  true,
  'Whether old snapshots of the operator are removed by count and age.',
)
export const savepointHistoryCount = option(
  'savepoint.history.max.count',
  integer,
  10,
  'How many savepoints are kept; at least one is.',
)
export const savepointHistoryCountThreshold = option(
  'savepoint.history.max.count.threshold',
  integer,
  undefined,
  'The most that a resource may keep.',
  { scope: 'namespace' },
)
export const savepointHistoryAge = option(
  'savepoint.history.max.age',
  duration,
  days(1),
  'How long savepoints are kept; the newest completed one always is.',
)
export const savepointHistoryAgeThreshold = option(
  'savepoint.history.max.age.threshold',
  duration,
  undefined,
  'The longest that a resource may keep them.',
  { scope: 'namespace' },
)
export const periodicSavepointInterval = option(
  'periodic.savepoint.interval',
  text,
  '',
  'How often a savepoint is taken: a duration, or a Quartz cron expression. Empty or 0 for never.',
)
export const periodicCheckpointInterval = option(
  'periodic.checkpoint.interval',
  text,
  '',
  'How often the operator triggers a checkpoint (Flink 1.17 and later): a duration, or a Quartz cron expression. Empty or 0 for never.',
)
