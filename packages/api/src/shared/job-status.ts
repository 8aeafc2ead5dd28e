/** The last observed job: `status.jobStatus`. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { jobStates } from '../flink/job-state.ts'
const { object, text, integer, oneOf, listOf } = kit

const triggerType = oneOf(['MANUAL', 'PERIODIC', 'UNKNOWN', 'UPGRADE'], 'Why it was taken.')
export const savepointFormats = ['CANONICAL', 'NATIVE', 'UNKNOWN'] as const
const savepointFormat = oneOf(savepointFormats, 'Savepoint format.')
const checkpointFormat = oneOf(['FULL', 'INCREMENTAL', 'UNKNOWN'], 'Checkpoint kind.')

const savepoint = object(
  {
    timeStamp: integer('Start of the operation, epoch milliseconds.', { assumed: 0 }),
    location: text('Where it lies.'),
    triggerType,
    formatType: savepointFormat,
    triggerNonce: integer('The nonce that asked for it, when a nonce did.'),
  },
  'The last completed one.',
)

const savepointInfo = object(
  {
    lastSavepoint: savepoint,
    triggerId: text('Pending operation; holds back changes of the spec.'),
    triggerTimestamp: integer('Start of the pending operation, epoch milliseconds.'),
    triggerType,
    formatType: savepointFormat,
    savepointHistory: listOf(savepoint, 'Oldest first; for cleaning up.'),
    lastPeriodicSavepointTimestamp: integer('Epoch milliseconds.', { assumed: 0 }),
  },
  'Savepoints taken by nonce or by schedule when snapshot resources are off.',
)

const checkpointInfo = object(
  {
    lastCheckpoint: object(
      {
        timeStamp: integer('Start of the operation, epoch milliseconds.', { assumed: 0 }),
        triggerType,
        formatType: checkpointFormat,
        triggerNonce: integer('The nonce that asked for it, when a nonce did.'),
      },
      'The last completed one.',
    ),
    triggerId: text('Pending operation.'),
    triggerTimestamp: integer('Start of the pending operation, epoch milliseconds.'),
    triggerType,
    formatType: checkpointFormat,
    lastPeriodicCheckpointTimestamp: integer('Epoch milliseconds.', { assumed: 0 }),
  },
  'Checkpoints taken by nonce or by schedule when snapshot resources are off.',
)

export const jobStatus = object(
  {
    jobName: text('Name reported by Flink.'),
    jobId: text('Current job id, 32 hexadecimal digits.'),
    state: oneOf(jobStates, 'State of the job.'),
    startTime: text('Start reported by Flink, epoch milliseconds as text.'),
    updateTime: text('When state last changed, epoch milliseconds as text.'),
    upgradeSavepointPath: text(
      'What the next stateful deployment restores from. KUBERNETES_OPERATOR_LAST_STATE: whatever the high-availability data names.',
    ),
    savepointInfo,
    checkpointInfo,
  },
  'The last observed job.',
)

export type JobStatus = ValueOf<typeof jobStatus>
export type SavepointInfo = ValueOf<typeof savepointInfo>
export type Savepoint = ValueOf<typeof savepoint>
export type CheckpointInfo = ValueOf<typeof checkpointInfo>
export type SnapshotTriggerType = ValueOf<typeof triggerType>
export type SavepointFormat = ValueOf<typeof savepointFormat>
