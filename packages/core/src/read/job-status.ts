/** The one-screen truth about one resource: what it is, what is being done with it and why, and which state is safe. */
import { options, read, type FlinkStateSnapshot, type FlinkStateSnapshotStatus } from '@drey/api'
import { effectiveConfig, noOperatorConfig, valuesOf } from '../config/index.ts'
import { changeText, lastManager } from './operation-events.ts'
import type { Operation, StepName } from './operations.ts'
import type { Sources } from './sources.ts'
import { statusView, type StatusView } from './status-view.ts'

export interface JobStatus {
  kind: 'JobStatus'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  /** which cluster: `home default` */
  cluster: string
  at: string
  generation: number
  lifecycle: string
  /** RFC 3339: when that began, where it is known */
  since?: string
  /** what is being changed, or was changed last */
  because?: Change
  /** the change under way */
  operation?: { what: string; id?: string; since?: string; steps: readonly Step[] }
  /** the last one that ended */
  last?: Operation
  state?: ResumePoint
  job?: { id?: string; name?: string; state?: string; since?: string; flinkVersion?: string }
  capacity?: {
    parallelism?: number
    taskManagers?: { ready: number; all: number }
    slots?: { used: number; total: number }
  }
  waitsFor?: string
  /** the spec that is not acted upon yet */
  next?: string
  ifStuck?: { text: string; at: string }
  error?: string
  /** what could not be read, and the right that would be needed */
  unknown: readonly { what: string; why: string }[]
}

export interface Change {
  text: string
  generation: number
  who?: string
  at?: string
}

export interface Step {
  step: StepName
  is: 'done' | 'now' | 'next'
  at?: string
}

export interface ResumePoint {
  what: 'savepoint' | 'checkpoint' | 'HA metadata' | 'path' | 'nothing'
  path?: string
  at?: string
  sizeBytes?: number
}

const iso = (ms: number): string => new Date(ms).toISOString()

export const jobStatusOf = (sources: Sources): JobStatus =>
  sources.kind === 'FlinkStateSnapshot'
    ? snapshotStatusOf(sources)
    : jobStatus(sources, statusView(sources.kind, sources.resource))

const headOf = ({ resource, kind, cluster, now }: Sources) => ({
  kind: 'JobStatus' as const,
  version: 1 as const,
  resource: { kind, namespace: resource.metadata.namespace ?? 'default', name: resource.metadata.name },
  cluster,
  at: iso(now),
  generation: resource.metadata.generation ?? 0,
})

const jobStatus = (sources: Sources, view: StatusView): JobStatus => {
  const { resource, history } = sources
  const operations = shownOperations(history.known ? (history.value ?? []) : [], view)
  const open = openOperation(operations, view)
  const under = isUnderWay(view)
  const last = operations.findLast(
    (one) => one.result !== undefined && one.what !== 'savepoint' && one.what !== 'checkpoint',
  )
  const since = sinceOf(view, operations)
  const because = becauseOf(view, resource, under ? open : undefined)
  const state = resumePointOf(sources, view)
  const job = jobOf(sources, view)
  const capacity = capacityOf(sources, view)
  const waitsFor = waitsForOf(sources, view)
  const next = nextOf(view)
  const ifStuck = ifStuckOf(view, resource.metadata.namespace)
  return {
    ...headOf(sources),
    lifecycle: view.lifecycle,
    ...(since === undefined ? {} : { since }),
    ...(because ? { because } : {}),
    ...(under ? { operation: operationOf(view, open) } : {}),
    ...(last && !under ? { last } : {}),
    ...(state ? { state } : {}),
    ...(job ? { job } : {}),
    ...(capacity ? { capacity } : {}),
    ...(waitsFor ? { waitsFor } : {}),
    ...(next ? { next } : {}),
    ...(ifStuck ? { ifStuck } : {}),
    ...(view.error ? { error: view.error } : {}),
    unknown: unknownOf(sources, view),
  }
}

/** On the way: not settled, or settled and not yet where it leads. */
export const isUnderWay = (view: StatusView): boolean =>
  (view.phase !== 'settled' && view.phase !== 'first') ||
  (view.phase === 'settled' && !view.suspended && !view.rolledBack && !view.isStable && view.lifecycle !== 'FAILED')

/** An operation whose end was not written down (yet), but the status shows that it is over, or a later one began. */
export const shownOperations = (
  operations: readonly Operation[],
  view: StatusView | undefined,
): readonly Operation[] => {
  const settled = view !== undefined && !isUnderWay(view)
  return operations.map((operation, index) => {
    const later = operations.slice(index + 1).some(({ what }) => what !== 'savepoint' && what !== 'checkpoint')
    return operation.result === undefined && (settled || later) ? { ...operation, result: 'done' as const } : operation
  })
}

