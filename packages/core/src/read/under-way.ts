/** Whether something is being done with a resource, what it waits for, and what could not be seen. */
import type { Operation } from './operations.ts'
import type { Sources } from './sources.ts'
import type { StatusView } from './status-view.ts'

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
  if (view.phase === 'remove' || view.phase === 'unstarted')
    return ending > 0 ? `the end of ${ending} ${ending === 1 ? 'pod' : 'pods'}` : 'the end of the old cluster'
  if (view.phase === 'settled' && view.kind === 'FlinkDeployment' && view.jobManager !== 'READY')
    return `the JobManager, which is ${view.jobManager}`
  return view.phase === 'settled' && view.hasJob
    ? `the job to run (it is ${view.job.state ?? 'not submitted'})`
    : undefined
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

/** When the spec was written last, by the API server's books. */
export const lastChange = ({ metadata }: Sources['resource']): string | undefined => {
  const entries = (metadata.managedFields ?? []) as { time?: string; subresource?: string; fieldsV1?: object }[]
  return entries
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== undefined && 'f:spec' in fieldsV1)
    .map(({ time }) => time ?? '')
    .toSorted()
    .at(-1)
}
