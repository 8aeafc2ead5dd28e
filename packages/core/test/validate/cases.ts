/**
 * The table of validation cases: rule, field, value, outcome. Most rules judge a text, so a case is a list of texts that pass and a
 * list of texts that do not, at one field or at several; the rest is written out.
 */
type Json = Record<string, any>

export interface Case {
  rule: string
  field: string
  value: unknown
  allowed: boolean
  resource: Json
  /** for updates: the version before */
  old?: Json
}

export const application: Json = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'orders', namespace: 'streaming' },
  spec: {
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    serviceAccount: 'flink',
    jobManager: { resource: { cpu: 1, memory: '1024m' } },
    taskManager: { resource: { cpu: 1, memory: '2048m' } },
    job: { jarURI: 'local:///opt/flink/usrlib/orders.jar', parallelism: 2, upgradeMode: 'stateless' },
  },
}
const { job: _, ...sessionSpec } = application['spec'] as Json
export const session: Json = { ...application, spec: sessionSpec }
export const sessionJob: Json = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkSessionJob',
  metadata: { name: 'sj', namespace: 'streaming' },
  spec: { deploymentName: 'session', job: { jarURI: 'https://93.184.216.34/o.jar', parallelism: 2 } },
}
export const snapshot: Json = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkStateSnapshot',
  metadata: { name: 'snap', namespace: 'streaming' },
  spec: { savepoint: {}, jobReference: { kind: 'FlinkDeployment', name: 'orders' } },
}
export const blueGreen: Json = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkBlueGreenDeployment',
  metadata: { name: 'orders', namespace: 'streaming' },
  spec: { template: { spec: application['spec'] } },
}

/** What exists besides. */
export const world: Json = {
  'FlinkDeployment/orders': application,
  'FlinkDeployment/session': { ...session, metadata: { name: 'session', namespace: 'streaming' } },
  'FlinkSessionJob/sj': sessionJob,
}

/** A copy with the value at a path; undefined takes the field away. A step in quotes is a key with dots. */
export const put = (base: Json, path: string, value: unknown): Json => {
  const [, step = '', rest] = /^("[^"]*"|[^.]+)(?:\.(.+))?$/.exec(path) ?? []
  const key = step.replaceAll('"', '')
  const copy = { ...base }
  if (rest === undefined) {
    if (value === undefined) delete copy[key]
    else copy[key] = value
  } else copy[key] = put((copy[key] as Json | undefined) ?? {}, rest, value)
  return copy
}

const table: Case[] = []
const judge = (allowed: boolean) => (rule: string, base: Json, fields: string | string[], values: unknown[]) => {
  for (const field of [fields].flat())
    for (const value of values) table.push({ rule, field, value, allowed, resource: put(base, field, value) })
}
const passes = judge(true)
const refuses = judge(false)
/** An update: the old version, and the new one. */
const change = (allowed: boolean, rule: string, field: string, old: Json, value: unknown, more: Json = old) =>
  table.push({ rule, field, value, allowed, old, resource: put(more, field, value) })

const option = (key: string): string => `spec.flinkConfiguration."${key}"`
const configured = (base: Json, entries: Record<string, unknown>): Json => put(base, 'spec.flinkConfiguration', entries)
const ha = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://lake/ha' }
const directories = {
  'execution.checkpointing.dir': 's3://lake/cp',
  'execution.checkpointing.savepoint-dir': 's3://lake/sp',
}

// Names
const goodNames = [
  'a',
  'ab',
  'a1',
  'a-b',
  'orders',
  'orders-v2',
  'x--y',
  'a'.repeat(45),
  `a${'-'.repeat(43)}b`,
  'z9',
  'flink-1-20',
  'abcdefghijklmnopqrstuvwxyz',
  'q0-0-0',
  'prod-eu-west-1-orders',
  'o',
  'my-name',
  'abc-123',
  'n5',
  'na-na-na',
]
const badNames = [
  '',
  'A',
  'Orders',
  'oRders',
  '1',
  '1orders',
  '-',
  '-a',
  'a-',
  'a.b',
  'a_b',
  'a b',
  ' a',
  'a ',
  'a'.repeat(46),
  'ä',
  'orders!',
  'a/b',
  'a\n',
  'ordérs',
  '9a',
  'a:b',
  'a@b',
  'Z',
  '日本',
  'a--',
  '.a',
  'a.',
]
passes('D1', application, 'metadata.name', goodNames)
refuses('D1', application, 'metadata.name', badNames)
// One of the names is that of an application, which S5 refuses.
passes(
  'S1',
  sessionJob,
  'spec.deploymentName',
  goodNames.filter((name) => name !== 'orders'),
)
refuses('S1', sessionJob, 'spec.deploymentName', [...badNames, undefined, null])
passes('S1', sessionJob, 'metadata.name', ['anything', 'UPPER', '1', 'a.b'])

