/** Savepoints and checkpoints as entries of their job's history. */
import type { FlinkStateSnapshot, FlinkStateSnapshotStatus } from '@drey/api'
import { idFor } from '../ids.ts'
import { errorMessage } from '../status/index.ts'
import { masks } from './mask.ts'
import type { HistoryPass } from './operation-of.ts'
import type { OperationEvent } from './operations.ts'
import { shownPath, type Stand } from './stand.ts'

/** Savepoints kept in the status itself; those of upgrades belong to the upgrade. */
export const snapshotEvents = ({ resource }: HistoryPass, before: Stand, after: Stand): OperationEvent[] => {
  const { lastSavepoint } = after
  if (!lastSavepoint?.timeStamp || lastSavepoint.timeStamp === before.lastSavepoint?.timeStamp) return []
  if (lastSavepoint.triggerType === 'UPGRADE' || !before.recorded) return []
  const at = new Date(lastSavepoint.timeStamp).toISOString()
  return [
    {
      do: 'note',
      operation: {
        id: idFor(resource.metadata.uid ?? '', 'savepoint', at).slice(0, 8),
        what: 'savepoint',
        generation: after.generation ?? 0,
        because: `${String(lastSavepoint.triggerType ?? 'manual').toLowerCase()} savepoint`,
        startedAt: at,
        endedAt: at,
        result: 'done',
        steps: [],
        ...(lastSavepoint.location ? { state: shownPath(lastSavepoint.location) } : {}),
      },
    },
  ]
}

/** A FlinkStateSnapshot that came to its end, for the history of its job. */
export const snapshotOperation = (
  { metadata, spec, status: before }: FlinkStateSnapshot,
  status: FlinkStateSnapshotStatus,
  now: number,
): OperationEvent | undefined => {
  const { state } = status
  if (state === before?.state || (state !== 'COMPLETED' && state !== 'FAILED' && state !== 'ABANDONED'))
    return undefined
  const trigger = metadata.labels?.['snapshot.trigger-type'] ?? 'MANUAL'
  if (trigger === 'UPGRADE' || spec?.savepoint?.alreadyExists) return undefined
  const done = state === 'COMPLETED'
  const what = spec?.checkpoint ? 'checkpoint' : 'savepoint'
  return {
    do: 'note',
    operation: {
      id: idFor(metadata.uid ?? '', what).slice(0, 8),
      what,
      generation: 0,
      because: `${trigger.toLowerCase()} ${what} ${metadata.name}`,
      startedAt: status.triggerTimestamp ?? new Date(now).toISOString(),
      endedAt: status.resultTimestamp ?? new Date(now).toISOString(),
      result: done ? 'done' : 'failed',
      steps: [],
      ...(status.path ? { state: shownPath(status.path) } : {}),
      ...(done || !status.error ? {} : { why: masks().text(errorMessage(status.error)) }),
    },
  }
}
