/** The savepoint of an upgrade, kept where users look for it: a FlinkStateSnapshot, or the legacy fields when those are off. */
import { flinkStateSnapshots, options, read, type FlinkConf, type SavepointInfo } from '@drey/api'
import type { Action } from '../action.ts'
import { snapshotObject } from './snapshot-object.ts'

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
      info: {},
      actions: [
        {
          do: 'create',
          type: flinkStateSnapshots,
          object: snapshotObject({
            owner: o.owner,
            // Named after the recorded trigger time: repeating the act cannot register a savepoint twice.
            name: `${o.owner.name}-savepoint-upgrade-${at}`,
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
