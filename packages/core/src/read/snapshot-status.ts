/** The JobStatus of a FlinkStateSnapshot: of what, how far, and where it lies. */
import type { FlinkStateSnapshot, FlinkStateSnapshotStatus } from '@drey/api'
import type { JobStatus } from './job-status.ts'
import type { Sources } from './sources.ts'
import { unknownOf } from './under-way.ts'

export const headOf = ({ resource, kind, cluster, now }: Sources) => ({
  kind: 'JobStatus' as const,
  version: 1 as const,
  resource: { kind, namespace: resource.metadata.namespace ?? 'default', name: resource.metadata.name },
  cluster,
  at: new Date(now).toISOString(),
  generation: resource.metadata.generation ?? 0,
})

export const snapshotStatusOf = (sources: Sources): JobStatus => {
  const { spec, status } = sources.resource as unknown as FlinkStateSnapshot
  const s: FlinkStateSnapshotStatus = status ?? ({} as FlinkStateSnapshotStatus)
  const reference = spec?.jobReference
  const since = s.resultTimestamp ?? s.triggerTimestamp
  const state = s.state ?? 'TRIGGER_PENDING'
  return {
    ...headOf(sources),
    lifecycle: state,
    ...(since ? { since } : {}),
    because: {
      text: `${spec?.checkpoint ? 'checkpoint' : 'savepoint'} of ${reference?.kind ?? 'FlinkDeployment'} ${reference?.name ?? '?'}`,
      generation: sources.resource.metadata.generation ?? 0,
    },
    ...(s.path
      ? {
          state: {
            what: spec?.checkpoint ? 'checkpoint' : 'savepoint',
            path: s.path,
            ...(s.resultTimestamp ? { at: s.resultTimestamp } : {}),
          },
        }
      : {}),
    ...(state === 'TRIGGER_PENDING'
      ? { waitsFor: pendingReason(sources) }
      : state === 'IN_PROGRESS'
        ? { waitsFor: 'Flink, which is writing it' }
        : {}),
    ...(s.error ? { error: s.error } : {}),
    unknown: unknownOf(sources).filter(({ what }) => what !== 'Flink' && what !== 'pods'),
  }
}

const pendingReason = ({ parent }: Sources): string => {
  if (!parent?.known) return 'its job'
  if (!parent.value) return 'its job, which does not exist'
  const { jobStatus } = (parent.value['status'] ?? {}) as { jobStatus?: { state?: string } }
  return jobStatus?.state === 'RUNNING' ? 'its turn' : `its job to run (it is ${jobStatus?.state ?? 'not submitted'})`
}
