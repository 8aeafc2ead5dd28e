/** The cluster roles and bindings every Kubernetes cluster starts with, as data; what Drey does not serve is left out. */
import type { KubeObject } from '@drey/reconcile'
import type { Rule } from './rbac.ts'

const read = ['get', 'list', 'watch']
const write = ['create', 'delete', 'deletecollection', 'patch', 'update']
const prefix = 'rbac.authorization.k8s.io'

const can = (verbs: readonly string[], group: string, ...resources: string[]): Rule => ({
  apiGroups: [group],
  resources,
  verbs,
})
const paths = (...nonResourceURLs: string[]): Rule => ({ nonResourceURLs, verbs: ['get'] })

const clusterRole = (name: string, rules: readonly Rule[], labels: Record<string, string> = {}): KubeObject => ({
  apiVersion: `${prefix}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  },
  rules,
})

const aggregate = (name: string, ...from: string[]): KubeObject => ({
  ...clusterRole(
    name,
    [],
    name === 'admin' ? {} : { [`${prefix}/aggregate-to-${name === 'edit' ? 'admin' : 'edit'}`]: 'true' },
  ),
  aggregationRule: {
    clusterRoleSelectors: from.map((label) => ({ matchLabels: { [`${prefix}/aggregate-to-${label}`]: 'true' } })),
  },
})

interface SubjectRef {
  kind: 'Group' | 'User'
  name: string
}
const binding = (role: string, ...subjects: SubjectRef[]): KubeObject => ({
  apiVersion: `${prefix}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {
    name: role,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  },
  roleRef: { apiGroup: prefix, kind: 'ClusterRole', name: role },
  subjects: subjects.map((subject) => ({ apiGroup: prefix, ...subject })),
})
const group = (name: string): SubjectRef => ({ kind: 'Group', name })
const user = (name: string): SubjectRef => ({ kind: 'User', name })

const info = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const scalable = ['deployments', 'replicasets', 'statefulsets']

