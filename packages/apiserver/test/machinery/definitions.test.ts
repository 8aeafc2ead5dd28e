/** CRDs that are replaced as a whole: what is served is what stands there now. */
import { expect, it } from 'vitest'
import { startServer } from './start.ts'

const crd = (conf: object, names: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Namespaced',
    names,
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { conf } } },
      },
    ],
  },
})

it('a schema counts at once, though the names are only written in another order', async () => {
  const server = startServer()
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const texts = { type: 'object', additionalProperties: { type: 'string' } }
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const first = await server.ask({
    method: 'POST',
    path,
    body: crd(texts, { kind: 'Thing', plural: 'things', singular: 'thing', shortNames: ['th'] }),
  })
  const next = crd(anything, { shortNames: ['th'], singular: 'thing', plural: 'things', kind: 'Thing' })
  const live = await server.ask({ method: 'GET', path: `${path}/things.x.io` })
  const replaced = await server.ask({
    method: 'PUT',
    path: `${path}/things.x.io`,
    body: { ...next, metadata: live.body.metadata },
  })
  const created = await server.ask({
    method: 'POST',
    path: '/apis/x.io/v1/namespaces/default/things',
    body: { apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 'a' }, conf: { nested: { a: 1 } } },
  })
  expect([first.status, replaced.status, created.status]).toEqual([201, 200, 201])
  expect(created.body.conf).toEqual({ nested: { a: 1 } })
})
