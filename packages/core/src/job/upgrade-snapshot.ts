/** The savepoint of an upgrade, kept where users look for it: a FlinkStateSnapshot, or the legacy fields when those are off. */
import { flinkStateSnapshots, options, read, type FlinkConf, type JobStatus, type SavepointInfo } from '@drey/api'
import type { Decision } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { withoutTrigger, type JobDraft } from './draft.ts'
import type { SnapshotFact } from './snapshot-facts.ts'
import { snapshotObject } from './snapshot-object.ts'
import { lastStateMark } from './view.ts'

type Owner = Parameters<typeof snapshotObject>[0]['owner']

/** Named after the recorded trigger time: repeating the act cannot register a savepoint twice. */
const nameFor = (owner: Owner, at: number): string => `${owner.name}-savepoint-upgrade-${at}`

/** Type and time of a trigger that is answered stay in the status until the resource of its savepoint was seen. */
export const isRegistering = (info: SavepointInfo): boolean =>
  info.triggerType === 'UPGRADE' && !info.triggerId && typeof info.triggerTimestamp === 'number'

export const registered = (info: SavepointInfo): SavepointInfo => {
  const { triggerTimestamp: _, ...rest } = withoutTrigger(info)
  return rest
}

/** For a resource that nobody lets us create. */
const triesMs = 600_000

/** The operator may have ended after the path was written down and before the resource was created: repeats that, whatever else is decided. */
export const untilRegistered = <S extends { jobStatus?: JobStatus | null }>(
  o: {
    owner: Owner
    conf: FlinkConf
    asResources: boolean
    /** as recorded before this pass */
    before: JobDraft
    snapshots: readonly SnapshotFact[]
    now: number
  },
  decision: Decision<S, Action>,
): Decision<S, Action> => {
  const { savepointInfo: info, path } = o.before
  const { status } = decision
  if (!status || !isRegistering(info)) return decision
  const at = info.triggerTimestamp ?? 0
  const after = status.jobStatus
  const missing =
    o.asResources &&
    path !== undefined &&
    path !== lastStateMark &&
    o.now - at < triesMs &&
    !o.snapshots.some((snapshot) => snapshot.name === nameFor(o.owner, at))
  const actions = missing
    ? [...decision.actions, ...upgradeSnapshot({ ...o, info, location: path }).actions]
    : decision.actions
  // The time belongs to the recorded path; beside another one it would name the wrong savepoint.
  const stays = missing && after?.upgradeSavepointPath === path
  const next = after?.savepointInfo
  return stays || !next || !isRegistering(next)
    ? { ...decision, actions }
    : { ...decision, actions, status: { ...status, jobStatus: { ...after, savepointInfo: registered(next) } } }
}

/** `info` is as it was while the savepoint was pending; `asResources` as in the operator's and the job's options. */
export const upgradeSnapshot = (o: {
  owner: { kind: 'FlinkDeployment' | 'FlinkSessionJob'; name: string; namespace: string }
  conf: FlinkConf
  asResources: boolean
  info: SavepointInfo
  location: string
  now: number
}): { info: SavepointInfo; actions: Action[] } => {
  const at = o.info.triggerTimestamp ?? o.now
  const format = o.info.formatType ?? 'CANONICAL'
  if (o.asResources)
    return {
      info: { triggerTimestamp: at, triggerType: 'UPGRADE', formatType: format },
      actions: [
        {
          do: 'create',
          type: flinkStateSnapshots,
          object: snapshotObject({
            owner: o.owner,
            name: nameFor(o.owner, at),
            trigger: 'UPGRADE',
            savepoint: {
              alreadyExists: true,
              path: o.location,
              formatType: String(format),
              disposeOnDelete: read(options.snapshots.savepointDisposeOnDelete, o.conf),
            },
          }),
        },
      ],
    }
  const entry = { timeStamp: at, location: o.location, triggerType: 'UPGRADE' as const, formatType: format }
  return {
    info: { lastSavepoint: entry, savepointHistory: [...(o.info.savepointHistory ?? []), entry] },
    actions: [],
  }
}
