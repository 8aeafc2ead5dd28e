import type { KubeObject } from '@drey/reconcile'
import { expect, test } from 'vitest'
import { bootstrapBindings, bootstrapRoles } from '../../src/bootstrap-roles.ts'
import { missingRules, rbacAuthorizer, type Attributes, type Authorizer } from '../../src/rbac.ts'

const role = (
  kind: string,
  name: string,
  namespace: string | undefined,
  rules: unknown[],
  labels = {},
): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}), labels },
  rules,
})
const binding = (
  kind: string,
  name: string,
  namespace: string | undefined,
  ref: [string, string],
  subjects: unknown[],
): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  roleRef: { kind: ref[0], name: ref[1] },
  subjects,
})

const rbacOf = (...objects: KubeObject[]): Authorizer => {
  const all = [...bootstrapRoles, ...bootstrapBindings, ...objects]
  const of = (kind: string) => all.filter((object) => object.kind === kind)
  return rbacAuthorizer({
    revision: () => 1,
    list: (resource) =>
      of(
        {
          roles: 'Role',
          rolebindings: 'RoleBinding',
          clusterroles: 'ClusterRole',
          clusterrolebindings: 'ClusterRoleBinding',
        }[resource],
      ),
  })
}
const bob = { name: 'bob', groups: ['dev', 'system:authenticated'] }
const ask = (part: Partial<Attributes>): Attributes => ({
  user: bob,
  verb: 'get',
  group: '',
  resource: 'pods',
  namespace: 'a',
  ...part,
})
const viewer = binding('RoleBinding', 'bob-view', 'a', ['ClusterRole', 'view'], [{ kind: 'User', name: 'bob' }])

test('allows nothing that no role allows, and members of system:masters everything', () => {
  const rbac = rbacOf()
  expect(rbac.authorize(ask({})).allowed).toBe(false)
  expect(rbac.authorize(ask({ user: { name: 'root', groups: ['system:masters'] } })).allowed).toBe(true)
})

test('a RoleBinding to a ClusterRole grants it in its own namespace only', () => {
  const rbac = rbacOf(viewer)
  expect(rbac.authorize(ask({}))).toEqual({
    allowed: true,
    because: 'RBAC: allowed by RoleBinding "bob-view/a" of ClusterRole "view" to User "bob"',
  })
  expect(rbac.authorize(ask({ namespace: 'b' })).allowed).toBe(false)
  expect(rbac.authorize(ask({ namespace: undefined as never })).allowed).toBe(false)
  expect(rbac.authorize(ask({ verb: 'delete' })).allowed).toBe(false)
  expect(rbac.authorize(ask({ resource: 'secrets' })).allowed).toBe(false)
  expect(rbac.authorize(ask({ subresource: 'log' })).allowed).toBe(true)
  expect(rbac.authorize(ask({ subresource: 'exec' })).allowed).toBe(false)
})

test('roles labelled for aggregation extend view, edit and admin', () => {
  const flink = role(
    'ClusterRole',
    'flink-view',
    undefined,
    [{ verbs: ['get'], apiGroups: ['flink.apache.org'], resources: ['*'] }],
    {
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    },
  )
  const admin = binding('RoleBinding', 'bob-admin', 'a', ['ClusterRole', 'admin'], [{ kind: 'Group', name: 'dev' }])
  const question = ask({ group: 'flink.apache.org', resource: 'flinkdeployments' })
  expect(rbacOf(viewer, flink).authorize(question).allowed).toBe(true)
  expect(rbacOf(admin, flink).authorize(question).allowed).toBe(true)
  expect(rbacOf(admin).authorize(ask({ resource: 'secrets', verb: 'delete' })).allowed).toBe(true)
})

test('service accounts are subjects by namespace and name', () => {
  const rbac = rbacOf(
    role('Role', 'r', 'a', [{ verbs: ['*'], apiGroups: ['apps'], resources: ['deployments', '*/scale'] }]),
    binding('RoleBinding', 'b', 'a', ['Role', 'r'], [{ kind: 'ServiceAccount', name: 'flink', namespace: 'x' }]),
  )
  const user = { name: 'system:serviceaccount:x:flink', groups: ['system:serviceaccounts'] }
  expect(rbac.authorize(ask({ user, group: 'apps', resource: 'deployments', verb: 'patch' })).allowed).toBe(true)
  expect(rbac.authorize(ask({ user, group: 'apps', resource: 'replicasets', subresource: 'scale' })).allowed).toBe(true)
  expect(rbac.authorize(ask({ user, group: 'apps', resource: 'replicasets' })).allowed).toBe(false)
})

test('resource names narrow a rule to those objects, and never cover lists without a name', () => {
  const rbac = rbacOf(
    role('Role', 'r', 'a', [
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'] },
    ]),
    binding('RoleBinding', 'b', 'a', ['Role', 'r'], [{ kind: 'User', name: 'bob' }]),
  )
  expect(rbac.authorize(ask({ resource: 'configmaps', name: 'one' })).allowed).toBe(true)
  expect(rbac.authorize(ask({ resource: 'configmaps', name: 'two' })).allowed).toBe(false)
  expect(rbac.authorize(ask({ resource: 'configmaps', verb: 'list' })).allowed).toBe(false)
})

test('everybody may see health and version, the authenticated also discovery', () => {
  const rbac = rbacOf()
  const nobody = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  expect(rbac.authorize({ user: nobody, verb: 'get', path: '/readyz' }).allowed).toBe(true)
  expect(rbac.authorize({ user: nobody, verb: 'get', path: '/apis' }).allowed).toBe(false)
  expect(rbac.authorize({ user: bob, verb: 'get', path: '/openapi/v3/apis/apps/v1' }).allowed).toBe(true)
  expect(rbac.authorize({ user: bob, verb: 'post', path: '/apis' }).allowed).toBe(false)
})

test('names what a role would grant beyond its author', () => {
  const owned = [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', '*/status'] }]
  expect(missingRules(owned, [{ verbs: ['get'], apiGroups: [''], resources: ['pods', 'services/status'] }])).toEqual([])
  expect(missingRules(owned, [{ verbs: ['get', 'delete'], apiGroups: [''], resources: ['pods'] }])).toEqual([
    { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
  ])
  expect(missingRules(owned, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }])).toHaveLength(1)
})

test("the operator's certificate may do its work and no more", () => {
  const operator = { name: 'drey-operator', groups: ['drey:operators', 'system:authenticated'] }
  const may = (verb: string, group: string, resource: string) =>
    rbacOf().authorize(ask({ user: operator, verb, group, resource })).allowed
  expect(may('patch', 'flink.apache.org', 'flinkdeployments')).toBe(true)
  expect(may('create', 'apps', 'deployments')).toBe(true)
  expect(may('update', 'coordination.k8s.io', 'leases')).toBe(true)
  expect(may('create', 'rbac.authorization.k8s.io', 'clusterroles')).toBe(false)
  expect(may('delete', '', 'namespaces')).toBe(false)
})
