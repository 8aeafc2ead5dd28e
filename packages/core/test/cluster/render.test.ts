/** Promises of the renderer that no single specimen shows: totality, recorded specs, refusals, provenance, ownership. */
import { describe, expect, test } from 'vitest'
import type { FlinkDeploymentSpec } from '@drey/api'
import {
  clusterConfig,
  ownedRefs,
  pendingOwnerUid,
  renderCluster,
  renderIngress,
  sessionJobConfig,
  type ClusterResource,
  type ClusterSpec,
} from '../../src/index.ts'
import { recordedCases, renderWith } from './recorded.ts'
import { goldenSpecs } from './specs.ts'

const metadata = { name: 'orders', namespace: 'shop', uid: 'u', generation: 1 }
const spec: ClusterSpec = {
  image: 'flink:1.20',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  jobManager: { resource: { memory: '1g', cpu: 1 } },
  taskManager: { resource: { memory: '2g', cpu: 1 } },
  job: { jarURI: 'local:///o.jar', parallelism: 2, upgradeMode: 'stateless' },
}
const render = (change: ClusterSpec, config: Record<string, string> = {}, more: object = {}) =>
  renderCluster({
    resource: { metadata, spec: { ...spec, ...change } },
    config,
    operator: {},
    restore: { jobId: 'j' },
    ...more,
  })
const problemOf = (rendering: ReturnType<typeof render>) => (rendering.ok ? undefined : rendering.problem.code)

test('takes the spec of a FlinkDeployment as the schema types it', () => {
  const typed: FlinkDeploymentSpec = { flinkVersion: 'v1_20', podTemplate: { spec: { containers: [{ name: 'x' }] } } }
  const resource: ClusterResource = { metadata, spec: typed }
  expect(resource.spec.flinkVersion).toBe('v1_20')
})

describe('never throws', () => {
  const odd = [null, 0, -1, 1e300, '', 'x', 'ünï\n', [], [null], {}, { a: null }, true]
  const paths = (value: unknown, at: (string | number)[] = []): (string | number)[][] =>
    typeof value === 'object' && value !== null
      ? [
          at,
          ...Object.entries(value).flatMap(([key, inner]) =>
            paths(inner, [...at, Array.isArray(value) ? Number(key) : key]),
          ),
        ]
      : [at]
  const changed = (value: unknown, [head, ...rest]: (string | number)[], to: unknown): unknown =>
    head === undefined
      ? to
      : Array.isArray(value)
        ? value.map((item, i) => (i === head ? changed(item, rest, to) : item))
        : { ...(value as object), [head]: changed((value as Record<string, unknown>)[head], rest, to) }

  test('whatever stands in whatever place of a spec', { timeout: 300_000 }, () => {
    let count = 0
    for (const golden of goldenSpecs)
      for (const path of paths(golden.spec))
        for (const value of odd) {
          const hostile = changed(golden.spec, path, value) as ClusterSpec
          const rendering = renderCluster({ resource: { metadata, spec: hostile }, config: {}, operator: {} })
          if (!rendering.ok) expect(rendering.problem.code).toMatch(/^[A-Z_]+$/)
          count++
        }
    expect(count).toBeGreaterThan(10_000)
  })

  test('whatever an option says', () => {
    const known = renderCluster({ resource: { metadata, spec }, config: {}, operator: {} })
    const keys = [
      ...Object.keys(known.ok ? known.flinkConfig : {}),
      'kubernetes.jobmanager.tolerations',
      'kubernetes.jobmanager.labels',
      'kubernetes.secrets',
      'kubernetes.env.secretKeyRef',
      'rest.port',
      'taskmanager.numberOfTaskSlots',
      'high-availability.type',
      'pipeline.jobvertex-parallelism-overrides',
      'kubernetes.operator.pod-template.merge-arrays-by-name',
      'kubernetes.hostnetwork.enabled',
      '__proto__',
      'constructor.prototype',
    ]
    for (const key of keys)
      for (const value of ['', 'x', "'", '[', '{', 'a:b:c', '-1', '1e400', 'NaN', ';;', '\u0000'])
        for (const flinkVersion of ['v1_20', 'v2_2'])
          expect(() => render({ flinkVersion }, { [key]: value })).not.toThrow()
  })
})

