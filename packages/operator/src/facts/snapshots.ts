/** The FlinkStateSnapshots of a job, read into the facts that rules look at. */
import type { FlinkStateSnapshot } from '@drey/api'
import type { SnapshotFact } from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import { byJob, jobKeyOf, type Caches } from '../caches.ts'

export const snapshotsOf = (
  caches: Caches,
  kind: 'FlinkDeployment' | 'FlinkSessionJob',
  { metadata }: Pick<KubeObject, 'metadata'>,
): readonly SnapshotFact[] =>
  caches.snapshots?.byIndex(byJob, jobKeyOf(kind, metadata.namespace, metadata.name)).map(factOf) ?? []

const triggers = ['MANUAL', 'PERIODIC', 'UPGRADE'] as const

const factOf = ({ metadata, spec, status }: FlinkStateSnapshot): SnapshotFact => ({
  name: metadata.name,
  uid: metadata.uid ?? '',
  kind: spec?.checkpoint ? 'checkpoint' : 'savepoint',
  trigger: triggers.find((word) => word === metadata.labels?.['snapshot.trigger-type']) ?? 'UNKNOWN',
  state: status?.state ?? 'TRIGGER_PENDING',
  createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
  deleting: Boolean(metadata.deletionTimestamp),
})
