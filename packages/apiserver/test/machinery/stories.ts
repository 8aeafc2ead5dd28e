/**
 * Requests told as stories: each runs in a namespace of its own, `NS` in paths and bodies. `scripts/record-conformance.ts` asks a
 * real kube-apiserver (without controllers) and keeps its answers; the tests ask ours and compare.
 */
export interface Step {
  method: string
  path: string
  body?: unknown
  contentType?: string
}
export interface Story {
  name: string
  steps: Step[]
}

const get = (path: string): Step => ({ method: 'GET', path })
const post = (path: string, body: unknown): Step => ({ method: 'POST', path, body })
const put = (path: string, body: unknown): Step => ({ method: 'PUT', path, body })
const del = (path: string, body?: unknown): Step => ({ method: 'DELETE', path, ...(body ? { body } : {}) })
const patch =
  (type: string) =>
  (path: string, body: unknown): Step => ({ method: 'PATCH', path, body, contentType: type })
const merge = patch('application/merge-patch+json')
const json = patch('application/json-patch+json')
const strategic = patch('application/strategic-merge-patch+json')
const apply = patch('application/apply-patch+yaml')

const core = '/api/v1/namespaces/NS'
const apps = '/apis/apps/v1/namespaces/NS'
const leases = '/apis/coordination.k8s.io/v1/namespaces/NS/leases'
const batch = '/apis/batch/v1/namespaces/NS'
const meta = (name: string, more: object = {}) => ({ name, ...more })
const object = (apiVersion: string, kind: string, name: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
})
const template = (more: object = {}) => ({
  metadata: { labels: { app: 'x' } },
  spec: { containers: [{ name: 'main', image: 'busybox' }], ...more },
})
const selector = { matchLabels: { app: 'x' } }
const deployment = (name: string, spec: object = {}) =>
  object('apps/v1', 'Deployment', name, { spec: { selector, template: template(), ...spec } })
const configMap = (name: string, data: object) => object('v1', 'ConfigMap', name, { data })

