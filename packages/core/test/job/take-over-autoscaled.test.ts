/** What only the autoscaler has set belongs to the spec that is wanted while it looks after the job, and to nothing else. */
import { expect, test } from 'vitest'
import { noOperatorConfig, readOperatorConfig } from '../../src/index.ts'
import { withAutoscalerOverrides } from '../../src/job/autoscaled.ts'

const key = 'pipeline.jobvertex-parallelism-overrides'
const recorded = { flinkConfiguration: { a: '1', 'job.autoscaler.enabled': 'true', [key]: 'v:3' } }
const on = { 'job.autoscaler.enabled': 'true' }
const operatorOn = readOperatorConfig({ 'flink-conf.yaml': 'kubernetes.operator.job.autoscaler.enabled: true\n' })

test.each([
  { name: 'on in the resource', own: { a: '1', ...on }, kept: true },
  { name: 'on under its older key', own: { 'kubernetes.operator.job.autoscaler.enabled': true }, kept: true },
  { name: 'on, nested', own: { job: { autoscaler: { enabled: true } } }, kept: true },
  { name: 'on in the operator', own: { a: '1' }, config: operatorOn, kept: true },
  { name: 'on in the session cluster', own: {}, cluster: on, kept: true },
  { name: 'off', own: { 'job.autoscaler.enabled': 'false' }, config: operatorOn, kept: false },
  { name: 'never on', own: { a: '1' }, kept: false },
  { name: 'on, and the user states overrides', own: { ...on, [key]: 'v:9' }, kept: false },
])('$name: kept is $kept', ({ own, config = noOperatorConfig, cluster, kept }) => {
  const wanted = { image: 'flink:2', flinkConfiguration: own }
  const scope = cluster ? { cluster: { name: 'c', flinkConfiguration: cluster } } : {}
  const found = withAutoscalerOverrides(wanted, recorded, config, {
    namespace: 'shop',
    flinkVersion: 'v1_20',
    ...scope,
  })
  if (kept) expect(found).toEqual({ ...wanted, flinkConfiguration: { ...own, [key]: 'v:3' } })
  else expect(found).toBe(wanted)
})

test('where nothing was recorded, or no overrides, the spec is the user’s', () => {
  const wanted = { flinkConfiguration: on }
  for (const before of [undefined, {}, { flinkConfiguration: on }])
    expect(withAutoscalerOverrides(wanted, before, noOperatorConfig, { namespace: 'shop' })).toBe(wanted)
})