// Versions
passes('D3', application, 'spec.flinkVersion', [
  'v1_15',
  'v1_16',
  'v1_17',
  'v1_18',
  'v1_19',
  'v1_20',
  'v2_0',
  'v2_1',
  'v2_2',
  'v2_3',
  'v2_4',
])
refuses('D3', application, 'spec.flinkVersion', ['v1_13', 'v1_14'])
refuses('D2', application, 'spec.flinkVersion', [undefined, null])
refuses('F', application, 'spec.flinkVersion', [
  '',
  'v1_12',
  'v3_0',
  '1.20',
  'V1_20',
  'v1.20',
  'v1_20 ',
  'latest',
  120,
  true,
  {},
  [],
])

// Words and types
passes('J', application, 'spec.job.upgradeMode', ['stateless', undefined, null])
refuses('J', application, 'spec.job.upgradeMode', [
  'later',
  'STATELESS',
  'Stateless',
  'lastState',
  'last_state',
  '',
  1,
  true,
  ['stateless'],
  {},
])
passes('J', application, 'spec.job.state', ['running', 'suspended', undefined, null])
refuses('J', application, 'spec.job.state', ['paused', 'RUNNING', 'Running', '', 0, false, [], {}])
passes('F', application, 'spec.mode', ['native', 'standalone', undefined, null])
refuses('F', application, 'spec.mode', ['Native', 'kubernetes', '', 1, {}, []])
passes('J', application, 'spec.job.args', [[], ['a'], ['--x', 'y'], [1, true], null, undefined, [null]])
refuses('J', application, 'spec.job.args', ['a', 'a b', {}, [{}], [[]], 1, true])
passes('J', application, 'spec.job.allowNonRestoredState', [true, false, null, undefined, 'true', 'false'])
refuses('J', application, 'spec.job.allowNonRestoredState', ['yes', {}, [], 1.5])
passes(
  'F',
  application,
  ['spec.restartNonce', 'spec.job.checkpointTriggerNonce', 'spec.job.autoscalerResetNonce'],
  [0, 1, -1, 2 ** 40, '5', null],
)
refuses(
  'F',
  application,
  ['spec.restartNonce', 'spec.job.checkpointTriggerNonce', 'spec.job.autoscalerResetNonce'],
  ['x', {}, [], 1e30, true],
)
passes('F', application, ['spec.image', 'spec.imagePullPolicy'], ['x', '', null, undefined, 5, true])
refuses(
  'F',
  application,
  ['spec.image', 'spec.imagePullPolicy', 'spec.job.jarURI', 'spec.job.entryClass'],
  [{}, [], ['x']],
)
passes('F', application, 'spec.flinkConfiguration', [
  {},
  { a: 1 },
  { a: { b: null } },
  { a: [1, 'b'] },
  { 'a.b': true },
  null,
  undefined,
])
refuses('F', application, 'spec.flinkConfiguration', ['a: b', '', [], ['a'], 5, true])
passes('F', application, 'spec.somethingNew', ['x', {}, [], null])
passes('F', application, 'spec.podTemplate', [{}, { spec: {} }, null, { apiVersion: 'v1', kind: 'Pod' }])
refuses(
  'F',
  application,
  ['spec.podTemplate', 'spec.jobManager', 'spec.taskManager', 'spec.job', 'spec.ingress', 'spec'],
  ['x', [], 5, true],
)
passes('J', application, 'spec.job.jarURI', [
  undefined,
  null,
  '',
  'no scheme',
  'local:///a.jar',
  'http://10.0.0.1/x.jar',
  '::',
])

// Forbidden keys
for (const key of ['kubernetes.namespace', 'kubernetes.cluster-id', 'high-availability.cluster-id']) {
  refuses('D5', application, option(key), ['x', '', 'orders', null, 5, true])
  refuses('D5', session, option(key), ['x'])
  passes('D5', application, option(`${key}x`), ['x'])
  passes('D5', sessionJob, option(key), ['x'])
}
refuses('D5', application, 'spec.flinkConfiguration', [
  { kubernetes: { namespace: 'x' } },
  { kubernetes: { 'cluster-id': 'x' } },
  { 'high-availability': { 'cluster-id': 'x' } },
])