test('a recorded spec, in which every missing field is null, renders like the original', () => {
  const fields = {
    image: null,
    imagePullPolicy: null,
    serviceAccount: null,
    ingress: null,
    podTemplate: null,
    jobManager: null,
    taskManager: null,
    logConfiguration: null,
    mode: null,
    job: null,
  }
  const process = { resource: null, resources: null, podTemplate: null }
  for (const recorded of recordedCases().filter(({ resource }) => resource.kind === 'FlinkDeployment')) {
    const { spec: original } = recorded.resource
    const withNulls = {
      ...fields,
      ...original,
      ...(original.job
        ? {
            job: {
              entryClass: null,
              args: [],
              allowNonRestoredState: null,
              initialSavepointPath: null,
              jarURI: null,
              ...original.job,
            },
          }
        : {}),
      ...(original.jobManager ? { jobManager: { replicas: 1, ...process, ...original.jobManager } } : {}),
      ...(original.taskManager ? { taskManager: { replicas: null, ...process, ...original.taskManager } } : {}),
    }
    const resource = { ...recorded.resource, metadata: { ...recorded.resource.metadata, uid: 'u' } }
    expect(renderWith(recorded.operator, { ...resource, spec: withNulls })).toEqual(
      renderWith(recorded.operator, resource),
    )
  }
})

describe('files of the operator’s disk', () => {
  test.each([
    ['kubernetes.config.file', '/root/.kube/config'],
    ['kubernetes.pod-template-file', '/etc/passwd'],
    ['kubernetes.pod-template-file.taskmanager', '/etc/passwd'],
    ['$internal.deployment.config-dir', '/opt/flink/conf'],
  ])('a resource may not name one by %s', (key, value) => {
    expect(problemOf(render({ flinkConfiguration: { [key]: value } }, { [key]: value }))).toBe('LOCAL_FILE_REFUSED')
  })
  test('nor in nested spelling', () => {
    expect(problemOf(render({ flinkConfiguration: { kubernetes: { config: { file: '/x' } } } }))).toBe(
      'LOCAL_FILE_REFUSED',
    )
  })
  test('a keytab must be mounted into the pod', () => {
    const keytab = { 'security.kerberos.login.keytab': '/etc/kerberos/user.keytab' }
    expect(problemOf(render({}, keytab))).toBe('LOCAL_FILE_REFUSED')
    expect(problemOf(render({}, { ...keytab, 'kubernetes.secrets': 'k:/etc/kerberos' }))).toBeUndefined()
    const container = { name: 'flink-main-container', volumeMounts: [{ name: 'k', mountPath: '/etc/kerberos/' }] }
    expect(problemOf(render({ podTemplate: { spec: { containers: [container] } } }, keytab))).toBeUndefined()
  })
  test('what the operator’s own configuration names never reaches a cluster', () => {
    const rendering = render({}, { 'kubernetes.config.file': '/root/.kube/config', 'rest.bind-address': '0.0.0.0' })
    expect(JSON.stringify(rendering.ok && rendering.objects)).not.toMatch(/kube\/config|bind-address/)
  })
})

describe('refuses what cannot run, with a code and a way out', () => {
  test.each([
    ['FLINK_VERSION_UNKNOWN', { flinkVersion: 'v9_9' }, {}],
    ['MEMORY_NOT_SUFFICIENT', { jobManager: { resource: { memory: '300m', cpu: 1 } } }, {}],
    ['MEMORY_NOT_SUFFICIENT', {}, { 'taskmanager.memory.flink.size': '4g' }],
    ['MEMORY_NOT_CONFIGURED', { taskManager: {} }, {}],
    ['MEMORY_UNREADABLE', { jobManager: { resource: { memory: '2 apples', cpu: 1 } } }, {}],
    ['HA_NEEDED_FOR_STANDBYS', { jobManager: { ...spec.jobManager, replicas: 2 } }, {}],
    ['JAR_MISSING', { job: { parallelism: 1 } }, {}],
    ['PORT_NOT_FIXED', {}, { 'blob.server.port': '50100-50200' }],
    ['LIMIT_BELOW_REQUEST', {}, { 'kubernetes.taskmanager.memory.limit-factor': '0.5' }],
    ['CONFIG_KEYS_OVERLAP', { flinkVersion: 'v2_0' }, { a: '1', 'a.b': '2' }],
    ['CONFIG_VALUE_UNREADABLE', {}, { 'rest.port': 'eighty' }],
    ['INGRESS_TEMPLATE_MISSING', { ingress: { className: 'nginx' } }, {}],
  ] as [string, ClusterSpec, Record<string, string>][])('%s', (code, change, config) => {
    const rendering = render(change, config)
    expect(problemOf(rendering)).toBe(code)
    expect(!rendering.ok && rendering.problem.fix).toMatch(/\.$/)
  })
  test('a name that makes other names too long', () => {
    const resource = { metadata: { ...metadata, name: 'n'.repeat(46) }, spec }
    expect(problemOf(renderCluster({ resource, config: {}, operator: {} }))).toBe('NAME_TOO_LONG')
  })
})

