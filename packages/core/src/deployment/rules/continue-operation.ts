/** A change is under way: look how far it is, by the facts, and do its next step. */
import { isTerminal } from '../../job/view.ts'
import type { Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { continueCancel } from './continue-cancel.ts'
import { continueDeploy } from './continue-deploy.ts'
import { continueSavepoint } from './continue-savepoint.ts'
import { redeploy } from './redeploy.ts'
import { continueUnstarted } from './remove-unstarted.ts'

const rule = 'continueOperation'

export const continueOperation: Rule = (pass) => {
  const { phase, target, diff } = pass.view
  // The way out of a start that cannot find its state: the user names another one, whatever was under way.
  const redeploys = diff?.type === 'SAVEPOINT_REDEPLOY' && target.why === 'user'
  const ended = phase === 'cancel' && isTerminal(pass.draft.job.state)
  if (redeploys && (phase === 'unstarted' || phase === 'remove' || phase === 'deploy' || ended))
    return redeploy(pass, [])
  switch (pass.view.phase) {
    case 'savepoint':
      return continueSavepoint(pass)
    case 'cancel':
      return continueCancel(pass)
    case 'unstarted':
      return continueUnstarted(pass, rule)
    case 'remove':
      return continueRemoval(pass, rule, 'the old cluster makes room')
    case 'deploy':
      return continueDeploy(pass)
    default:
      return undefined
  }
}
