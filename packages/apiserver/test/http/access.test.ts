import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensurePki } from '../../src/index.ts'
import { configMaps, pods, startHome, type Home } from './home.ts'

let home: Home
beforeAll(async () => {
  home = await startHome()
})
afterAll(() => home.close())

test.each(['/healthz', '/readyz', '/livez', '/version'])('%s is open to everybody', async (path) => {
  expect((await home.call(path, { token: null })).status).toBe(200)
})

test('refuses strangers in the words of kube-apiserver', async () => {
  expect((await home.call('/api/v1/pods', { token: null })).json).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message:
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
    reason: 'Forbidden',
    details: { kind: 'pods' },
    code: 403,
  })
  expect((await home.call('/foo', { token: null })).json).toMatchObject({
    message: 'forbidden: User "system:anonymous" cannot get path "/foo"',
    details: {},
    code: 403,
  })
  const wrong = await home.call('/api/v1/pods', { token: 'wrong' })
  expect(wrong.status).toBe(401)
  expect(wrong.json).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  })
})

test('a certificate of another CA is no certificate', async () => {
  const other = mkdtempSync(join(tmpdir(), 'drey-other-ca-'))
  const stranger = ensurePki(other).admin
  rmSync(other, { recursive: true })
  const status = await new Promise<number>((resolve, reject) =>
    request(`${home.url}/version`, { ca: home.pki.ca, ...stranger, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end(),
  )
  expect(status).toBe(401)
})

test('names subresource, object and namespace in a refusal', async () => {
  expect((await home.call(`${pods}/foo/log`, { token: 'bobs-token' })).json).toMatchObject({
    message:
      'pods "foo" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "default"',
    details: { name: 'foo', kind: 'pods' },
  })
  expect(
    (await home.call('/apis/apps/v1/namespaces/default/deployments', { token: 'bobs-token', method: 'POST', body: {} }))
      .json,
  ).toMatchObject({
    message:
      'deployments.apps is forbidden: User "bob" cannot create resource "deployments" in API group "apps" in the namespace "default"',
    details: { group: 'apps', kind: 'deployments' },
  })
})

test('a RoleBinding opens what its role allows at once, and its removal closes it', async () => {
  const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings'
  await home.create(bindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'bob' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'Group', name: 'dev', apiGroup: 'rbac.authorization.k8s.io' }],
  })
  expect((await home.call(pods, { token: 'bobs-token' })).status).toBe(200)
  expect((await home.call('/api/v1/pods', { token: 'bobs-token' })).status).toBe(403)
  await home.call(`${bindings}/bob`, { method: 'DELETE' })
  expect((await home.call(pods, { token: 'bobs-token' })).status).toBe(403)
})

test('a ServiceAccount speaks with a requested token, until the account is gone', async () => {
  const accounts = '/api/v1/namespaces/default/serviceaccounts'
  await home.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
  const review = await home.call(`${accounts}/robot/token`, {
    method: 'POST',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
  })
  expect(review.status).toBe(201)
  const token = review.json.status.token as string
  const who = { method: 'POST', token, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } }
  const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  expect((await home.call(reviews, who)).json.status.userInfo).toMatchObject({
    username: 'system:serviceaccount:default:robot',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  })
  const checked = await home.call('/apis/authentication.k8s.io/v1/tokenreviews', {
    method: 'POST',
    body: { spec: { token } },
  })
  expect(checked.json.status).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:default:robot' },
  })
  await home.call(`${accounts}/robot`, { method: 'DELETE' })
  expect((await home.call(reviews, who)).status).toBe(401)
})

test('answers access reviews with the reason', async () => {
  const ask = (user: string) =>
    home.call('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      method: 'POST',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user,
          groups: ['system:nodes'],
          resourceAttributes: { verb: 'update', resource: 'pods', subresource: 'status' },
        },
      },
    })
  expect((await ask('system:node:n')).json.status).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by ClusterRoleBinding "system:node" of ClusterRole "system:node" to Group "system:nodes"',
  })
  const own = await home.call('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    method: 'POST',
    token: 'bobs-token',
    body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } } },
  })
  expect(own.json.status).toEqual({ allowed: false })
})

test('an administrator may act as somebody else; others may not', async () => {
  const asBob = { headers: { 'impersonate-user': 'bob', 'impersonate-group': ['dev', 'ops'] } }
  expect((await home.call(configMaps, asBob)).json.message).toContain('User "bob" cannot list')
  expect(
    (await home.call(configMaps, { token: 'bobs-token', headers: { 'impersonate-user': 'drey-admin' } })).json.message,
  ).toBe(
    'users "drey-admin" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
  )
})

test('nobody hands out rights they lack', async () => {
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
  await home.create(roles, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'role-writer' },
    rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['*'] }],
  } as never)
  // `*` on roles would include the verbs escalate and bind: name the ordinary ones
  await home.call(`${roles}/role-writer`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: {
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles', 'rolebindings'],
          verbs: ['get', 'create', 'update', 'patch'],
        },
      ],
    },
  })
  await home.create('/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'bob-writes-roles' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role-writer' },
    subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }],
  })
  const secrets = (name: string) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  })
  const refused = await home.call(roles, { method: 'POST', token: 'bobs-token', body: secrets('grab') })
  expect(refused.status).toBe(403)
  expect(refused.json.message).toContain(
    'is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}',
  )
  const patched = await home.call(`${roles}/role-writer`, {
    method: 'PATCH',
    token: 'bobs-token',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { rules: secrets('x').rules },
  })
  expect(patched.status).toBe(403)
  const bound = await home.call('/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
    method: 'POST',
    token: 'bobs-token',
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'grab' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'User', name: 'bob', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  })
  expect(bound.status).toBe(403)
})