export const bootstrapRoles: readonly KubeObject[] = [
  clusterRole('cluster-admin', [can(['*'], '*', '*'), { nonResourceURLs: ['*'], verbs: ['*'] }]),
  aggregate('admin', 'admin'),
  aggregate('edit', 'edit'),
  aggregate('view', 'view'),
  clusterRole(
    'system:aggregate-to-view',
    [
      can(
        read,
        '',
        'configmaps',
        'endpoints',
        'persistentvolumeclaims',
        'persistentvolumeclaims/status',
        'pods',
        'serviceaccounts',
        'services',
        'services/status',
      ),
      can(
        read,
        '',
        'bindings',
        'events',
        'limitranges',
        'namespaces/status',
        'pods/log',
        'pods/status',
        'resourcequotas',
        'resourcequotas/status',
      ),
      can(read, '', 'namespaces'),
      can(read, 'discovery.k8s.io', 'endpointslices'),
      can(
        read,
        'apps',
        'controllerrevisions',
        'daemonsets',
        'daemonsets/status',
        ...scalable.flatMap((kind) => [kind, `${kind}/scale`, `${kind}/status`]),
      ),
      can(read, 'autoscaling', 'horizontalpodautoscalers', 'horizontalpodautoscalers/status'),
      can(read, 'batch', 'cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'),
      can(read, 'policy', 'poddisruptionbudgets', 'poddisruptionbudgets/status'),
      can(read, 'networking.k8s.io', 'ingresses', 'ingresses/status', 'networkpolicies'),
    ],
    { [`${prefix}/aggregate-to-view`]: 'true' },
  ),
  clusterRole(
    'system:aggregate-to-edit',
    [
      can(read, '', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'),
      can(['impersonate'], '', 'serviceaccounts'),
      can(write, '', 'pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'),
      can(['create'], '', 'pods/eviction'),
      can(
        write,
        '',
        'configmaps',
        'events',
        'persistentvolumeclaims',
        'secrets',
        'serviceaccounts',
        'services',
        'services/proxy',
      ),
      can(['create'], '', 'serviceaccounts/token'),
      can(write, 'apps', 'daemonsets', ...scalable.flatMap((kind) => [kind, `${kind}/scale`])),
      can(write, 'autoscaling', 'horizontalpodautoscalers'),
      can(write, 'batch', 'cronjobs', 'jobs'),
      can(write, 'policy', 'poddisruptionbudgets'),
      can(write, 'networking.k8s.io', 'ingresses', 'networkpolicies'),
      can([...read, ...write], 'coordination.k8s.io', 'leases'),
    ],
    { [`${prefix}/aggregate-to-edit`]: 'true' },
  ),
  clusterRole(
    'system:aggregate-to-admin',
    [
      can(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
      can([...read, ...write], prefix, 'rolebindings', 'roles'),
    ],
    { [`${prefix}/aggregate-to-admin`]: 'true' },
  ),
  clusterRole('system:discovery', [paths('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...info)]),
  clusterRole('system:public-info-viewer', [paths(...info)]),
  clusterRole('system:basic-user', [
    can(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
    can(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
  ]),
  clusterRole('system:service-account-issuer-discovery', [
    paths(
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ),
  ]),
  clusterRole('system:auth-delegator', [
    can(['create'], 'authentication.k8s.io', 'tokenreviews'),
    can(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
  ]),
  clusterRole('system:node', [
    can(['create'], 'authentication.k8s.io', 'tokenreviews'),
    can(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews', 'subjectaccessreviews'),
    can(
      read,
      '',
      'services',
      'endpoints',
      'configmaps',
      'secrets',
      'namespaces',
      'persistentvolumes',
      'serviceaccounts',
    ),
    can(read, 'discovery.k8s.io', 'endpointslices'),
    can([...read, 'create', 'patch', 'update'], '', 'nodes'),
    can(['patch', 'update'], '', 'nodes/status', 'pods/status'),
    // `get`: our node repeats an Event by reading it first
    can(['create', 'get', 'patch', 'update'], '', 'events'),
    can([...read, 'create', 'delete'], '', 'pods'),
    can(['create'], '', 'pods/eviction', 'pods/binding', 'bindings', 'serviceaccounts/token'),
    can([...read, 'patch', 'update'], '', 'persistentvolumeclaims', 'persistentvolumeclaims/status'),
    can(['create', 'delete', 'get', 'list', 'watch', 'patch', 'update'], 'coordination.k8s.io', 'leases'),
    can(read, 'node.k8s.io', 'runtimeclasses'),
    can(read, 'storage.k8s.io', 'csidrivers', 'storageclasses', 'volumeattachments'),
    can(['create', 'delete', 'get', 'patch', 'update'], 'storage.k8s.io', 'csinodes'),
  ]),
  // what the Flink operator does, and nothing more: its resources, what it renders, its events and its lock
  clusterRole('drey:operator', [
    can(['*'], 'flink.apache.org', '*'),
    can(
      [...read, ...write],
      '',
      'pods',
      'services',
      'configmaps',
      'secrets',
      'events',
      'serviceaccounts',
      'persistentvolumeclaims',
    ),
    can(read, '', 'namespaces', 'nodes', 'endpoints', 'pods/log'),
    can([...read, ...write], 'apps', 'deployments', 'deployments/scale', 'deployments/finalizers', 'replicasets'),
    can([...read, ...write], 'networking.k8s.io', 'ingresses'),
    can([...read, ...write], 'coordination.k8s.io', 'leases'),
    can(read, 'apiextensions.k8s.io', 'customresourcedefinitions'),
  ]),
  // the built-in controllers of a home are one process; they act on every workload and on what workloads own
  clusterRole('system:kube-controller-manager', [can(['*'], '*', '*'), { nonResourceURLs: ['*'], verbs: ['get'] }]),
]

export const bootstrapBindings: readonly KubeObject[] = [
  binding('cluster-admin', group('system:masters')),
  binding('system:discovery', group('system:authenticated')),
  binding('system:basic-user', group('system:authenticated')),
  binding('system:public-info-viewer', group('system:authenticated'), group('system:unauthenticated')),
  binding('system:service-account-issuer-discovery', group('system:serviceaccounts')),
  // a real cluster has a node authorizer instead, which narrows these rights to the node's own pods
  binding('system:node', group('system:nodes')),
  binding('drey:operator', group('drey:operators')),
  binding('system:kube-controller-manager', user('system:kube-controller-manager')),
]
