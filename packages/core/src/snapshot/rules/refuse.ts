/** The spec cannot be carried out: say so once and wait for an edit, or for the job it names. */
import { validationError } from '../../status/index.ts'
import { answer, restMs, type SnapshotRule } from '../pass.ts'

export const refuse: SnapshotRule = (view) => {
  const problem = view.problems[0]
  if (view.status.state !== 'TRIGGER_PENDING' || !problem) return undefined
  const error = validationError(problem.message)
  return answer(view, {
    rule: 'refuse',
    because: problem.message,
    change: { error },
    notes:
      view.status.error === error
        ? []
        : [{ type: 'Warning', reason: 'ValidationError', message: problem.message, component: 'Operator' }],
    lookAgainMs: restMs,
  })
}