// High availability
const on = [
  'kubernetes',
  'KUBERNETES',
  'zookeeper',
  'org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory',
  'my.Factory',
]
const off = ['NONE', 'none', 'standalone', undefined]
const rollback = configured(application, { 'kubernetes.operator.deployment.rollback.enabled': 'true' })
const standby = put(application, 'spec.jobManager.replicas', 2)
for (const key of ['high-availability.type', 'high-availability']) {
  passes('D6', rollback, option(key), on)
  refuses('D6', rollback, option(key), off)
  passes('D22', standby, option(key), on)
  refuses('D22', standby, option(key), off)
}
passes('D6', application, option('kubernetes.operator.deployment.rollback.enabled'), ['false', 'FALSE', false])
refuses('D6', configured(application, ha), option('kubernetes.operator.deployment.rollback.enabled'), [
  'yes',
  '',
  '1',
  'on',
])
passes('D6', configured(application, ha), option('kubernetes.operator.deployment.rollback.enabled'), [
  'true',
  true,
  'False',
])

// Health check
const healthy = configured(application, { 'kubernetes.operator.cluster.health-check.enabled': 'true' })
passes('D7', healthy, option('kubernetes.operator.jm-deployment-recovery.enabled'), ['true', true, undefined])
refuses('D7', healthy, option('kubernetes.operator.jm-deployment-recovery.enabled'), ['false', false, 'no'])
refuses('D7', healthy, option('kubernetes.operator.reconciler.jm-deployment-recovery.enabled'), ['false'])
passes('D7', application, option('kubernetes.operator.jm-deployment-recovery.enabled'), ['false', 'no'])

// Ingress
const templates = [
  '{{name}}.example.com',
  '/{{namespace}}/{{name}}(/|$)(.*)',
  'ftp://x.example.com/a',
  'http://',
  'https://',
  'x:-1/',
  'x:99999',
  'a b',
  '',
  'x.example.com:8080/{{name}}',
  'https://x.example.com',
  'HTTP://x',
  '{{NAME}}.x',
  '{{other}}',
  '[::1]/x',
  '[::1]:80',
  'user@host/x',
  'x:/y',
  '/',
  '#',
  '?',
  'x?y:z',
]
const badTemplates = [
  'x:port/{{name}}',
  'x.example.com:port',
  'https://[::1',
  '[::1',
  'x:8o80',
  'x:-2',
  'x:99999999999',
  '[::1]x',
  'x:80:90',
  'http://x:{{name}}',
  'x:1.5',
]
passes('D9', put(application, 'spec.ingress', {}), 'spec.ingress.template', templates)
refuses('D9', put(application, 'spec.ingress', {}), 'spec.ingress.template', badTemplates)
passes('D9', put(blueGreen, 'spec.ingress', {}), 'spec.ingress.template', templates)
refuses('D9', put(blueGreen, 'spec.ingress', {}), 'spec.ingress.template', badTemplates)
refuses('D8', application, 'spec.ingress', [{}, { className: 'nginx' }, { template: null }, { annotations: {} }])
passes('D8', application, 'spec.ingress', [
  undefined,
  null,
  { template: 'x', tls: [{ hosts: ['a'], secretName: 's' }] },
])

// Logging
passes('D10', application, 'spec.logConfiguration', [
  {},
  null,
  { 'log4j-console.properties': '' },
  { 'logback-console.xml': 'x' },
  { 'log4j-console.properties': null },
])
refuses('D10', application, 'spec.logConfiguration', [
  { 'log4j.properties': '' },
  { '': '' },
  { 'log4j-cli.properties': 'x' },
  { 'LOG4J-console.properties': 'x' },
  { 'logback.xml': 'x' },
  { 'log4j-console.properties': 'x', a: 'b' },
  'x',
  [],
  { 'log4j-console.properties': {} },
])

// Directories
const modes = ['stateless', 'last-state', 'savepoint']
const directoryKeys: [Record<string, unknown>, checkpoint: boolean, savepoint: boolean][] = [
  [{}, false, false],
  [directories, true, true],
  [{ 'execution.checkpointing.dir': 's3://x' }, true, false],
  [{ 'state.checkpoints.dir': 's3://x' }, true, false],
  [{ 'execution.checkpointing.savepoint-dir': 's3://x' }, false, true],
  [{ 'state.savepoints.dir': 's3://x' }, false, true],
  [{ 'state.checkpoints.dir': 's3://x', 'state.savepoints.dir': 's3://y' }, true, true],
  [{ execution: { checkpointing: { dir: 's3://x', 'savepoint-dir': 's3://y' } } }, true, true],
  [{ 'execution.checkpointing.dir': '', 'execution.checkpointing.savepoint-dir': '' }, false, false],
  [{ 'execution.checkpointing.dir': '  ', 'state.checkpoints.dir': 's3://x' }, false, false],
  [{ ...ha }, false, false],
]
for (const base of [application, sessionJob]) {
  for (const [entries, checkpoint, savepoint] of directoryKeys) {
    const configuredBase = configured(base, entries)
    for (const mode of modes)
      judge(mode === 'stateless' || (checkpoint && (mode === 'last-state' || savepoint)))(
        'D11, D12',
        configuredBase,
        'spec.job.upgradeMode',
        [mode],
      )
    judge(savepoint)('D13', configuredBase, 'spec.job.savepointTriggerNonce', [0, 1, -5])
    passes('D13', configuredBase, 'spec.job.checkpointTriggerNonce', [1])
    judge(savepoint)('D14', configuredBase, option('kubernetes.operator.periodic.savepoint.interval'), [
      '1 h',
      '',
      '0',
      '0 0 3 * * ?',
    ])
    passes('D14', configuredBase, option('kubernetes.operator.periodic.checkpoint.interval'), ['1 h'])
    judge(savepoint)(
      'D15',
      configuredBase,
      option('kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age'),
      ['1 h', '0'],
    )
  }
}

