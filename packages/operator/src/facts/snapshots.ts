/** The FlinkStateSnapshots of a job, out of the cache. */
import { snapshotFactOf, type SnapshotFact } from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import { byJob, jobKeyOf, type Caches } from '../caches.ts'

export const snapshotsOf = (
  caches: Caches,
  kind: 'FlinkDeployment' | 'FlinkSessionJob',
  { metadata }: Pick<KubeObject, 'metadata'>,
): readonly SnapshotFact[] =>
  caches.snapshots?.byIndex(byJob, jobKeyOf(kind, metadata.namespace, metadata.name)).map(snapshotFactOf) ?? []
