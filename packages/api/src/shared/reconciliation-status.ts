/** What the status of FlinkDeployment and FlinkSessionJob have in common. */
import { kit } from '@drey/schema'
import type { ValueOf } from '@drey/schema'
import { jobStatus } from './job-status.ts'
const { object, text, integer, oneOf } = kit

export const lifecycleStates = [
  'CREATED',
  'DELETED',
  'DELETING',
  'DEPLOYED',
  'FAILED',
  'ROLLED_BACK',
  'ROLLING_BACK',
  'STABLE',
  'SUSPENDED',
  'UPGRADING',
] as const

export const reconciliationStatus = object(
  {
    state: oneOf(['DEPLOYED', 'ROLLED_BACK', 'ROLLING_BACK', 'UPGRADING'], 'Progress of the recorded spec.', {
      assumed: 'UPGRADING',
    }),
    lastReconciledSpec: text('The recorded spec, as JSON text. Absent before the first deployment.'),
    lastStableSpec: text('The recorded spec that last proved stable, as JSON text; the target of a rollback.'),
    reconciliationTimestamp: integer('Last time a spec was reconciled, epoch milliseconds.', { assumed: 0 }),
  },
  'Bookkeeping of the operator.',
)

export const commonStatusFields = {
  jobStatus,
  error: text('Last error, as JSON text.'),
  observedGeneration: integer('metadata.generation that was last acted upon.'),
  lifecycleState: oneOf(lifecycleStates, 'The state of the resource in one word.', { assumed: 'CREATED' }),
  reconciliationStatus,
}

export type ReconciliationStatus = ValueOf<typeof reconciliationStatus>
export type ReconciliationState = NonNullable<ReconciliationStatus['state']>
export type LifecycleState = (typeof lifecycleStates)[number]