// Replicas and parallelism
passes('D17', application, 'spec.job.parallelism', [1, 2, 200, 2147483647, '3', 1.9])
refuses('D17', application, 'spec.job.parallelism', [0, -1, undefined, null, '0', 0.5, 2147483648, 'x', {}, true])
passes('D17', sessionJob, 'spec.job.parallelism', [1, 7, '2'])
refuses('D17', sessionJob, 'spec.job.parallelism', [0, -3, undefined, null, 4294967296])
passes('D16', put(application, 'spec.job.parallelism', undefined), 'spec.taskManager.replicas', [1, 2, 50, '4'])
refuses('D16', application, 'spec.taskManager.replicas', [0, -1, -2147483648, 'x', 1e12])
passes('D26', session, 'spec.taskManager.replicas', [1, 3, undefined, null])
refuses('D26', session, 'spec.taskManager.replicas', [0, -1])
passes('D21', configured(application, ha), 'spec.jobManager.replicas', [1, 2, 3, undefined, null])
refuses('D21', configured(application, ha), 'spec.jobManager.replicas', [0, -1, 'many', 2147483648])
passes('D22', application, 'spec.jobManager.replicas', [1, '1'])
refuses('D22', application, 'spec.jobManager.replicas', [2, 3, 10])

// Memory
const flinkSizes = [
  '2048m',
  '2g',
  '2G',
  '2gb',
  '2 gb',
  ' 2g ',
  '2048 mb',
  '2gibibytes',
  '1t',
  '100',
  '1000k',
  '1K',
  '2147483648',
  '2147483648b',
  '2147483648 bytes',
  '9223372036854775807',
  '1MB',
  '3 mebibytes',
]
const quantitySizes = [
  '2Gi',
  '2gi',
  '2 Gi',
  '2GiB',
  '2gib',
  '512Mi',
  '2097152Ki',
  '1Ti',
  '1P',
  '1e9',
  '+2G',
  '1Pi',
  '2.',
  '1e15',
  '2048M',
  '2 0 4 8 Mi',
  '1 000',
]
const noSizes = [
  '1.5Gi',
  '2.5g',
  '-2Gi',
  'abc',
  '1E',
  '1Ei',
  '0x10',
  '2_048m',
  'g',
  '2gg',
  '9223372036854775808',
  '1e16',
  '1.0Gi',
  '2,5g',
  '0.5',
  '10n',
  '1000u',
  '2Z',
  '--1',
  '1e',
  'Gi',
  '1i',
]
const simple = ['spec.jobManager.resource.memory', 'spec.taskManager.resource.memory']
passes('D19', application, simple, [...flinkSizes, ...quantitySizes, '0', '0g', 2147483648, '+2g', '2m2', '٢g'])
refuses('D19', application, simple, [...noSizes, {}, []])
const requirements = ['spec.jobManager.resources.requests.memory', 'spec.taskManager.resources.limits.memory']
passes('Q1', application, requirements, [...flinkSizes, ...quantitySizes, 2147483648])
refuses('Q1', application, requirements, [...noSizes.filter((text) => text !== '0.5'), '', 0.5, {}, true])
refuses('Q2', application, requirements, ['0', '0g', '0Gi', 0])
refuses('D18', put(session, 'spec.jobManager', undefined), 'spec.jobManager', [
  undefined,
  null,
  {},
  { replicas: 1 },
  { resource: {} },
  { resource: { cpu: 1 } },
  { resource: { memory: '' } },
  { resource: { memory: ' ' } },
  { resources: {} },
  { resources: { requests: { cpu: 1 } } },
])
passes('D18', session, 'spec.jobManager', [
  { resources: { limits: { memory: '1Gi' } } },
  { resources: { requests: { memory: '1Gi' } } },
  { resource: { memory: '1g' }, resources: { requests: { cpu: 1 } } },
])
refuses('D23', session, 'spec.taskManager', [
  undefined,
  null,
  {},
  { replicas: 2 },
  { resource: { cpu: 1 } },
  { resources: { limits: { cpu: 1 } } },
])
const withoutMemory = put(put(session, 'spec.jobManager', undefined), 'spec.taskManager', undefined)
const taskOption = { 'taskmanager.memory.process.size': '2g' }
const jobOption = { 'jobmanager.memory.process.size': '1600m' }
passes('D18, D23', withoutMemory, 'spec.flinkConfiguration', [
  { ...taskOption, ...jobOption },
  { ...taskOption, 'jobmanager.memory.flink.size': '1g' },
  { ...taskOption, 'jobmanager.memory.heap.size': '1g' },
  { ...taskOption, 'jobmanager.heap.size': '1g' },
  { ...taskOption, 'jobmanager.heap.mb': '1024' },
  { ...jobOption, 'taskmanager.memory.flink.size': '2g' },
  { ...jobOption, 'taskmanager.memory.task.heap.size': '1g', 'taskmanager.memory.managed.size': '1g' },
])
refuses('D18, D23', withoutMemory, 'spec.flinkConfiguration', [
  {},
  taskOption,
  jobOption,
  { ...taskOption, 'jobmanager.memory.process.size': '100m' },
  { ...taskOption, 'jobmanager.memory.process.size': 'x' },
  { ...jobOption, 'taskmanager.memory.process.size': '100m' },
  { ...jobOption, 'taskmanager.memory.task.heap.size': '1g' },
  { ...jobOption, 'taskmanager.heap.size': '2g' },
  {
    ...taskOption,
    ...jobOption,
    'jobmanager.memory.jvm-overhead.min': '2g',
    'jobmanager.memory.jvm-overhead.max': '2g',
  },
])
passes(
  'D19',
  application,
  ['spec.jobManager.resource.ephemeralStorage', 'spec.taskManager.resource.ephemeralStorage'],
  ['2G', '5Gi', '-1', '0', '500m', '1.5', '1e3', '2147483648', '1E', undefined, null],
)
refuses(
  'D19',
  application,
  ['spec.jobManager.resource.ephemeralStorage', 'spec.taskManager.resource.ephemeralStorage'],
  ['2g', 'abc', '10 Gi', '1i', '', 'Gi', '1KB', '5GB', {}],
)
passes(
  'D19',
  application,
  ['spec.jobManager.resource.cpu', 'spec.taskManager.resource.cpu'],
  [1, 0.5, -1, 0, '2', '0.1', null, undefined, 1e3],
)
refuses(
  'D19',
  application,
  ['spec.jobManager.resource.cpu', 'spec.taskManager.resource.cpu'],
  ['x', '500m', {}, [], true],
)

