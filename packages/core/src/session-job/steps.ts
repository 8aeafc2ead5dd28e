/**
 * The steps every change of a session job consists of: stop it, submit it. A submission is written down with its job id first, and may
 * be repeated as often as one likes: the cluster refuses a second job of the same id.
 */
import { options, read, type FlinkSessionJobSpec } from '@drey/api'
import type { Note } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { sessionJobConfig } from '../cluster/index.ts'
import { idFor } from '../ids.ts'
import { eagerMs } from '../job/patience.ts'
import { planRestore, wantedMode } from '../job/plan-restore.ts'
import { stopWithSavepoint, withUpgradeTrigger } from '../job/stop-with-savepoint.ts'
import type { UpgradeMode } from '../job/view.ts'
import { plainError } from '../status/index.ts'
import { answer, record, restoreModeOf, withError, type Pass, type SessionJobDecision } from './pass.ts'
import { confWith, type SessionJobDraft } from './view.ts'

/** Where the next start is to find its state: the recorded way, unless a redeploy nonce names another. */
export const nextStart = (pass: Pass): { mode: UpgradeMode; path: string | undefined; redeploys: boolean } => {
  const { view, draft } = pass
  return view.diff?.type === 'SAVEPOINT_REDEPLOY' && view.target.why === 'user'
    ? { mode: 'savepoint', path: view.spec.job?.initialSavepointPath || undefined, redeploys: true }
    : { mode: restoreModeOf(draft), path: draft.job.path, redeploys: false }
}

/** Stopped as wanted: stays so, or is submitted again at once. */
export const stopped = (
  pass: Pass,
  rule: string,
  because: string,
  o: { mode: UpgradeMode; job: SessionJobDraft['job']; redeploys?: boolean },
): SessionJobDecision => {
  const { view } = pass
  const next: Pass = {
    ...pass,
    draft: {
      ...pass.draft,
      state: 'UPGRADING',
      recorded: record(pass, view.spec, {
        state: 'suspended',
        mode: o.mode,
        first: false,
        redeploys: o.redeploys ?? false,
      }),
      observedGeneration: view.generation,
      error: undefined,
      job: o.job,
    },
    job: { ...pass.job, path: o.job.path, ...(o.redeploys ? { legacySavepoint: undefined } : {}) },
  }
  if (view.spec.job?.state === 'suspended')
    return answer(next, {
      rule,
      because: `${because}; suspended`,
      change: { state: 'DEPLOYED', stable: next.draft.recorded, timestamp: view.now },
    })
  return submit(next, rule, because, { mode: o.mode })
}

export const submit = (
  pass: Pass,
  rule: string,
  because: string,
  o: { mode: UpgradeMode; notes?: readonly Note[]; keepId?: boolean },
): SessionJobDecision => {
  const { view } = pass
  const rollingBack = pass.draft.state === 'ROLLING_BACK'
  const spec: FlinkSessionJobSpec | undefined = rollingBack ? pass.draft.stable?.spec : view.spec
  if (!spec) return answer(pass, { rule, because: 'there is no stable spec to roll back to' })
  // A session job finds its state by its path alone; there is no HA metadata of its own.
  const mode = o.mode === 'last-state' ? 'savepoint' : o.mode
  const path = pass.draft.job.path
  const restore = planRestore(
    { ...pass.job, path },
    mode,
    rollingBack ? mode : wantedMode({ recorded: pass.draft.recorded?.spec.job, wanted: spec.job, path }),
  )
  if ('refuse' in restore)
    return withError(
      pass,
      rule,
      plainError('UpgradeFailureException', restore.refuse),
      `${restore.refuse} ${restore.fix}`,
      'UpgradeFailed',
    )
  const first = view.before.recorded === undefined
  // A first submission restores by the path alone, whatever the wanted mode says.
  const from = first ? path : restore.from === 'path' ? restore.path : undefined
  const used: UpgradeMode = from || (mode === 'savepoint' && restore.from === 'path') ? 'savepoint' : 'stateless'
  const jobId = (o.keepId ? pass.draft.job.id : undefined) ?? idFor(view.uid, view.generation, 'job', view.now)
  return answer(pass, {
    rule,
    because,
    change: {
      ...(rollingBack
        ? {}
        : {
            state: 'UPGRADING' as const,
            recorded: record(pass, spec, {
              state: 'suspended',
              mode: used,
              first: pass.draft.recorded?.firstDeployment ?? first,
            }),
            observedGeneration: view.generation,
          }),
      timestamp: view.now,
      error: undefined,
      job: { ...pass.draft.job, id: jobId, state: 'RECONCILING', path: from },
    },
    actions: [runAction(pass, spec, jobId, from)],
    notes: [...(o.notes ?? []), { type: 'Normal', reason: 'Submit', message: 'Starting deployment', component: 'Job' }],
    lookAgainMs: eagerMs,
  })
}

/** Flink 1.17 learnt to take a configuration with a job, and 1.20 renamed the claim mode. */
export const runAction = (pass: Pass, spec: FlinkSessionJobSpec, jobId: string, path: string | undefined): Action => {
  const { view } = pass
  const { job } = spec
  const minor = Number(/^v1_(\d+)$/.exec(view.flinkVersion ?? '')?.[1] ?? 99)
  const conf = spec === view.spec ? view.conf : confWith(view, spec.flinkConfiguration)
  const rendered = sessionJobConfig({
    resource: view.observed.cluster as never,
    config: Object.fromEntries(conf),
    name: view.name,
    job: job as never,
  })
  return {
    do: 'run-jar',
    job: { cluster: view.cluster, jobId },
    run: {
      jarUri: job?.jarURI ?? null,
      headers: read(options.artifacts.artifactsHttpHeaders, conf) ?? {},
      ...(job?.entryClass ? { entryClass: job.entryClass } : {}),
      ...(job?.args ? { args: job.args } : {}),
      ...(job?.parallelism ? { parallelism: job.parallelism } : {}),
      ...(path ? { savepointPath: path } : {}),
      ...(job?.allowNonRestoredState !== undefined ? { allowNonRestoredState: job.allowNonRestoredState } : {}),
      modeField: minor >= 20 ? 'claimMode' : 'restoreMode',
      ...(minor >= 17 && rendered.ok ? { flinkConfiguration: rendered.value.config } : {}),
    },
    timeoutMs: read(options.clusters.jobSubmissionTimeout, conf),
  }
}

export const cancelAction = (pass: Pass, lenient: boolean): Action => ({
  do: 'cancel',
  job: { cluster: pass.view.cluster, jobId: pass.draft.job.id ?? '' },
  lenient,
  timeoutMs: pass.job.settings.cancelTimeoutMs,
})

export const stopAction = (pass: Pass, trigger: string): Action =>
  stopWithSavepoint({ cluster: pass.view.cluster, jobId: pass.draft.job.id ?? '' }, trigger, pass.job.settings)

/** The trigger id is written down, then asked for under it. */
export const startSavepoint = (
  pass: Pass,
  rule: string,
  because: string,
  purpose: 'suspend' | 'delete',
  notes: readonly Note[],
): SessionJobDecision => {
  const { view, draft } = pass
  const trigger = idFor(view.uid, view.generation, purpose, draft.job.id ?? '', view.now)
  return answer(pass, {
    rule,
    because,
    change: { job: withUpgradeTrigger(draft.job, trigger, view.now, pass.job.settings) },
    actions: [stopAction(pass, trigger)],
    notes,
    lookAgainMs: eagerMs,
  })
}
