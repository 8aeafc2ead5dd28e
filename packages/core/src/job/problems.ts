/** What is wrong with a spec, as far as it keeps it from being deployed. */
import type { FlinkDeployment } from '@drey/api'
import type { OperatorConfig } from '../config/index.ts'

export interface Problem {
  path: string
  message: string
}
// TODO joined to the validation rules as soon as they land
export const deploymentProblems = (_resource: FlinkDeployment, _operator: OperatorConfig): readonly Problem[] => []