// CPU and other resources
const component = (name: string) =>
  put(put(application, `spec.${name}.resource`, undefined), `spec.${name}.resources`, { requests: { memory: '2Gi' } })
for (const name of ['jobManager', 'taskManager']) {
  const base = component(name)
  const at = `spec.${name}.resources`
  for (const section of ['requests', 'limits']) {
    passes('Q3, Q4', base, `${at}.${section}.cpu`, [
      '1',
      '0.1',
      '500m',
      '1u',
      '1n',
      2,
      1.5,
      '1e2',
      '+1',
      '.5',
      '5.',
      '1k',
    ])
    refuses('Q3, Q4', base, `${at}.${section}.cpu`, [
      '0',
      '-1',
      '-500m',
      0,
      -2,
      'abc',
      '1 ',
      '1x',
      '',
      '1Kb',
      {},
      true,
      '0.0',
      '1i',
    ])
    passes('Q5', base, `${at}.${section}.ephemeral-storage`, ['2Gi', '0', '5G', 0, 10, '1e9'])
    refuses('Q5', base, `${at}.${section}.ephemeral-storage`, ['-1', '-2Gi', 'abc', '5g', '', '10 Gi', [], -1])
    passes('Q5', base, `${at}.${section}."example.com/gpu"`, ['1', 2, '0'])
    refuses('Q5', base, `${at}.${section}."example.com/gpu"`, ['-1', 'two'])
  }
  const pair = (key: string, request: unknown, limit: unknown) => ({
    requests: { memory: '2Gi', [key]: request },
    limits: { [key]: limit },
  })
  passes('Q6', base, at, [
    pair('cpu', '1', '1'),
    pair('cpu', '500m', '1'),
    pair('cpu', 1, '1000m'),
    pair('cpu', '1500m', 2),
  ])
  refuses('Q6', base, at, [
    pair('cpu', '2', '1'),
    pair('cpu', '1500m', 1),
    pair('cpu', 2, '1500m'),
    pair('cpu', '1.1', '1'),
  ])
  passes('Q7', base, at, [pair('memory', '1Gi', '1Gi'), pair('memory', '1Gi', '2g'), pair('memory', '1024m', '1Gi')])
  refuses('Q7', base, at, [
    pair('memory', '2Gi', '1Gi'),
    pair('memory', '2048m', '1Gi'),
    pair('memory', '3g', '2147483648'),
  ])
  passes('Q', base, at, [{ requests: { memory: '2Gi' }, claims: [{ name: 'c' }] }, pair('example.com/gpu', '2', '1')])
}

