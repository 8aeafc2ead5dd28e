/**
 * A JobManager that never started goes, and its successor begins from what the old one was to begin from. Until it is gone the recorded
 * spec stays the old one: should it start after all, there is newer state, and the upgrade is decided anew.
 */
import { answer, progressMs, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { awaitLook, continueRemoval, hasStarted, removal } from '../steps/remove.ts'
import type { DeploymentDecision } from '../pass.ts'

export const removeUnstarted = (pass: Pass, rule: string, because: string): DeploymentDecision => {
  const { draft } = pass
  return answer(pass, {
    rule,
    because,
    change: { state: 'UPGRADING', job: { ...draft.job, state: undefined } },
    actions: removal(pass, { ha: 'keep', unstarted: true }).actions,
    lookAgainMs: progressMs,
  })
}

export const continueUnstarted = (pass: Pass, rule: string): ReturnType<Rule> => {
  const { view, draft } = pass
  const { jobManager } = view.observed.cluster
  const because = 'the JobManager never started: the recorded state is still the newest'
  if (jobManager && !jobManager.deleting)
    return jobManager.neverAvailable
      ? removeUnstarted(pass, rule, because)
      : jobManager.unsure
        ? awaitLook(pass, rule)
        : hasStarted(pass, rule)
  return continueRemoval(
    {
      ...pass,
      draft: {
        ...draft,
        state: 'UPGRADING',
        // As after any removal: nothing of it can run any more.
        job: { ...draft.job, state: 'FINISHED' },
        recorded: record(pass, view.target.spec, { state: 'suspended', mode: 'savepoint', first: false }),
        observedGeneration: view.target.generation,
        taskManager: taskManagerInfo(view, false),
      },
    },
    rule,
    because,
  )
}
