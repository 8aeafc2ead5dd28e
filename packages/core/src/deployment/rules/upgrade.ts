/** The wanted spec differs from the recorded one: stop what runs so that nothing is lost, and begin the replacement. */
import { idFor } from '../../ids.ts'
import { planSuspend, type Suspend } from '../../job/plan-suspend.ts'
import { isRegistering } from '../../job/upgrade-snapshot.ts'
import { plainError } from '../../status/index.ts'
import { specChangedMessage } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { deploymentDifferences } from '../../spec/index.ts'
import { isFilePath, isMounted } from '../mounts.ts'
import { answer, eagerMs, record, type Pass, type Rule } from '../pass.ts'
import { planRestore } from '../../job/plan-restore.ts'
import type { UpgradeMode } from '../../job/view.ts'
import { removeUnstarted } from './remove-unstarted.ts'
import { continueRemoval, refused, restoreModeOf, suspended } from '../steps.ts'
import { taskManagerInfo } from '../status-of.ts'
import { recordedJobState } from '../view.ts'

const rule = 'upgrade'

export const upgrade: Rule = (pass) => {
  const { view, draft } = pass
  const { diff } = view
  if (view.phase !== 'settled' || view.target.why !== 'user' || !diff) return undefined
  if (
    diff.type === 'IGNORE' &&
    !(recordedJobState(draft) === 'suspended' && view.target.spec.job?.state !== 'suspended')
  )
    return undefined

  const notes: Note[] =
    diff.type === 'IGNORE' || draft.observedGeneration === view.target.generation
      ? []
      : [
          {
            type: 'Normal',
            reason: 'SpecChanged',
            message: specChangedMessage('FlinkDeployment', diff),
            component: 'JobManagerDeployment',
          },
        ]
  const change = diff.changes.find(({ type }) => type !== 'IGNORE')
  const because = change ? `${change.path} changed` : 'it is to run again'

  const back = backToStable(pass)
  if (back) return back
  if (!view.application) return replaceSession(pass, because, notes)
  if (diff.type === 'SAVEPOINT_REDEPLOY') return redeploy(pass, notes)
  if (recordedJobState(draft) === 'suspended') return resume(pass, notes)

  const suspend = findable(pass, planSuspend(pass.job))
  const suspending: Note = {
    type: 'Normal',
    reason: 'Suspended',
    message: 'Suspending existing deployment.',
    component: 'JobManagerDeployment',
  }
  const told = { observedGeneration: draft.observedGeneration }
  switch (suspend.by) {
    case 'wait':
      if (suspend.idle) return undefined
      return answer(pass, { rule, because: `${because}; ${suspend.because}`, notes, lookAgainMs: soonMs })
    case 'refuse': {
      const error = plainError('UpgradeFailureException', suspend.because)
      return answer(pass, {
        rule,
        because: suspend.because,
        change: { error },
        notes:
          view.before.error === error
            ? []
            : [
                ...notes,
                {
                  type: 'Warning',
                  reason: 'UpgradeFailed',
                  message: `${suspend.because} ${suspend.fix}`,
                  component: 'JobManagerDeployment',
                },
              ],
      })
    }
    case 'savepoint': {
      const info = draft.job.savepointInfo
      const last = isRegistering(info) ? undefined : info.triggerTimestamp
      // After a failed attempt the next one waits: a sink that cannot flush will not have recovered within milliseconds.
      if (last !== undefined && last !== null && view.now - last < retryMs)
        return answer(pass, {
          rule,
          because: 'the last savepoint failed; the next attempt waits',
          lookAgainMs: retryMs - (view.now - last),
        })
      const trigger = idFor(view.uid, view.target.generation, 'suspend', draft.job.id ?? '', view.now)
      return answer(pass, {
        rule,
        because: `${because}; ${suspend.because}: stop with savepoint first`,
        change: {
          ...told,
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
        actions: [
          {
            do: 'stop-with-savepoint',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            trigger,
            ...(pass.job.settings.savepointDirectory ? { directory: pass.job.settings.savepointDirectory } : {}),
            drain: pass.job.settings.drain,
            format: pass.job.settings.savepointFormat,
          },
        ],
        notes: [...notes, suspending],
        lookAgainMs: eagerMs,
      })
    }
    case 'cancel':
      return answer(pass, {
        rule,
        because: `${because}; ${suspend.because}`,
        change: {
          state: 'UPGRADING',
          recorded:
            draft.recorded && record(pass, draft.recorded.spec, { state: 'running', mode: 'savepoint', first: false }),
          job: { ...draft.job, state: 'CANCELLING', updateTime: view.now },
        },
        actions: [
          {
            do: 'cancel',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            lenient: false,
            timeoutMs: pass.job.settings.cancelTimeoutMs,
          },
        ],
        notes: [...notes, suspending],
        lookAgainMs: eagerMs,
      })
    case 'unstarted':
      return removeUnstarted(
        {
          ...pass,
          notes: [...pass.notes, ...notes, suspending],
          draft: {
            ...draft,
            recorded:
              draft.recorded &&
              record(pass, draft.recorded.spec, { state: 'running', mode: 'savepoint', first: false }),
            timestamp: view.now,
          },
        },
        rule,
        `${because}; ${suspend.because}`,
      )
    case 'nothing':
    case 'discard':
    case 'remove': {
      const next: Pass = {
        ...pass,
        notes: [...pass.notes, ...notes, ...(suspend.by === 'nothing' ? [] : [suspending])],
        draft: {
          ...draft,
          state: 'UPGRADING',
          recorded: record(pass, view.target.spec, { state: 'suspended', mode: suspend.restore, first: false }),
          observedGeneration: view.target.generation,
          timestamp: view.now,
          taskManager: taskManagerInfo(view, false),
          job: suspend.restore === 'stateless' ? { ...draft.job, path: undefined } : draft.job,
        },
      }
      if (suspend.by === 'nothing' && view.target.spec.job?.state === 'suspended' && view.mode === 'native')
        return suspended(next, rule)
      const decision = continueRemoval(next, rule, `${because}; ${suspend.because}`)
      const running = draft.job.state !== undefined && draft.job.state !== 'RECONCILING' && draft.jobManager === 'READY'
      return suspend.by === 'discard' && running && draft.job.id
        ? {
            ...decision,
            actions: [
              {
                do: 'cancel',
                job: { cluster: view.cluster, jobId: draft.job.id },
                lenient: true,
                timeoutMs: lenientCancelMs,
              },
              ...decision.actions,
            ],
          }
        : decision
    }
  }
}

/** After a rollback the user wants what runs already: that is written down, and nothing is restarted. */
const backToStable = (pass: Pass): ReturnType<Rule> => {
  const { view, draft } = pass
  const { spec } = view.target
  if (draft.state !== 'ROLLED_BACK' || !draft.stable || spec.job?.state === 'suspended') return undefined
  if (deploymentDifferences(draft.stable.spec, spec, view.mode).type !== 'IGNORE') return undefined
  const mode = draft.stable.spec.job?.upgradeMode
  const recorded = record(pass, spec, { state: 'running', ...(mode ? { mode } : {}), first: false })
  return answer(pass, {
    rule,
    because: 'the spec is the one that runs since the rollback',
    change: {
      state: 'DEPLOYED',
      recorded,
      stable: recorded,
      observedGeneration: view.target.generation,
      timestamp: view.now,
      error: undefined,
      taskManager: taskManagerInfo(view, true),
    },
    lookAgainMs: eagerMs,
  })
}

/** A savepoint on a volume that the new pods do not have could not be restored: said while the old job still runs. */
const findable = ({ view, draft, job }: Pass, suspend: Suspend): Suspend => {
  const directory = job.settings.savepointDirectory
  const { spec } = view.target
  if (suspend.by !== 'savepoint' || directory === undefined || !isFilePath(directory)) return suspend
  if (spec.job?.state === 'suspended' || isMounted(directory, spec)) return suspend
  if (!draft.recorded || !isMounted(directory, draft.recorded.spec)) return suspend
  return {
    by: 'refuse',
    code: 'SAVEPOINT_OUT_OF_REACH',
    because: `The savepoint would lie in ${directory}, on a volume that the pods of the new spec do not mount: they could not be started from it.`,
    fix: 'Keep the volume and its mount in spec.podTemplate; it may go with a later change, once a savepoint lies elsewhere.',
  }
}

const retryMs = 60_000
/** The job is ending, or its JobManager is about to answer. */
const soonMs = 1_000
/** A cancel whose only use is a clean end of sinks must not hold up the removal that follows. */
const lenientCancelMs = 3_000

/** Forget the present state knowingly, resume from `initialSavepointPath`. Written ahead like any upgrade (W-9). */
export const redeploy = (pass: Pass, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft } = pass
  const path = view.target.spec.job?.initialSavepointPath || undefined
  const { lastSavepoint: _, ...infoWithoutLast } = draft.job.savepointInfo
  return continueRemoval(
    {
      ...pass,
      notes: [...pass.notes, ...notes],
      draft: {
        ...draft,
        state: 'UPGRADING',
        jobManager: draft.jobManager === 'MISSING' ? 'DEPLOYING' : draft.jobManager,
        recorded: record(pass, view.target.spec, {
          state: 'suspended',
          mode: 'savepoint',
          first: false,
          redeploys: true,
        }),
        job: { ...draft.job, path, savepointInfo: infoWithoutLast },
        observedGeneration: view.target.generation,
        timestamp: view.now,
      },
      job: { ...pass.job, path, legacySavepoint: undefined },
    },
    rule,
    `savepointRedeployNonce changed: redeploy from ${path ?? 'nothing'}`,
  )
}

