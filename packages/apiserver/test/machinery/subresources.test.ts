/** Scale, eviction, and the transport in memory. */
import { describe, expect, it } from 'vitest'
import { KubeError, type KubeObject, type WatchEvent } from '@drey/reconcile'
import { admin, startServer, type TestServer } from './start.ts'

const core = '/api/v1/namespaces/default'
const pod = (server: TestServer, name: string, labels: Record<string, string> = {}) =>
  server.ask({
    method: 'POST',
    path: `${core}/pods`,
    body: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    },
  })
const patchStatus = (server: TestServer, path: string, status: object) =>
  server.ask({ method: 'PATCH', path: `${path}/status`, contentType: 'application/merge-patch+json', body: { status } })

const plainCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'plains.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Namespaced',
    names: { plural: 'plains', kind: 'Plain' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

describe('an eviction', () => {
  it('is refused while a budget allows no disruption, and otherwise deletes gracefully', async () => {
    const server = startServer()
    await pod(server, 'p', { app: 'x' })
    await patchStatus(server, `${core}/pods/p`, { phase: 'Running' })
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    await server.ask({
      method: 'POST',
      path: budgets,
      body: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'b' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
      },
    })
    await patchStatus(server, `${budgets}/b`, {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      desiredHealthy: 1,
      currentHealthy: 1,
    })
    const evict = () =>
      server.ask({
        method: 'POST',
        path: `${core}/pods/p/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } },
      })
    const refused = await evict()
    expect([refused.status, refused.body.reason]).toEqual([429, 'TooManyRequests'])
    await patchStatus(server, `${budgets}/b`, { disruptionsAllowed: 1 })
    expect((await evict()).status).toBe(201)
    expect((await server.ask({ method: 'GET', path: `${core}/pods/p` })).body.metadata.deletionGracePeriodSeconds).toBe(
      30,
    )
  })
})

it('a subresource that a CRD does not have is told as a server of custom resources tells it', async () => {
  const server = startServer()
  await server.ask({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    body: plainCrd,
  })
  const scale = await server.ask({ method: 'GET', path: '/apis/x.io/v1/namespaces/default/plains/p/scale' })
  expect([scale.status, scale.body.message]).toEqual([404, 'plains.x.io "p" not found'])
  // Without a name in the details, by which `kubectl debug` knows that there are no ephemeral containers here.
  for (const part of ['scale', 'ephemeralcontainers']) {
    const pods = await server.ask({ method: 'PATCH', path: `${core}/pods/p/${part}`, body: {} })
    expect([pods.status, pods.body.message]).toEqual([404, 'the server could not find the requested resource'])
    expect(pods.body.details?.name).toBe(undefined)
  }
})

it('the scale of a custom resource without a replica count cannot be read, but be set', async () => {
  const server = startServer()
  await server.ask({
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    body: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
          },
        ],
      },
    },
  })
  const path = '/apis/example.com/v1/namespaces/default/things'
  await server.ask({
    method: 'POST',
    path,
    body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' } },
  })
  const read = await server.ask({ method: 'GET', path: `${path}/t/scale` })
  expect([read.status, read.body.message]).toEqual([
    500,
    'Internal error occurred: the spec replicas field ".spec.replicas" does not exist',
  ])
  const set = (replicas: number) =>
    server.ask({
      method: 'PATCH',
      path: `${path}/t/scale`,
      contentType: 'application/merge-patch+json',
      body: { spec: { replicas } },
    })
  expect((await set(2)).body.spec).toEqual({ replicas: 2 })
  expect((await set(-1)).body.message).toContain('.spec.replicas: Invalid value: -1: should be a non-negative integer')
})

it('a kind that nothing acts on says so when it is written', async () => {
  const server = startServer()
  const body = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'n' },
    spec: { podSelector: {} },
  }
  const created = await server.ask({
    method: 'POST',
    path: '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
    body,
  })
  expect(created.warnings).toEqual(['NetworkPolicy is only stored here: no traffic is blocked'])
})

describe('the transport in memory', () => {
  it('answers like the server, shares its objects, and ends a watch when it is aborted', async () => {
    const server = startServer()
    const transport = server.transport(admin, 'me/1')
    const path = `${core}/configmaps`
    const created = await transport.send({
      method: 'POST',
      path,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } },
    })
    expect(created.status).toBe(201)
    expect((await transport.send({ method: 'GET', path: `${path}/c` })).body).toBe(created.body)

    const stop = new AbortController()
    const seen: WatchEvent[] = []
    const following = (async () => {
      const query = { resourceVersion: (created.body as KubeObject).metadata.resourceVersion! }
      for await (const event of transport.watch({ method: 'GET', path, query, signal: stop.signal })) {
        seen.push(event)
        if (seen.length === 2) stop.abort()
      }
    })()
    await Promise.resolve()
    for (const a of ['1', '2', '3'])
      await transport.send({
        method: 'PATCH',
        path: `${path}/c`,
        contentType: 'application/merge-patch+json',
        body: { data: { a } },
      })
    await following
    expect(seen.map((event) => event.object['data'])).toEqual([{ a: '1' }, { a: '2' }])
  })

  it('refuses a watch by throwing the Status', async () => {
    const transport = startServer().transport(admin)
    const refused = (async () => {
      for await (const _ of transport.watch({ method: 'GET', path: `${core}/nothings` })) break
    })()
    await expect(refused).rejects.toThrow(KubeError)
  })
})
