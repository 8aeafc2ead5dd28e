/** Our CRDs in a cluster: what installing them would change there, and doing it. */
import { crds } from '@drey/api'
import { customResourceDefinitions, type KubeClient } from '@drey/kube'
import type { KubeObject } from '@drey/reconcile'
import type { CustomResourceDefinition } from '@drey/schema'
import { planCrd, type CrdPlan } from './offline/crd-plan.ts'

export interface PlannedCrd {
  crd: CustomResourceDefinition
  installed?: KubeObject
  plan: CrdPlan
}

export const planCrds = (client: KubeClient): Promise<PlannedCrd[]> =>
  Promise.all(
    crds.map(async (crd) => {
      const installed = await client.find({ type: customResourceDefinitions, name: crd.metadata.name })
      const plan = planCrd(installed as unknown as CustomResourceDefinition | undefined, crd)
      return { crd, plan, ...(installed === undefined ? {} : { installed }) }
    }),
  )

/**
 * Creates or replaces, as planned. Replaced as a whole: a server-side apply would leave what another installer wrote beside ours, such
 * as the text values of an old `flinkConfiguration`. Labels and annotations stay; a change meanwhile is a conflict.
 */
export const installCrd = async (client: KubeClient, { crd, installed, plan }: PlannedCrd): Promise<void> => {
  if (plan.do === 'create') await client.create(customResourceDefinitions, crd as unknown as KubeObject)
  if (plan.do === 'update')
    await client.replace(customResourceDefinitions, { ...crd, metadata: installed!.metadata } as unknown as KubeObject)
}
