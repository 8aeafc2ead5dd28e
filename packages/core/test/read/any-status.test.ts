/** Documents are made of whatever stands in a status: upstream's at any stage, half of one, or rubbish; with any source missing. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  becauseOf,
  historyOf,
  jobStatusOf,
  noOperatorConfig,
  planOf,
  whyNotOf,
  type FlinkKind,
  type PlanInput,
  type Sources,
} from '../../src/index.ts'

const now = Date.UTC(2026, 0, 2)
const recorded = readFileSync(new URL('../fixtures/statuses.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as [FlinkKind, Record<string, unknown>])
  .filter(([kind]) => ['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot'].includes(kind))

const rubbish: unknown[] = [
  undefined,
  null,
  {},
  { jobStatus: null, reconciliationStatus: null, conditions: null, error: null },
  { reconciliationStatus: { lastReconciledSpec: 'no json', state: 'DEPLOYED' } },
  { reconciliationStatus: { lastReconciledSpec: '{"spec":null}', lastStableSpec: '[]', state: 'WHATEVER' } },
  { lifecycleState: 'NEVER_HEARD_OF', jobStatus: { state: 'SINGING', startTime: 'yesterday', savepointInfo: null } },
]
const specs: unknown[] = [
  undefined,
  {},
  { job: null },
  { flinkVersion: 'v9_9', flinkConfiguration: [1], job: { state: 'suspended' } },
  { deploymentName: 'c', job: { jarURI: 'https://x/y.jar', upgradeMode: 'savepoint', parallelism: 1 } },
  {
    image: 'flink:1.20',
    flinkVersion: 'v1_20',
    job: { jarURI: 'local:///a.jar', parallelism: 2, upgradeMode: 'last-state', state: 'running' },
  },
]

const missing = (what: string) => ({ known: false as const, why: `no right to see ${what}` })
const known = <T>(value: T) => ({ known: true as const, value })

const sourcesOf = (kind: FlinkKind, spec: unknown, status: unknown, see: boolean): Sources => ({
  now,
  cluster: 'test',
  kind,
  resource: {
    apiVersion: 'flink.apache.org/v1beta1',
    kind,
    metadata: { name: 'orders', namespace: 'shop', uid: 'u', generation: 3, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec,
    ...(status === undefined ? {} : { status }),
  } as Sources['resource'],
  parent: kind === 'FlinkDeployment' ? undefined : see ? known(undefined) : missing('parents'),
  events: see ? known([]) : missing('events'),
  history: see ? known(undefined) : missing('history'),
  pods: see ? known([]) : missing('pods'),
  flink: see ? known({}) : missing('flink'),
  operator: { by: 'nobody', alive: missing('operators') },
})

const all = [
  ...recorded.flatMap(([kind, status]) => specs.map((spec) => [kind, spec, status] as const)),
  ...(['FlinkDeployment', 'FlinkSessionJob', 'FlinkStateSnapshot'] as const).flatMap((kind) =>
    rubbish.flatMap((status) => specs.map((spec) => [kind, spec, status] as const)),
  ),
]

describe(`each of ${all.length} combinations`, () => {
  test.each([true, false])('makes every document, sources seen: %s', (see) => {
    for (const [kind, spec, status] of all) {
      const sources = sourcesOf(kind, spec, status, see)
      for (const [name, make] of Object.entries({
        JobStatus: jobStatusOf,
        Because: becauseOf,
        WhyNot: whyNotOf,
        History: historyOf,
      })) {
        const document = make(sources)
        expect(document, JSON.stringify([kind, spec, status])).toMatchObject({ kind: name, version: 1 })
        expect(JSON.parse(JSON.stringify(document))).toEqual(document)
        expect(JSON.stringify(document)).not.toMatch(/undefined|\[object |NaN|Invalid Date/)
      }
    }
  })

  test('makes a plan that ends', () => {
    for (const [kind, spec, status] of all) {
      if (kind === 'FlinkStateSnapshot' || spec === undefined) continue
      const { resource } = sourcesOf(kind, spec, status ?? undefined, true)
      const input: PlanInput = {
        kind,
        resource,
        before: resource,
        now,
        cluster: 'test',
        operator: { config: noOperatorConfig, side: {}, snapshotResources: true },
        objects: { jobManager: undefined, taskManager: undefined, pods: [], dependents: [], ha: [] },
        flink: {},
        sessionJobs: [],
        sessionCluster: undefined,
        snapshots: [],
        history: [],
        refusals: [],
        assumed: [],
      }
      expect(planOf(input), JSON.stringify([kind, spec, status])).toMatchObject({ kind: 'Plan', version: 1 })
    }
  })
})