const widgets = '/apis/NS.example.com/v1/namespaces/NS/widgets'
const widget = (name: string, spec: object) => ({
  apiVersion: 'NS.example.com/v1',
  kind: 'Widget',
  metadata: { name },
  spec,
})
const widgetDefinition = (plural: string, kind: string) => {
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'object',
          required: ['size'],
          properties: {
            size: { type: 'integer', minimum: 0 },
            mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
            replicas: { type: 'integer' },
            free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            inner: { type: 'object', properties: { deep: { type: 'string', default: 'd' } } },
            items: {
              type: 'array',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['name'],
              items: {
                type: 'object',
                required: ['name'],
                properties: { name: { type: 'string' }, value: { type: 'integer' } },
              },
            },
            tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
          },
        },
        status: {
          type: 'object',
          properties: { phase: { type: 'string' }, replicas: { type: 'integer' }, selector: { type: 'string' } },
        },
      },
    },
  }
  const version = {
    served: true,
    schema,
    selectableFields: [{ jsonPath: '.spec.mode' }],
    additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        labelSelectorPath: '.status.selector',
      },
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.NS.example.com` },
    spec: {
      group: 'NS.example.com',
      scope: 'Namespaced',
      names: { plural, kind, shortNames: ['wd'], categories: ['all'] },
      versions: [
        { name: 'v1', storage: true, ...version },
        { name: 'v2', storage: false, ...version },
      ],
    },
  }
}

export const stories: Story[] = [
  {
    name: 'a ConfigMap is created, read, replaced, refused when stale, and deleted',
    steps: [
      post(`${core}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: meta('c1', { labels: {}, annotations: {} }),
        data: { a: 'b' },
      }),
      post(`${core}/configmaps`, configMap('c1', {})),
      get(`${core}/configmaps/c1`),
      put(`${core}/configmaps/c1`, { ...configMap('c1', { a: 'c' }), metadata: { name: 'c1', resourceVersion: '1' } }),
      put(`${core}/configmaps/c1`, configMap('c1', { a: 'c', d: 'e' })),
      put(`${core}/configmaps/c1`, configMap('c1', { a: 'c', d: 'e' })),
      put(`${core}/configmaps/c1`, configMap('c2', {})),
      put(`${core}/configmaps/c9`, configMap('c9', {})),
      put(`${core}/configmaps/c1`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c1', namespace: 'other' },
      }),
      del(`${core}/configmaps/c1`, { preconditions: { uid: 'x' } }),
      del(`${core}/configmaps/c1`, { preconditions: { resourceVersion: '1' } }),
      del(`${core}/configmaps/c1`, { orphanDependents: true, propagationPolicy: 'Orphan' }),
      del(`${core}/configmaps/c1`, { propagationPolicy: 'Foo' }),
      del(`${core}/configmaps/c1`),
      del(`${core}/configmaps/c1`),
      get(`${core}/configmaps/c1`),
    ],
  },
  {
    name: 'a dry run answers as if and stores nothing',
    steps: [
      post(`${core}/configmaps?dryRun=All`, configMap('c1', { a: 'b' })),
      post(`${core}/configmaps?dryRun=Some`, configMap('c1', { a: 'b' })),
      get(`${core}/configmaps/c1`),
    ],
  },
  {
    name: 'wrong bodies are refused with the sentences people know',
    steps: [
      post(`${apps}/deployments`, deployment('a', { replicas: 'x' })),
      post(`${apps}/deployments`, deployment('a', { replicas: 1.5 })),
      post(`${apps}/deployments`, deployment('a', { template: { spec: { containers: [{ name: 5 }] } } })),
      post(
        `${apps}/deployments?fieldValidation=Strict`,
        deployment('a', { foo: 1, template: { spec: { containers: [{ name: 'x', imag: 'y' }] } } }),
      ),
      post(`${apps}/deployments`, object('apps/v1', 'Deployment', 'a', { spec: { replicas: 1 } })),
      post(`${apps}/deployments`, { ...deployment('a'), metadata: { name: 'a', namespace: 'other' } }),
      post(`${apps}/deployments`, object('v1', 'Pod', 'a')),
      post(`${apps}/deployments`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} }),
      post(`${apps}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'A_b', labels: { 'a b': 'c d' } },
        spec: {
          replicas: -1,
          selector: { matchLabels: { a: 'b' } },
          template: {
            metadata: { labels: { a: 'c' } },
            spec: {
              containers: [
                { name: 'X_', ports: [{ containerPort: 0 }], volumeMounts: [{ name: 'nope', mountPath: '' }] },
              ],
            },
          },
        },
      }),
      get(`${apps}/deployments/none`),
      get(`${apps}/deployments?fieldSelector=spec.x=1`),
      get('/api/v1/foos'),
      put(`${apps}/deployments`, {}),
      { method: 'PATCH', path: `${apps}/deployments/none`, body: {}, contentType: 'application/foo' },
      post('/api/v1/namespaces/nope-NS/configmaps', configMap('c', {})),
      post(`${core}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', resourceVersion: '5' },
      }),
    ],
  },
  {
    name: 'list options that make no sense are refused',
    steps: [
      get(`${core}/pods?resourceVersion=99999999`),
      get(`${core}/pods?resourceVersion=x`),
      get(`${core}/pods?resourceVersionMatch=Exact`),
      get(`${core}/pods?limit=x`),
      get(`${core}/pods?continue=x`),
      get(`${core}/pods?resourceVersionMatch=Foo&resourceVersion=1`),
      get(`${core}/pods?resourceVersionMatch=Exact&resourceVersion=0`),
      get(`${core}/pods?sendInitialEvents=true`),
      get(`${core}/pods?watch=1&resourceVersionMatch=NotOlderThan`),
    ],
  },
  {
    name: 'selectors choose, pages continue',
    steps: [
      ...['a', 'b', 'c'].map((name) =>
        post(`${core}/configmaps`, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, labels: { app: name, tier: name === 'c' ? 'x' : 'y' } },
        }),
      ),
      get(`${core}/configmaps?labelSelector=app=a`),
      get(`${core}/configmaps?labelSelector=app%20in%20(a,b),tier!%3Dx`),
      get(`${core}/configmaps?labelSelector=!app`),
      get(`${core}/configmaps?labelSelector=tier`),
      get(`${core}/configmaps?labelSelector=app%20notin%20(a)`),
      get(`${core}/configmaps?fieldSelector=metadata.name=b`),
      get(`${core}/configmaps?fieldSelector=metadata.name!=b,metadata.namespace=NS`),
      del(`${core}/configmaps?labelSelector=tier=y`),
      get(`${core}/configmaps?labelSelector=tier`),
    ],
  },
  {
    name: 'a Deployment gets its defaults, generation follows the spec, status is its own',
    steps: [
      post(`${apps}/deployments`, deployment('d')),
      merge(`${apps}/deployments/d`, { metadata: { labels: { l: '1' } } }),
      merge(`${apps}/deployments/d`, { spec: { replicas: 2 } }),
      merge(`${apps}/deployments/d`, { spec: { replicas: 2 } }),
      merge(`${apps}/deployments/d`, { status: { replicas: 7 } }),
      merge(`${apps}/deployments/d/status`, { spec: { replicas: 9 }, status: { replicas: 2, observedGeneration: 2 } }),
      merge(`${apps}/deployments/d`, {
        spec: { selector: { matchLabels: { app: 'z' } }, template: { metadata: { labels: { app: 'z' } } } },
      }),
      get(`${apps}/deployments/d/scale`),
      put(`${apps}/deployments/d/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd' },
        spec: { replicas: 3 },
      }),
      merge(`${apps}/deployments/d/scale`, { spec: { replicas: 4 } }),
      merge(`${apps}/deployments/d/scale`, { spec: { replicas: -4 } }),
      get(`${apps}/deployments/d`),
      del(`${apps}/deployments/d`, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }),
      get(`${apps}/deployments/d`),
    ],
  },
  {
    name: 'a full pod template keeps every field and gets the defaults of its parts',
    steps: [
      post(
        `${apps}/deployments`,
        deployment('d', {
          replicas: 0,
          strategy: { type: 'Recreate' },
          template: template({
            hostNetwork: false,
            serviceAccountName: 'default',
            securityContext: {},
            nodeSelector: {},
            volumes: [
              { name: 'cm', configMap: { name: 'c', items: [{ key: 'a', path: 'b' }] } },
              { name: 'sec', secret: { secretName: 's' } },
              { name: 'empty', emptyDir: {} },
              { name: 'host', hostPath: { path: '/tmp' } },
              {
                name: 'proj',
                projected: {
                  sources: [
                    { serviceAccountToken: { path: 't' } },
                    { downwardAPI: { items: [{ path: 'x', fieldRef: { fieldPath: 'metadata.name' } }] } },
                  ],
                },
              },
              { name: 'pvc', persistentVolumeClaim: { claimName: 'p' } },
            ],
            initContainers: [{ name: 'init', image: 'a:latest', command: ['x'] }],
            containers: [
              {
                name: 'main',
                image: 'a/b:1.2@sha256:0123456789012345678901234567890123456789012345678901234567890123',
                env: [
                  { name: 'A', value: '' },
                  { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
                  { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
                ],
                ports: [
                  { containerPort: 80, name: 'http' },
                  { containerPort: 53, protocol: 'UDP' },
                ],
                resources: { limits: { cpu: 0.5, memory: '1Gi' }, requests: { cpu: '100m' } },
                livenessProbe: { httpGet: { path: '/x', port: 80 } },
                readinessProbe: { tcpSocket: { port: 'http' }, timeoutSeconds: 4 },
                volumeMounts: [{ name: 'cm', mountPath: '/cm' }],
              },
            ],
          }),
        }),
      ),
    ],
  },
  {
    name: 'a Pod gets its defaults, is bound, reports status, and leaves in two steps',
    steps: [
      post(
        `${core}/serviceaccounts`,
        object('v1', 'ServiceAccount', 'default', { automountServiceAccountToken: false }),
      ),
      post(
        `${core}/pods`,
        object('v1', 'Pod', 'p', {
          spec: {
            containers: [{ name: 'main', image: 'busybox:1', resources: { limits: { cpu: 1, memory: '1Gi' } } }],
          },
        }),
      ),
      post(`${core}/pods/p/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'p' },
        target: { kind: 'Node', name: 'n1' },
      }),
      get(`${core}/pods/p`),
      post(`${core}/pods/p/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'p' },
        target: { kind: 'Node', name: 'n2' },
      }),
      strategic(`${core}/pods/p/status`, {
        status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
      }),
      strategic(`${core}/pods/p/status`, { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'X' }] } }),
      merge(`${core}/pods/p`, { spec: { containers: [{ name: 'main', image: 'busybox:2' }], nodeName: 'n3' } }),
      strategic(`${core}/pods/p`, { spec: { containers: [{ name: 'main', image: 'busybox:3' }] } }),
      get(`${core}/pods?fieldSelector=status.phase=Running,spec.nodeName=n1`),
      get(`${core}/pods?fieldSelector=status.phase=Failed`),
      del(`${core}/pods/p`, { gracePeriodSeconds: 20 }),
      del(`${core}/pods/p`, { gracePeriodSeconds: 10 }),
      get(`${core}/pods/p`),
      del(`${core}/pods/p`, { gracePeriodSeconds: 0 }),
      get(`${core}/pods/p`),
      post(
        `${core}/pods`,
        object('v1', 'Pod', 'q', { spec: { containers: [{ name: 'main', image: 'busybox:latest' }] } }),
      ),
      del(`${core}/pods/q`),
      get(`${core}/pods/q`),
      post(`${core}/pods`, object('v1', 'Pod', 'r', { spec: { containers: [] } })),
      post(
        `${core}/pods`,
        object('v1', 'Pod', 's', {
          spec: { serviceAccountName: 'nobody', containers: [{ name: 'main', image: 'x' }] },
        }),
      ),
    ],
  },
  {
    name: 'finalizers hold an object until the last is removed',
    steps: [
      post(`${core}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', finalizers: ['example.com/a', 'example.com/b'] },
      }),
      del(`${core}/configmaps/c`),
      get(`${core}/configmaps/c`),
      merge(`${core}/configmaps/c`, { metadata: { finalizers: ['example.com/a', 'example.com/b', 'example.com/c'] } }),
      del(`${core}/configmaps/c`),
      merge(`${core}/configmaps/c`, { metadata: { finalizers: ['example.com/b'] } }),
      json(`${core}/configmaps/c`, [{ op: 'remove', path: '/metadata/finalizers' }]),
      get(`${core}/configmaps/c`),
      post(`${core}/configmaps`, configMap('d', {})),
      del(`${core}/configmaps/d`, { propagationPolicy: 'Foreground' }),
      merge(`${core}/configmaps/d`, { metadata: { finalizers: null } }),
      get(`${core}/configmaps/d`),
      post(`${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'e', finalizers: ['bad'] } }),
    ],
  },
  {
    name: 'JSON patches and merge patches, right and wrong',
    steps: [
      post(`${core}/configmaps`, configMap('c', { a: '1', b: '2' })),
      json(`${core}/configmaps/c`, [
        { op: 'replace', path: '/data/a', value: '3' },
        { op: 'add', path: '/data/x~1y', value: '4' },
      ]),
      json(`${core}/configmaps/c`, [{ op: 'test', path: '/data/a', value: 'zz' }]),
      json(`${core}/configmaps/c`, [{ op: 'remove', path: '/data/zz' }]),
      json(`${core}/configmaps/c`, [{ op: 'foo', path: '/data/zz' }]),
      merge(`${core}/configmaps/c`, { data: { a: null, c: '5' } }),
      merge(`${core}/configmaps/c`, { data: { a: 5 } }),
      merge(`${core}/configmaps/c`, { metadata: { resourceVersion: '1' }, data: { a: 'x' } }),
      merge(`${core}/configmaps/c`, { metadata: { name: 'zz' } }),
      merge(`${core}/configmaps/c`, { metadata: { uid: 'zz' } }),
      merge(`${core}/configmaps/none`, { data: { a: 'x' } }),
      merge(`${core}/configmaps/c?force=true`, { data: { a: 'x' } }),
      merge(`${core}/configmaps/c?fieldManager=tester`, { data: { a: 'x' } }),
    ],
  },
  {
    name: 'strategic merge knows the merge keys of a pod template',
    steps: [
      post(
        `${apps}/deployments`,
        deployment('d', {
          template: template({
            containers: [
              {
                name: 'main',
                image: 'busybox',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '2' },
                ],
                ports: [{ containerPort: 80 }, { containerPort: 81 }],
              },
              { name: 'side', image: 'busybox' },
            ],
            volumes: [{ name: 'v', emptyDir: {} }],
          }),
        }),
      ),
      strategic(`${apps}/deployments/d`, {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'main',
                  image: 'alpine',
                  env: [
                    { name: 'B', value: '3' },
                    { name: 'C', value: '4' },
                  ],
                },
              ],
            },
          },
        },
      }),
      strategic(`${apps}/deployments/d`, {
        spec: {
          template: {
            spec: {
              $setElementOrder: undefined,
              containers: [
                { name: 'side', $patch: 'delete' },
                { name: 'main', env: [{ name: 'A', $patch: 'delete' }] },
              ],
            },
          },
        },
      }),
      strategic(`${apps}/deployments/d`, {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'new' }, { name: 'main' }],
              containers: [{ name: 'new', image: 'x' }],
            },
          },
        },
      }),
      strategic(`${apps}/deployments/d`, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
      strategic(`${apps}/deployments/d`, {
        spec: {
          template: { spec: { volumes: [{ $retainKeys: ['name', 'hostPath'], name: 'v', hostPath: { path: '/x' } }] } },
        },
      }),
      strategic(`${apps}/deployments/d`, { metadata: { finalizers: ['example.com/a'] } }),
      strategic(`${apps}/deployments/d`, { metadata: { finalizers: ['example.com/b'] } }),
      strategic(`${apps}/deployments/d`, { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }),
      strategic(`${apps}/deployments/d`, {
        spec: { template: { spec: { containers: [{ $patch: 'replace' }, { name: 'only', image: 'y' }] } } },
      }),
      strategic(`${apps}/deployments/d`, { metadata: { labels: { a: 'b' }, annotations: { x: 'y' } } }),
      strategic(`${apps}/deployments/d`, { metadata: { labels: { $patch: 'replace', c: 'd' } } }),
    ],
  },
  {
    name: 'server-side apply creates, conflicts, forces, shares and removes',
    steps: [
      apply(`${core}/configmaps/c`, configMap('c', { a: '1' })),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { a: '1', b: '2' })),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { a: '1', b: '2' })),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('c', { a: '1', b: '3' })),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('c', { a: '1', c: '3' })),
      apply(`${core}/configmaps/c?fieldManager=two&force=true`, configMap('c', { a: '9', b: '9' })),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { d: '1' })),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('c', { a: '9' })),
      merge(`${core}/configmaps/c?fieldManager=three`, { data: { a: '10', z: '1' } }),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('c', { a: '9', z: '2' })),
      apply(`${core}/configmaps/c?fieldManager=two`, {
        ...configMap('c', {}),
        metadata: { name: 'c', managedFields: [{ manager: 'x' }] },
      }),
      apply(`${core}/configmaps/c?fieldManager=two`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c' } }),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('other', {})),
      apply(`${core}/configmaps/c?fieldManager=two`, { ...configMap('c', {}), metadata: { name: 'c', uid: 'zz' } }),
      get(`${core}/configmaps/c`),
    ],
  },
  {
    name: 'server-side apply of a Deployment tells list items by their keys',
    steps: [
      apply(
        `${apps}/deployments/d?fieldManager=one`,
        deployment('d', {
          replicas: 1,
          template: template({
            containers: [
              { name: 'main', image: 'a', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] },
            ],
          }),
        }),
      ),
      apply(`${apps}/deployments/d?fieldManager=two`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', labels: { l: 'm' }, annotations: { an: 'no' } },
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'side', image: 'b' },
                { name: 'main', env: [{ name: 'B', value: '2' }] },
              ],
            },
          },
        },
      }),
      apply(`${apps}/deployments/d?fieldManager=two`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', labels: { l: 'm' } },
        spec: {
          template: {
            spec: { containers: [{ name: 'main', image: 'b', ports: [{ containerPort: 80, name: 'web' }] }] },
          },
        },
      }),
      apply(`${apps}/deployments/d?fieldManager=two`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', labels: { l: 'm' } },
        spec: { template: { spec: { containers: [{ name: 'main', ports: [{ containerPort: 80, name: 'web' }] }] } } },
      }),
      put(`${apps}/deployments/d/scale?fieldManager=scaler`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd' },
        spec: { replicas: 5 },
      }),
      apply(
        `${apps}/deployments/d?fieldManager=one`,
        deployment('d', { replicas: 1, template: template({ containers: [{ name: 'main', image: 'a' }] }) }),
      ),
      apply(`${apps}/deployments/d/status?fieldManager=ctl`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] },
      }),
      get(`${apps}/deployments/d`),
    ],
  },
  {
    name: 'Services get addresses and ports',
    steps: [
      post(
        `${core}/services`,
        object('v1', 'Service', 's1', { spec: { selector: { a: 'b' }, type: 'NodePort', ports: [{ port: 80 }] } }),
      ),
      post(
        `${core}/services`,
        object('v1', 'Service', 's2', {
          spec: { clusterIP: 'None', selector: { a: 'b' }, ports: [{ name: 'x', port: 80, targetPort: 'http' }] },
        }),
      ),
      post(
        `${core}/services`,
        object('v1', 'Service', 's3', {
          spec: { selector: { a: 'b' }, ports: [{ name: 'x', port: 80 }, { port: 81 }] },
        }),
      ),
      post(
        `${core}/services`,
        object('v1', 'Service', 's3', {
          spec: {
            type: 'LoadBalancer',
            selector: { a: 'b' },
            ports: [
              { name: 'x', port: 80 },
              { name: 'y', port: 81, protocol: 'UDP' },
            ],
          },
        }),
      ),
      post(
        `${core}/services`,
        object('v1', 'Service', 's4', { spec: { type: 'ExternalName', externalName: 'example.com' } }),
      ),
      post(`${core}/services`, object('v1', 'Service', 's5', { spec: { selector: { a: 'b' } } })),
      post(`${core}/services`, object('v1', 'Service', '5bad', { spec: { ports: [{ port: 80 }] } })),
      merge(`${core}/services/s1`, { spec: { clusterIP: '10.96.0.99' } }),
      merge(`${core}/services/s1`, { spec: { type: 'ClusterIP' } }),
      strategic(`${core}/services/s3`, { spec: { ports: [{ port: 81, protocol: 'UDP', name: 'z' }] } }),
      put(
        `${core}/services/s2`,
        object('v1', 'Service', 's2', {
          spec: { clusterIP: 'None', selector: { a: 'c' }, ports: [{ name: 'x', port: 80, targetPort: 'http' }] },
        }),
      ),
    ],
  },
  {
    name: 'the other workloads get their defaults',
    steps: [
      post(
        `${apps}/statefulsets`,
        object('apps/v1', 'StatefulSet', 'x', {
          spec: {
            selector,
            serviceName: 'x',
            template: template(),
            volumeClaimTemplates: [
              {
                metadata: { name: 'v' },
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            ],
          },
        }),
      ),
      post(`${apps}/replicasets`, object('apps/v1', 'ReplicaSet', 'x', { spec: { selector, template: template() } })),
      post(`${apps}/daemonsets`, object('apps/v1', 'DaemonSet', 'x', { spec: { selector, template: template() } })),
      post(
        `${batch}/jobs`,
        object('batch/v1', 'Job', 'x', {
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
        }),
      ),
      post(
        `${batch}/jobs`,
        object('batch/v1', 'Job', 'y', { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } }),
      ),
      post(
        `${batch}/cronjobs`,
        object('batch/v1', 'CronJob', 'x', {
          spec: {
            schedule: '* * * * *',
            jobTemplate: {
              spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } },
            },
          },
        }),
      ),
      post(
        `${apps}/controllerrevisions`,
        object('apps/v1', 'ControllerRevision', 'x', { revision: 1, data: { a: 1 } }),
      ),
      merge(`${apps}/statefulsets/x`, { spec: { serviceName: 'z' } }),
      get(`${apps}/statefulsets/x/scale`),
    ],
  },
  {
    name: 'smaller kinds get their defaults',
    steps: [
      post(`${core}/serviceaccounts`, object('v1', 'ServiceAccount', 'x')),
      post(`${core}/secrets`, object('v1', 'Secret', 'x', { stringData: { a: 'hello' }, data: { b: 'eA==' } })),
      post(`${core}/secrets`, object('v1', 'Secret', 'y', { data: { b: '!!' } })),
      merge(`${core}/secrets/x`, { type: 'other' }),
      post(`${core}/configmaps`, object('v1', 'ConfigMap', 'im', { immutable: true, data: { a: 'b' } })),
      merge(`${core}/configmaps/im`, { data: { a: 'c' } }),
      post(`${core}/configmaps`, object('v1', 'ConfigMap', 'bad', { data: { 'a b': 'c' } })),
      post(
        `${core}/persistentvolumeclaims`,
        object('v1', 'PersistentVolumeClaim', 'x', {
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        }),
      ),
      post(`${core}/persistentvolumeclaims`, object('v1', 'PersistentVolumeClaim', 'y', { spec: {} })),
      post(
        '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
        object('coordination.k8s.io/v1', 'Lease', 'x', { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } }),
      ),
      post(
        '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
        object('networking.k8s.io/v1', 'Ingress', 'x', {
          spec: {
            rules: [
              {
                host: 'a.example.com',
                http: {
                  paths: [
                    {
                      path: '/',
                      pathType: 'ImplementationSpecific',
                      backend: { service: { name: 's', port: { number: 80 } } },
                    },
                  ],
                },
              },
            ],
          },
        }),
      ),
      post(
        '/apis/networking.k8s.io/v1/namespaces/NS/ingresses',
        object('networking.k8s.io/v1', 'Ingress', 'y', { spec: {} }),
      ),
      post(
        '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
        object('networking.k8s.io/v1', 'NetworkPolicy', 'x', { spec: { podSelector: {} } }),
      ),
      post(
        '/apis/policy/v1/namespaces/NS/poddisruptionbudgets',
        object('policy/v1', 'PodDisruptionBudget', 'x', { spec: { minAvailable: 1, selector } }),
      ),
      post(
        '/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers',
        object('autoscaling/v2', 'HorizontalPodAutoscaler', 'x', {
          spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
        }),
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles',
        object('rbac.authorization.k8s.io/v1', 'Role', 'x', {
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
        }),
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings',
        object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'x', {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
          subjects: [
            { kind: 'ServiceAccount', name: 'default', namespace: 'NS' },
            { kind: 'User', name: 'u' },
          ],
        }),
      ),
      merge('/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings/x', { roleRef: { name: 'y' } }),
      post(`${core}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e1' },
        involvedObject: { kind: 'Pod', namespace: 'NS', name: 'p' },
        reason: 'R',
        message: 'M',
        type: 'Normal',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        source: { component: 'me' },
      }),
      get('/apis/events.k8s.io/v1/namespaces/NS/events/e1'),
      get(`${core}/events?fieldSelector=involvedObject.name=p,reason=R`),
      post(`${core}/events`, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e2' },
        involvedObject: { kind: 'Pod', namespace: 'zz', name: 'p' },
      }),
      post(
        `${core}/endpoints`,
        object('v1', 'Endpoints', 'x', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }),
      ),
      post(
        '/apis/discovery.k8s.io/v1/namespaces/NS/endpointslices',
        object('discovery.k8s.io/v1', 'EndpointSlice', 'x', {
          addressType: 'IPv4',
          endpoints: [{ addresses: ['10.0.0.1'] }],
          ports: [{ port: 80 }],
        }),
      ),
    ],
  },
  {
    name: 'cluster-scoped kinds get their defaults',
    steps: [
      post('/api/v1/namespaces', object('v1', 'Namespace', 'x-NS')),
      get('/api/v1/namespaces/x-NS'),
      del('/api/v1/namespaces/x-NS'),
      get('/api/v1/namespaces/x-NS'),
      post('/api/v1/namespaces/x-NS/configmaps', configMap('c', {})),
      put('/api/v1/namespaces/x-NS/finalize', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'x-NS' },
        spec: { finalizers: [] },
      }),
      get('/api/v1/namespaces/x-NS'),
      post('/api/v1/nodes', object('v1', 'Node', 'n-NS')),
      post(
        '/apis/storage.k8s.io/v1/storageclasses',
        object('storage.k8s.io/v1', 'StorageClass', 'sc-NS', { provisioner: 'x/y' }),
      ),
      post(
        '/apis/scheduling.k8s.io/v1/priorityclasses',
        object('scheduling.k8s.io/v1', 'PriorityClass', 'pc-NS', { value: 5 }),
      ),
      post(
        '/apis/networking.k8s.io/v1/ingressclasses',
        object('networking.k8s.io/v1', 'IngressClass', 'ic-NS', { spec: { controller: 'x/y' } }),
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/clusterroles',
        object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'cr-NS', {
          rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }],
        }),
      ),
      post(
        '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
        object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'cr-NS', {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'x' },
          subjects: [],
        }),
      ),
      post(
        '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
        object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w-NS', {
          webhooks: [
            {
              name: 'a.example.com',
              admissionReviewVersions: ['v1'],
              sideEffects: 'None',
              failurePolicy: 'Ignore',
              clientConfig: { url: 'https://127.0.0.1:9/x' },
              rules: [
                { apiGroups: ['none.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] },
              ],
            },
          ],
        }),
      ),
      post(
        '/api/v1/persistentvolumes',
        object('v1', 'PersistentVolume', 'pv-NS', {
          spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
        }),
      ),
    ],
  },
  {
    name: 'a CRD is established and its objects are validated, defaulted, pruned and scaled',
    steps: [
      post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition('widgets', 'Widget')),
      get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.NS.example.com'),
      post(
        widgets,
        widget('a', { size: 3, mode: 'fast', unknown: 1, free: { x: { y: 1 } }, items: [{ name: 'i', value: 1 }] }),
      ),
      get(`${widgets}/a`),
      post(`${widgets}?fieldValidation=Strict`, widget('b', { size: 3, unknown: 1, inner: { nope: 2 } })),
      post(widgets, widget('b', { size: 'x' })),
      post(widgets, widget('b', { size: 1, mode: 'slow' })),
      post(widgets, widget('b', { size: -1 })),
      post(widgets, widget('b', { size: 1, replicas: -1 })),
      post(widgets, widget('b', { mode: 'fast' })),
      post(widgets, { ...widget('b', { size: 1 }), kind: 'Gadget' }),
      put(`${widgets}/a`, widget('a', { size: 4 })),
      merge(`${widgets}/a`, { spec: { size: 4 }, status: { phase: 'x' } }),
      merge(`${widgets}/a`, { spec: { size: 5 } }),
      merge(`${widgets}/a`, { metadata: { labels: { l: 'm' } } }),
      merge(`${widgets}/a/status`, { spec: { size: 9 }, status: { phase: 'ready', replicas: 2 } }),
      merge(`${widgets}/a/status`, { status: { phase: 5 } }),
      get(`${widgets}/a/scale`),
      merge(`${widgets}/a/scale`, { spec: { replicas: 4 } }),
      get(`${widgets}/a/scale`),
      strategic(`${widgets}/a`, { spec: { size: 5 } }),
      get(`${widgets}?fieldSelector=spec.mode=fast`),
      get(`${widgets}?fieldSelector=spec.size=5`),
      apply(`${widgets}/c?fieldManager=one`, widget('c', { size: 1, items: [{ name: 'i', value: 1 }], tags: ['a'] })),
      apply(`${widgets}/c?fieldManager=two`, widget('c', { items: [{ name: 'j', value: 2 }], tags: ['b'] })),
      apply(`${widgets}/c?fieldManager=two`, widget('c', { items: [{ name: 'i', value: 2 }] })),
      apply(`${widgets}/c?fieldManager=one`, widget('c', { size: 2 })),
      apply(`${widgets}/c/status?fieldManager=ctl`, {
        apiVersion: 'NS.example.com/v1',
        kind: 'Widget',
        metadata: { name: 'c' },
        status: { phase: 'ok' },
      }),
      get(`/apis/NS.example.com/v2/namespaces/NS/widgets/c`),
      merge(`${widgets}/c`, { metadata: { finalizers: ['example.com/x'] } }),
      del(`${widgets}/c`),
      merge(`${widgets}/c`, { metadata: { finalizers: null } }),
      get(`${widgets}/c`),
      del(`${widgets}`),
      get('/apis/NS.example.com/v3/namespaces/NS/widgets/c'),
    ],
  },
  {
    name: 'wrong CRDs are refused',
    steps: [
      post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        ...widgetDefinition('widgets', 'Widget'),
        metadata: { name: 'wrong.NS.example.com' },
      }),
      post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'x.NS.example.com' },
        spec: {
          group: 'NS.example.com',
          scope: 'Namespaced',
          names: { plural: 'x', kind: 'X' },
          versions: [{ name: 'v1', served: true, storage: true }],
        },
      }),
    ],
  },
  {
    name: 'owners of fields follow updates, resets and edits of managedFields',
    steps: [
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { a: '1' })),
      put(`${core}/configmaps/c?fieldManager=two`, configMap('c', { a: '2', b: '1' })),
      put(`${core}/configmaps/c?fieldManager=two`, configMap('c', { b: '1' })),
      json(`${core}/configmaps/c?fieldManager=two`, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
      merge(`${core}/configmaps/c?fieldManager=three`, { data: { c: '1' } }),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { b: '2' })),
      apply(`${core}/configmaps/c?fieldManager=one&force=true`, configMap('c', { b: '2' })),
      merge(`${core}/configmaps/c`, { metadata: { managedFields: [] } }),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', { b: '3' })),
      apply(`${core}/configmaps/c?fieldManager=one`, {
        ...configMap('c', {}),
        metadata: { name: 'c', labels: { x: 'y' }, annotations: { an: 'no' }, finalizers: ['example.com/x'] },
      }),
      apply(`${core}/configmaps/c?fieldManager=two`, {
        ...configMap('c', {}),
        metadata: { name: 'c', labels: { z: 'y' }, finalizers: ['example.com/y'] },
      }),
      apply(`${core}/configmaps/c?fieldManager=one`, configMap('c', {})),
      apply(`${core}/configmaps/c?fieldManager=two`, configMap('c', {})),
      apply(`${core}/configmaps/c?fieldManager=two`, {
        ...configMap('c', {}),
        metadata: { name: 'c', resourceVersion: '1' },
      }),
      apply(`${core}/configmaps/d?fieldManager=two`, { ...configMap('d', {}), metadata: { name: 'd', uid: 'x' } }),
      apply(`${core}/configmaps/d?fieldManager=two&dryRun=All`, configMap('d', { a: 'b' })),
      get(`${core}/configmaps/d`),
    ],
  },
  {
    name: 'bad metadata is refused on creation and on change',
    steps: [
      post(`${core}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', ownerReferences: [{ apiVersion: 'v1', kind: '', name: 'x', uid: '' }] },
      }),
      post(`${core}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', annotations: { 'a b': 'c' } },
      }),
      post(`${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 5 } }),
      post(`${core}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', labels: { a: true } } }),
      post(`${core}/configmaps`, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'c' } }),
      post(`${core}/configmaps`, { kind: 'ConfigMap', metadata: { name: 'ok' } }),
      merge(`${core}/configmaps/ok`, { metadata: { labels: { 'x y': 'z' } } }),
      merge(`${core}/configmaps/ok`, { metadata: { creationTimestamp: '2020-01-01T00:00:00Z' } }),
      merge(`${core}/configmaps/ok`, { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } }),
      merge(`${core}/configmaps/ok`, { metadata: { generation: 7 } }),
      merge(`${core}/configmaps/ok`, { metadata: { namespace: 'other' } }),
      merge(`${core}/configmaps/ok`, { kind: 'Secret' }),
      put(`${core}/configmaps/ok`, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ok' } }),
      put(`${core}/configmaps/ok`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }),
      put(`${core}/configmaps/ok`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'ok', resourceVersion: 'abc' },
      }),
    ],
  },
  {
    name: 'Leases and Events are written as leader elections and recorders write them',
    steps: [
      post(
        leases,
        object('coordination.k8s.io/v1', 'Lease', 'l', {
          spec: {
            holderIdentity: 'a',
            leaseDurationSeconds: 15,
            acquireTime: '2026-01-01T00:00:00.000000Z',
            renewTime: '2026-01-01T00:00:00.000000Z',
            leaseTransitions: 0,
          },
        }),
      ),
      put(`${leases}/l`, {
        ...object('coordination.k8s.io/v1', 'Lease', 'l', { spec: { holderIdentity: 'b', leaseDurationSeconds: 15 } }),
        metadata: { name: 'l', resourceVersion: '1' },
      }),
      put(
        `${leases}/l`,
        object('coordination.k8s.io/v1', 'Lease', 'l', { spec: { holderIdentity: 'b', leaseDurationSeconds: 0 } }),
      ),
      merge(`${leases}/l`, { spec: { leaseDurationSeconds: 0 } }),
      put(`${leases}/new`, object('coordination.k8s.io/v1', 'Lease', 'new', { spec: { holderIdentity: 'b' } })),
      post('/apis/events.k8s.io/v1/namespaces/NS/events', {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: 'e' },
        eventTime: '2026-01-01T00:00:00.000000Z',
        regarding: { kind: 'Pod', namespace: 'NS', name: 'p' },
        note: 'n',
        reason: 'R',
        type: 'Normal',
        reportingController: 'example.com/c',
        reportingInstance: 'i',
        action: 'A',
      }),
      get(`${core}/events/e`),
      strategic('/apis/events.k8s.io/v1/namespaces/NS/events/e', {
        series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' },
      }),
      get('/apis/events.k8s.io/v1/namespaces/NS/events?fieldSelector=regarding.name=p'),
      del(`${core}/events?fieldSelector=involvedObject.name=p`),
    ],
  },
  {
    name: 'pods are refused for what people get wrong',
    steps: [
      post(
        `${core}/serviceaccounts`,
        object('v1', 'ServiceAccount', 'default', { automountServiceAccountToken: false }),
      ),
      ...[
        {
          containers: [
            { name: 'a', image: 'i' },
            { name: 'a', image: 'i' },
          ],
        },
        {
          containers: [{ name: 'a', image: 'i', ports: [{ containerPort: 70000 }, { containerPort: 1, name: 'UP' }] }],
        },
        {
          containers: [
            {
              name: 'a',
              image: 'i',
              env: [{ value: 'x' }, { name: 'x', value: 'y', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
            },
          ],
        },
        { containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }] },
        { containers: [{ name: 'a', image: 'i', resources: { requests: { memory: 'x' } } }] },
        { containers: [{ name: 'a', image: 'i', livenessProbe: {} }] },
        { containers: [{ name: 'a', image: 'i', livenessProbe: { successThreshold: 2, tcpSocket: { port: 1 } } }] },
        { restartPolicy: 'Sometimes', containers: [{ name: 'a', image: 'i' }] },
        {
          volumes: [
            { name: 'v', configMap: {} },
            { name: 'v', emptyDir: {} },
          ],
          containers: [{ name: 'a', image: 'i' }],
        },
        { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }], containers: [{ name: 'a', image: 'i' }] },
      ].map((spec, index) => post(`${core}/pods`, object('v1', 'Pod', `p${index}`, { spec }))),
    ],
  },
]
