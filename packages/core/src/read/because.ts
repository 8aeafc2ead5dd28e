/** The chain from the last change of the spec to now, in sentences, newest last. */
import { deploymentConditionSentence } from './sentences.ts'
import { isUnderWay, lastChange, shownOperations, unknownOf, waitsForOf } from './under-way.ts'
import { changeText, lastManager } from './changes.ts'
import type { Operation, StepName } from './operations.ts'
import type { EventFact, Sources } from './sources.ts'
import { statusView, type StatusView } from './status-view.ts'

export interface Because {
  kind: 'Because'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  cluster: string
  /** RFC 3339: nothing before is told */
  since?: string
  lines: readonly BecauseLine[]
  unknown: readonly { what: string; why: string }[]
}

export interface BecauseLine {
  /** RFC 3339 */
  at: string
  /** who speaks: `you`, the name of an operation, `flink`, `kubernetes`, `operator`, `now` */
  who: string
  text: string
}

export const becauseOf = (sources: Sources, o: { sinceMs?: number } = {}): Because => {
  const { resource, kind, cluster } = sources
  const view = kind === 'FlinkStateSnapshot' ? undefined : statusView(kind, resource)
  const operations = shownOperations(sources.history.known ? (sources.history.value ?? []) : [], view)
  const from = o.sinceMs ?? beginOf(sources, operations)
  const told = [
    ...specLines(sources, view, operations),
    ...(view ? [] : snapshotLines(sources)),
    // Of what was over when the chain began, not even the end.
    ...operations
      .filter(({ startedAt }) => o.sinceMs !== undefined || Date.parse(startedAt) >= from)
      .flatMap((operation) => operationLines(operation, kind)),
    ...(sources.events.known ? sources.events.value.flatMap((event) => eventLine(event, operations, sources)) : []),
  ].filter(({ at }) => Date.parse(at) >= from)
  const lines = told
    .toSorted((a, b) => orderOf(a) - orderOf(b))
    .filter(({ text }, index, all) => text !== all[index - 1]?.text)
  return {
    kind: 'Because',
    version: 1,
    resource: { kind, namespace: resource.metadata.namespace ?? 'default', name: resource.metadata.name },
    cluster,
    ...(from > 0 ? { since: new Date(from).toISOString() } : {}),
    lines: [...lines, nowLine(sources, view)],
    unknown: [
      ...unknownOf(sources, view).filter(({ what }) => what !== 'Flink'),
      ...(view && sources.history.known && sources.history.value === undefined
        ? [
            {
              what: 'history',
              why: 'no operation was recorded (another operator, or switched off); told from status and events',
            },
          ]
        : []),
    ],
  }
}

/** The change that led to where it is: the last one of the spec, or of the cluster by itself. */
const beginOf = ({ resource }: Sources, operations: readonly Operation[]): number => {
  const last = operations.findLast(({ what }) => what !== 'savepoint' && what !== 'checkpoint')
  // A recovery or rollback is only understood with the change before it.
  const cause = operations.findLast(({ who, change }) => who !== undefined || change !== undefined) ?? last
  // Books that do not count a second change of the same fields speak of an earlier one.
  const before =
    cause && operations.findLast(({ startedAt, what }) => startedAt < cause.startedAt && what !== 'savepoint')
  const written = lastChange(resource)
  const isOlder = written !== undefined && before !== undefined && Date.parse(written) <= Date.parse(before.startedAt)
  const times = [cause?.startedAt, isOlder ? undefined : written].flatMap((text) => (text ? [Date.parse(text)] : []))
  // The API server's books count in whole seconds.
  return times.length === 0
    ? 0
    : Math.floor(Math.min(...times, cause && last ? Date.parse(last.startedAt) : Number.MAX_SAFE_INTEGER) / 1000) * 1000
}

/** Events are told by the second: within one, they come after what was decided in it, and a change of the spec before. */
const orderOf = ({ at, who }: BecauseLine): number => {
  const ms = Date.parse(at)
  return ms % 1000 !== 0 || who === 'you' ? ms : ms + 999
}

/** A change of the spec that no operation tells of (yet). */
const specLines = (
  { resource }: Sources,
  view: StatusView | undefined,
  operations: readonly Operation[],
): BecauseLine[] => {
  const at = lastChange(resource)
  const generation = resource.metadata.generation ?? 0
  if (!at || operations.some((one) => one.generation === generation && one.change)) return []
  const who = lastManager(resource)
  const change = view && view.changes.length > 0 ? view.changes.slice(0, 5).map(changeText).join(', ') : undefined
  const what = change ?? (generation === 1 ? 'created' : 'the spec was written')
  return [{ at, who: 'you', text: `${what} (generation ${generation}${who ? `, by ${who}` : ''})` }]
}

