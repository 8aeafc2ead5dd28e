/** What is wrong with a spec, as far as it keeps it from being deployed: the same checks as at admission, which may be absent. */
import type { FlinkDeployment } from '@drey/api'
import type { OperatorConfig } from '../config/index.ts'
import { validateDeployment, type Problem } from '../validate/index.ts'

export type { Problem }

export const deploymentProblems = (resource: FlinkDeployment, operator: OperatorConfig): readonly Problem[] =>
  validateDeployment(resource, { operator }).filter((problem) => problem.severity === 'error')
