/** FlinkStateSnapshot: one savepoint or checkpoint of a job, taken or registered. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { savepointFormats } from '../shared/job-status.ts'
import { snapshotRules } from '../shared/rules.ts'
import { flinkType, type FlinkObject, type ResourceDefinition } from './resource.ts'
const { object, text, integer, boolean, oneOf } = kit

export const flinkStateSnapshotSpec = object(
  {
    jobReference: object(
      {
        kind: oneOf(['FlinkDeployment', 'FlinkSessionJob'], 'Kind of the job.'),
        name: text('Name of the job, in the same namespace.', { example: 'orders' }),
      },
      'The job to take a snapshot of.',
    ),
    savepoint: object(
      {
        path: text('Directory to write to, or the existing savepoint. Absent: the savepoint directory of the job.'),
        formatType: oneOf(savepointFormats, 'Savepoint format.', { assumed: 'CANONICAL' }),
        disposeOnDelete: boolean('Delete the savepoint itself together with this resource.', { assumed: true }),
        alreadyExists: boolean('Take none: register the one at path.', { assumed: false }),
      },
      'Take or register a savepoint. Give either savepoint or checkpoint.',
    ),
    checkpoint: object({}, 'Take a full checkpoint (Flink 1.17 and later). Give either savepoint or checkpoint.'),
    backoffLimit: integer('Failures before giving up; negative: never.', { assumed: -1 }),
  },
  'Which snapshot to take.',
)

export const flinkStateSnapshotStatus = object(
  {
    state: oneOf(['ABANDONED', 'COMPLETED', 'FAILED', 'IN_PROGRESS', 'TRIGGER_PENDING'], 'Progress.', {
      assumed: 'TRIGGER_PENDING',
    }),
    triggerId: text('Id of the operation in Flink.'),
    triggerTimestamp: text('When it was triggered.'),
    resultTimestamp: text('When it completed, failed or was abandoned.'),
    path: text('Where the snapshot lies.'),
    error: text('Last error.'),
    failures: integer('Failed attempts so far.', { assumed: 0 }),
  },
  'What was last observed.',
)

export const flinkStateSnapshots = flinkType('FlinkStateSnapshot')

export const flinkStateSnapshotDefinition: ResourceDefinition<FlinkStateSnapshotSpec, FlinkStateSnapshotStatus> = {
  type: flinkStateSnapshots,
  singular: 'flinkstatesnapshot',
  shortNames: ['flinksnp'],
  description: 'A savepoint or checkpoint of a Flink job.',
  spec: flinkStateSnapshotSpec,
  status: flinkStateSnapshotStatus,
  rules: snapshotRules,
  columns: [
    { name: 'Path', type: 'string', jsonPath: '.status.path' },
    { name: 'Result Timestamp', type: 'string', jsonPath: '.status.resultTimestamp' },
    { name: 'Snapshot State', type: 'string', jsonPath: '.status.state' },
  ],
}

export type FlinkStateSnapshotSpec = ValueOf<typeof flinkStateSnapshotSpec>
export type FlinkStateSnapshotStatus = ValueOf<typeof flinkStateSnapshotStatus>
export type FlinkStateSnapshot = FlinkObject<'FlinkStateSnapshot', FlinkStateSnapshotSpec, FlinkStateSnapshotStatus>
export type JobReference = NonNullable<FlinkStateSnapshotSpec['jobReference']>
