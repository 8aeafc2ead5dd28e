/**
 * What one pass means for the history of its resource, from the status before and the status after alone. Most passes mean nothing,
 * and say so after comparing a handful of texts.
 */
import {
  diffDeployment,
  diffSessionJob,
  isSecretKey,
  type FlinkDeploymentSpec,
  type FlinkDeploymentStatus,
  type FlinkSessionJobStatus,
  type FlinkStateSnapshot,
  type FlinkStateSnapshotStatus,
} from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Change } from '@drey/schema'
import { idFor } from '../ids.ts'
import { phaseOf, type Phase } from '../job/phase.ts'
import { lastStateMark } from '../job/view.ts'
import { readRecordedSpec, type RecordedSpec } from '../spec/index.ts'
import { errorMessage, lifecycleStateOf } from '../status/index.ts'
import { masks } from './mask.ts'
import type { Operation, OperationEvent, OperationName, StepName } from './operations.ts'

export interface HistoryPass {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  /** as it was decided about */
  resource: KubeObject & { spec?: unknown; status?: unknown }
  /** the status that was written */
  status: FlinkDeploymentStatus | FlinkSessionJobStatus
  rule: string
  because: string
  now: number
}

export const operationEvents = (pass: HistoryPass): OperationEvent[] => {
  const status = pass.resource.status as FlinkDeploymentStatus | undefined
  if (!isMoved(status, pass.status)) return []
  const before = standOf(pass.kind, status)
  const after = standOf(pass.kind, pass.status)
  const at = new Date(pass.now).toISOString()
  return [...changes(pass, before, after, at), ...snapshotEvents(pass, before, after)]
}

/** What is true now about an operation that was perhaps under way when nobody looked. */
export const endEvent = (
  kind: HistoryPass['kind'],
  status: FlinkDeploymentStatus | FlinkSessionJobStatus,
  now: number,
): OperationEvent | undefined => {
  const stand = standOf(kind, status)
  return stand.ended && ending(stand, new Date(now).toISOString())
}

/** Of a status, what tells where an operation is. */
interface Stand {
  phase: Phase
  state: string
  recorded: RecordedSpec<FlinkDeploymentSpec> | undefined
  suspended: boolean
  /** session clusters have no state of their own to resume from */
  hasJob: boolean
  jobState: string | undefined
  path: string | undefined
  timestamp: number
  generation: number | undefined
  /** where no further step is due, or none can be done */
  ended: 'running' | 'suspended' | 'failed' | 'finished' | undefined
  error: string | undefined
  trigger: string | undefined
  lastSavepoint: { timeStamp?: number | null; location?: string | null; triggerType?: string | null } | undefined
}

const isMoved = (before: FlinkDeploymentStatus | undefined, after: FlinkDeploymentStatus): boolean =>
  before?.reconciliationStatus?.state !== after.reconciliationStatus?.state ||
  before?.reconciliationStatus?.lastReconciledSpec !== after.reconciliationStatus?.lastReconciledSpec ||
  before?.reconciliationStatus?.lastStableSpec !== after.reconciliationStatus?.lastStableSpec ||
  before?.jobManagerDeploymentStatus !== after.jobManagerDeploymentStatus ||
  before?.jobStatus?.state !== after.jobStatus?.state ||
  before?.jobStatus?.savepointInfo?.triggerId !== after.jobStatus?.savepointInfo?.triggerId ||
  before?.jobStatus?.savepointInfo?.lastSavepoint?.timeStamp !==
    after.jobStatus?.savepointInfo?.lastSavepoint?.timeStamp