// Service account
passes('D32', application, 'spec.serviceAccount', ['flink', '', 'default', 'a b', 5])
refuses('D32', application, 'spec.serviceAccount', [undefined, null, {}])

// Autoscaler
const scaled = configured(application, { 'job.autoscaler.enabled': 'true' })
const ranges: [key: string, good: unknown[], bad: unknown[], also?: Record<string, string>][] = [
  ['scale-down.max-factor', [0, '0.6', 1, '1e3', '0.0'], ['-0.1', 'x', '', -1]],
  ['scale-up.max-factor', [0, 5, '100000.0'], ['-5', 'many']],
  ['utilization.target', [0, 0.5, 1, '0.7'], ['1.1', '-0.1', 'x', 2]],
  ['target.utilization', [0.5, 1], ['1.1']],
  ['target.utilization.boundary', [0, 0.4, 2], ['-0.4', 'wide']],
  ['utilization.max', ['0.7', 1, '0.9'], ['0.6', '1.1', 'x']],
  ['utilization.min', [0, '0.7', '0.3'], ['0.8', '-0.1', 'x']],
  ['memory.gc-pressure.threshold', [0, 0.5, 1], ['1.1', -1, 'x']],
  ['memory.heap-usage.threshold', [0, 1], ['1.01', '-0.01']],
  [
    'observed-scalability.coefficient-min',
    ['0.01', 0.5, 1],
    ['0.001', 0, 2, 'x'],
    { 'job.autoscaler.observed-scalability.enabled': 'true' },
  ],
  [
    'scaling.effectiveness.threshold',
    [0, 1],
    [5, '-1'],
    { 'job.autoscaler.scaling.effectiveness.detection.enabled': 'true' },
  ],
  ['memory.tuning.overhead', [0, 1], [2, '-1'], { 'job.autoscaler.memory.tuning.enabled': 'true' }],
]
for (const [key, good, bad, also = {}] of ranges)
  for (const prefix of ['job.autoscaler.', 'kubernetes.operator.job.autoscaler.']) {
    const base = configured(scaled, { 'job.autoscaler.enabled': 'true', ...also })
    passes('A', base, option(prefix + key), good)
    refuses('A', base, option(prefix + key), bad)
    passes('A', application, option(prefix + key), bad)
    if (Object.keys(also).length > 0) passes('A', scaled, option(prefix + key), bad)
  }
const periods = [
  '9:30-10:30',
  '09:30:00-10:30:00',
  '00:00-23:59',
  '* 0-30 9-11 * * ?',
  '09:30-10:30 && * * * ? * 2-6',
  '0 0 3 * * ?',
  '0 0/5 * * * ?',
  '0 0 0 L * ?',
  '0 0 0 15W * ?',
  '0 0 0 ? * FRI#2',
  '0 0 0 ? * 6L',
  '0 0 0 1 JAN ? 2027',
  '* * * ? * MON-FRI',
  '09:30-10:30;11:00-12:00',
  '',
  ';',
  '0 0 0 1,15 * ?',
  '* * * ? * 2-6 && 09:30-10:30',
  '0 0 0 ? 1-3,DEC SUN',
  '0 0 0 LW * ?',
  '0:00-0:01',
]
const noPeriods = [
  '10:30-09:30',
  '09:30-09:30',
  'bad',
  '09:30',
  '09:30-',
  '25:00-26:00',
  '09:60-10:00',
  '09:30-10:30 && 11:00-12:00',
  '* * * * *',
  '* * * * * *',
  '* * * ? * ?',
  '0 0 3 * * ? 1 2',
  '60 * * * * ?',
  '0 0 24 * * ?',
  '0 0 0 32 * ?',
  '0 0 0 1 13 ?',
  '* * * ? * 8',
  '09:30-10:30,11:00-12:00',
  'x;09:30-10:30',
  '0 0 3 * * ? && 0 0 4 * * ?',
  'a && b && c',
  '* * * ? * FOO',
  '0 0 0 ? * 2#6',
  '09.30-10.30',
]
passes('A12', scaled, option('job.autoscaler.excluded.periods'), periods)
refuses('A12', scaled, option('job.autoscaler.excluded.periods'), noPeriods)
passes('A13', scaled, option('job.autoscaler.metrics.window'), ['60 s', '1 min', '2 h', '60000'])
refuses('A13', scaled, option('job.autoscaler.metrics.window'), ['59 s', '1', '0', 'x', '-1 h', ''])
passes(
  'A13',
  configured(scaled, { 'job.autoscaler.enabled': 'true', 'kubernetes.operator.reconcile.interval': '10 s' }),
  option('job.autoscaler.metrics.window'),
  ['10 s', '59 s'],
)
refuses('A', application, option('job.autoscaler.enabled'), ['yes', '', '1'])
for (const [key, , bad] of ranges.slice(0, 4))
  refuses('S7', configured(sessionJob, { 'job.autoscaler.enabled': 'true' }), option(`job.autoscaler.${key}`), bad)

