/** The savepoint of an upgrade, kept where users look for it: a FlinkStateSnapshot, or the legacy fields when those are off. */
import { flinkStateSnapshots, options, read, type SavepointInfo } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Action } from '../action.ts'
import type { Pass } from './pass.ts'

export const savepointRecord = (pass: Pass, location: string): { info: SavepointInfo; actions: Action[] } => {
  const { view, draft } = pass
  const at = draft.job.savepointInfo.triggerTimestamp ?? view.now
  const format = draft.job.savepointInfo.formatType ?? 'CANONICAL'
  if (view.observed.operator.snapshotResources && read(options.snapshots.snapshotResources, view.conf))
    return {
      info: {},
      actions: [
        {
          do: 'create',
          type: flinkStateSnapshots,
          object: snapshotObject({
            owner: { kind: 'FlinkDeployment', name: view.name, namespace: view.namespace },
            // Named after the recorded trigger time: repeating the act cannot register a savepoint twice.
            name: `${view.name}-savepoint-upgrade-${at}`,
            trigger: 'UPGRADE',
            savepoint: {
              alreadyExists: true,
              path: location,
              formatType: String(format),
              disposeOnDelete: read(options.snapshots.savepointDisposeOnDelete, view.conf),
            },
          }),
        },
      ],
    }
  const entry = { timeStamp: at, location, triggerType: 'UPGRADE' as const, formatType: format }
  return {
    info: { lastSavepoint: entry, savepointHistory: [...(draft.job.savepointInfo.savepointHistory ?? []), entry] },
    actions: [],
  }
}

export const snapshotObject = (o: {
  owner: { kind: 'FlinkDeployment' | 'FlinkSessionJob'; name: string; namespace: string }
  name: string
  trigger: 'UPGRADE' | 'PERIODIC' | 'MANUAL'
  savepoint?: { alreadyExists?: boolean; path?: string; formatType?: string; disposeOnDelete?: boolean }
  checkpoint?: Record<string, never>
}): KubeObject => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkStateSnapshot',
  metadata: {
    name: o.name,
    namespace: o.owner.namespace,
    labels: { 'snapshot.trigger-type': o.trigger },
  },
  spec: {
    jobReference: { kind: o.owner.kind, name: o.owner.name },
    ...(o.savepoint ? { savepoint: o.savepoint } : {}),
    ...(o.checkpoint ? { checkpoint: o.checkpoint } : {}),
  },
})
