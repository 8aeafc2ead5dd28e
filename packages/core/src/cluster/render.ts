/** The Kubernetes objects of a Flink cluster, in the order in which they are to be created. Pure; never throws. */
import type { KubeObject } from '@drey/reconcile'
import { desiredOf, type Desired } from './desired.ts'
import type { RenderInput, RenderProblem } from './input.ts'
import { booleanOf } from './flink-config/read.ts'
import { autoscalerMap } from './parts/autoscaler-map.ts'
import { configMap } from './parts/config-volume.ts'
import { ingressOf } from './parts/ingress.ts'
import { jobManagerDeployment } from './parts/job-manager.ts'
import { internalService, restPort, restService } from './parts/services.ts'
import { taskManagerDeployment } from './parts/task-manager.ts'
import { templateMap } from './parts/template-map.ts'
import { attempt } from './problem.ts'

export type Rendering =
  | {
      ok: true
      /** in creation order; the first is the JobManager Deployment, which owns most of the others */
      objects: KubeObject[]
      /** the settings of the cluster */
      flinkConfig: Record<string, string>
      /** which layer set a key; absent: it came with the effective configuration */
      setBy: Readonly<Record<string, string>>
      /** what the author should know, though the cluster can be made */
      notes: readonly string[]
    }
  | { ok: false; problem: RenderProblem }

export const renderCluster = (input: RenderInput): Rendering => {
  const rendered = attempt(() => {
    const desired = desiredOf(input)
    return { desired, objects: objectsOf(desired, input) }
  })
  if (!rendered.ok) return rendered
  const { desired, objects } = rendered.value
  return {
    ok: true,
    objects,
    flinkConfig: { ...desired.config },
    setBy: desired.setBy,
    notes: desired.notes,
  }
}

/**
 * Only the Ingress: for spec changes that touch nothing else. `object` is undefined where there is to be none.
 * `servedBy` is the deployment whose REST Service answers, for a blue/green resource.
 */
export const renderIngress = (
  input: Omit<RenderInput, 'restore' | 'deploymentUid'> & { servedBy?: string },
): { ok: true; object: KubeObject | undefined } | { ok: false; problem: RenderProblem } => {
  const { resource, config, operator, servedBy } = input
  const rendered = attempt(() =>
    resource.spec.ingress && booleanOf(config, true, 'kubernetes.operator.ingress.manage')
      ? ingressOf(resource, resource.spec.ingress, {
          restPort: restPort({ config }),
          kubernetesVersion: operator.kubernetesVersion,
          ...(servedBy === undefined ? {} : { servedBy }),
        })
      : undefined,
  )
  return rendered.ok ? { ok: true, object: rendered.value } : rendered
}

const objectsOf = (desired: Desired, input: RenderInput): KubeObject[] => [
  jobManagerDeployment(desired),
  ...(!desired.haIsOn || desired.modeFacts.internalServiceWithHa ? [internalService(desired)] : []),
  restService(desired),
  configMap(desired),
  ...(desired.mode === 'native' && desired.taskManager.template ? [templateMap(desired)] : []),
  ...(desired.modeFacts.taskManagers === 'a Deployment' ? [taskManagerDeployment(desired)] : []),
  ...(desired.ingress
    ? [
        ingressOf(input.resource, desired.ingress, {
          restPort: restPort(desired),
          kubernetesVersion: input.operator.kubernetesVersion,
        }),
      ]
    : []),
  ...(desired.kind === 'application' && desired.autoscalerIsOff ? [autoscalerMap(desired)] : []),
]
