/** CRDs in a cluster that has none, older ones, those of upstream, newer ones. */
import { createApiServer } from '@drey/apiserver'
import { crds } from '@drey/api'
import { customResourceDefinitions, kubeClient, type KubeClient } from '@drey/kube'
import { realClock, type KubeObject } from '@drey/reconcile'
import { expect, test } from 'vitest'
import { installCrd, planCrds } from '../src/install-crds.ts'

const cluster = (): KubeClient => {
  const server = createApiServer({ clock: realClock, random: Math.random })
  return kubeClient(server.transport({ name: 'admin', groups: ['system:masters'] }, 'test'))
}
const install = async (client: KubeClient): Promise<string[]> => {
  const plans = await planCrds(client)
  for (const planned of plans) await installCrd(client, planned)
  return plans.map(({ plan }) => plan.do)
}
/** Somebody else's CRD for FlinkDeployments: ours with a change. */
const foreign = (change: (properties: any) => void): KubeObject => {
  const crd = structuredClone(crds[0]!) as any
  change(crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties)
  crd.metadata.labels = { installer: 'helm' }
  return crd as KubeObject
}
const nested = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'orders', namespace: 'default' },
  spec: { flinkConfiguration: { taskmanager: { numberOfTaskSlots: 2 } } },
}
const deployments = {
  group: 'flink.apache.org',
  version: 'v1beta1',
  resource: 'flinkdeployments',
  kind: 'FlinkDeployment',
  namespaced: true,
}

test('are created, and then there is nothing to do', async () => {
  const client = cluster()
  expect([await install(client), await install(client)]).toEqual([
    ['create', 'create', 'create', 'create'],
    ['nothing', 'nothing', 'nothing', 'nothing'],
  ])
})

test('replace older ones entirely: what only they said counts no more; their labels stay', async () => {
  const client = cluster()
  const old = foreign((spec) => {
    spec.flinkConfiguration = { type: 'object', additionalProperties: { type: 'string' } }
    delete spec.mode
  })
  await client.apply(customResourceDefinitions, old, 'helm')
  await expect(client.create(deployments, nested)).rejects.toMatchObject({ code: 422 })
  expect((await install(client))[0]).toBe('update')
  expect((await install(client))[0]).toBe('nothing')
  expect((await client.create(deployments, nested))['spec']).toEqual(nested.spec)
  const stored = await client.get({ type: customResourceDefinitions, name: old.metadata.name })
  expect(stored.metadata.labels).toEqual({ installer: 'helm' })
})

test('leave newer ones as they are', async () => {
  const client = cluster()
  const newer = foreign((spec) => (spec.tomorrow = { type: 'string' }))
  const before = await client.create(customResourceDefinitions, newer)
  expect((await install(client))[0]).toBe('leave')
  const after = await client.get({ type: customResourceDefinitions, name: newer.metadata.name })
  expect(after['spec']).toEqual(before['spec'])
})
