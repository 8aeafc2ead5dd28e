/** `savepointRedeployNonce` has changed. */
import type { Note } from '@drey/reconcile'
import { record, type Pass, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'

const rule = 'upgrade'

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
