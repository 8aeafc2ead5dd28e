/** Which old snapshots of a job go, by count and age. Manual ones never go by themselves, and the newest completed one always stays. */
import { flinkStateSnapshots, options, read } from '@drey/api'
import type { Action } from '../action.ts'
import { eagerMs } from './patience.ts'
import {
  snapshotKinds,
  type SnapshotFact,
  type SnapshotKind,
  type SnapshotSituation,
  type SnapshotStep,
} from './snapshot-facts.ts'

export const removeOldSnapshots = (situation: SnapshotSituation): SnapshotStep | undefined =>
  removeResources(situation) ?? removeEntries(situation)

const removeResources = (situation: SnapshotSituation): SnapshotStep | undefined => {
  if (!read(options.snapshots.savepointCleanup, situation.conf)) return undefined
  const old = snapshotKinds.flatMap((kind) => oldOnes(situation.snapshots, kind, limitsOf(kind, situation)))
  if (old.length === 0) return undefined
  return {
    because: `${old.length} old snapshots go: ${old.map(({ name }) => name).join(', ')}`,
    actions: old.map(({ name, uid }) => ({
      do: 'delete',
      ref: { type: flinkStateSnapshots, namespace: situation.owner.namespace, name },
      uid,
    })),
  }
}

interface Limits {
  count: number
  /** epoch ms: what is older goes; undefined: age does not matter */
  notBefore: number | undefined
}

/** Oldest first until the count fits, and all that are too old. */
export const oldOnes = (
  snapshots: readonly SnapshotFact[],
  kind: SnapshotKind,
  { count, notBefore }: Limits,
): SnapshotFact[] => {
  const ours = snapshots
    .filter((s) => s.kind === kind && !s.deleting && (s.trigger === 'PERIODIC' || s.trigger === 'UPGRADE'))
    .toSorted((a, b) => a.createdAt - b.createdAt || a.name.localeCompare(b.name))
  if (ours.length < 2) return []
  const newestCompleted = ours.findLast((snapshot) => snapshot.state === 'COMPLETED')
  const excess = ours.length - count
  const old = ours.filter(
    (snapshot, index) =>
      snapshot !== newestCompleted && (index < excess || (notBefore !== undefined && snapshot.createdAt < notBefore)),
  )
  return old.length < ours.length ? old : old.slice(0, -1)
}

const limitsOf = (kind: SnapshotKind, situation: SnapshotSituation): Limits => {
  const { conf } = situation
  if (kind === 'checkpoint')
    return { count: Math.max(1, read(options.flink.checkpointsRetained, conf)), notBefore: undefined }
  return savepointLimits(situation)
}

const savepointLimits = ({ conf, operatorConf, now }: SnapshotSituation): { count: number; notBefore: number } => {
  const { snapshots } = options
  const capped = (value: number, cap: number | undefined) => (cap === undefined ? value : Math.min(value, cap))
  return {
    count: capped(
      read(snapshots.savepointHistoryCount, conf),
      read(snapshots.savepointHistoryCountThreshold, operatorConf),
    ),
    notBefore:
      now -
      capped(read(snapshots.savepointHistoryAge, conf), read(snapshots.savepointHistoryAgeThreshold, operatorConf)),
  }
}

/**
 * The history in the status: an entry leaves it once Flink has taken the order to dispose of its savepoint, so that none is forgotten and
 * left on the storage; or alone when clean-up is switched off.
 */
const removeEntries = (situation: SnapshotSituation): SnapshotStep | undefined => {
  const { job, cluster, disposals, now } = situation
  const history = job.savepointInfo.savepointHistory ?? []
  const old = oldEntries(situation)
  if (old.length === 0) return undefined
  const disposes = read(options.snapshots.savepointCleanup, situation.conf)
  const orderOf = (path: string | undefined) => disposals.find((disposal) => disposal.path === path)
  const leaves = old.filter(({ location }) => !disposes || !location || orderOf(location)?.accepted)
  if (leaves.length > 0)
    return {
      because: `${leaves.length} old savepoints leave the history`,
      job: {
        ...job,
        savepointInfo: { ...job.savepointInfo, savepointHistory: history.filter((entry) => !leaves.includes(entry)) },
      },
    }
  const due = old.flatMap(({ location }) =>
    location && now - (orderOf(location)?.at ?? 0) > refusedMs ? location : [],
  )
  if (due.length === 0) return undefined
  return {
    because: `${due.length} old savepoints are disposed of`,
    actions: due.map((path): Action => ({ do: 'dispose', cluster, path, lenient: true })),
    lookAgainMs: eagerMs,
  }
}

/** How soon Flink is asked again for a disposal that it refused. */
const refusedMs = 600_000

type Entry = NonNullable<SnapshotSituation['job']['savepointInfo']['savepointHistory']>[number]

const oldEntries = (situation: SnapshotSituation): readonly Entry[] => {
  const { job } = situation
  const history = job.savepointInfo.savepointHistory ?? []
  const resources = situation.snapshots.filter((s) => s.kind === 'savepoint' && s.state === 'COMPLETED')
  const { count, notBefore } = savepointLimits(situation)
  const excess = history.length - Math.max(0, count - resources.length)
  const last = history.at(-1)
  // Upstream gives the last entry up as soon as any snapshot resource is complete, be it older: the savepoint somebody has just asked for.
  const isSuperseded = resources.some(({ createdAt }) => createdAt > (last?.timeStamp ?? 0))
  return history.filter(
    (entry, index) =>
      (entry !== last || isSuperseded) &&
      (index < excess || (entry.timeStamp ?? 0) < notBefore) &&
      // What the job would resume from stays, and stays known.
      entry.location !== job.path,
  )
}
