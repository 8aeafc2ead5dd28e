/** What was deployed last stands in the status, where a mishap may have damaged it. */
import type { RecordLook } from '../spec/index.ts'
import { error, type Problem } from './problem.ts'

/** Without it nobody can tell what a change changes. */
export const recordProblem = (record: RecordLook<unknown>): Problem | undefined =>
  record.found === 'unreadable'
    ? error(
        'status.reconciliationStatus.lastReconciledSpec',
        'RECORDED_SPEC_UNREADABLE',
        `What was deployed last cannot be told: ${record.why}.`,
        'Restore the field from a backup, or delete the resource and create it again from a savepoint.',
      )
    : undefined
