/** What two specs differ in, worked out once per pair: a pass compares the recorded, the stable and the wanted one again and again. */
import {
  diffDeployment,
  diffSessionJob,
  type DeploymentMode,
  type FlinkDeploymentSpec,
  type FlinkSessionJobSpec,
} from '@drey/api'
import type { Diff } from '@drey/schema'
import { perPair } from '../memo.ts'

export const deploymentDifferences = (
  recorded: FlinkDeploymentSpec,
  wanted: FlinkDeploymentSpec,
  mode: DeploymentMode,
): Diff => deployments[mode]?.(recorded, wanted) ?? diffDeployment(recorded, wanted, mode)

/** `mode` is that of the session cluster. */
export const sessionJobDifferences = (
  recorded: FlinkSessionJobSpec,
  wanted: FlinkSessionJobSpec,
  mode: DeploymentMode,
): Diff => sessionJobs[mode]?.(recorded, wanted) ?? diffSessionJob(recorded, wanted, mode)

const byMode = <Spec extends object>(
  diff: (a: Spec, b: Spec, mode: DeploymentMode) => Diff,
): Partial<Record<DeploymentMode, (a: Spec, b: Spec) => Diff>> => ({
  native: perPair((a: Spec, b: Spec) => diff(a, b, 'native')),
  standalone: perPair((a: Spec, b: Spec) => diff(a, b, 'standalone')),
})

const deployments = byMode<FlinkDeploymentSpec>(diffDeployment)
const sessionJobs = byMode<FlinkSessionJobSpec>(diffSessionJob)
