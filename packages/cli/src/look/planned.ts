/** The plan of one edit: what the operator would look at, gathered with the rights of whoever asks, and what its rules say of it. */
import type { FlinkDeployment } from '@drey/api'
import { historyKey, historyName, planOf, readHistory, type OperatorFacts, type Plan } from '@drey/core'
import { configMaps } from '@drey/kube'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import { judge } from '../offline/judge.ts'
import type { Target } from '../target.ts'
import { factOf } from './facts.ts'
import { planFacts } from './plan-facts.ts'

export interface Edit {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  type: ResourceType
  /** undefined: it is new */
  before: KubeObject | undefined
  /** as it would be stored, with the present status */
  after: KubeObject
  assumed: readonly string[]
}

/** `beside`: what is changed together with it; a session job may begin on a cluster that is only planned. */
export const planned = async (
  target: Pick<Target, 'client' | 'name' | 'namespace' | 'timeoutMs'>,
  edit: Edit,
  beside: readonly Edit[],
  o: { now: number; operator: OperatorFacts; assumed: readonly string[] },
): Promise<Plan> => {
  const { kind, after, before } = edit
  const { now, operator } = o
  const namespace = after.metadata.namespace ?? target.namespace
  const clusterName = (after['spec'] as { deploymentName?: string } | undefined)?.deploymentName
  const cluster = beside.find(
    (one) => one.kind === 'FlinkDeployment' && one.before === undefined && one.after.metadata.name === clusterName,
  )
  const facts = await planFacts(target, kind, after, operator, {
    now,
    sessionCluster: kind === 'FlinkSessionJob' ? (cluster?.after as FlinkDeployment | undefined) : undefined,
  })
  const history = await factOf(`get configmaps in ${namespace}`, () =>
    target.client.find<KubeObject & { data?: Record<string, string> }>({
      type: configMaps,
      namespace,
      name: historyName(kind, after.metadata.name),
    }),
  )
  const { status: _, ...judged } = after as KubeObject & { status?: unknown }
  return planOf({
    kind,
    resource: after,
    before,
    now,
    cluster: target.name,
    operator,
    ...facts,
    history: history.known ? readHistory(history.value?.data?.[historyKey]) : [],
    refusals: judge(judged, {
      operator: operator.config,
      loopbackJars: operator.loopbackJars ?? false,
      ...(facts.sessionCluster ? { resource: () => facts.sessionCluster } : {}),
      ...(before ? { old: before } : {}),
    }).problems.filter(({ severity, code }) => severity === 'error' && code === 'SCHEMA'),
    assumed: [...edit.assumed, ...o.assumed, ...facts.assumed],
  })
}
