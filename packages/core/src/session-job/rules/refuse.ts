/** What a session job's spec or record breaks: said once, and nothing is done that could lose state or run twice. */
import { plainError, validationError } from '../../status/index.ts'
import { withError, type Pass, type Rule } from '../pass.ts'

/** What runs is written down in a text nobody can read. */
export const refuseRecord: Rule = (pass) => {
  if (pass.draft.unreadable === undefined) return undefined
  const message = `status.reconciliationStatus.lastReconciledSpec cannot be read: ${pass.draft.unreadable}. Nothing is changed until it is repaired or the resource is recreated.`
  return withError(pass, 'refuseRecord', plainError('ReconciliationException', message), message, 'Error')
}

/** Nothing valid was ever recorded: say so and wait for an edit. Otherwise `withProblem` says so, and other rules go on. */
export const refuseSpec: Rule = (pass) => {
  const problem = pass.view.problems[0]
  if (!problem || pass.view.target.why !== 'never valid') return undefined
  return withError(pass, 'refuseSpec', validationError(problem.message), problem.message, 'ValidationError')
}

/** Carries the first problem into the status and, when it is new, into an event. */
export const withProblem = (pass: Pass): Pass => {
  const problem = pass.view.problems[0]
  if (!problem || pass.view.target.why !== 'last valid' || pass.view.resource.metadata.deletionTimestamp) return pass
  const error = validationError(problem.message)
  if (pass.draft.error === error) return pass
  return {
    ...pass,
    draft: { ...pass.draft, error },
    notes: [
      ...pass.notes,
      { type: 'Warning', reason: 'ValidationError', message: problem.message, component: 'Operator' },
    ],
  }
}
