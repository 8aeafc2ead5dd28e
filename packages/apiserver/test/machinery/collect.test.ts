/** Garbage collection, namespaces, protection and expiry. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '@drey/reconcile'
import { startServer, type TestServer } from './start.ts'

const core = '/api/v1/namespaces/default'
const make = async (server: TestServer, name: string, owner?: KubeObject, more: object = {}) =>
  (
    await server.ask({
      method: 'POST',
      path: `${core}/configmaps`,
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          ...(owner
            ? {
                ownerReferences: [
                  {
                    apiVersion: owner.apiVersion,
                    kind: owner.kind,
                    name: owner.metadata.name,
                    uid: owner.metadata.uid,
                    blockOwnerDeletion: true,
                  },
                ],
              }
            : {}),
          ...more,
        },
      },
    })
  ).body as KubeObject
const names = async (server: TestServer): Promise<string[]> => {
  await settled()
  return (
    await server.ask({ method: 'GET', path: `${core}/configmaps?fieldSelector=metadata.name!=kube-root-ca.crt` })
  ).body.items.map((one: KubeObject) => one.metadata.name)
}
const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}
const del = (server: TestServer, name: string, propagationPolicy?: string) =>
  server.ask({
    method: 'DELETE',
    path: `${core}/configmaps/${name}`,
    ...(propagationPolicy ? { body: { propagationPolicy } } : {}),
  })

describe('garbage collection', () => {
  it('takes dependants and their dependants after their owner', async () => {
    const server = startServer()
    const owner = await make(server, 'owner')
    const child = await make(server, 'child', owner)
    await make(server, 'grandchild', child)
    await make(server, 'other')
    await del(server, 'owner')
    expect(await names(server)).toEqual(['other'])
  })

  it('keeps a dependant that has another living owner, and drops only the dead reference', async () => {
    const server = startServer()
    const [one, two] = [await make(server, 'one'), await make(server, 'two')]
    const references = [one, two].map((owner) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: owner.metadata.name,
      uid: owner.metadata.uid,
    }))
    await make(server, 'child', undefined, { ownerReferences: references })
    await del(server, 'one')
    expect(await names(server)).toEqual(['child', 'two'])
    const child = await server.ask({ method: 'GET', path: `${core}/configmaps/child` })
    expect(child.body.metadata.ownerReferences).toEqual([references[1]])
  })

  it('in the foreground removes dependants first and then the owner', async () => {
    const server = startServer()
    const order: string[] = []
    server.store.subscribe(
      (change) => change.type === 'DELETED' && order.push(change.object.metadata.name),
      'configmaps',
    )
    const owner = await make(server, 'owner')
    await make(server, 'child', owner)
    const held = await make(server, 'held', owner, { finalizers: ['example.com/x'] })
    const answer = await del(server, 'owner', 'Foreground')
    expect(answer.body.metadata.finalizers).toEqual(['foregroundDeletion'])
    expect(await names(server)).toEqual(['held', 'owner'])
    await server.ask({
      method: 'PATCH',
      path: `${core}/configmaps/${held.metadata.name}`,
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    })
    expect(await names(server)).toEqual([])
    expect(order).toEqual(['child', 'held', 'owner'])
  })

  it('with Orphan leaves the dependants, without the reference', async () => {
    const server = startServer()
    await make(server, 'child', await make(server, 'owner'))
    await del(server, 'owner', 'Orphan')
    expect(await names(server)).toEqual(['child'])
    expect(
      (await server.ask({ method: 'GET', path: `${core}/configmaps/child` })).body.metadata.ownerReferences,
    ).toBeUndefined()
  })

  it('takes a dependant whose owner never existed, but not one of a kind nobody knows', async () => {
    const server = startServer()
    await make(server, 'orphan', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'never', uid: 'no-such-uid' },
    })
    await make(server, 'strange', {
      apiVersion: 'example.com/v1',
      kind: 'Unheard',
      metadata: { name: 'never', uid: 'no-such-uid' },
    })
    expect(await names(server)).toEqual(['strange'])
  })
})

describe('a namespace', () => {
  const namespace = (server: TestServer, name: string) =>
    server.ask({
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    })

  it('starts with an account and the certificate, so that pods can be made at once', async () => {
    const server = startServer({ caCertificate: 'PEM' })
    await namespace(server, 'x')
    const pod = await server.ask({
      method: 'POST',
      path: '/api/v1/namespaces/x/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    })
    expect(pod.status).toBe(201)
    expect(pod.body.spec.volumes[0].projected.sources).toHaveLength(3)
    expect(
      (await server.ask({ method: 'GET', path: '/api/v1/namespaces/x/configmaps/kube-root-ca.crt' })).body.data,
    ).toEqual({ 'ca.crt': 'PEM' })
    await server.ask({ method: 'DELETE', path: '/api/v1/namespaces/x/serviceaccounts/default' })
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/x/serviceaccounts/default' })).status).toBe(200)
  })

  it('takes everything with it, and waits for what is held', async () => {
    const server = startServer()
    await namespace(server, 'x')
    const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/x'] } }
    await server.ask({ method: 'POST', path: '/api/v1/namespaces/x/configmaps', body: held })
    await server.ask({
      method: 'POST',
      path: '/api/v1/namespaces/x/secrets',
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } },
    })
    expect((await server.ask({ method: 'DELETE', path: '/api/v1/namespaces/x' })).body.status.phase).toBe('Terminating')
    await settled()
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/x' })).status).toBe(200)
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/x/secrets/s' })).status).toBe(404)
    await server.ask({
      method: 'PATCH',
      path: '/api/v1/namespaces/x/configmaps/held',
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    })
    await settled()
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/x' })).status).toBe(404)
    expect(server.store.buckets().flatMap((bucket) => server.store.list(bucket, 'x'))).toEqual([])
  })
})

it('Events are gone an hour after their last write', async () => {
  const server = startServer()
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    reason: 'R',
  }
  await server.ask({ method: 'POST', path: `${core}/events`, body: event })
  server.clock.pass(50 * 60_000)
  await server.ask({
    method: 'PATCH',
    path: `${core}/events/e`,
    contentType: 'application/merge-patch+json',
    body: { count: 2 },
  })
  server.clock.pass(50 * 60_000)
  expect((await server.ask({ method: 'GET', path: `${core}/events/e` })).status).toBe(200)
  server.clock.pass(15 * 60_000)
  expect((await server.ask({ method: 'GET', path: `${core}/events/e` })).status).toBe(404)
})

it('a claim in use stays until the last pod that uses it is gone', async () => {
  const server = startServer()
  await server.ask({
    method: 'POST',
    path: `${core}/persistentvolumeclaims`,
    body: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  })
  await server.ask({
    method: 'POST',
    path: `${core}/pods`,
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
      },
    },
  })
  await server.ask({ method: 'DELETE', path: `${core}/persistentvolumeclaims/c` })
  expect((await server.ask({ method: 'GET', path: `${core}/persistentvolumeclaims/c` })).status).toBe(200)
  await server.ask({ method: 'DELETE', path: `${core}/pods/p` })
  expect((await server.ask({ method: 'GET', path: `${core}/persistentvolumeclaims/c` })).status).toBe(404)
})

it('a CRD takes its objects with it, and its kind is no longer served', async () => {
  const server = startServer()
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  await server.ask({
    method: 'POST',
    path: crds,
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  })
  const things = '/apis/example.com/v1/namespaces/default/things'
  const thing = await server.ask({
    method: 'POST',
    path: things,
    body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' } },
  })
  expect(thing.status).toBe(201)
  await make(server, 'child', thing.body)
  const watch = await server.follow(`${things}?watch=1`)
  await server.ask({ method: 'DELETE', path: `${crds}/things.example.com` })
  expect(watch.events.map((event) => event.type)).toEqual(['ADDED', 'DELETED'])
  expect(await names(server)).toEqual([])
  expect((await server.ask({ method: 'GET', path: things })).status).toBe(404)
  expect((await server.ask({ method: 'GET', path: `${crds}/things.example.com` })).status).toBe(404)
  expect(server.resources().some((one) => one.resource === 'things')).toBe(false)
})

it('a CRD on its way out waits quietly for the finalizer of another', async () => {
  const server = startServer()
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const schema = { openAPIV3Schema: { type: 'object' } }
  await server.ask({
    method: 'POST',
    path: crds,
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com', finalizers: ['example.com/hold'] },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  })
  const path = `${crds}/things.example.com`
  await server.ask({ method: 'DELETE', path })
  await settled()
  const held = await server.ask({ method: 'GET', path })
  expect(held.body.metadata.finalizers).toEqual(['example.com/hold'])
  await settled()
  const later = await server.ask({ method: 'GET', path })
  expect(later.body.metadata.resourceVersion).toBe(held.body.metadata.resourceVersion)
  const contentType = 'application/merge-patch+json'
  await server.ask({ method: 'PATCH', path, contentType, body: { metadata: { finalizers: null } } })
  await settled()
  expect((await server.ask({ method: 'GET', path })).status).toBe(404)
})

it('a node loses its not-ready taint when it reports that it is ready', async () => {
  const server = startServer()
  const created = await server.ask({
    method: 'POST',
    path: '/api/v1/nodes',
    body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
  })
  expect(created.body.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
  const status = { conditions: [{ type: 'Ready', status: 'True' }] }
  await server.ask({
    method: 'PATCH',
    path: '/api/v1/nodes/n/status',
    contentType: 'application/strategic-merge-patch+json',
    body: { status },
  })
  expect((await server.ask({ method: 'GET', path: '/api/v1/nodes/n' })).body.spec.taints).toBeUndefined()
})
