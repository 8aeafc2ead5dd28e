/** Manifests as edits of what is there, and the operator that would act on them. */
import { flinkDeployments, flinkSessionJobs } from '@drey/api'
import { noOperatorConfig, readOperatorConfig, type OperatorFacts } from '@drey/core'
import type { KubeObject, ResourceType } from '@drey/reconcile'
import type { Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { runningHome } from '../home/state.ts'
import { operatorAt } from '../offline/world.ts'
import type { Target } from '../target.ts'
import { applied } from './edit.ts'
import type { Edit } from './planned.ts'

const types: Readonly<Record<string, ResourceType>> = {
  FlinkDeployment: flinkDeployments,
  FlinkSessionJob: flinkSessionJobs,
}

/** `others`: what no operator of Flink decides about. */
export const editsOf = async (
  target: Target,
  manifests: readonly KubeObject[],
): Promise<{ edits: Edit[]; others: KubeObject[] }> => {
  const edits: Edit[] = []
  const others: KubeObject[] = []
  for (const manifest of manifests) {
    const type = types[manifest.kind]
    if (!type || !manifest.apiVersion.startsWith('flink.apache.org/')) {
      others.push(manifest)
      continue
    }
    const namespace = manifest.metadata.namespace ?? target.namespace
    const before = await target.client.find({ type, namespace, name: manifest.metadata.name })
    const { object, assumed } = await applied(
      target,
      type,
      { ...manifest, metadata: { ...manifest.metadata, namespace } },
      before && { ...before, kind: manifest.kind, apiVersion: manifest.apiVersion },
    )
    edits.push({
      kind: manifest.kind as Edit['kind'],
      type,
      before,
      after: object,
      assumed: assumed === undefined ? [] : [assumed],
    })
  }
  return { edits, others }
}

/** The operator's own configuration is not ours to read in a cluster; on a home it is known. */
export const operatorFacts = async (
  context: Context,
  target: Target,
): Promise<{ operator: OperatorFacts; assumed: readonly string[] }> => {
  const paths = homePaths(context.flags, context.env)
  const isHome =
    target.name.startsWith('home ') ||
    (runningHome(paths) !== undefined && context.env['KUBECONFIG'] === paths.kubeconfig)
  const common = { snapshotResources: true, loopbackJars: isHome }
  if (typeof context.flags['operatorConfig'] === 'string')
    return { operator: { ...common, ...operatorAt(context) }, assumed: [] }
  if (isHome) {
    const { operatorDefaults } = await import('../home/operator-defaults.ts')
    return { operator: { ...common, config: readOperatorConfig(operatorDefaults), side: {} }, assumed: [] }
  }
  return {
    operator: { ...common, config: noOperatorConfig, side: {} },
    assumed: ['the operator’s configuration is not known: its defaults are taken (--operator-config DIR)'],
  }
}
