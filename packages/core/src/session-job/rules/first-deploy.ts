/** Nothing was ever submitted: begin, from `initialSavepointPath` if there is one, unless the user wants it suspended from birth. */
import { answer, type Rule } from '../pass.ts'
import { submit } from '../steps.ts'

export const firstDeploy: Rule = (pass) => {
  const { view } = pass
  if (view.phase !== 'first') return undefined
  if (view.spec.job?.state === 'suspended')
    return answer(pass, { rule: 'firstDeploy', because: 'suspended from birth' })
  const initial = view.spec.job?.initialSavepointPath || undefined
  return submit(
    { ...pass, draft: { ...pass.draft, job: { ...pass.draft.job, path: initial } } },
    'firstDeploy',
    initial ? `first deployment, from ${initial}` : 'first deployment',
    { mode: initial ? 'savepoint' : 'stateless' },
  )
}
