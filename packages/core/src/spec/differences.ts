/** What two specs differ in, worked out once per pair: a pass compares the recorded, the stable and the wanted one again and again. */
import {
  diffDeployment,
  diffSessionJob,
  type DeploymentMode,
  type FlinkDeploymentSpec,
  type FlinkSessionJobSpec,
} from '@drey/api'
import { heaviest, type Diff } from '@drey/schema'
import { perPair } from '../memo.ts'

export const deploymentDifferences = (
  recorded: FlinkDeploymentSpec,
  wanted: FlinkDeploymentSpec,
  mode: DeploymentMode = wanted.mode ?? 'native',
): Diff => deployments[mode]?.(recorded, wanted) ?? meaningful(recorded, wanted, mode)

/**
 * Without what changes nothing in the cluster, for which upstream would restart the job all the same: a mode that is said aloud, and a
 * parallelism beside `taskManager.replicas`, which decide (docs/decisions/0026).
 */
const meaningful = (recorded: FlinkDeploymentSpec, wanted: FlinkDeploymentSpec, mode: DeploymentMode): Diff => {
  const diff = diffDeployment(recorded, wanted, mode)
  const replicasDecide = [recorded, wanted].every(({ taskManager }) => (taskManager?.replicas ?? 0) > 0)
  const sameMode = (recorded.mode ?? 'native') === (wanted.mode ?? 'native')
  const idle = new Map<string, string>()
  if (sameMode) idle.set('mode', 'native is the default: nothing changes.')
  if (replicasDecide) idle.set('job.parallelism', 'taskManager.replicas × slots decide; it has no effect.')
  if (!diff.changes.some(({ path }) => idle.has(path))) return diff
  const changes = diff.changes.map((change) => {
    const why = idle.get(change.path)
    return why === undefined ? change : { ...change, type: 'IGNORE' as const, why }
  })
  return { type: heaviest(changes), changes }
}

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

const deployments = byMode<FlinkDeploymentSpec>(meaningful)
const sessionJobs = byMode<FlinkSessionJobSpec>(diffSessionJob)
