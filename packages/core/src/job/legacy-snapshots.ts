/** Snapshots kept in the status: how far the pending one is, by Flink's answer, and what becomes of it. */
import { options, read, type TriggerFact } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { withoutTrigger, type JobDraft } from './draft.ts'
import {
  isRunning,
  pendingTrigger,
  snapshotKinds,
  type SnapshotKind,
  type SnapshotSituation,
  type SnapshotStep,
} from './snapshot-facts.ts'
import { legacyOrder, ourMark, triggerIdFor } from './snapshots.ts'

/** `waits`: nothing happened; a savepoint that is under way holds back changes of the spec all the same. */
export const followSnapshot = (
  situation: SnapshotSituation,
): (SnapshotStep & { kind: SnapshotKind; waits: boolean }) | undefined => {
  for (const kind of snapshotKinds) {
    const pending = pendingTrigger(kind, situation.job)
    if (pending) return { kind, ...follow(kind, pending, situation) }
  }
  return undefined
}

type Pending = NonNullable<ReturnType<typeof pendingTrigger>>

/** How much later than Flink's own time limit we give up. */
const graceMs = 30_000

const follow = (
  kind: SnapshotKind,
  pending: Pending,
  situation: SnapshotSituation,
): SnapshotStep & { waits: boolean } => {
  const fact = situation.triggers[kind]
  const since = pending.since ?? situation.now
  const late = situation.now - since > read(options.flink.checkpointingTimeout, situation.conf) + graceMs
  if (fact.known && fact.value.state === 'completed')
    return { ...completed(kind, pending, fact.value, situation), waits: false }
  if (fact.known && fact.value.state === 'failed')
    return { ...failed(kind, pending, fact.value.why, situation), waits: false }
  // A JobManager that does not answer for a moment is no job that has stopped.
  const unreachable = situation.job.state === 'RECONCILING' && !late
  if (!isRunning(situation) && !unreachable)
    return { ...givenUp(kind, pending, 'the job is not running any more', situation), waits: false }
  if (late) return { ...failed(kind, pending, 'no answer in time', situation), waits: false }
  const lookAgainMs = Math.min(10_000, Math.max(500, (situation.now - since) / 10))
  if (fact.known && fact.value.state === 'unknown' && !unreachable)
    return {
      because: `the JobManager does not know the ${kind}: ask again under the same id`,
      actions: [legacyOrder(kind, situation)],
      lookAgainMs,
      waits: false,
    }
  return { because: `a ${kind} is in progress`, lookAgainMs, waits: true }
}

const completed = (
  kind: SnapshotKind,
  pending: Pending,
  fact: Extract<TriggerFact, { state: 'completed' }>,
  situation: SnapshotSituation,
): SnapshotStep => {
  const { job, now } = situation
  const nonce = situation.nonces[kind].wanted
  const entry = {
    timeStamp: pending.since ?? now,
    triggerType: pending.type,
    ...(pending.type === 'MANUAL' && nonce !== undefined ? { triggerNonce: nonce } : {}),
  }
  const handled = isForWantedNonce(kind, pending, situation) ? { handled: kind } : {}
  if (kind === 'checkpoint') {
    const formatType = job.checkpointInfo?.formatType ?? 'FULL'
    const lastCheckpoint = { ...entry, formatType }
    return {
      because: 'the checkpoint is complete',
      job: { ...without(kind, job), checkpointInfo: { ...without(kind, job).checkpointInfo, lastCheckpoint } },
      ...handled,
    }
  }
  const info = job.savepointInfo
  const savepoint = { ...entry, location: fact.location, formatType: info.formatType ?? ('CANONICAL' as const) }
  const isNew = info.lastSavepoint?.location !== fact.location
  // Its time would hold back the savepoint of an upgrade as that of a failed attempt does.
  const { triggerTimestamp: _, ...rest } = withoutTrigger(info)
  return {
    because: `the savepoint is at ${fact.location}`,
    job: {
      ...job,
      savepointInfo: {
        ...rest,
        lastSavepoint: savepoint,
        savepointHistory: isNew ? [...(info.savepointHistory ?? []), savepoint] : (info.savepointHistory ?? []),
      },
    },
    ...handled,
  }
}

/** Tried again for the same nonce while the grace period lasts; then given up. */
const failed = (kind: SnapshotKind, pending: Pending, why: string, situation: SnapshotSituation): SnapshotStep => {
  const grace = read(
    kind === 'savepoint' ? options.snapshots.savepointGracePeriod : options.snapshots.checkpointGracePeriod,
    situation.conf,
  )
  if (situation.now - (pending.since ?? 0) > grace) return givenUp(kind, pending, why, situation)
  return {
    because: `the ${kind} failed: ${why}`,
    job: without(kind, situation.job),
    notes: [failureNote(kind, pending, why, situation)],
  }
}

const givenUp = (kind: SnapshotKind, pending: Pending, why: string, situation: SnapshotSituation): SnapshotStep => ({
  because: `the ${kind} is given up: ${why}`,
  job: without(kind, situation.job),
  ...(isForWantedNonce(kind, pending, situation) ? { handled: kind } : {}),
  notes: [failureNote(kind, pending, why, situation)],
})

const failureNote = (kind: SnapshotKind, pending: Pending, why: string, { nonces }: SnapshotSituation): Note => {
  const what = kind === 'savepoint' ? 'Savepoint' : 'Checkpoint'
  return {
    type: 'Warning',
    reason: `${what}Error`,
    message:
      pending.type === 'PERIODIC'
        ? `Periodic ${kind} failed: ${why}`
        : `${what} failed for ${kind}TriggerNonce: ${nonces[kind].wanted}: ${why}`,
    component: 'Operator',
  }
}

/** A nonce that was set while another's snapshot was under way is not handled by that one (W-26). Upstream's ids tell nothing. */
const isForWantedNonce = (kind: SnapshotKind, pending: Pending, situation: SnapshotSituation): boolean => {
  const { wanted, reconciled } = situation.nonces[kind]
  if (pending.type !== 'MANUAL' || wanted === undefined || wanted === reconciled) return false
  const idOf = (nonce: number) => triggerIdFor(kind, situation, nonce, pending.since ?? 0)
  return pending.id === idOf(wanted) || !pending.id.startsWith(ourMark)
}

const without = (kind: SnapshotKind, job: JobDraft): JobDraft => {
  if (kind === 'savepoint') return { ...job, savepointInfo: withoutTrigger(job.savepointInfo) }
  const { triggerId: _, triggerType: __, formatType: ___, ...rest } = job.checkpointInfo ?? {}
  return { ...job, checkpointInfo: rest }
}
