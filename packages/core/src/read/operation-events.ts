/**
 * What one pass means for the history of its resource, from the status before and the status after alone. Most passes mean nothing,
 * and say so after comparing a handful of texts.
 */
import type { FlinkDeploymentStatus, FlinkSessionJobStatus } from '@drey/api'
import { masks } from './mask.ts'
import { operationOf, surpriseOf, type HistoryPass } from './operation-of.ts'
import type { Operation, OperationEvent } from './operations.ts'
import { snapshotEvents } from './snapshot-operations.ts'
import { isUnderWay, standOf, stateOf, type Stand } from './stand.ts'

export const operationEvents = (pass: HistoryPass): OperationEvent[] => {
  const status = pass.resource.status as FlinkDeploymentStatus | undefined
  if (!isMoved(status, pass.status)) return []
  const before = standOf(pass.kind, status)
  const after = standOf(pass.kind, pass.status)
  const at = new Date(pass.now).toISOString()
  return [...changes(pass, before, after, at), ...snapshotEvents(pass, before, after)]
}

/** What is true now about an operation that was perhaps under way when nobody looked. */
export const endEvent = (
  kind: HistoryPass['kind'],
  status: FlinkDeploymentStatus | FlinkSessionJobStatus,
  now: number,
): OperationEvent | undefined => {
  const stand = standOf(kind, status)
  return stand.ended && ending(stand, new Date(now).toISOString())
}

const isMoved = (before: FlinkDeploymentStatus | undefined, after: FlinkDeploymentStatus): boolean =>
  before?.reconciliationStatus?.state !== after.reconciliationStatus?.state ||
  before?.reconciliationStatus?.lastReconciledSpec !== after.reconciliationStatus?.lastReconciledSpec ||
  before?.reconciliationStatus?.lastStableSpec !== after.reconciliationStatus?.lastStableSpec ||
  before?.jobManagerDeploymentStatus !== after.jobManagerDeploymentStatus ||
  before?.jobStatus?.state !== after.jobStatus?.state ||
  before?.jobStatus?.savepointInfo?.triggerId !== after.jobStatus?.savepointInfo?.triggerId ||
  before?.jobStatus?.savepointInfo?.lastSavepoint?.timeStamp !==
    after.jobStatus?.savepointInfo?.lastSavepoint?.timeStamp

const changes = (pass: HistoryPass, before: Stand, after: Stand, at: string): OperationEvent[] => {
  const operation = (): Operation => operationOf(pass, before, after, at)
  const started = !isUnderWay(before.phase) && isUnderWay(after.phase)
  if (started) return [{ do: 'begin', operation: operation() }]
  if (isUnderWay(before.phase)) {
    // An order to stop that failed or was taken back leaves everything as it was.
    const undone =
      (before.phase === 'savepoint' || before.phase === 'cancel' || before.phase === 'unstarted') &&
      after.phase === 'settled' &&
      !after.suspended
    if (undone && after.jobState !== 'FINISHED')
      return [{ do: 'end', result: 'failed', why: masks().text(pass.because), at, operation: operation() }]
    // A JobManager that never started is on its way out, before and after it is gone.
    if (after.phase === before.phase || (before.phase === 'unstarted' && after.phase === 'remove')) return []
    const step: OperationEvent = {
      do: 'step',
      step: before.phase === 'unstarted' ? 'remove' : before.phase,
      at,
      operation: operation(),
      ...stateOf(before, after),
    }
    return after.ended === undefined ? [step] : [step, ending(after, at)]
  }
  if (before.phase !== 'settled' || after.phase !== 'settled') return []
  if (!before.suspended && after.suspended)
    return [{ do: 'begin', operation: { ...operation(), what: 'suspend' } }, ending(after, at)]
  if (pass.rule === 'rescale' && before.recorded?.text !== after.recorded?.text)
    return [
      { do: 'note', operation: { ...operation(), what: 'rescale', state: 'in place', result: 'done', endedAt: at } },
    ]
  if (before.ended === after.ended || after.ended === undefined) return []
  const surprise = after.ended === 'failed' || after.ended === 'finished'
  if (surprise && before.ended === 'running') return [{ do: 'note', operation: surpriseOf(pass, after, at) }]
  return [ending(after, at)]
}

const ending = (stand: Stand, at: string): OperationEvent => ({
  do: 'end',
  result: stand.ended === 'failed' ? 'failed' : 'done',
  at,
  ...(stand.ended === 'failed' ? { why: masks().text(stand.error ?? 'the job failed') } : {}),
})