/** An open entry of the history counts while the status is under way; a status that has settled knows better. */
export const openOperation = (operations: readonly Operation[], view: StatusView): Operation | undefined =>
  isUnderWay(view) ? operations.findLast(({ result, what }) => result === undefined && what !== 'savepoint') : undefined

const operationOf = (view: StatusView, open: Operation | undefined): NonNullable<JobStatus['operation']> => ({
  what: open?.what ?? whatOf(view),
  ...(open ? { id: open.id, since: open.startedAt } : {}),
  steps: stepsOf(view, open),
})

const whatOf = (view: StatusView): string => {
  if (view.rollingBack) return 'rollback'
  if (view.recorded?.firstDeployment && view.phase !== 'savepoint' && view.phase !== 'cancel') return 'deploy'
  return view.wantsSuspended ? 'suspend' : 'upgrade'
}

const stepsOf = (view: StatusView, open: Operation | undefined): Step[] => {
  const done = (open?.steps ?? []).map(({ step, endedAt }): Step => ({ step, is: 'done', at: endedAt }))
  const now: StepName = view.phase === 'settled' || view.phase === 'first' ? 'start' : view.phase
  // A session job has no cluster of its own to remove.
  const all: StepName[] = view.wantsSuspended && !view.rollingBack ? ['remove'] : ['remove', 'deploy', 'start']
  const order = view.kind === 'FlinkSessionJob' ? all.filter((step) => step !== 'remove') : all
  const rest = order.slice(order.indexOf(now) + 1)
  return [
    ...done.filter(({ step }) => step !== now),
    { step: now, is: 'now' },
    ...rest.map((step): Step => ({ step, is: 'next' })),
  ]
}

const becauseOf = (
  view: StatusView,
  resource: Sources['resource'],
  open: Operation | undefined,
): Change | undefined => {
  if (open)
    return {
      text: open.change?.join(', ') ?? open.because,
      generation: open.generation,
      ...(open.who ? { who: open.who } : {}),
      at: open.startedAt,
    }
  if (view.changes.length === 0) return undefined
  const who = lastManager(resource)
  const at = lastChange(resource)
  return {
    text: view.changes.slice(0, 5).map(changeText).join(', '),
    generation: view.generation,
    ...(who ? { who } : {}),
    ...(at ? { at } : {}),
  }
}

/** When the spec was written last, by the API server's books. */
export const lastChange = ({ metadata }: Sources['resource']): string | undefined => {
  const entries = (metadata.managedFields ?? []) as { time?: string; subresource?: string; fieldsV1?: object }[]
  return entries
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== undefined && 'f:spec' in fieldsV1)
    .map(({ time }) => time ?? '')
    .toSorted()
    .at(-1)
}

const sinceOf = (view: StatusView, operations: readonly Operation[]): string | undefined => {
  const last = operations.findLast(({ what }) => what !== 'savepoint' && what !== 'checkpoint')
  if (last?.endedAt && !isUnderWay(view)) return last.endedAt
  if (last && isUnderWay(view) && last.result === undefined) return last.startedAt
  return view.deployedAt === undefined ? undefined : iso(view.deployedAt)
}

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

const jobOf = ({ flink }: Sources, view: StatusView): JobStatus['job'] => {
  if (view.job.id === undefined && view.flinkVersion === undefined) return undefined
  const version = view.flinkVersion ?? (flink.known ? flink.value.version : undefined)
  return {
    ...(view.job.id ? { id: view.job.id } : {}),
    ...(view.job.name ? { name: view.job.name } : {}),
    ...(view.job.state ? { state: view.job.state } : {}),
    ...(view.job.startTime ? { since: iso(view.job.startTime) } : {}),
    ...(version ? { flinkVersion: version } : {}),
  }
}

const capacityOf = ({ pods, flink, kind }: Sources, view: StatusView): JobStatus['capacity'] => {
  if (view.suspended) return undefined
  const taskManagers = pods.known
    ? pods.value.filter(({ component, deleting }) => component === 'taskmanager' && !deleting)
    : []
  const slots = flink.known ? flink.value.slots : undefined
  const parallelism = view.spec.job?.parallelism ?? undefined
  if (taskManagers.length === 0 && !slots && parallelism === undefined) return undefined
  return {
    ...(parallelism ? { parallelism } : {}),
    ...(taskManagers.length > 0 && kind === 'FlinkDeployment'
      ? { taskManagers: { ready: taskManagers.filter(({ ready }) => ready).length, all: taskManagers.length } }
      : {}),
    ...(slots ? { slots: { used: slots.total - slots.free, total: slots.total } } : {}),
  }
}

