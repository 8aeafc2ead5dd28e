import { expect, test } from 'vitest'
import { parsePath } from '../../src/path.ts'

const parse = (method: string, url: string) => {
  const [path = '', query] = url.split('?')
  return parsePath(method, path, new URLSearchParams(query))
}

test.each([
  ['GET', '/api/v1/pods', { verb: 'list', group: '', version: 'v1', resource: 'pods' }],
  ['GET', '/api/v1/pods?watch=true', { verb: 'watch', group: '', version: 'v1', resource: 'pods' }],
  ['GET', '/api/v1/pods?watch=0', { verb: 'list', group: '', version: 'v1', resource: 'pods' }],
  ['GET', '/api/v1/watch/pods', { verb: 'watch', group: '', version: 'v1', resource: 'pods' }],
  ['GET', '/api/v1/namespaces', { verb: 'list', group: '', version: 'v1', resource: 'namespaces' }],
  ['GET', '/api/v1/namespaces/a', { verb: 'get', group: '', version: 'v1', resource: 'namespaces', name: 'a' }],
  [
    'PUT',
    '/api/v1/namespaces/a/finalize',
    { verb: 'update', group: '', version: 'v1', resource: 'namespaces', name: 'a', subresource: 'finalize' },
  ],
  [
    'DELETE',
    '/api/v1/namespaces/a/pods',
    { verb: 'deletecollection', group: '', version: 'v1', resource: 'pods', namespace: 'a' },
  ],
  [
    'POST',
    '/api/v1/namespaces/a/pods/p/exec',
    { verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'p', subresource: 'exec' },
  ],
  [
    'GET',
    '/api/v1/namespaces/a/services/s:rest/proxy/jobs/overview',
    {
      verb: 'get',
      group: '',
      version: 'v1',
      resource: 'services',
      namespace: 'a',
      name: 's:rest',
      subresource: 'proxy',
      rest: 'jobs/overview',
    },
  ],
  [
    'PATCH',
    '/apis/flink.apache.org/v1beta1/namespaces/a/flinkdeployments/x/status',
    {
      verb: 'patch',
      group: 'flink.apache.org',
      version: 'v1beta1',
      resource: 'flinkdeployments',
      namespace: 'a',
      name: 'x',
      subresource: 'status',
    },
  ],
  [
    'GET',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    { verb: 'get', group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'system:node' },
  ],
])('%s %s', (method, url, expected) => expect(parse(method, url)).toEqual(expected))

test.each([
  '/',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/healthz',
  '/openapi/v3/api/v1',
  '/api/v1/pods/%zz',
])('%s is no resource path', (path) => expect(parse('GET', path)).toBeUndefined())
