/** The finished operations of a resource, newest first, and the one under way. */
import { shownOperations, unknownOf } from './under-way.ts'
import type { Operation } from './operations.ts'
import type { Sources } from './sources.ts'
import { statusView } from './status-view.ts'

export interface History {
  kind: 'History'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  cluster: string
  operations: readonly HistoryEntry[]
  unknown: readonly { what: string; why: string }[]
}

export type HistoryEntry = Operation & {
  /** how long no job ran, as far as the steps tell; undefined: unknown, or not over yet */
  downMs?: number
}

export const historyOf = (sources: Sources): History => {
  const { kind, resource, history, cluster } = sources
  const view = kind === 'FlinkStateSnapshot' ? undefined : statusView(kind, resource)
  const operations = shownOperations(history.known ? (history.value ?? []) : [], view).map(
    (operation): HistoryEntry => {
      const downMs = downMsOf(operation)
      return { ...operation, ...(downMs === undefined ? {} : { downMs }) }
    },
  )
  return {
    kind: 'History',
    version: 1,
    resource: { kind, namespace: resource.metadata.namespace ?? 'default', name: resource.metadata.name },
    cluster,
    operations: operations.toReversed(),
    unknown: [
      ...unknownOf(sources, view).filter(({ what }) => what === 'history'),
      ...(history.known && history.value === undefined
        ? [{ what: 'history', why: 'no operation was recorded: another operator, switched off, or nothing ended yet' }]
        : []),
    ],
  }
}

/** From the end of the job to its successor running. */
const downMsOf = ({ what, steps, startedAt, endedAt, result }: Operation): number | undefined => {
  if (what === 'rescale' || what === 'savepoint' || what === 'checkpoint') return 0
  if (what === 'deploy' || what === 'suspend' || what === 'resume' || what === 'fail' || what === 'finish')
    return undefined
  if (result !== 'done' || !endedAt) return undefined
  const stopped = steps.find(({ step }) => step === 'savepoint' || step === 'cancel')?.endedAt ?? startedAt
  return Date.parse(endedAt) - Date.parse(stopped)
}