test('says which layer set a key, and nothing for keys that came along', () => {
  const rendering = render({}, { 'taskmanager.numberOfTaskSlots': '2' })
  expect(rendering.ok && rendering.setBy).toMatchObject({
    'kubernetes.container.image.ref': 'spec.image',
    'jobmanager.memory.process.size': 'spec.jobManager',
    'parallelism.default': 'spec.job.parallelism',
    '$internal.pipeline.job-id': 'restore',
    'kubernetes.cluster-id': 'metadata',
  })
  expect(rendering.ok && rendering.setBy['taskmanager.numberOfTaskSlots']).toBeUndefined()
})

test('tells what is ignored or not as it looks', () => {
  const notes = (change: ClusterSpec, config = {}) => {
    const rendering = render(change, config)
    return rendering.ok
      ? rendering.notes.map((note) => note.split(' ').slice(0, 6).join(' '))
      : [rendering.problem.message]
  }
  expect(notes({}, { 'my.password': 'a#b', 'my.text': 'two\nlines' })).toEqual([
    'Flink up to 1.20 reads the',
    'Flink up to 1.20 reads only',
  ])
  expect(notes({ flinkVersion: 'v2_2' }, { 'my.password': 'a#b' })).toEqual([])
  expect(notes({ taskManager: { resource: { cpu: 1 }, resources: { requests: { memory: '2Gi' } } } })).toEqual([
    'taskManager.resource is ignored because taskManager.resources is',
  ])
  expect(notes({ logConfiguration: { 'log4j.properties': 'x' } })).toEqual([
    "logConfiguration: log4j.properties is not used; Flink's",
  ])
  expect(notes({ flinkVersion: 'v1_16' }, { 'high-availability.type': 'kubernetes' })).toEqual([
    'Flink before 1.17 does not know',
  ])
  expect(notes({ image: null, flinkVersion: 'v2_2' })).toEqual(['No image is set: the default'])
})

test('labels by option never hide the labels by which pods are found', () => {
  for (const mode of ['native', 'standalone']) {
    const rendering = render({ mode }, { 'kubernetes.jobmanager.labels': 'team:orders,component:mine,app:other' })
    const labels = rendering.ok && (rendering.objects[0]!['spec'] as any).template.metadata.labels
    expect(labels).toMatchObject({ team: 'orders', app: 'orders', component: 'jobmanager' })
  }
})

test('is pure: inputs stay as they are, equal inputs give equal objects', () => {
  const input = { resource: { metadata, spec }, config: { a: 'b' }, operator: {}, restore: { jobId: 'j' } }
  const before = structuredClone(input)
  const first = renderCluster(input)
  expect(input).toEqual(before)
  expect(renderCluster(structuredClone(input))).toEqual(first)
})

test('everything but the Deployments and the autoscaler’s map belongs to the JobManager Deployment', () => {
  const owners = (deploymentUid?: string) => {
    const rendering = render({ mode: 'standalone' }, {}, deploymentUid ? { deploymentUid } : {})
    return rendering.ok
      ? rendering.objects.map(({ metadata: { name, ownerReferences } }) => `${name} < ${ownerReferences![0]!.uid}`)
      : []
  }
  expect(owners('d')).toEqual([
    'orders < u',
    'orders < d',
    'orders-rest < d',
    'flink-config-orders < d',
    'orders-taskmanager < u',
    'autoscaler-orders < u',
  ])
  expect(owners()[1]).toBe(`orders < ${pendingOwnerUid}`)
})

test('an Ingress alone, also in front of another deployment', () => {
  const resource = { metadata, spec: { ...spec, ingress: { template: '{{name}}.example.com' } } }
  const rendered = renderIngress({ resource, config: { 'rest.port': '9000' }, operator: {}, servedBy: 'orders-green' })
  expect(rendered.ok && JSON.stringify(rendered.object?.['spec'])).toContain(
    '"service":{"name":"orders-green-rest","port":{"number":9000}}',
  )
  expect(renderIngress({ resource, config: { 'kubernetes.operator.ingress.manage': 'false' }, operator: {} })).toEqual({
    ok: true,
    object: undefined,
  })
})

test('a session job goes along with its cluster’s settings and its own, as recorded, without those for the operator', () => {
  const cluster: ClusterSpec = { ...spec, job: null }
  const config = {
    'taskmanager.numberOfTaskSlots': '1',
    'parallelism.default': '1',
    'kubernetes.operator.reconcile.interval': '5 s',
  }
  const job = { args: ['a'], entryClass: 'com.example.X', parallelism: 2, upgradeMode: 'stateless' }
  const result = sessionJobConfig({ resource: { metadata, spec: cluster }, config, name: 'clicks', job })
  expect(result.ok && result.value.config).toEqual({
    '$internal.application.main': 'com.example.X',
    '$internal.application.program-args': 'a',
    '$internal.flink.version': 'v1_20',
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    'execution.target': 'kubernetes-session',
    'jobmanager.memory.process.size': '1 gb',
    'kubernetes.cluster-id': 'orders',
    'kubernetes.container.image.ref': 'flink:1.20',
    'kubernetes.jobmanager.cpu.amount': '1.0',
    'kubernetes.jobmanager.replicas': '1',
    'kubernetes.namespace': 'shop',
    'kubernetes.rest-service.exposed.type': 'ClusterIP',
    'kubernetes.service-account': 'flink',
    'kubernetes.taskmanager.cpu.amount': '1.0',
    'parallelism.default': '1',
    'pipeline.name': 'clicks',
    'taskmanager.memory.process.size': '2 gb',
    'taskmanager.numberOfTaskSlots': '1',
    'web.cancel.enable': 'false',
  })
})

