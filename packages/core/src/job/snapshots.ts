/**
 * Which snapshot of a job is due, by nonce or by schedule, and who takes it: a FlinkStateSnapshot resource, or a trigger in the job's
 * status. Names and trigger ids are made of the nonce or the slot, so that nothing is taken twice (W-7).
 */
import { options, read } from '@drey/api'
import { idFor } from '../ids.ts'
import { dueSlot, nextSlot, scheduleOf } from './schedule.ts'
import { creation } from './snapshot-object.ts'
import {
  isRunning,
  isTriggerable,
  pendingTrigger,
  periodOf,
  snapshotKinds,
  type SnapshotFact,
  type SnapshotKind,
  type SnapshotSituation,
  type SnapshotStep,
} from './snapshot-facts.ts'

type Due = { trigger: 'MANUAL'; nonce: number } | { trigger: 'PERIODIC'; slot: number }

/** One step per pass, savepoints first; undefined: nothing is due. */
export const takeSnapshot = (situation: SnapshotSituation): SnapshotStep | undefined => {
  for (const kind of snapshotKinds) {
    const due = dueOf(kind, situation)
    const step = due
      ? (situation.asResources ? asResource : inStatus)(kind, due, situation)
      : takenSlot(kind, situation)
    if (step) return step
  }
  return undefined
}

/** Until the next periodic snapshot, if there is to be one. */
export const msToNextSnapshot = (situation: SnapshotSituation): number | undefined => {
  if (!isRunning(situation)) return undefined
  const dates = snapshotKinds.flatMap((kind) => {
    const schedule = scheduleOf(periodOf(kind, situation.conf))
    if (typeof schedule === 'string' || !isTriggerable(kind, situation)) return []
    const at = nextSlot(schedule, Math.max(lastPeriodic(kind, situation), 'cron' in schedule ? situation.now : 0))
    return at === undefined ? [] : [at]
  })
  return dates.length === 0 ? undefined : Math.max(soonestMs, Math.min(...dates) - situation.now)
}

/** What is due and not taken waits for something that wakes us; until then this often is enough. */
const soonestMs = 1_000

const dueOf = (kind: SnapshotKind, situation: SnapshotSituation): Due | undefined => {
  if (!isRunning(situation) || !isTriggerable(kind, situation) || pendingTrigger(kind, situation.job)) return undefined
  const { wanted, reconciled } = situation.nonces[kind]
  if (wanted !== undefined && wanted !== reconciled) return { trigger: 'MANUAL', nonce: wanted }
  const schedule = scheduleOf(periodOf(kind, situation.conf))
  if (typeof schedule === 'string') return undefined
  if (situation.snapshots.some((snapshot) => snapshot.kind === kind && isUnderWay(snapshot))) return undefined
  const slot = dueSlot(schedule, lastPeriodic(kind, situation), situation.now)
  return slot === undefined ? undefined : { trigger: 'PERIODIC', slot }
}

/** A periodic snapshot exists, taken by us or by upstream, and the status does not say so yet. */
const takenSlot = (kind: SnapshotKind, situation: SnapshotSituation): SnapshotStep | undefined => {
  const last = lastPeriodic(kind, situation)
  return last > recordedPeriodic(kind, situation) && typeof scheduleOf(periodOf(kind, situation.conf)) !== 'string'
    ? {
        because: `the periodic ${kind} of ${new Date(last).toISOString()} exists`,
        job: withPeriodic(kind, last, situation),
      }
    : undefined
}

/** Created first and written down as handled once it is there: a crash in between repeats a create that changes nothing. */
const asResource = (kind: SnapshotKind, due: Due, situation: SnapshotSituation): SnapshotStep => {
  if (due.trigger === 'MANUAL') {
    const name = `${situation.owner.name}-${kind}-manual-${situation.timestamp}-${due.nonce}`
    if (situation.snapshots.some((snapshot) => snapshot.name === name))
      return { because: `${kind}TriggerNonce ${due.nonce} is handled by ${name}`, handled: kind }
    return {
      because: `${kind}TriggerNonce changed to ${due.nonce}`,
      actions: [creation(kind, name, 'MANUAL', situation)],
      lookAgainMs: 500,
    }
  }
  return {
    because: `a periodic ${kind} is due`,
    actions: [creation(kind, `${situation.owner.name}-${kind}-periodic-${due.slot}`, 'PERIODIC', situation)],
    lookAgainMs: 500,
  }
}

const isUnderWay = (snapshot: SnapshotFact): boolean =>
  snapshot.trigger === 'PERIODIC' &&
  !snapshot.deleting &&
  (snapshot.state === 'TRIGGER_PENDING' || snapshot.state === 'IN_PROGRESS')