// Changes of a FlinkDeployment
const suspended = (mode: string, version: string) =>
  put(
    put(put(configured(application, directories), 'spec.job.state', 'suspended'), 'spec.job.upgradeMode', mode),
    'spec.flinkVersion',
    version,
  )
for (const mode of modes)
  for (const next of modes)
    for (const version of ['v1_19', 'v1_20', 'v2_0']) {
      const resumed = put(put(suspended(mode, 'v1_19'), 'spec.job.state', 'running'), 'spec.job.upgradeMode', next)
      change(
        mode !== 'last-state' || next === 'stateless' || version === 'v1_19',
        'D4',
        'spec.flinkVersion',
        suspended(mode, 'v1_19'),
        version,
        resumed,
      )
    }
for (const version of ['v1_15', 'v1_18', 'v2_4']) change(true, 'D4', 'spec.flinkVersion', application, version)
change(false, 'D27', 'spec.job', session, application['spec'].job)
change(false, 'D28', 'spec.job', application, undefined)
for (const base of [application, session])
  for (const before of [undefined, 'native', 'standalone'])
    for (const after of [undefined, 'native', 'standalone'])
      change(
        (before === 'standalone') === (after === 'standalone'),
        'D29, D30',
        'spec.mode',
        put(base, 'spec.mode', before),
        after,
      )
const redeploy = (nonce: unknown, path: unknown) =>
  put(put(application, 'spec.job.savepointRedeployNonce', nonce), 'spec.job.initialSavepointPath', path)
for (const before of [undefined, 1, 2])
  for (const after of [undefined, 1, 2])
    for (const path of [undefined, null, '', '  ', 's3://sp/1'])
      change(
        after === undefined || after === before || path === 's3://sp/1',
        'D31',
        'spec.job.savepointRedeployNonce',
        redeploy(before, undefined),
        after,
        redeploy(after, path),
      )
for (const path of [undefined, '', 's3://sp/1']) passes('D31', redeploy(5, path), 'metadata.name', ['created'])
for (const [field, value] of [
  ['spec.job.parallelism', 9],
  ['spec.image', 'x'],
  ['spec.taskManager.replicas', 4],
  ['spec.restartNonce', 2],
] as const)
  change(true, 'D', field, application, value)

// Session jobs
change(false, 'S3', 'spec.deploymentName', sessionJob, 'other')
change(true, 'S3', 'spec.deploymentName', sessionJob, 'session')
refuses('S2', sessionJob, 'spec.job', [undefined, null])
refuses('S5', sessionJob, 'spec.deploymentName', ['orders'])
const jars = [
  'https://93.184.216.34/o.jar',
  'HTTPS://93.184.216.34/o.jar',
  'https://172.32.0.1/o.jar',
  'https://[fc00::1]/o.jar',
  'https://[2606:4700::1]/o.jar',
  'https://100.64.0.1/o.jar',
  'https://0177.0.0.1/o.jar',
  'https://93.184.216.34:99999/o.jar',
  'https://user:pw@93.184.216.34/o.jar',
  'https://repo.example.com/o.jar',
  'https://255.255.255.255/x',
  'https://11.0.0.1/x',
  'https://172.15.255.255/x',
  'https://192.169.0.1/x',
  'https://repo.example.com/a?b=c#d',
  'https://repo.example.com:443/a%20b.jar',
  undefined,
  null,
]
const noJars = [
  'http://93.184.216.34/o.jar',
  's3://lake/o.jar',
  'file:///o.jar',
  'local:///o.jar',
  'ftp://x/o.jar',
  'hdfs://nn/o.jar',
  '/opt/o.jar',
  'o.jar',
  '',
  '::x',
  'https:///o.jar',
  'https:o.jar',
  'https://localhost/o.jar',
  'https://flink.localhost/o.jar',
  'https://LOCALHOST/o.jar',
  'https://127.0.0.1/o.jar',
  'https://127.8.9.1/o.jar',
  'https://10.1.2.3/o.jar',
  'https://172.16.0.1/o.jar',
  'https://172.31.255.255/o.jar',
  'https://192.168.1.1/o.jar',
  'https://169.254.169.254/latest',
  'https://0.0.0.0/o.jar',
  'https://224.0.0.1/o.jar',
  'https://239.1.1.1/o.jar',
  'https://[::1]/o.jar',
  'https://[::]/o.jar',
  'https://[fe80::1]/o.jar',
  'https://[fec0::1]/o.jar',
  'https://[ff02::1]/o.jar',
  'https://[::ffff:10.0.0.1]/o.jar',
  'https://[::ffff:7f00:1]/o.jar',
  'https://2130706433/o.jar',
  'https://1.2/o.jar',
  'https://my_host/o.jar',
  'https://no-such-host.invalid/o.jar',
  'https://repo.example.com/a b',
  'https://inside.example.com/o.jar',
  'https://[1::2::3]/x',
  'https://x^y/z',
  '//host/o.jar',
  'https:',
  'https://',
  'https://a%zz/',
]
passes('S4', sessionJob, 'spec.job.jarURI', jars)
refuses('S4', sessionJob, 'spec.job.jarURI', noJars)

