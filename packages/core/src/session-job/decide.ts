/**
 * What a FlinkSessionJob needs next. The cluster is someone else's: stopping a job removes no cluster, and nothing is decided
 * about a job while its cluster cannot be asked. The job id is written down before the job is submitted under it.
 */
import {
  options,
  read,
  specChangedMessage,
  type FlinkSessionJob,
  type FlinkSessionJobSpec,
  type FlinkSessionJobStatus,
} from '@drey/api'
import { firstOf, unknown, type Decision, type Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { sessionJobConfig } from '../cluster/index.ts'
import { effectiveState } from '../job/effective-state.ts'
import { exceptionNotes } from '../job/exception-notes.ts'
import { toJobStatus, toReconciliationStatus, withoutTrigger } from '../job/draft.ts'
import { eagerMs, patience, progressMs, restMs } from '../job/patience.ts'
import { planRestore } from '../job/plan-restore.ts'
import { planSuspend } from '../job/plan-suspend.ts'
import { savepointProgress } from '../job/savepoint-progress.ts'
import { isTerminal, type JobView, type UpgradeMode } from '../job/view.ts'
import { idFor } from '../ids.ts'
import { recordSpec, type RecordedSpec } from '../spec/index.ts'
import { failedJobError, JOB_NOT_FOUND, lifecycleStateOf, plainError, validationError } from '../status/index.ts'
import { removeOldSnapshots } from '../job/history.ts'
import { followSnapshot } from '../job/legacy-snapshots.ts'
import { mayRescale, planRescale, type RescaleView } from '../job/requirements.ts'
import { pendingTrigger, type SnapshotStep } from '../job/snapshot-facts.ts'
import { msToNextSnapshot, takeSnapshot } from '../job/snapshots.ts'
import type { SessionJobObserved } from './observed.ts'
import { savepointRecord, snapshotSituationOf, withNonce } from './snapshots.ts'
import { confWith, sessionJobJobView, sessionJobViewOf, type SessionJobDraft, type SessionJobView } from './view.ts'

interface Pass {
  view: SessionJobView
  draft: SessionJobDraft
  notes: readonly Note[]
  job: JobView
}
export type SessionJobDecision = Decision<FlinkSessionJobStatus, Action>
type Rule = (pass: Pass) => SessionJobDecision | undefined

export const decideSessionJob = (resource: FlinkSessionJob, observed: SessionJobObserved): SessionJobDecision => {
  const view = sessionJobViewOf(resource, observed)
  const seen = see(view)
  const pass: Pass = { ...seen, view, job: sessionJobJobView(view, seen.draft) }
  return beforeNextSnapshot(pass, firstOf(sessionJobRules, settle)(pass))
}

const answer = (
  pass: Pass,
  a: {
    rule: string
    because: string
    change?: Partial<SessionJobDraft>
    actions?: readonly Action[]
    notes?: readonly Note[]
    lookAgainMs?: number
    finalizer?: 'hold' | 'release'
  },
): SessionJobDecision => {
  const draft = { ...pass.draft, ...a.change }
  const status: FlinkSessionJobStatus = {
    jobStatus: toJobStatus(draft.job),
    ...(draft.error === undefined ? {} : { error: draft.error }),
    ...(draft.observedGeneration === undefined ? {} : { observedGeneration: draft.observedGeneration }),
    reconciliationStatus:
      draft.unreadable === undefined
        ? toReconciliationStatus(draft)
        : { ...toReconciliationStatus(draft), ...pass.view.resource.status?.reconciliationStatus },
    ...(draft.deleting ? { lifecycleState: 'DELETING' as const } : {}),
  }
  return {
    rule: a.rule,
    because: a.because,
    status: { ...status, lifecycleState: lifecycleStateOf('FlinkSessionJob', status) },
    actions: a.actions ?? [],
    events: [...pass.notes, ...(a.notes ?? [])],
    finalizer: a.finalizer ?? 'hold',
    lookAgainMs: a.lookAgainMs ?? restMs,
  }
}

/** What this pass saw of the job. */
const see = (view: SessionJobView): { draft: SessionJobDraft; notes: readonly Note[] } => {
  const draft = view.before
  const recordedState = draft.recorded?.spec.job?.state ?? 'running'
  if (!draft.recorded || draft.job.id === undefined || recordedState === 'suspended' || !view.foundJob.known)
    return { draft: settleStable(draft), notes: [] }
  const found = view.foundJob.value
  if (!found) {
    // Terminal is final, also after Flink forgot the job (W-16); RECONCILING was never seen yet.
    if (isTerminal(draft.job.state) || draft.job.state === 'RECONCILING') return { draft, notes: [] }
    return {
      draft: { ...draft, error: JOB_NOT_FOUND, job: { ...draft.job, state: 'RECONCILING' } },
      notes: [{ type: 'Warning', reason: 'Missing', message: JOB_NOT_FOUND, component: 'Job' }],
    }
  }
  const state = effectiveState(found)
  const { result, checkpoints, exceptions } = view.observed.flink
  const changed = state !== draft.job.state
  const failure = changed && state === 'FAILED' && result?.known ? result.value : undefined
  const latest = isTerminal(state) && checkpoints?.known ? checkpoints.value.latest : undefined
  const next: SessionJobDraft = {
    ...draft,
    error: failure
      ? failedJobError(failure.trace || failure.class)
      : draft.error === JOB_NOT_FOUND
        ? undefined
        : draft.error,
    job: {
      ...draft.job,
      name: found.name,
      startTime: found.startTime,
      state,
      ...(changed ? { updateTime: view.now } : {}),
      ...(latest
        ? { path: latest.path }
        : state === 'CANCELED' && checkpoints?.known && !checkpoints.value.notAddressable
          ? { path: undefined }
          : {}),
    },
  }
  return {
    draft: settleStable(next),
    notes: [
      ...(changed
        ? [
            {
              type: 'Normal' as const,
              reason: 'JobStatusChanged',
              message: draft.job.state
                ? `Job status changed from ${draft.job.state} to ${state}`
                : `Job status changed to ${state}`,
              component: 'Job',
            },
          ]
        : []),
      ...(exceptions?.known ? exceptionNotes(exceptions.value, view.conf) : []),
    ],
  }
}

const settleStable = (draft: SessionJobDraft): SessionJobDraft =>
  draft.state === 'DEPLOYED' && draft.recorded && (draft.job.state === 'RUNNING' || draft.job.state === 'FINISHED')
    ? { ...draft, stable: draft.recorded }
    : draft

const recorded = (
  pass: Pass,
  spec: FlinkSessionJobSpec,
  o: { state: 'running' | 'suspended'; mode?: UpgradeMode; first: boolean },
): RecordedSpec<FlinkSessionJobSpec> => {
  const previous = pass.draft.recorded?.spec.job
  return recordSpec(
    'FlinkSessionJob',
    {
      ...spec,
      job: {
        ...spec.job,
        state: o.state,
        ...(o.mode ? { upgradeMode: o.mode } : {}),
        ...(previous
          ? {
              savepointTriggerNonce: previous.savepointTriggerNonce,
              checkpointTriggerNonce: previous.checkpointTriggerNonce,
            }
          : {}),
      },
    } as FlinkSessionJobSpec,
    { firstDeployment: o.first },
  )
}

const teardown: Rule = function teardown(pass) {
  const { view, draft } = pass
  if (!view.resource.metadata.deletionTimestamp) return undefined
  const deleting: Pass = { ...pass, draft: { ...draft, deleting: true } }
  const notes: Note[] = view.before.deleting
    ? []
    : [{ type: 'Normal', reason: 'Cleanup', message: 'Cleaning up FlinkSessionJob', component: 'Operator' }]
  const release = (because: string) => answer(deleting, { rule: 'teardown', because, finalizer: 'release', notes })
  if (!draft.recorded || draft.job.id === undefined) return release('it was never submitted')
  if (!view.observed.cluster) return release('its session cluster is gone, and the job with it')
  if (isTerminal(draft.job.state)) return release('the job has ended')
  const since = Date.parse(view.resource.metadata.deletionTimestamp)
  const limitMs = read(options.clusters.resourceCleanupTimeout, view.conf)
  if (!view.clusterIsReady || !view.foundJob.known) {
    // With HA the job would come back after we are gone; wait for the cluster, but not for ever.
    if (view.now - since > limitMs)
      return answer(deleting, {
        rule: 'teardown',
        because: 'its session cluster did not answer in time',
        finalizer: 'release',
        notes: [
          ...notes,
          {
            type: 'Warning',
            reason: 'CleanupFailed',
            message: `Job ${draft.job.id} may still run on ${view.clusterName}: the cluster did not answer within ${Math.round(limitMs / 1000)} s.`,
            component: 'Operator',
          },
        ],
      })
    return answer(deleting, {
      rule: 'teardown',
      because: 'waiting for its session cluster to answer',
      notes,
      lookAgainMs: 2_000,
    })
  }
  if (view.foundJob.value === undefined) return release('the cluster does not know the job any more')

  const info = draft.job.savepointInfo
  const jobRef = { cluster: view.cluster, jobId: draft.job.id }
  if (read(options.upgrade.savepointOnDeletion, view.conf) && (draft.job.state === 'RUNNING' || info.triggerId)) {
    if (info.triggerType === 'UPGRADE' && info.triggerId) {
      const progress = progressOf(pass)
      const taken = progress.is === 'taken' ? savepointRecord(view, draft, progress.location) : undefined
      if (progress.is === 'taken')
        return answer(deleting, {
          rule: 'teardown',
          because: `the final savepoint is at ${progress.location}`,
          change: {
            job: {
              ...draft.job,
              state: 'FINISHED',
              path: progress.location,
              savepointInfo: { ...withoutTrigger(info), ...taken?.info },
            },
          },
          actions: taken?.actions ?? [],
          notes: [
            ...notes,
            {
              type: 'Normal',
              reason: 'SavepointCompleted',
              message: `Final savepoint: ${progress.location}`,
              component: 'Job',
            },
          ],
          lookAgainMs: eagerMs,
        })
      if (progress.is !== 'failed')
        return answer(deleting, {
          rule: 'teardown',
          because: progress.because,
          actions: progress.is === 'to be asked again' ? [stopAction(pass, info.triggerId)] : [],
          notes,
          lookAgainMs: eagerMs,
        })
      return answer(deleting, {
        rule: 'teardown',
        because: `no final savepoint: ${progress.why}`,
        change: { job: { ...draft.job, savepointInfo: withoutTrigger(info) } },
        notes: [
          ...notes,
          {
            type: 'Warning',
            reason: 'SavepointError',
            message: `Deleted without a final savepoint: ${progress.why}`,
            component: 'Job',
          },
        ],
        lookAgainMs: eagerMs,
      })
    }
    if (!info.triggerTimestamp) return startSavepoint(deleting, 'teardown', 'savepoint on deletion', 'delete', notes)
  }
  return answer(deleting, {
    rule: 'teardown',
    because: 'the job is being cancelled',
    actions:
      view.foundJob.value.state === 'CANCELLING'
        ? []
        : [{ do: 'cancel', job: jobRef, lenient: true, timeoutMs: pass.job.settings.cancelTimeoutMs }],
    notes,
    lookAgainMs: eagerMs,
  })
}

const refuseRecord: Rule = function refuseRecord(pass) {
  if (pass.draft.unreadable === undefined) return undefined
  const message = `status.reconciliationStatus.lastReconciledSpec cannot be read: ${pass.draft.unreadable}. Nothing is changed until it is repaired or the resource is recreated.`
  return withError(pass, 'refuseRecord', plainError('ReconciliationException', message), message, 'Error')
}

const refuseSpec: Rule = function refuseSpec(pass) {
  const problem = pass.view.problems[0]
  if (!problem || pass.view.phase === 'savepoint' || pass.view.phase === 'cancel') return undefined
  if (pass.view.phase === 'settled' && pass.view.diff?.type === 'IGNORE') return undefined
  return withError(pass, 'refuseSpec', validationError(problem.message), problem.message, 'ValidationError')
}

const withError = (pass: Pass, rule: string, error: string, message: string, reason: string): SessionJobDecision =>
  answer(pass, {
    rule,
    because: message,
    change: { error },
    notes: pass.draft.error === error ? [] : [{ type: 'Warning', reason, message, component: 'Operator' }],
  })

/** Nothing can be done without a cluster that answers; say what is waited for. Its next change wakes the job. */
const awaitCluster: Rule = function awaitCluster(pass) {
  const { view } = pass
  if (view.clusterIsReady) return undefined
  const because = view.observed.cluster
    ? `waiting until session cluster ${view.clusterName} is ready (it is ${view.observed.cluster.status?.jobManagerDeploymentStatus ?? 'not deployed yet'})`
    : `waiting for session cluster ${view.clusterName}, which does not exist yet`
  if (view.phase !== 'first' || view.before.error) return answer(pass, { rule: 'awaitCluster', because })
  return answer(pass, {
    rule: 'awaitCluster',
    because,
    notes: pass.view.resource.status ? [] : [{ type: 'Normal', reason: 'Waiting', message: because, component: 'Job' }],
  })
}

const progressOf = (pass: Pass) =>
  savepointProgress({
    now: pass.view.now,
    since: pass.draft.job.savepointInfo.triggerTimestamp ?? pass.view.now,
    trigger: pass.view.observed.flink.trigger ?? unknown('not asked'),
    state: pass.draft.job.state,
    gone: pass.view.foundJob.known && pass.view.foundJob.value === undefined,
    checkpoints: pass.job.checkpoints,
    checkpointTimeoutMs: pass.job.settings.checkpointTimeoutMs,
  })

const stopAction = (pass: Pass, trigger: string): Action => ({
  do: 'stop-with-savepoint',
  job: { cluster: pass.view.cluster, jobId: pass.draft.job.id ?? '' },
  trigger,
  ...(pass.job.settings.savepointDirectory ? { directory: pass.job.settings.savepointDirectory } : {}),
  drain: pass.job.settings.drain,
  format: pass.job.settings.savepointFormat,
})

const startSavepoint = (
  pass: Pass,
  rule: string,
  because: string,
  purpose: string,
  notes: readonly Note[],
): SessionJobDecision => {
  const { view, draft } = pass
  const trigger = idFor(view.uid, view.generation, purpose, draft.job.id ?? '', view.now)
  return answer(pass, {
    rule,
    because,
    change: {
      job: {
        ...draft.job,
        savepointInfo: {
          ...draft.job.savepointInfo,
          triggerId: trigger,
          triggerTimestamp: view.now,
          triggerType: 'UPGRADE',
          formatType: pass.job.settings.savepointFormat as 'CANONICAL',
        },
      },
    },
    actions: [stopAction(pass, trigger)],
    notes,
    lookAgainMs: eagerMs,
  })
}

const continueOperation: Rule = function continueOperation(pass) {
  const { view, draft } = pass
  const rule = 'continueOperation'
  if (view.phase === 'savepoint') {
    const progress = progressOf(pass)
    const since = draft.job.savepointInfo.triggerTimestamp ?? view.now
    switch (progress.is) {
      case 'waiting':
        return answer(pass, { rule, because: progress.because, lookAgainMs: patience(view.now, since) })
      case 'to be asked again':
        return answer(pass, {
          rule,
          because: progress.because,
          actions: [stopAction(pass, draft.job.savepointInfo.triggerId ?? '')],
          lookAgainMs: eagerMs,
        })
      case 'failed':
        return answer(pass, {
          rule,
          because: `the savepoint failed (${progress.why}); nothing was stopped or lost`,
          change: {
            error: plainError('UpgradeFailureException', `Savepoint failed: ${progress.why}`),
            job: { ...draft.job, savepointInfo: withoutTrigger(draft.job.savepointInfo) },
          },
          notes: [
            {
              type: 'Warning',
              reason: 'SavepointError',
              message: `Savepoint failed: ${progress.why}`,
              component: 'Job',
            },
          ],
          lookAgainMs: progressMs,
        })
      case 'taken': {
        const taken = savepointRecord(view, draft, progress.location)
        const decision = stopped(pass, rule, 'savepoint', `the savepoint is at ${progress.location}`, {
          ...draft.job,
          id: undefined,
          state: 'FINISHED',
          path: progress.location,
          savepointInfo: { ...withoutTrigger(draft.job.savepointInfo), ...taken.info },
        })
        return { ...decision, actions: [...taken.actions, ...decision.actions] }
      }
    }
  }
  if (view.phase === 'cancel') {
    const mode = (draft.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode
    if (isTerminal(draft.job.state)) {
      if (mode !== 'stateless' && !view.observed.flink.checkpoints?.known)
        return answer(pass, {
          rule,
          because: 'the job has ended; its last checkpoint is not known yet',
          lookAgainMs: eagerMs,
        })
      return stopped(pass, rule, mode, 'the job is cancelled', draft.job)
    }
    if (view.foundJob.known && view.foundJob.value === undefined) {
      if (mode === 'stateless') return stopped(pass, rule, mode, 'the job is gone', draft.job)
      return answer(pass, {
        rule,
        because: 'the job disappeared while it was being cancelled: how to go on is decided anew',
        change: { state: 'DEPLOYED', job: { ...draft.job, state: 'RECONCILING' } },
        lookAgainMs: eagerMs,
      })
    }
    return answer(pass, {
      rule,
      because: 'the job is being cancelled',
      actions:
        view.foundJob.known && view.foundJob.value && view.foundJob.value.state !== 'CANCELLING'
          ? [
              {
                do: 'cancel',
                job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
                lenient: false,
                timeoutMs: pass.job.settings.cancelTimeoutMs,
              },
            ]
          : [],
      lookAgainMs: patience(view.now, draft.job.updateTime ?? view.now),
    })
  }
  return view.phase === 'deploy' || view.phase === 'remove' ? continueSubmit(pass) : undefined
}

/** Stopped as wanted: stays so, or is submitted again at once. */
const stopped = (
  pass: Pass,
  rule: string,
  mode: UpgradeMode,
  because: string,
  job: SessionJobDraft['job'],
): SessionJobDecision => {
  const { view } = pass
  const next: Pass = {
    ...pass,
    draft: {
      ...pass.draft,
      state: 'UPGRADING',
      recorded: recorded(pass, view.spec, { state: 'suspended', mode, first: false }),
      observedGeneration: view.generation,
      error: undefined,
      job,
    },
    job: { ...pass.job, path: job.path },
  }
  if (view.spec.job?.state === 'suspended') {
    const record = next.draft.recorded
    return answer(next, {
      rule,
      because: `${because}; suspended`,
      change: { state: 'DEPLOYED', stable: record, timestamp: view.now },
    })
  }
  return submit(next, rule, because, mode)
}

const submit = (
  pass: Pass,
  rule: string,
  because: string,
  mode: UpgradeMode,
  notes: readonly Note[] = [],
): SessionJobDecision => {
  const { view } = pass
  const restore = planRestore(
    { ...pass.job, path: pass.draft.job.path },
    mode === 'last-state' ? 'savepoint' : mode,
    view.spec.job?.upgradeMode === 'stateless' ? 'stateless' : mode,
  )
  if ('refuse' in restore)
    return withError(
      pass,
      rule,
      plainError('UpgradeFailureException', restore.refuse),
      `${restore.refuse} ${restore.fix}`,
      'UpgradeFailed',
    )
  if ('wait' in restore) return answer(pass, { rule, because: restore.wait, lookAgainMs: progressMs })
  const first = view.before.recorded === undefined
  // A first deployment restores by the path alone, whatever the wanted mode says.
  const path = first ? pass.draft.job.path : restore.from === 'path' ? restore.path : undefined
  const used: UpgradeMode = path
    ? 'savepoint'
    : mode === 'savepoint' && restore.from === 'path'
      ? 'savepoint'
      : 'stateless'
  const jobId = idFor(view.uid, view.generation, 'job', view.now)
  const draft: SessionJobDraft = {
    ...pass.draft,
    state: 'UPGRADING',
    recorded: recorded(pass, view.spec, {
      state: 'suspended',
      mode: used,
      first: pass.draft.recorded?.firstDeployment ?? first,
    }),
    observedGeneration: view.generation,
    timestamp: view.now,
    error: undefined,
    job: { ...pass.draft.job, id: jobId, state: 'RECONCILING', path },
  }
  return answer(
    { ...pass, draft },
    {
      rule,
      because,
      actions: [runAction(pass, jobId, path)],
      notes: [...notes, { type: 'Normal', reason: 'Submit', message: 'Starting deployment', component: 'Job' }],
      lookAgainMs: eagerMs,
    },
  )
}

const runAction = (pass: Pass, jobId: string, path: string | undefined): Action => {
  const { view } = pass
  const { job } = view.spec
  const minor = Number(/^v1_(\d+)$/.exec(view.flinkVersion ?? '')?.[1] ?? 99)
  const rendered = sessionJobConfig({
    resource: view.observed.cluster as never,
    config: Object.fromEntries(view.conf),
    name: view.name,
    job: job as never,
  })
  return {
    do: 'run-jar',
    job: { cluster: view.cluster, jobId },
    run: {
      jarUri: job?.jarURI ?? null,
      headers: read(options.artifacts.artifactsHttpHeaders, view.conf) ?? {},
      ...(job?.entryClass ? { entryClass: job.entryClass } : {}),
      ...(job?.args ? { args: job.args } : {}),
      ...(job?.parallelism ? { parallelism: job.parallelism } : {}),
      ...(path ? { savepointPath: path } : {}),
      ...(job?.allowNonRestoredState !== undefined ? { allowNonRestoredState: job.allowNonRestoredState } : {}),
      modeField: minor >= 20 ? 'claimMode' : 'restoreMode',
      ...(minor >= 17 && rendered.ok ? { flinkConfiguration: rendered.value.config } : {}),
    },
    timeoutMs: read(options.clusters.jobSubmissionTimeout, view.conf),
  }
}

/** Submitted, or about to be: adopt the job under the recorded id, or submit it again under the same id. */
const continueSubmit = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const rule = 'continueOperation'
  if (!view.foundJob.known)
    return answer(pass, {
      rule,
      because: `the session cluster cannot be asked: ${view.foundJob.why}`,
      lookAgainMs: progressMs,
    })
  const found = view.foundJob.value
  if (found && draft.job.state === 'RECONCILING' && found.state !== 'CANCELED' && found.state !== 'CANCELLING') {
    const spec = draft.recorded?.spec ?? view.spec
    return answer(pass, {
      rule,
      because: 'the job is on its cluster',
      change: {
        state: 'DEPLOYED',
        recorded: recorded(pass, spec, { state: 'running', first: draft.recorded?.firstDeployment ?? true }),
        error: undefined,
      },
      lookAgainMs: eagerMs,
    })
  }
  const mode = (draft.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode
  const sameAttempt =
    draft.job.id !== undefined && draft.job.state === 'RECONCILING' && draft.observedGeneration === view.generation
  if (view.spec.job?.state === 'suspended' && !sameAttempt) return stopped(pass, rule, mode, 'not submitted', draft.job)
  if (!sameAttempt) return submit(pass, rule, 'the spec is submitted', mode)
  const failure = view.observed.lastFailure
  const message = failure?.generation === view.generation ? failure.message : undefined
  const error = message === undefined ? undefined : plainError('ReconciliationException', message)
  return answer(pass, {
    rule,
    because:
      message === undefined
        ? 'submitted under an id the cluster does not know yet: submit again under the same id'
        : `the last attempt failed: ${message}`,
    change: error === undefined ? {} : { error },
    actions: [runAction(pass, draft.job.id ?? '', draft.job.path)],
    notes:
      error === undefined || draft.error === error
        ? []
        : [{ type: 'Warning', reason: 'Error', message: message ?? '', component: 'Job' }],
    lookAgainMs: eagerMs,
  })
}

const firstDeploy: Rule = function firstDeploy(pass) {
  const { view } = pass
  if (view.phase !== 'first') return undefined
  if (view.spec.job?.state === 'suspended')
    return answer(pass, { rule: 'firstDeploy', because: 'suspended from birth' })
  const initial = view.spec.job?.initialSavepointPath || undefined
  return submit(
    { ...pass, draft: { ...pass.draft, job: { ...pass.draft.job, path: initial } } },
    'firstDeploy',
    initial ? `first deployment, from ${initial}` : 'first deployment',
    initial ? 'savepoint' : 'stateless',
  )
}

/** Only vertex parallelism changed: the running job gets new requirements; written down once Flink has them. */
const rescale: Rule = function rescale(pass) {
  const { view, draft } = pass
  if (!isScaleChange(view) || !draft.recorded) return undefined
  const plan = planRescale({ ...rescaleViewOf(view, draft), requirements: view.observed.flink.requirements })
  switch (plan.by) {
    case 'upgrade':
      return undefined
    case 'nothing':
      return answer(pass, {
        rule: 'rescale',
        because: 'the job has the wanted requirements',
        change: {
          recorded: recorded(pass, view.spec, {
            state: 'running',
            mode: (draft.recorded.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode,
            first: false,
          }),
          observedGeneration: view.generation,
          timestamp: view.now,
          error: undefined,
        },
      })
    case 'requirements':
      return answer(pass, {
        rule: 'rescale',
        because: 'only vertex parallelism changed: the running job gets new requirements',
        actions: [
          {
            do: 'rescale',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            requirements: plan.requirements,
          },
        ],
        notes: [
          ...(view.diff && draft.observedGeneration !== view.generation
            ? [
                {
                  type: 'Normal' as const,
                  reason: 'SpecChanged',
                  message: specChangedMessage('FlinkSessionJob', view.diff),
                  component: 'JobManagerDeployment',
                },
              ]
            : []),
          { type: 'Normal', reason: 'Scaling', message: 'In-place scaling triggered', component: 'Job' },
        ],
        lookAgainMs: eagerMs,
      })
  }
}

const isScaleChange = (view: SessionJobView): boolean =>
  view.phase === 'settled' &&
  view.before.state === 'DEPLOYED' &&
  view.problems.length === 0 &&
  view.diff?.type === 'SCALE'

const rescaleViewOf = (view: SessionJobView, draft: SessionJobDraft): Omit<RescaleView, 'requirements'> => {
  const failure = view.observed.lastFailure
  return {
    before: confWith(view, draft.recorded?.spec.flinkConfiguration),
    after: view.conf,
    flinkVersion: view.flinkVersion,
    state: draft.job.state,
    lastFailure: failure?.generation === view.generation ? failure.message : undefined,
  }
}

const upgrade: Rule = function upgrade(pass) {
  const { view, draft } = pass
  const rule = 'upgrade'
  if (view.phase !== 'settled' || !view.diff || !draft.recorded) return undefined
  const isSuspended = draft.recorded.spec.job?.state === 'suspended'
  if (view.diff.type === 'IGNORE' && !(isSuspended && view.spec.job?.state !== 'suspended')) return undefined
  const notes: Note[] =
    view.diff.type === 'IGNORE' || draft.observedGeneration === view.generation
      ? []
      : [
          {
            type: 'Normal',
            reason: 'SpecChanged',
            message: specChangedMessage('FlinkSessionJob', view.diff),
            component: 'Operator',
          },
        ]
  const because = view.diff.changes[0] ? `${view.diff.changes[0].path} changed` : 'it is to run again'
  const mode = (draft.recorded.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode
  if (isSuspended) {
    if (view.spec.job?.state === 'suspended')
      return answer(pass, {
        rule,
        because: 'suspended; the change takes effect when it is resumed',
        notes,
        change: { observedGeneration: view.generation },
      })
    return submit(
      pass,
      rule,
      'resumed by the user',
      view.diff.type === 'SAVEPOINT_REDEPLOY' ? 'savepoint' : mode,
      notes,
    )
  }
  const redeploy = view.diff.type === 'SAVEPOINT_REDEPLOY'
  const suspend = redeploy
    ? isTerminal(draft.job.state)
      ? ({ by: 'nothing', restore: 'savepoint', because: 'savepointRedeployNonce changed' } as const)
      : ({ by: 'discard', restore: 'stateless', because: 'savepointRedeployNonce changed' } as const)
    : planSuspend(pass.job)
  const suspending: Note = {
    type: 'Normal',
    reason: 'Suspended',
    message: 'Suspending existing deployment.',
    component: 'Job',
  }
  switch (suspend.by) {
    case 'wait':
      return suspend.idle
        ? undefined
        : answer(pass, { rule, because: `${because}; ${suspend.because}`, notes, lookAgainMs: progressMs })
    case 'refuse':
      return withError(
        pass,
        rule,
        plainError('UpgradeFailureException', suspend.because),
        `${suspend.because} ${suspend.fix}`,
        'UpgradeFailed',
      )
    case 'savepoint': {
      const last = draft.job.savepointInfo.triggerTimestamp
      if (last && view.now - last < restMs && draft.error)
        return answer(pass, {
          rule,
          because: 'the last savepoint failed; the next attempt waits',
          lookAgainMs: restMs - (view.now - last),
        })
      return startSavepoint(pass, rule, `${because}; ${suspend.because}: stop with savepoint first`, 'suspend', [
        ...notes,
        suspending,
      ])
    }
    case 'cancel':
    case 'discard': {
      const keeps: UpgradeMode = suspend.by === 'discard' ? 'stateless' : 'savepoint'
      return answer(pass, {
        rule,
        because: `${because}; ${suspend.because}`,
        change: {
          state: 'UPGRADING',
          recorded: recorded(pass, draft.recorded.spec, { state: 'running', mode: keeps, first: false }),
          job: {
            ...draft.job,
            state: 'CANCELLING',
            updateTime: view.now,
            ...(redeploy ? { path: view.spec.job?.initialSavepointPath || undefined } : {}),
          },
        },
        actions: [
          {
            do: 'cancel',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            lenient: keeps === 'stateless',
            timeoutMs: pass.job.settings.cancelTimeoutMs,
          },
        ],
        notes: [...notes, suspending],
        lookAgainMs: eagerMs,
      })
    }
    default: {
      const job = redeploy ? { ...draft.job, path: view.spec.job?.initialSavepointPath || undefined } : draft.job
      return stopped(
        { ...pass, notes: [...pass.notes, ...notes] },
        rule,
        suspend.restore,
        `${because}; ${suspend.because}`,
        job,
      )
    }
  }
}

/** The cluster lost the job although nobody asked for that: without state to lose, submit it again. */
const restartJob: Rule = function restartJob(pass) {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded || draft.recorded.spec.job?.state === 'suspended') return undefined
  const lost = draft.job.state === 'RECONCILING' && view.foundJob.known && view.foundJob.value === undefined
  const failed = draft.job.state === 'FAILED' && read(options.upgrade.restartFailedJob, view.conf)
  const stateless = (view.spec.job?.upgradeMode ?? 'stateless') === 'stateless'
  if (!failed && !(lost && stateless)) return undefined
  if (failed && !stateless && !pass.job.checkpoints.known) return undefined
  return submit(
    pass,
    'restartJob',
    lost ? 'its cluster lost the job' : 'the job failed and is to be restarted',
    stateless ? 'stateless' : 'savepoint',
  )
}

/** A savepoint under way in the status holds back everything else, unless the options say otherwise. */
const pendingSnapshot: Rule = function pendingSnapshot(pass) {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded) return undefined
  const step = followSnapshot(snapshotSituationOf(view, draft))
  if (!step) return undefined
  const holdsBack = step.kind === 'savepoint' && !read(options.upgrade.ignorePendingSavepoint, view.conf)
  return step.waits && !holdsBack ? undefined : answerStep(pass, 'pendingSnapshot', step)
}

/** Snapshots that are due by nonce or schedule, and old ones that go. */
const snapshots: Rule = function snapshots(pass) {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded || view.problems.length > 0) return undefined
  if (!view.foundJob.known || !view.foundJob.value) return undefined
  const situation = snapshotSituationOf(view, draft)
  const step = takeSnapshot(situation) ?? removeOldSnapshots(situation)
  return step && answerStep(pass, 'snapshots', step)
}

const answerStep = (pass: Pass, rule: string, step: SnapshotStep): SessionJobDecision => {
  const { draft, view } = pass
  const next = step.handled && draft.recorded && withNonce(draft.recorded, step.handled, view.spec)
  return answer(pass, {
    rule,
    because: step.because,
    change: {
      ...(step.job ? { job: step.job } : {}),
      ...(next
        ? {
            recorded: next,
            ...(draft.stable?.text === draft.recorded?.text ? { stable: next } : {}),
            timestamp: view.now,
            observedGeneration: view.generation,
          }
        : {}),
    },
    actions: step.actions ?? [],
    notes: step.notes ?? [],
    lookAgainMs: step.lookAgainMs ?? (step.job || next ? eagerMs : restMs),
  })
}

/** Periods are kept to the second, not to the next look. */
const beforeNextSnapshot = ({ view, draft }: Pass, decision: SessionJobDecision): SessionJobDecision => {
  if (view.phase !== 'settled' || !draft.recorded || view.resource.metadata.deletionTimestamp) return decision
  const leftMs = msToNextSnapshot(snapshotSituationOf(view, draft))
  return leftMs === undefined || leftMs >= decision.lookAgainMs ? decision : { ...decision, lookAgainMs: leftMs }
}

/** The order is part of the behaviour; a test pins it. */
export const sessionJobRules: readonly Rule[] = [
  teardown,
  refuseRecord,
  refuseSpec,
  awaitCluster,
  continueOperation,
  firstDeploy,
  pendingSnapshot,
  rescale,
  upgrade,
  restartJob,
  snapshots,
]

const settle = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const unchanged = view.diff?.type === 'IGNORE' && view.problems.length === 0
  const running = draft.job.state === 'RUNNING'
  const cancelled = draft.job.state === 'CANCELED' && draft.recorded?.spec.job?.state !== 'suspended' && draft.recorded
  return answer(pass, {
    rule: 'settle',
    because: `the job is ${draft.job.state ?? 'not submitted'}`,
    change: {
      ...(unchanged ? { observedGeneration: view.generation } : {}),
      ...(unchanged && running ? { error: undefined } : {}),
      ...(cancelled ? { recorded: recorded(pass, cancelled.spec, { state: 'suspended', first: false }) } : {}),
    },
    lookAgainMs:
      running || isTerminal(draft.job.state) || draft.job.state === undefined
        ? restMs
        : patience(view.now, Math.max(draft.timestamp, draft.job.updateTime ?? 0)),
  })
}

