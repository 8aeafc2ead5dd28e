/** What stays when a resource is deleted, on purpose: state that somebody may want to go on from. Named once, in an Event. */
import type { Note } from '@drey/reconcile'
import type { SnapshotFact } from './snapshot-facts.ts'
import { lastStateMark } from './view.ts'

export const leftBehind = (o: {
  path: string | undefined
  snapshots: readonly SnapshotFact[] | undefined
  /** directories of the cluster whose files nobody removes */
  directories?: readonly (string | undefined)[]
}): Note[] => {
  const kept = (o.snapshots ?? []).filter((snapshot) => !snapshot.deleting).map((snapshot) => snapshot.name)
  const directories = (o.directories ?? []).filter((directory) => directory !== undefined)
  const left = [
    ...(o.path && o.path !== lastStateMark ? [`the state at ${o.path}`] : []),
    ...(kept.length > 0 ? [`FlinkStateSnapshots ${kept.join(', ')}`] : []),
    ...(directories.length > 0 ? [`files below ${directories.join(', ')}`] : []),
  ]
  return left.length === 0
    ? []
    : [
        {
          type: 'Normal',
          reason: 'LeftBehind',
          message: `Left behind on purpose: ${left.join('; ')}.`,
          component: 'Operator',
        },
      ]
}
