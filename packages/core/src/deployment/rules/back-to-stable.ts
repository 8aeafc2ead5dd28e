/** The user goes back to the spec that an automatic rollback went back to. */
import { deploymentDifferences } from '../../spec/index.ts'
import { answer, eagerMs, record, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'

const rule = 'upgrade'

/** After a rollback the user wants what runs already: that is written down, and nothing is restarted. */
export const backToStable = (pass: Pass): ReturnType<Rule> => {
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