/** Which questions a pass has for the session cluster. */
export const sessionJobQuestions = (
  resource: FlinkSessionJob,
  observed: SessionJobObserved,
): readonly (keyof SessionJobObserved['flink'])[] => {
  const view = sessionJobViewOf(resource, observed)
  const { before, phase } = view
  if (!view.clusterIsReady || phase === 'first') return []
  const deleting = Boolean(resource.metadata.deletionTimestamp)
  const asleep =
    before.recorded?.spec.job?.state === 'suspended' && phase === 'settled' && view.diff?.type === 'IGNORE' && !deleting
  if (asleep) return []
  const asked = observed.flink
  if (!asked.jobs)
    return [
      'jobs',
      ...(phase === 'savepoint' || pendingTrigger('savepoint', before.job) ? (['trigger'] as const) : []),
      ...(pendingTrigger('checkpoint', before.job) ? (['checkpointTrigger'] as const) : []),
    ]
  const found = view.foundJob.known ? view.foundJob.value : undefined
  if (!found) return []
  const state = effectiveState(found)
  const wants: (keyof SessionJobObserved['flink'])[] = []
  const changing = phase !== 'settled' || (view.diff !== undefined && view.diff.type !== 'IGNORE')
  if (
    !asked.checkpoints &&
    (changing || (isTerminal(state) && (state !== before.job.state || before.job.path === undefined)))
  )
    wants.push('checkpoints')
  const withState = { ...before, job: { ...before.job, state } }
  if (!asked.requirements && isScaleChange(view) && mayRescale(rescaleViewOf(view, withState)) === true)
    wants.push('requirements')
  if (!asked.result && state === 'FAILED' && before.job.state !== 'FAILED') wants.push('result')
  if (!asked.exceptions && state !== 'RUNNING' && state !== before.job.state) wants.push('exceptions')
  return wants
}
