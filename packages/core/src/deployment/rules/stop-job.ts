/** The first step of an upgrade: the running job is stopped the way that loses nothing (`planSuspend` says which), or is not. */
import type { Note } from '@drey/reconcile'
import { idFor } from '../../ids.ts'
import { planSuspend, type Suspend } from '../../job/plan-suspend.ts'
import { isRegistering } from '../../job/upgrade-snapshot.ts'
import { plainError } from '../../status/index.ts'
import { isFilePath, isMounted } from '../mounts.ts'
import { cancel, cancelIfItAnswers, stopWithSavepoint } from '../orders.ts'
import { answer, eagerMs, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { continueRemoval } from '../steps/remove.ts'
import { pathWhileRemoved } from '../steps/restore.ts'
import { suspended } from '../steps/suspended.ts'
import { removeUnstarted } from './remove-unstarted.ts'

const rule = 'upgrade'

export const stopJob = (pass: Pass, because: string, notes: readonly Note[]): ReturnType<Rule> => {
  const { view, draft } = pass
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
        actions: [stopWithSavepoint(pass, trigger)],
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
        actions: [cancel(pass)],
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
          job: {
            ...draft.job,
            path: suspend.restore === 'stateless' ? undefined : pathWhileRemoved(pass, suspend.restore),
          },
        },
      }
      if (suspend.by === 'nothing' && view.target.spec.job?.state === 'suspended' && view.mode === 'native')
        return suspended(next, rule)
      const decision = continueRemoval(next, rule, `${because}; ${suspend.because}`)
      const running = draft.job.state !== undefined && draft.job.state !== 'RECONCILING' && draft.jobManager === 'READY'
      return suspend.by === 'discard' && running && draft.job.id
        ? {
            ...decision,
            actions: [cancelIfItAnswers(pass), ...decision.actions],
          }
        : decision
    }
  }
}

const retryMs = 60_000
/** The job is ending, or its JobManager is about to answer. */
const soonMs = 1_000

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
