/** The spec breaks a rule. Nothing valid was ever recorded: say so and wait for an edit. Otherwise say so once; other rules go on. */
import { plainError, validationError } from '../../status/index.ts'
import { answer, restMs, type Pass, type Rule } from '../pass.ts'

export const refuseSpec: Rule = (pass) => {
  const { target } = pass.view
  if (target.why !== 'never valid') return undefined
  return answer(withProblem(pass), {
    rule: 'refuseSpec',
    because: target.problems[0]?.message ?? 'the spec is not valid',
    lookAgainMs: restMs,
  })
}

/** What runs is written down in a text nobody can read: anything we did could run it twice or lose its state. */
export const refuseRecord: Rule = (pass) => {
  const { unreadable } = pass.draft
  if (unreadable === undefined) return undefined
  const message = `status.reconciliationStatus.lastReconciledSpec cannot be read: ${unreadable}. Nothing is changed until it is repaired or the resource is recreated.`
  const error = plainError('ReconciliationException', message)
  return answer(pass, {
    rule: 'refuseRecord',
    because: message,
    change: { error },
    notes: pass.draft.error === error ? [] : [{ type: 'Warning', reason: 'Error', message, component: 'Operator' }],
    lookAgainMs: restMs,
  })
}

/** Carries the first problem into the status and, when it is new, into an event. */
export const withProblem = (pass: Pass): Pass => {
  const { target } = pass.view
  if (target.why !== 'never valid' && target.why !== 'last valid') return pass
  const message = target.problems[0]?.message ?? 'the spec is not valid'
  const error = validationError(message)
  if (pass.draft.error === error) return pass
  return {
    ...pass,
    draft: { ...pass.draft, error },
    notes: [...pass.notes, { type: 'Warning', reason: 'ValidationError', message, component: 'Operator' }],
  }
}
