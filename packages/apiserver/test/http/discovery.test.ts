import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareVersions } from '../../src/discovery.ts'
import { startHome, type Home } from './home.ts'

let home: Home
beforeAll(async () => {
  home = await startHome()
})
afterAll(() => home.close())

const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' }
const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.example.com' },
  spec: {
    group: 'test.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wg'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer', description: 'How large.' } } },
            },
          },
        },
      },
    ],
  },
}

test('legacy discovery lists groups, versions and resources', async () => {
  expect((await home.call('/api')).json).toMatchObject({ kind: 'APIVersions', versions: ['v1'] })
  const groups = (await home.call('/apis')).json
  expect(groups).toMatchObject({ kind: 'APIGroupList', apiVersion: 'v1' })
  expect(groups.groups.find((g: { name: string }) => g.name === 'apps')).toEqual({
    name: 'apps',
    versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
    preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
  })
  const core = (await home.call('/api/v1')).json
  expect(core.resources.find((r: { name: string }) => r.name === 'pods')).toMatchObject({
    singularName: 'pod',
    namespaced: true,
    kind: 'Pod',
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    shortNames: ['po'],
    categories: ['all'],
  })
  for (const name of ['pods/log', 'pods/exec', 'pods/portforward', 'pods/status', 'serviceaccounts/token'])
    expect(core.resources.map((r: { name: string }) => r.name)).toContain(name)
  const access = (await home.call('/apis/authorization.k8s.io/v1')).json
  expect(access.resources.map((r: { name: string }) => r.name)).toContain('selfsubjectaccessreviews')
})

test('aggregated discovery has its own type and an ETag', async () => {
  const answer = await home.call('/apis', { headers: aggregated })
  expect(answer.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
  const apps = answer.json.items.find((item: { metadata: { name: string } }) => item.metadata.name === 'apps')
  expect(apps.versions[0].resources.find((r: { resource: string }) => r.resource === 'deployments')).toMatchObject({
    responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    scope: 'Namespaced',
    subresources: [
      {
        subresource: 'scale',
        responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        verbs: ['get', 'patch', 'update'],
      },
      { subresource: 'status', verbs: ['get', 'patch', 'update'] },
    ],
  })
  const etag = String(answer.headers['etag'])
  expect((await home.call('/apis', { headers: { ...aggregated, 'if-none-match': etag } })).status).toBe(304)
  expect((await home.call('/api', { headers: aggregated })).json.items).toHaveLength(1)
})

test('OpenAPI tells kubectl that the server validates, and merges built-ins strategically', async () => {
  const index = (await home.call('/openapi/v3')).json
  expect(Object.keys(index.paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1']))
  const apps = (await home.call(index.paths['apis/apps/v1'].serverRelativeURL)).json
  const patch = apps.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch
  expect(patch['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' })
  expect(patch.parameters.map((p: { name: string }) => p.name)).toContain('fieldValidation')
  expect(Object.keys(patch.requestBody.content)).toContain('application/strategic-merge-patch+json')
  const spec = apps.components.schemas['io.k8s.api.core.v1.PodSpec']
  expect(spec.properties.containers).toMatchObject({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
  })
  const refs = [...JSON.stringify(apps).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    (match) => match[1]!,
  )
  expect(refs.filter((name) => !apps.components.schemas[name])).toEqual([])
})

test('OpenAPI v2, which older clients read: as JSON, and as the protobuf that client-go asks for', async () => {
  const { definitions, paths } = (await home.call('/openapi/v2')).json
  expect(definitions['io.k8s.api.core.v1.Pod'].properties.spec.$ref).toBe('#/definitions/io.k8s.api.core.v1.PodSpec')
  const refs = [...JSON.stringify(definitions).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!)
  expect(refs.filter((ref) => !definitions[ref.replace('#/definitions/', '')])).toEqual([])
  expect(paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch.parameters).toContainEqual({
    name: 'dryRun',
    in: 'query',
    type: 'string',
  })
  for (const version of ['v2@v1.0', 'v2.v1.0']) {
    const accept = `application/com.github.proto-openapi.spec.${version}+protobuf`
    const answer = await home.call('/openapi/v2', { headers: { accept } })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
  }
  expect((await home.call('/openapi/v2', { headers: { accept: 'text/html' } })).status).toBe(406)
})

test('a CRD appears in discovery and OpenAPI at once, and leaves with its deletion', async () => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const before = String((await home.call('/apis', { headers: aggregated })).headers['etag'])
  await home.create(definitions, crd as never)
  const after = await home.call('/apis', { headers: { ...aggregated, 'if-none-match': before } })
  expect(after.status).toBe(200)
  expect((await home.call('/apis/test.example.com/v1')).json.resources.map((r: { name: string }) => r.name)).toEqual([
    'widgets',
    'widgets/status',
  ])
  const document = (await home.call('/openapi/v3/apis/test.example.com/v1')).json
  expect(document.components.schemas['com.example.test.v1.Widget']).toMatchObject({
    'x-kubernetes-group-version-kind': [{ group: 'test.example.com', version: 'v1', kind: 'Widget' }],
    properties: { metadata: expect.anything(), spec: { properties: { size: { description: 'How large.' } } } },
  })
  await home.call(`${definitions}/widgets.test.example.com`, { method: 'DELETE' })
  expect((await home.call('/apis/test.example.com/v1')).status).toBe(404)
})

test('versions are ordered by stability, then by number', () => {
  expect(['v1alpha1', 'v1', 'v2beta1', 'foo', 'v10', 'v2'].sort(compareVersions)).toEqual([
    'v10',
    'v2',
    'v1',
    'v2beta1',
    'v1alpha1',
    'foo',
  ])
})