const operationLines = (operation: Operation, kind: Sources['kind']): BecauseLine[] => {
  const { what, change, generation, who, startedAt, because, steps, result, endedAt, why, state, attempts } = operation
  if (what === 'savepoint' || what === 'checkpoint')
    return [
      {
        at: endedAt ?? startedAt,
        who: what,
        text:
          result === 'done'
            ? `${because} completed${state ? ` at ${state}` : ''}`
            : `${because} failed${why ? `: ${why}` : ''}`,
      },
    ]
  if (what === 'fail' || what === 'finish')
    return [
      { at: startedAt, who: 'flink', text: what === 'fail' ? `the job failed: ${because}` : 'the job came to its end' },
    ]
  return [
    ...(change
      ? [
          {
            at: startedAt,
            who: 'you',
            text: `${change.join(', ')} (generation ${generation}${who ? `, by ${who}` : ''})`,
          },
        ]
      : []),
    { at: startedAt, who: what, text: `${because}${attempts ? ` (attempt ${attempts})` : ''}` },
    ...steps.map(({ step, endedAt: at }) => ({ at, who: what, text: stepSentence(step, operation, kind) })),
    ...(result === undefined || endedAt === undefined || (result === 'done' && steps.at(-1)?.endedAt === endedAt)
      ? []
      : [{ at: endedAt, who: what, text: endSentence(operation) }]),
  ]
}

const stepSentence = (step: StepName, { state, what }: Operation, kind: Sources['kind']): string => {
  switch (step) {
    case 'savepoint':
      return `stopped with a savepoint${state ? ` at ${state}` : ''}; the resume point is recorded`
    case 'cancel':
      return `the job is cancelled${state ? `; it resumes from ${state}` : ''}`
    case 'remove':
      return what === 'suspend'
        ? `the cluster is gone${state ? `; it resumes from ${state}` : ''}`
        : 'the old cluster is gone'
    case 'deploy':
      return `${kind === 'FlinkSessionJob' ? 'submitted to its cluster' : 'the new cluster is created'}${state ? `, from ${state}` : ''}`
    case 'start':
      return 'it runs'
  }
}

const endSentence = ({ result, why, what, state }: Operation): string => {
  switch (result) {
    case 'failed':
      return `failed: ${why ?? 'for a reason nobody wrote down'}`
    case 'rolled back':
      return 'did not get stable in time, so it is rolled back'
    case 'superseded':
      return 'left behind by a newer change'
    default:
      return what === 'suspend' ? `suspended${state ? `; it resumes from ${state}` : ''}` : 'done'
  }
}

/** Events that say what an operation says better are left out. */
const eventLine = (event: EventFact, operations: readonly Operation[], { pods }: Sources): BecauseLine[] => {
  if (event.about.kind === 'Pod' && growing.has(event.reason) && pods.known) {
    // What a pod stumbled over while it started or ended is no news once it runs, or is gone.
    const pod = pods.value.find(({ name }) => name === event.about.name)
    if (!pod || pod.ready || (event.reason === 'Unhealthy' && !pod.waits)) return []
  }
  const covered = operations.length > 0 && retold.has(event.reason) && event.type === 'Normal'
  if (covered || event.reason === 'SpecHint') return []
  const who = event.component === 'Job' ? 'flink' : ours.has(event.component) ? 'operator' : 'kubernetes'
  const about = event.about.kind === 'Pod' ? `pod ${event.about.name}: ` : ''
  const times = event.count > 1 ? ` (${event.count} times)` : ''
  return [{ at: new Date(event.at).toISOString(), who, text: `${about}${event.message.split('\n', 1)[0]}${times}` }]
}
const growing = new Set(['FailedMount', 'Unhealthy', 'FailedScheduling'])
const retold = new Set(['SpecChanged', 'Suspended', 'Submit', 'Rollback', 'Scaling', 'RecoverDeployment', 'Cleanup'])
const ours = new Set(['Operator', 'JobManagerDeployment', 'Snapshot', 'flink-kubernetes-operator'])

const nowLine = (sources: Sources, view: StatusView | undefined): BecauseLine => {
  const at = new Date(sources.now).toISOString()
  if (!view) return { at, who: 'now', text: snapshotNow(sources) }
  const waits = waitsForOf(sources, view)
  if (view.refused) return { at, who: 'now', text: `the spec is refused: ${view.error}` }
  if (waits) return { at, who: 'now', text: `waiting for ${waits}` }
  if (view.lifecycle === 'FAILED' && view.job.state === 'FAILED')
    return { at, who: 'now', text: 'the job stays as it failed until the spec changes, or options ask for a restart' }
  if (view.error) return { at, who: 'now', text: view.error }
  return {
    at,
    who: 'now',
    text: isUnderWay(view) ? `${view.lifecycle.toLowerCase()}` : deploymentConditionSentence(sources, view),
  }
}

const snapshotLines = ({ resource }: Sources): BecauseLine[] => {
  const s = (resource['status'] ?? {}) as {
    triggerTimestamp?: string
    resultTimestamp?: string
    state?: string
    path?: string
  }
  const word = (resource['spec'] as { checkpoint?: unknown } | undefined)?.checkpoint ? 'checkpoint' : 'savepoint'
  return [
    ...(s.triggerTimestamp ? [{ at: s.triggerTimestamp, who: word, text: 'asked of Flink' }] : []),
    ...(s.resultTimestamp && s.state
      ? [{ at: s.resultTimestamp, who: word, text: `${s.state.toLowerCase()}${s.path ? ` at ${s.path}` : ''}` }]
      : []),
  ]
}

const snapshotNow = ({ resource }: Sources): string => {
  const { state, path, error } = (resource['status'] ?? {}) as { state?: string; path?: string; error?: string }
  return `${state ?? 'TRIGGER_PENDING'}${path ? ` at ${path}` : ''}${error ? `: ${error}` : ''}`
}
