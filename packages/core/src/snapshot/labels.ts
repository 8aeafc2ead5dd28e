/** Labels by which snapshots are selected, upstream's: what it is, why it was taken, how far it is, and of which job. */
import { flinkStateSnapshots } from '@drey/api'
import type { Action } from '../action.ts'
import type { SnapshotView } from './view.ts'

/** A patch of the labels that are not as they should be; none when all are. Written after the status, never before (W-6). */
export const labelPatch = (view: SnapshotView, state: string): Action[] => {
  const have = view.resource.metadata.labels ?? {}
  const wanted: Record<string, string> = {
    'snapshot.type': view.kind.toUpperCase(),
    'snapshot.trigger-type': have['snapshot.trigger-type'] ?? 'MANUAL',
    'snapshot.state': state,
    ...(view.job ? { 'job-reference.kind': view.job.kind, 'job-reference.name': view.job.name } : {}),
  }
  const labels = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => have[key] !== value))
  if (Object.keys(labels).length === 0) return []
  return [
    {
      do: 'merge',
      ref: { type: flinkStateSnapshots, namespace: view.namespace, name: view.name },
      patch: { metadata: { labels } },
    },
  ]
}