// Snapshots
passes('N1', snapshot, 'spec.savepoint', [
  {},
  { path: 's3://x' },
  { formatType: 'NATIVE' },
  { formatType: 'UNKNOWN' },
  { disposeOnDelete: false },
])
refuses('N1', snapshot, 'spec.savepoint', [undefined, null])
refuses('N1', snapshot, 'spec.checkpoint', [{}])
passes('N1', put(snapshot, 'spec.savepoint', undefined), 'spec.checkpoint', [{}, { any: 1 }])
refuses('N1', put(snapshot, 'spec.savepoint', undefined), 'spec.checkpoint', [null, 'x', []])
passes('N2', put(snapshot, 'spec.savepoint', { alreadyExists: true, path: 's3://x' }), 'spec.jobReference', [
  undefined,
  null,
  {},
  { kind: 'FlinkDeployment', name: 'nowhere' },
])
refuses('N3', snapshot, 'spec.jobReference', [undefined, null])
passes('N4', snapshot, 'spec.jobReference', [
  { kind: 'FlinkDeployment', name: 'orders' },
  { kind: 'FlinkSessionJob', name: 'sj' },
  { kind: 'FlinkDeployment', name: 'session' },
])
refuses('N4', snapshot, 'spec.jobReference', [
  {},
  { kind: 'FlinkDeployment' },
  { kind: 'FlinkDeployment', name: 'nowhere' },
  { kind: 'FlinkSessionJob', name: 'orders' },
  { kind: 'Job', name: 'orders' },
])
refuses('N4', snapshot, 'metadata.namespace', ['elsewhere'])
const orphan = put(snapshot, 'spec.jobReference.name', 'nowhere')
passes('N4', orphan, 'status.state', ['IN_PROGRESS', 'COMPLETED', 'FAILED', 'ABANDONED'])
refuses('N4', orphan, 'status.state', ['TRIGGER_PENDING', undefined])
refuses('N', snapshot, 'spec.savepoint.formatType', ['native', 'x', {}])
passes('N', snapshot, 'spec.backoffLimit', [-1, 0, 5, '3', null])
refuses('N', snapshot, 'spec.backoffLimit', ['x', {}, 1e20])

// Blue/green: the template is the spec of both children
passes('B', blueGreen, 'metadata.name', ['orders', 'a'.repeat(39)])
refuses('B', blueGreen, 'metadata.name', ['a'.repeat(40), 'a'.repeat(45), 'Orders', ''])
refuses('B', blueGreen, 'spec.template', [undefined, null, {}, { metadata: {} }, 'x'])
refuses('B', blueGreen, 'spec.template.spec', [null, 'x', [], {}])
passes('B', blueGreen, 'spec.template.spec.job.parallelism', [1, 5])
refuses('B', blueGreen, 'spec.template.spec.job.parallelism', [0, -1])
refuses('B', blueGreen, 'spec.template.spec.flinkVersion', ['v1_14', undefined, 'x'])
refuses('B', blueGreen, 'spec.template.spec.serviceAccount', [undefined])
passes('B', blueGreen, 'spec.configuration', [
  {},
  { 'kubernetes.operator.bluegreen.abort.grace-period': '1 min' },
  { any: 'thing' },
  null,
])
change(false, 'B', 'spec.template.spec.mode', blueGreen, 'standalone')
change(true, 'B', 'spec.template.spec.image', blueGreen, 'flink:2')

export const cases: readonly Case[] = table
