/** The objects of a cluster for one attempt: its spec under the operator's present configuration, its generation, its job, its state. */
import type { FlinkDeploymentSpec } from '@drey/api'
import { renderCluster, type Rendering } from '../cluster/index.ts'
import { effectiveConfig, valuesOf } from '../config/index.ts'
import type { DeploymentView } from './view.ts'

export interface Attempt {
  spec: FlinkDeploymentSpec
  /** by which the cluster is known again: not the user's while the user's spec is refused */
  generation: number
  /** session clusters have none */
  jobId: string | undefined
  deploymentId: string
  /** what the job resumes from; absent with `requireHa`: its HA metadata */
  path?: string
  requireHa: boolean
}

export const renderedFor = (view: DeploymentView, attempt: Attempt): Rendering =>
  renderCluster({
    resource: {
      ...view.resource,
      metadata: { ...view.resource.metadata, generation: attempt.generation },
      spec: attempt.spec,
    } as never,
    config: Object.fromEntries(
      valuesOf(
        effectiveConfig(view.observed.operator.config, {
          namespace: view.namespace,
          flinkVersion: attempt.spec.flinkVersion,
          flinkConfiguration: attempt.spec.flinkConfiguration,
        }),
      ),
    ),
    operator: view.observed.operator.side,
    restore: {
      ...(attempt.jobId === undefined ? {} : { jobId: attempt.jobId }),
      ...(attempt.path === undefined ? {} : { savepointPath: attempt.path }),
      ...(attempt.requireHa ? { requireHa: true } : {}),
      deploymentId: attempt.deploymentId,
    },
  })