const standOf = (
  kind: HistoryPass['kind'],
  status: FlinkDeploymentStatus | FlinkSessionJobStatus | undefined,
): Stand => {
  const { reconciliationStatus, jobStatus, error } = status ?? {}
  const jobManager =
    kind === 'FlinkSessionJob'
      ? 'MISSING'
      : ((status as FlinkDeploymentStatus)?.jobManagerDeploymentStatus ?? 'MISSING')
  const recorded = readRecordedSpec<FlinkDeploymentSpec>(reconciliationStatus?.lastReconciledSpec)
  const hasJob = kind === 'FlinkSessionJob' || recorded?.spec.job !== undefined
  const recordedJobState = hasJob && recorded ? (recorded.spec.job?.state ?? 'running') : undefined
  const state = reconciliationStatus?.state ?? 'UPGRADING'
  const info = jobStatus?.savepointInfo
  const phase = phaseOf({
    recorded: recorded !== undefined,
    state,
    recordedJobState,
    jobManager,
    upgradeTrigger: info?.triggerType === 'UPGRADE' ? (info.triggerId ?? undefined) : undefined,
  })
  const lifecycle = lifecycleStateOf(kind, status)
  const jobState = jobStatus?.state ?? undefined
  const serves = hasJob ? jobState === 'RUNNING' : jobManager === 'READY'
  return {
    phase,
    state,
    recorded,
    suspended: recordedJobState === 'suspended',
    hasJob,
    jobState,
    path: jobStatus?.upgradeSavepointPath || undefined,
    timestamp: reconciliationStatus?.reconciliationTimestamp ?? 0,
    generation: status?.observedGeneration ?? undefined,
    ended:
      phase !== 'settled'
        ? undefined
        : recordedJobState === 'suspended'
          ? 'suspended'
          : jobState === 'FINISHED'
            ? 'finished'
            : lifecycle === 'FAILED'
              ? 'failed'
              : serves
                ? 'running'
                : undefined,
    error: error ? errorMessage(error) : undefined,
    trigger: info?.triggerId ?? undefined,
    lastSavepoint: info?.lastSavepoint ?? undefined,
  }
}

const isUnderWay = (phase: Phase): phase is StepName & Phase => phase !== 'settled' && phase !== 'first'

const changes = (pass: HistoryPass, before: Stand, after: Stand, at: string): OperationEvent[] => {
  const operation = (): Operation => operationOf(pass, before, after, at)
  const started = !isUnderWay(before.phase) && isUnderWay(after.phase)
  if (started) return [{ do: 'begin', operation: operation() }]
  if (isUnderWay(before.phase)) {
    // An order to stop that failed or was taken back leaves everything as it was.
    const undone =
      (before.phase === 'savepoint' || before.phase === 'cancel') && after.phase === 'settled' && !after.suspended
    if (undone && after.jobState !== 'FINISHED')
      return [{ do: 'end', result: 'failed', why: masks().text(pass.because), at, operation: operation() }]
    if (after.phase === before.phase) return []
    const step: OperationEvent = {
      do: 'step',
      step: before.phase,
      at,
      operation: operation(),
      ...stateOf(before, after),
    }
    return after.ended === undefined ? [step] : [step, ending(after, at)]
  }
  if (before.phase !== 'settled' || after.phase !== 'settled') return []
  if (!before.suspended && after.suspended)
    return [{ do: 'begin', operation: { ...operation(), what: 'suspend' } }, ending(after, at)]
  if (pass.rule === 'rescale' && before.recorded?.text !== after.recorded?.text)
    return [
      { do: 'note', operation: { ...operation(), what: 'rescale', state: 'in place', result: 'done', endedAt: at } },
    ]
  if (before.ended === after.ended || after.ended === undefined) return []
  const surprise = after.ended === 'failed' || after.ended === 'finished'
  if (surprise && before.ended === 'running') return [{ do: 'note', operation: surpriseOf(pass, after, at) }]
  return [ending(after, at)]
}

/** What the job resumes from, as soon as that is decided. */
const stateOf = (before: Stand, after: Stand): { state?: string } => {
  if (!after.hasJob) return {}
  if (after.phase === 'settled' && after.suspended) return { state: restoredFrom(after) }
  if (before.phase !== 'savepoint' && before.phase !== 'cancel' && after.phase !== 'deploy') return {}
  return { state: restoredFrom(after) }
}