test('an environment variable, a port, a pull secret that a template and an option both name is sent once', () => {
  const main = {
    name: 'flink-main-container',
    env: [
      { name: 'ROLE', value: 'template' },
      { name: 'OTHER', value: 'x' },
    ],
    ports: [
      { name: 'ui', containerPort: 8081 },
      { name: 'rest-udp', containerPort: 8081, protocol: 'UDP' },
    ],
  }
  const rendering = render(
    { podTemplate: { spec: { containers: [main], imagePullSecrets: [{ name: 'one' }] } } },
    { 'containerized.master.env.ROLE': 'option', 'kubernetes.container.image.pull-secrets': 'one;two' },
  )
  const pod = rendering.ok && (rendering.objects[0]!['spec'] as any).template.spec
  expect(pod.containers[0].env.map((item: any) => `${item.name}=${item.value ?? ''}`)).toEqual([
    'OTHER=x',
    'ROLE=option',
    '_POD_IP_ADDRESS=',
  ])
  expect(pod.containers[0].ports.map((item: any) => item.name)).toEqual([
    'rest-udp',
    'rest',
    'jobmanager-rpc',
    'blobserver',
  ])
  expect(pod.imagePullSecrets).toEqual([{ name: 'one' }, { name: 'two' }])
})

test('observers read the configuration with the spec in it, before anything of a deployment', () => {
  const result = clusterConfig({
    resource: { metadata, spec },
    config: { 'high-availability.type': 'kubernetes', 'kubernetes.operator.x': 'y' },
  })
  expect(result.ok && result.value.config).toMatchObject({
    'high-availability.cluster-id': 'orders',
    'kubernetes.operator.x': 'y',
    'pipeline.name': 'orders',
  })
  expect(result.ok && result.value.config['kubernetes.jobmanager.owner.reference']).toBeUndefined()
})

describe('what belongs to a cluster', () => {
  test('a standalone cluster has a second Deployment, a native one a template map', () => {
    const names = (mode: 'native' | 'standalone') => {
      const refs = ownedRefs('orders', 'shop', mode)
      return [refs.teardown.map(({ name }) => name), refs.dependants.map(({ name }) => name)]
    }
    expect(names('native')).toEqual([
      ['orders'],
      ['orders', 'orders-rest', 'flink-config-orders', 'pod-template-orders'],
    ])
    expect(names('standalone')).toEqual([
      ['orders', 'orders-taskmanager'],
      ['orders', 'orders-rest', 'flink-config-orders'],
    ])
  })
  test('every object we render is named by it', () => {
    for (const mode of ['native', 'standalone'] as const) {
      const refs = ownedRefs('orders', 'shop', mode)
      const known = [...refs.teardown, ...refs.dependants, refs.ingress, refs.autoscaler].map(
        ({ type, name }) => `${type.kind}/${name}`,
      )
      const rendering = render({ mode, podTemplate: {}, ingress: { template: 'x' } })
      expect(
        rendering.ok &&
          rendering.objects
            .map(({ kind, metadata: { name } }) => `${kind}/${name}`)
            .filter((name) => !known.includes(name)),
      ).toEqual([])
    }
  })
  test('HA metadata of every Flink version is told from the cluster’s own ConfigMaps', () => {
    const { haMetadata } = ownedRefs('orders', 'shop', 'native')
    const id = '0123456789abcdef0123456789abcdef'
    const ha = [
      `orders-cluster-config-map`,
      `orders-${id}-config-map`,
      `orders-${id}-jobmanager-leader`,
      'orders-dispatcher-leader',
    ]
    expect(ha.map((name) => [haMetadata.isHaMap(name), haMetadata.isJobMap(name)])).toEqual([
      [true, false],
      [true, true],
      [true, true],
      [true, false],
    ])
    expect(
      ['flink-config-orders', 'pod-template-orders', 'autoscaler-orders', 'kerberos-krb5conf-orders'].some(
        haMetadata.isHaMap,
      ),
    ).toBe(false)
    expect(haMetadata.isCheckpointKey('checkpointID-0000000000000000042')).toBe(true)
    expect(['jobGraph-x', 'executionPlan-x', 'application-x', 'counter'].map(haMetadata.isSubmittedJobKey)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})
