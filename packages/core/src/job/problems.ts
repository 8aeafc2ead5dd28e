/** What is wrong with a spec, as far as it keeps it from being deployed: the same checks as at admission, which may be absent. */
import type { FlinkDeployment, FlinkDeploymentSpec } from '@drey/api'
import type { OperatorConfig } from '../config/index.ts'
import { perObject } from '../memo.ts'
import { validateDeployment, type Problem } from '../validate/index.ts'

export type { Problem }

export const deploymentProblems = (resource: FlinkDeployment, operator: OperatorConfig): readonly Problem[] => {
  const { metadata, spec, status } = resource
  const judge = (): readonly Problem[] =>
    validateDeployment(resource, { operator }).filter((problem) => problem.severity === 'error')
  if (typeof spec !== 'object' || spec === null) return judge()
  // Nothing else of a resource is judged: the same spec gets the same answer, whatever else its status says.
  const { name, namespace, labels } = metadata
  const about = [operator, name, namespace, labels, status?.reconciliationStatus?.lastReconciledSpec]
  const last = lastJudgement(spec)
  if (last.problems === undefined || about.some((part, index) => part !== last.about[index])) {
    last.problems = judge()
    last.about = about
  }
  return last.problems
}

interface Judgement {
  about: unknown[]
  problems?: readonly Problem[]
}
const lastJudgement = perObject<FlinkDeploymentSpec, Judgement>(() => ({ about: [] }))