const restoredFrom = ({ recorded, path, state, phase }: Stand): string => {
  const mode = recorded?.spec.job?.upgradeMode ?? 'stateless'
  if (phase === 'deploy' && state !== 'ROLLING_BACK' && mode === 'stateless') return 'nothing'
  if (mode === 'last-state') return 'HA metadata'
  return path === undefined ? 'nothing' : shownPath(path)
}

const shownPath = (path: string): string => (path === lastStateMark ? 'HA metadata' : masks().text(path))

const ending = (stand: Stand, at: string): OperationEvent => ({
  do: 'end',
  result: stand.ended === 'failed' ? 'failed' : 'done',
  at,
  ...(stand.ended === 'failed' ? { why: masks().text(stand.error ?? 'the job failed') } : {}),
})

const operationOf = (pass: HistoryPass, before: Stand, after: Stand, at: string): Operation => {
  const { metadata } = pass.resource
  const what = nameOf(pass, before, after)
  const generation = what === 'rollback' ? (before.generation ?? 0) : (metadata.generation ?? 0)
  const bySpec = what !== 'recover' && what !== 'rollback' && !['restartJob', 'unhealthy', 'settle'].includes(pass.rule)
  const change = bySpec ? changesOf(pass, before) : []
  const who = bySpec ? lastManager(pass.resource) : undefined
  return {
    id: idFor(metadata.uid ?? '', what, generation, before.timestamp, after.trigger ?? before.trigger ?? '').slice(
      0,
      8,
    ),
    what,
    generation,
    ...(before.generation !== undefined && before.generation !== generation ? { from: before.generation } : {}),
    ...(change.length > 0 ? { change } : {}),
    because: reasonOf(pass),
    ...(who ? { who } : {}),
    startedAt: at,
    steps: [],
    ...(after.phase === 'deploy' && after.hasJob ? { state: restoredFrom(after) } : {}),
  }
}

/** What a rule waits for just now is not why it began. */
const reasonOf = ({ rule, because }: HistoryPass): string =>
  rule === 'settle'
    ? 'somebody cancelled the job; it resumes from its last checkpoint'
    : masks().text(because.replace(/; waiting for .*$/s, ''))

const nameOf = ({ rule, resource }: HistoryPass, before: Stand, after: Stand): OperationName => {
  if (before.phase === 'first' || (after.recorded?.firstDeployment && before.phase === 'deploy')) return 'deploy'
  if (after.state === 'ROLLING_BACK') return 'rollback'
  if (rule === 'recoverCluster') return 'recover'
  if (rule === 'restartJob' || rule === 'unhealthy') return 'restart'
  const wanted = (resource.spec as FlinkDeploymentSpec | undefined) ?? {}
  if (wanted.job?.state === 'suspended') return 'suspend'
  if (before.suspended && !isUnderWay(before.phase)) return 'resume'
  const old = before.recorded?.spec
  if (old?.job?.savepointRedeployNonce !== wanted.job?.savepointRedeployNonce && wanted.job?.savepointRedeployNonce)
    return 'redeploy'
  if (old && old.restartNonce !== wanted.restartNonce) {
    const others = changesOf({ kind: 'FlinkDeployment', resource } as HistoryPass, before).filter(
      (one) => !one.startsWith('restartNonce'),
    )
    if (others.length === 0) return 'restart'
  }
  return 'upgrade'
}

const changesOf = ({ kind, resource }: HistoryPass, before: Stand): string[] => {
  if (!before.recorded) return []
  const now = (resource.spec ?? {}) as never
  const { changes } =
    kind === 'FlinkDeployment'
      ? diffDeployment(before.recorded.spec, now)
      : diffSessionJob(before.recorded.spec as never, now, 'native')
  // The recorded upgrade mode says how the last start found its state; beside other changes it is no news.
  const news = changes.filter(({ path }) => path !== 'job.upgradeMode')
  const weighed = [...news.filter(({ type }) => type !== 'IGNORE'), ...news.filter(({ type }) => type === 'IGNORE')]
  return (weighed.length > 0 ? weighed : changes).map(changeText)
}

