/** The wanted spec differs from the recorded one: stop what runs so that nothing is lost, and begin the replacement. */
import { specChangedMessage } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { record, type Pass, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { recordedJobState } from '../view.ts'
import { backToStable } from './back-to-stable.ts'
import { redeploy } from './redeploy.ts'
import { resume } from './resume.ts'
import { stopJob } from './stop-job.ts'

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
  return stopJob(pass, because, notes)
}

/** The jobs of a session cluster live in its HA metadata and are no concern of the replacement. */
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
