/** A FlinkStateSnapshot as the rules of its job look at it, for whoever gathers facts: the operator from its caches, a plan from lists. */
import type { FlinkStateSnapshot } from '@drey/api'
import type { SnapshotFact } from './snapshot-facts.ts'

const triggers = ['MANUAL', 'PERIODIC', 'UPGRADE'] as const

export const snapshotFactOf = ({ metadata, spec, status }: FlinkStateSnapshot): SnapshotFact => ({
  name: metadata.name,
  uid: metadata.uid ?? '',
  kind: spec?.checkpoint ? 'checkpoint' : 'savepoint',
  trigger: triggers.find((word) => word === metadata.labels?.['snapshot.trigger-type']) ?? 'UNKNOWN',
  state: status?.state ?? 'TRIGGER_PENDING',
  createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
  deleting: Boolean(metadata.deletionTimestamp),
})
