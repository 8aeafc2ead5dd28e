/** The job was suspended by the user, and its spec has changed. */
import type { Note } from '@drey/reconcile'
import { planRestore } from '../../job/plan-restore.ts'
import type { UpgradeMode } from '../../job/view.ts'
import { answer, type Pass, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { refused, restoreModeOf } from '../steps/restore.ts'

const rule = 'upgrade'

/** Suspended before; wanted running now, or still suspended with other changes. */
export const resume = (pass: Pass, notes: readonly Note[]): ReturnType<Rule> => {
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
