/** The state a job would resume from: where it is, and how old. */
import type { Operation } from './operations.ts'
import type { Sources } from './sources.ts'
import type { StatusView } from './status-view.ts'

export interface ResumePoint {
  what: 'savepoint' | 'checkpoint' | 'HA metadata' | 'path' | 'nothing'
  path?: string
  at?: string
  sizeBytes?: number
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** When a savepoint or checkpoint was made, as far as the history or the status remember it. */
export const timeOf = (
  path: string,
  operations: readonly Operation[],
  resource: { status?: unknown },
): string | undefined => {
  const operation = operations.findLast(({ state }) => state === path)
  const step = operation?.steps.find(({ step: name }) => name === 'savepoint' || name === 'cancel')
  const isMade =
    operation && (operation.what === 'savepoint' || operation.what === 'checkpoint' || operation.what === 'suspend')
  const told = step?.endedAt ?? (isMade ? operation.endedAt : undefined)
  if (told) return told
  const { jobStatus } = (resource.status ?? {}) as {
    jobStatus?: { savepointInfo?: { lastSavepoint?: { location?: string; timeStamp?: number } | null } | null } | null
  }
  const last = jobStatus?.savepointInfo?.lastSavepoint
  return last?.location === path && last.timeStamp ? iso(last.timeStamp) : undefined
}

export const resumePointOf = (
  { flink, resource, history }: Pick<Sources, 'flink' | 'resource' | 'history'>,
  view: StatusView,
): ResumePoint | undefined => {
  if (!view.hasJob) return undefined
  const newest = flink.known ? flink.value.checkpoints?.latest : undefined
  if (newest && view.job.state === 'RUNNING' && !view.suspended)
    return {
      what: newest.savepoint ? 'savepoint' : 'checkpoint',
      path: newest.path,
      at: iso(newest.at),
      ...(flink.known && flink.value.checkpoints?.stateSize ? { sizeBytes: flink.value.checkpoints.stateSize } : {}),
    }
  if (view.resumePoint === 'HA metadata') return { what: 'HA metadata' }
  if (view.resumePoint === undefined) return view.recorded ? { what: 'nothing' } : undefined
  const at = timeOf(view.resumePoint, history.known ? (history.value ?? []) : [], resource)
  return {
    what: view.resumePoint.includes('savepoint-')
      ? 'savepoint'
      : view.resumePoint.includes('/chk-')
        ? 'checkpoint'
        : 'path',
    path: view.resumePoint,
    ...(at ? { at } : {}),
  }
}