/** Suspended before; wanted running now, or still suspended with other changes. */
const resume = (pass: Pass, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft } = pass
  if (view.target.spec.job?.state === 'suspended')
    return answer(pass, {
      rule,
      because: 'suspended; the change takes effect when it is resumed',
      notes,
      change: { observedGeneration: view.target.generation },
    })
  // Before anything is removed: what is left of the old cluster may be the last that knows where the state is.
  const wanted = view.target.spec.job?.upgradeMode ?? 'stateless'
  const restore = planRestore(pass.job, restoreModeOf(draft), wanted as UpgradeMode)
  if ('refuse' in restore) return refused(pass, rule, restore, notes)
  return continueRemoval(
    {
      ...pass,
      notes: [...pass.notes, ...notes],
      draft: { ...draft, state: 'UPGRADING', observedGeneration: view.target.generation, timestamp: view.now },
    },
    rule,
    'resumed by the user',
  )
}

const replaceSession = (pass: Pass, because: string, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft } = pass
  const next: Pass = {
    ...pass,
    notes: [...pass.notes, ...notes],
    draft: {
      ...draft,
      state: 'UPGRADING',
      jobManager: draft.jobManager === 'MISSING' ? 'DEPLOYING' : draft.jobManager,
      recorded: record(pass, view.target.spec, { state: 'suspended', first: false }),
      observedGeneration: view.target.generation,
      timestamp: view.now,
    },
  }
  return continueRemoval(next, rule, because)
}
