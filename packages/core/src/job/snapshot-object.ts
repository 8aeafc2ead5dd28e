/** The FlinkStateSnapshot that asks for a snapshot of a job, or stands for one that was taken. */
import { flinkStateSnapshots, options, read } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Action } from '../action.ts'
import type { SnapshotKind, SnapshotSituation } from './snapshot-facts.ts'

export const creation = (
  kind: SnapshotKind,
  name: string,
  trigger: 'MANUAL' | 'PERIODIC',
  { owner, conf }: SnapshotSituation,
): Action => {
  const directory = read(options.flink.savepointDirectory, conf)
  return {
    do: 'create',
    type: flinkStateSnapshots,
    object: snapshotObject({
      owner,
      name,
      trigger,
      ...(kind === 'checkpoint'
        ? { checkpoint: {} }
        : {
            savepoint: {
              ...(directory ? { path: directory } : {}),
              formatType: String(read(options.snapshots.savepointFormat, conf)),
              disposeOnDelete: read(options.snapshots.savepointDisposeOnDelete, conf),
            },
          }),
    }),
  }
}

/** No owner reference: a snapshot outlives its job. One attempt, as with upstream: the next nonce or slot is the next attempt. */
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
    backoffLimit: 0,
    jobReference: { kind: o.owner.kind, name: o.owner.name },
    ...(o.savepoint ? { savepoint: o.savepoint } : {}),
    ...(o.checkpoint ? { checkpoint: o.checkpoint } : {}),
  },
})
