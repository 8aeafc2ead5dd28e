/** Nothing was ever deployed: begin, from `initialSavepointPath` if there is one, unless the user wants it suspended from birth. */
import { answer, record, restMs, type Rule } from '../pass.ts'
import { deploy } from '../steps/deploy.ts'
import { plainError } from '../../status/index.ts'

export const firstDeploy: Rule = (pass) => {
  const { view } = pass
  if (view.phase !== 'first') return undefined
  const { job } = view.target.spec
  if (job?.state === 'suspended')
    return answer(pass, {
      rule: 'firstDeploy',
      because: 'suspended from birth: nothing is deployed until it is set running',
      lookAgainMs: restMs,
    })

  const stranger = view.observed.cluster.jobManager
  if (stranger && !stranger.ours) {
    const message = `A Deployment named ${view.name} exists already and does not belong to this FlinkDeployment.`
    return answer(pass, {
      rule: 'firstDeploy',
      because: message,
      change: { error: plainError('ReconciliationException', message) },
      notes: [
        {
          type: 'Warning',
          reason: 'Error',
          message: `${message} Delete it or choose another name.`,
          component: 'Operator',
        },
      ],
    })
  }
  // A resource deleted without its finalizer may have left a cluster of ours behind: its successor must not run beside it.
  if (!view.clusterIsGone && view.observed.cluster.pods.length > 0)
    return answer(pass, {
      rule: 'firstDeploy',
      because: 'pods of an earlier cluster of this name are still ending',
      lookAgainMs: 2_000,
    })

  const initial = job?.initialSavepointPath || undefined
  const mode = initial ? 'savepoint' : 'stateless'
  return deploy(
    {
      ...pass,
      // The user's upgrade mode says how to upgrade later; the first start is from a path or from nothing.
      draft: {
        ...pass.draft,
        job: { ...pass.draft.job, path: initial },
        recorded: record(pass, view.target.spec, { state: 'suspended', mode, first: true }),
      },
      job: { ...pass.job, mode, path: initial },
    },
    'firstDeploy',
    initial ? `first deployment, from ${initial}` : 'first deployment',
  )
}