/** The first thing that has to happen before anything else can. */
export const waitsForOf = ({ pods, parent, kind, resource }: Sources, view: StatusView): string | undefined => {
  if (resource.metadata.deletionTimestamp) return undefined
  if (kind === 'FlinkSessionJob' && parent?.known) {
    const { spec, status } = (parent.value ?? {}) as {
      spec?: { job?: unknown }
      status?: { jobManagerDeploymentStatus?: string }
    }
    const name = String((view.spec as { deploymentName?: string }).deploymentName ?? '')
    if (name === '') return 'a session cluster: spec.deploymentName names none'
    if (!parent.value) return `session cluster ${name}, which does not exist`
    if (spec?.job) return `session cluster ${name}, which is no session cluster but runs a job of its own`
    if (status?.jobManagerDeploymentStatus !== 'READY')
      return `session cluster ${name}, whose JobManager is ${status?.jobManagerDeploymentStatus ?? 'not deployed'}`
  }
  if (!isUnderWay(view) && view.phase !== 'first') return undefined
  const stuck = pods.known ? pods.value.find((pod) => pod.waits && !pod.deleting) : undefined
  if (stuck) return `pod ${stuck.name}: ${stuck.waits?.reason}: ${stuck.waits?.message}`
  if (view.phase === 'savepoint') return 'the savepoint with which the job stops'
  if (view.phase === 'cancel') return 'the end of the job, which is being cancelled'
  const ending = pods.known ? pods.value.filter(({ deleting }) => deleting).length : 0
  if (view.phase === 'remove')
    return ending > 0 ? `the end of ${ending} ${ending === 1 ? 'pod' : 'pods'}` : 'the end of the old cluster'
  if (view.phase === 'settled' && view.kind === 'FlinkDeployment' && view.jobManager !== 'READY')
    return `the JobManager, which is ${view.jobManager}`
  return view.phase === 'settled' && view.hasJob
    ? `the job to run (it is ${view.job.state ?? 'not submitted'})`
    : undefined
}

const nextOf = (view: StatusView): string | undefined => {
  if (view.refused && view.observedGeneration !== view.generation)
    return `generation ${view.generation} is refused; the last valid spec stays`
  if (view.observedGeneration !== undefined && view.observedGeneration >= view.generation) return undefined
  if (view.phase === 'first' || view.phase === 'settled')
    return view.changes.length > 0
      ? `generation ${view.generation} is waiting (${view.changes.slice(0, 3).map(changeText).join(', ')})`
      : undefined
  return isUnderWay(view) &&
    view.recorded &&
    view.observedGeneration !== undefined &&
    view.phase !== 'savepoint' &&
    view.phase !== 'cancel'
    ? `generation ${view.generation} is waiting`
    : undefined
}

/** Only as far as the resource itself says: the operator's own configuration is not ours to read. */
const ifStuckOf = (view: StatusView, namespace: string | undefined): JobStatus['ifStuck'] => {
  if (
    view.kind !== 'FlinkDeployment' ||
    view.phase !== 'settled' ||
    view.isStable ||
    view.rolledBack ||
    view.suspended ||
    view.deployedAt === undefined
  )
    return undefined
  const conf = valuesOf(
    effectiveConfig(noOperatorConfig, {
      namespace,
      flinkVersion: view.spec.flinkVersion,
      flinkConfiguration: view.spec.flinkConfiguration,
    }),
  )
  if (!read(options.upgrade.rollbackEnabled, conf)) return undefined
  return {
    text: 'rolls back to the last stable spec',
    at: iso(view.deployedAt + read(options.upgrade.readinessTimeout, conf)),
  }
}

/** What nobody could see, with the right that is missing. Things that do not exist yet are not unknown. */
export const unknownOf = (sources: Sources, view?: StatusView): { what: string; why: string }[] => {
  const { events, history, pods, flink, parent } = sources
  const asksFlink = view === undefined || view.job.state === 'RUNNING' || view.jobManager === 'READY'
  return [
    ...(parent && !parent.known
      ? [{ what: sources.kind === 'FlinkSessionJob' ? 'session cluster' : 'job', why: parent.why }]
      : []),
    ...(history.known ? [] : [{ what: 'history', why: history.why }]),
    ...(events.known ? [] : [{ what: 'events', why: events.why }]),
    ...(pods.known ? [] : [{ what: 'pods', why: pods.why }]),
    ...(flink.known || !asksFlink ? [] : [{ what: 'Flink', why: flink.why }]),
  ]
}

const snapshotStatusOf = (sources: Sources): JobStatus => {
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