/** `image: orders:41 → orders:42`; what may be secret is not shown. */
export const changeText = ({ path, old, new: now }: Change): string => {
  const secret = isSecretKey(path)
  const text = (value: unknown): string =>
    value === null || value === undefined
      ? 'unset'
      : secret
        ? '******'
        : masks()
            .text(typeof value === 'string' ? value : JSON.stringify(masks().value(value)))
            .slice(0, 80)
  return `${path}: ${text(old)} → ${text(now)}`
}

/** Who changed the spec last, by the API server's own books. */
export const lastManager = ({ metadata }: KubeObject): string | undefined => {
  const entries = (metadata.managedFields ?? []) as {
    manager?: string
    time?: string
    subresource?: string
    fieldsV1?: object
  }[]
  return entries
    .filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 !== undefined && 'f:spec' in fieldsV1)
    .toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? ''))
    .at(-1)?.manager
}

const surpriseOf = ({ resource, because }: HistoryPass, after: Stand, at: string): Operation => {
  const failed = after.ended === 'failed'
  return {
    id: idFor(resource.metadata.uid ?? '', after.ended ?? '', after.generation ?? 0, at).slice(0, 8),
    what: failed ? 'fail' : 'finish',
    generation: after.generation ?? 0,
    because: failed ? masks().text(after.error ?? because) : 'the job came to its end',
    startedAt: at,
    endedAt: at,
    result: failed ? 'failed' : 'done',
    steps: [],
    ...(after.path ? { state: shownPath(after.path) } : {}),
  }
}

/** Savepoints kept in the status itself; those of upgrades belong to the upgrade. */
const snapshotEvents = ({ resource }: HistoryPass, before: Stand, after: Stand): OperationEvent[] => {
  const { lastSavepoint } = after
  if (!lastSavepoint?.timeStamp || lastSavepoint.timeStamp === before.lastSavepoint?.timeStamp) return []
  if (lastSavepoint.triggerType === 'UPGRADE' || !before.recorded) return []
  const at = new Date(lastSavepoint.timeStamp).toISOString()
  return [
    {
      do: 'note',
      operation: {
        id: idFor(resource.metadata.uid ?? '', 'savepoint', at).slice(0, 8),
        what: 'savepoint',
        generation: after.generation ?? 0,
        because: `${String(lastSavepoint.triggerType ?? 'manual').toLowerCase()} savepoint`,
        startedAt: at,
        endedAt: at,
        result: 'done',
        steps: [],
        ...(lastSavepoint.location ? { state: shownPath(lastSavepoint.location) } : {}),
      },
    },
  ]
}

/** A FlinkStateSnapshot that came to its end, for the history of its job. */
export const snapshotOperation = (
  { metadata, spec, status: before }: FlinkStateSnapshot,
  status: FlinkStateSnapshotStatus,
  now: number,
): OperationEvent | undefined => {
  const { state } = status
  if (state === before?.state || (state !== 'COMPLETED' && state !== 'FAILED' && state !== 'ABANDONED'))
    return undefined
  const trigger = metadata.labels?.['snapshot.trigger-type'] ?? 'MANUAL'
  if (trigger === 'UPGRADE' || spec?.savepoint?.alreadyExists) return undefined
  const done = state === 'COMPLETED'
  const what = spec?.checkpoint ? 'checkpoint' : 'savepoint'
  return {
    do: 'note',
    operation: {
      id: idFor(metadata.uid ?? '', what).slice(0, 8),
      what,
      generation: 0,
      because: `${trigger.toLowerCase()} ${what} ${metadata.name}`,
      startedAt: status.triggerTimestamp ?? new Date(now).toISOString(),
      endedAt: status.resultTimestamp ?? new Date(now).toISOString(),
      result: done ? 'done' : 'failed',
      steps: [],
      ...(status.path ? { state: shownPath(status.path) } : {}),
      ...(done || !status.error ? {} : { why: masks().text(errorMessage(status.error)) }),
    },
  }
}
