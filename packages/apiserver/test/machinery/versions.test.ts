/** One stored object under several names, and schemas that change after objects were stored. */
import { describe, expect, it } from 'vitest'
import { startServer } from './start.ts'

describe('an object served in several versions', () => {
  it('is the same Event under v1 and events.k8s.io/v1, for readers, writers and watchers', async () => {
    const server = startServer()
    const path = '/apis/events.k8s.io/v1/namespaces/default/events'
    const watch = await server.follow('/api/v1/namespaces/default/events?watch=1')
    const created = await server.ask({
      method: 'POST',
      path,
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e' },
        regarding: { kind: 'Pod', namespace: 'default', name: 'p' },
        note: 'hello',
        reason: 'R',
        type: 'Normal',
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'me',
        reportingInstance: 'me-1',
        action: 'A',
      },
    })
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(created.body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'hello', reportingController: 'me' })
    const old = await server.ask({ method: 'GET', path: '/api/v1/namespaces/default/events/e' })
    expect(old.body).toMatchObject({
      apiVersion: 'v1',
      message: 'hello',
      involvedObject: { name: 'p' },
      reportingComponent: 'me',
    })
    expect(watch.events[0]!.object).toEqual(old.body)
    await server.ask({
      method: 'PATCH',
      path: `${path}/e`,
      contentType: 'application/merge-patch+json',
      body: { note: 'again' },
    })
    expect((await server.ask({ method: 'GET', path: '/api/v1/namespaces/default/events/e' })).body.message).toBe(
      'again',
    )
  })

  it('is the same autoscaler under v1 and v2', async () => {
    const server = startServer()
    const spec = {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
    }
    const path = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
    const created = await server.ask({
      method: 'POST',
      path,
      body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' }, spec },
    })
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(created.body.spec).toEqual({ ...spec, minReplicas: 1 })
    const newer = await server.ask({
      method: 'GET',
      path: '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/h',
    })
    expect(newer.body.spec.metrics[0].resource.target.averageUtilization).toBe(50)
  })
})

describe('a custom resource', () => {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const things = '/apis/example.com/v1/namespaces/default/things'
  const definition = (properties: object) => ({
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
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
        },
      ],
    },
  })

  it('stored before its schema had a default gets it when it is read, without being written', async () => {
    const server = startServer()
    await server.ask({ method: 'POST', path: crds, body: definition({ a: { type: 'string' } }) })
    await server.ask({
      method: 'POST',
      path: things,
      body: { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: {} },
    })
    const later = definition({ a: { type: 'string' }, b: { type: 'string', default: 'x' } })
    await server.ask({
      method: 'PATCH',
      path: `${crds}/things.example.com`,
      contentType: 'application/merge-patch+json',
      body: later,
    })
    const before = server.store.revision
    const read = await server.ask({ method: 'GET', path: `${things}/t` })
    expect(read.body.spec).toEqual({ b: 'x' })
    expect((await server.ask({ method: 'GET', path: things })).body.items[0].spec).toEqual({ b: 'x' })
    expect(server.store.revision).toBe(before)
  })

  it('whose embedded metadata has unknown fields is refused when strict, and cleaned otherwise', async () => {
    const server = startServer()
    await server.ask({
      method: 'POST',
      path: crds,
      body: definition({
        pod: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      }),
    })
    const body = {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 't' },
      spec: { pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', nope: 1 } } },
    }
    const strict = await server.ask({ method: 'POST', path: `${things}?fieldValidation=Strict`, body })
    expect(strict.body.message).toBe(
      'Thing in version "v1" cannot be handled as a Thing: strict decoding error: unknown field "spec.pod.metadata.nope"',
    )
    const warned = await server.ask({ method: 'POST', path: things, body })
    expect([warned.status, warned.warnings]).toEqual([201, ['unknown field "spec.pod.metadata.nope"']])
    expect(warned.body.spec.pod.metadata).toEqual({ name: 'p' })
  })
})