/** The trigger id is written down before Flink hears of it (W-5); it names the nonce it was made for (W-26). */
const inStatus = (kind: SnapshotKind, due: Due, situation: SnapshotSituation): SnapshotStep | undefined => {
  const { job, now, conf } = situation
  const info = kind === 'savepoint' ? job.savepointInfo : (job.checkpointInfo ?? {})
  // After a failure the next attempt keeps a distance.
  if (info.triggerTimestamp && now - info.triggerTimestamp < retryMs && due.trigger === 'MANUAL' && !info.triggerId)
    return undefined
  const triggerId = triggerIdFor(kind, situation, due.trigger === 'MANUAL' ? due.nonce : due.slot, now)
  const formatType = String(
    kind === 'savepoint' ? read(options.snapshots.savepointFormat, conf) : read(options.snapshots.checkpointType, conf),
  )
  const pending = {
    ...info,
    triggerId,
    triggerTimestamp: now,
    triggerType: due.trigger,
    formatType,
    ...(due.trigger === 'PERIODIC'
      ? {
          [kind === 'savepoint' ? 'lastPeriodicSavepointTimestamp' : 'lastPeriodicCheckpointTimestamp']: takenAt(
            due.slot,
            now,
          ),
        }
      : {}),
  }
  const next = { ...job, [kind === 'savepoint' ? 'savepointInfo' : 'checkpointInfo']: pending }
  return {
    because: due.trigger === 'MANUAL' ? `${kind}TriggerNonce changed to ${due.nonce}` : `a periodic ${kind} is due`,
    job: next,
    actions: [legacyOrder(kind, { ...situation, job: next })],
    lookAgainMs: 500,
  }
}

/** How soon a nonce whose attempt failed is tried again. */
export const retryMs = 10_000

/** Made of what it is for. The first digits mark it as ours: what upstream's ids are for, nobody can tell. */
export const triggerIdFor = (kind: SnapshotKind, situation: SnapshotSituation, what: number, at: number): string =>
  ourMark + idFor(situation.owner.uid, kind, situation.job.id ?? '', what, at).slice(ourMark.length)

export const ourMark = 'd4e7'

/** What asks Flink for the snapshot that the status names as pending. */
export const legacyOrder = (kind: SnapshotKind, { job, cluster, conf }: SnapshotSituation) => {
  const at = { cluster, jobId: job.id ?? '' }
  if (kind === 'checkpoint')
    return {
      do: 'checkpoint' as const,
      job: at,
      trigger: job.checkpointInfo?.triggerId ?? '',
      type: String(job.checkpointInfo?.formatType ?? 'FULL'),
    }
  const directory = read(options.flink.savepointDirectory, conf)
  return {
    do: 'savepoint' as const,
    job: at,
    trigger: job.savepointInfo.triggerId ?? '',
    ...(directory ? { directory } : {}),
    format: String(job.savepointInfo.formatType ?? 'CANONICAL'),
  }
}

/**
 * A period counts from the snapshot before it, as upstream's does: one that was taken late is not followed sooner than its interval. One
 * that was taken in time keeps the beat.
 */
const takenAt = (slot: number, at: number): number => (at - slot < inTimeMs ? slot : at)
const inTimeMs = 1_000

/** When the newest one was taken, as the status says; before the first: the resource's birth. */
const recordedPeriodic = (kind: SnapshotKind, { job, createdAt }: SnapshotSituation): number =>
  Math.max(
    createdAt,
    (kind === 'savepoint'
      ? job.savepointInfo.lastPeriodicSavepointTimestamp
      : job.checkpointInfo?.lastPeriodicCheckpointTimestamp) ?? 0,
  )

/** The same, by the resources as well: upstream and a crash leave nothing in the status. */
const lastPeriodic = (kind: SnapshotKind, situation: SnapshotSituation): number =>
  situation.snapshots
    .filter((snapshot) => snapshot.kind === kind && snapshot.trigger === 'PERIODIC')
    .reduce(
      (last, snapshot) => Math.max(last, takenAt(slotOf(snapshot), snapshot.createdAt)),
      recordedPeriodic(kind, situation),
    )

/** Our names end in the slot, upstream's in the time of creation. */
const slotOf = (snapshot: SnapshotFact): number => {
  const digits = /-(\d{12,14})$/.exec(snapshot.name)?.[1]
  return digits === undefined ? snapshot.createdAt : Number(digits)
}

const withPeriodic = (kind: SnapshotKind, slot: number, { job }: SnapshotSituation) =>
  kind === 'savepoint'
    ? { ...job, savepointInfo: { ...job.savepointInfo, lastPeriodicSavepointTimestamp: slot } }
    : { ...job, checkpointInfo: { ...job.checkpointInfo, lastPeriodicCheckpointTimestamp: slot } }
