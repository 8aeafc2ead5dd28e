/** The one-screen truth about one resource: what it is, what is being done with it and why, and which state is safe. */
import { options, read } from '@drey/api'
import { effectiveConfig, noOperatorConfig, valuesOf } from '../config/index.ts'
import { changeText, lastManager } from './changes.ts'
import type { Operation, StepName } from './operations.ts'
import { resumePointOf, type ResumePoint } from './resume-point.ts'
import { headOf, snapshotStatusOf } from './snapshot-status.ts'
import type { Sources } from './sources.ts'
import { statusView, type StatusView } from './status-view.ts'
import { isUnderWay, lastChange, openOperation, shownOperations, unknownOf, waitsForOf } from './under-way.ts'

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

const iso = (ms: number): string => new Date(ms).toISOString()

export const jobStatusOf = (sources: Sources): JobStatus =>
  sources.kind === 'FlinkStateSnapshot'
    ? snapshotStatusOf(sources)
    : jobStatus(sources, statusView(sources.kind, sources.resource))

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
  const now: StepName =
    view.phase === 'settled' || view.phase === 'first' ? 'start' : view.phase === 'unstarted' ? 'remove' : view.phase
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

const sinceOf = (view: StatusView, operations: readonly Operation[]): string | undefined => {
  const last = operations.findLast(({ what }) => what !== 'savepoint' && what !== 'checkpoint')
  if (last?.endedAt && !isUnderWay(view)) return last.endedAt
  if (last && isUnderWay(view) && last.result === undefined) return last.startedAt
  return view.deployedAt === undefined ? undefined : iso(view.deployedAt)
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

const nextOf = (view: StatusView): string | undefined => {
  if (view.refused && view.observedGeneration !== view.generation)
    return `generation ${view.generation} is refused; ${view.recorded ? 'the last valid spec stays' : 'nothing is deployed'}`
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
