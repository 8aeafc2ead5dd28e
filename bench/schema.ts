/**
 * The schema engine on one core: judging, pruning and defaulting a typical FlinkDeployment against our CRD, loading the CRD,
 * and telling what changed between two specs. Targets: 150,000 judgements/s, 5 ms to load, 20 µs a diff.
 */
import { crds, diffDeployment, flinkDeploymentDefinition, type FlinkDeploymentSpec } from '@drey/api'
import {
  customResourceDefinition,
  prune,
  validate,
  validateStructure,
  withDefaults,
  type StructuralSchema,
} from '@drey/schema'

interface Row {
  what: string
  value: number
  unit: string
  n: number
  min: number
  max: number
}

const rounds = 5

const spec: FlinkDeploymentSpec = {
  image: 'flink:1.20',
  flinkVersion: 'v1_20',
  serviceAccount: 'flink',
  mode: 'native',
  flinkConfiguration: {
    'taskmanager.numberOfTaskSlots': '2',
    'execution.checkpointing.dir': 's3://lake/checkpoints',
    'execution.checkpointing.savepoint-dir': 's3://lake/savepoints',
    'high-availability.type': 'kubernetes',
    'high-availability.storageDir': 's3://lake/ha',
  },
  podTemplate: {
    spec: {
      containers: [
        {
          name: 'flink-main-container',
          env: [{ name: 'A', value: '1' }],
          volumeMounts: [{ name: 'logs', mountPath: '/logs' }],
        },
      ],
    },
  },
  jobManager: { resource: { cpu: 1, memory: '2048m' }, replicas: 1 },
  taskManager: { resource: { cpu: 1, memory: '2048m' } },
  job: {
    jarURI: 'local:///opt/flink/usrlib/job.jar',
    parallelism: 4,
    upgradeMode: 'savepoint',
    state: 'running',
    args: ['--topic', 'orders'],
  },
}
const deployment = {
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'orders', namespace: 'default' },
  spec,
}
const changed: FlinkDeploymentSpec = structuredClone({
  ...spec,
  image: 'flink:1.20-next',
  job: { ...spec.job, parallelism: 8 },
})

export const bench = async (): Promise<{ bench: 'schema'; rows: Row[]; ratios: Record<string, number> }> => {
  const schema = crds[0]!.spec.versions[0]!.schema.openAPIV3Schema
  const text = JSON.stringify(customResourceDefinition(flinkDeploymentDefinition))
  const unchanged = structuredClone(deployment)
  const rows = [
    rate('judge a FlinkDeployment: structure and rules', () => validate(schema, deployment)),
    rate('judge a FlinkDeployment: structure alone', () => validateStructure(schema, deployment)),
    rate('judge an update that changes nothing', () => validate(schema, deployment, { old: unchanged })),
    rate('prune and default a FlinkDeployment', () => withDefaults(schema, prune(schema, deployment).value)),
    time('load our CRD and judge once', 20, () => {
      const loaded = JSON.parse(text).spec.versions[0].schema.openAPIV3Schema as StructuralSchema
      validate(loaded, deployment)
    }),
    time('diff of two specs with two changes', 2_000, () => diffDeployment(spec, changed)),
  ]
  const [whole, structure] = rows
  return { bench: 'schema', rows, ratios: { 'with rules/structure alone': whole!.value / structure!.value } }
}

/** How often per second, median of the rounds. */
const rate = (what: string, run: () => unknown): Row => {
  const n = 20_000
  const values = measured(n, run).map((ms) => (n * 1000) / ms)
  return { what, value: median(values), unit: '1/s', n: rounds, min: Math.min(...values), max: Math.max(...values) }
}

/** How long one takes, median of the rounds. */
const time = (what: string, n: number, run: () => unknown): Row => {
  const values = measured(n, run).map((ms) => (ms * 1000) / n)
  return { what, value: median(values), unit: 'µs', n: rounds, min: Math.min(...values), max: Math.max(...values) }
}

const measured = (n: number, run: () => unknown): number[] => {
  for (let warm = 0; warm < n / 4; warm++) run()
  return Array.from({ length: rounds }, () => {
    const start = performance.now()
    for (let times = 0; times < n; times++) run()
    return performance.now() - start
  })
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
