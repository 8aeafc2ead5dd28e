/** Promises about any resource, not about examples. */
import { prune, validate, validateStructure, withDefaults, type JsonObject } from '@drey/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  crds,
  diffBlueGreen,
  diffDeployment,
  diffSessionJob,
  flinkDeploymentSpec,
  specChangedMessage,
  type FlinkDeploymentSpec,
  type FlinkSessionJobSpec,
} from '../src/index.ts'
import { mutated, randomOf, valueOfSchema } from './arbitrary.ts'

const schemaOf = (kind: string) =>
  crds.find((one) => one.spec.names.kind === kind)!.spec.versions[0]!.schema.openAPIV3Schema
const kinds = crds.map((crd) => crd.spec.names.kind)
const objectOf = (kind: string): fc.Arbitrary<JsonObject> =>
  valueOfSchema(schemaOf(kind)).map((value) => ({
    ...(value as JsonObject),
    apiVersion: 'flink.apache.org/v1beta1',
    kind,
    metadata: { name: 'orders' },
  }))
const specs = valueOfSchema(flinkDeploymentSpec) as fc.Arbitrary<FlinkDeploymentSpec>

describe.each(kinds)('any %s that its schema allows', (kind) => {
  const schema = schemaOf(kind)

  test('has no structural problem, and judging it as an update of itself finds none at all', () =>
    fc.assert(
      fc.property(objectOf(kind), (value) => {
        expect(validateStructure(schema, value)).toEqual([])
        expect(validate(schema, value, { old: value })).toEqual([])
      }),
    ))

  test('is left alone by pruning and defaulting', () =>
    fc.assert(
      fc.property(objectOf(kind), (value) => {
        const { value: pruned, unknown } = prune(schema, value)
        expect(unknown).toEqual([])
        expect(pruned).toBe(value)
        expect(withDefaults(schema, value)).toEqual(value)
      }),
    ))
})

test('pruning twice prunes no more than once, whatever the value', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.object({ key: fc.constantFrom('spec', 'job', 'status', 'x', '__proto__'), maxDepth: 4 }),
      (kind, value) => {
        const once = prune(schemaOf(kind), value).value
        expect(prune(schemaOf(kind), once)).toEqual({ value: once, unknown: [] })
      },
    ),
  ))

test('a spec does not differ from itself', () =>
  fc.assert(
    fc.property(specs, fc.constantFrom('native' as const, 'standalone' as const), (spec, mode) => {
      expect(diffDeployment(spec, structuredClone(spec), mode)).toEqual({ type: 'IGNORE', changes: [] })
    }),
  ))

test('whether there is a change does not depend on the direction, but for nonces that are taken away', () => {
  const withoutNonces = ({ restartNonce: _restart, job, ...spec }: FlinkDeploymentSpec): FlinkDeploymentSpec => {
    const { savepointRedeployNonce: _redeploy, ...rest } = job ?? {}
    return job ? { ...spec, job: rest } : spec
  }
  fc.assert(
    fc.property(specs, specs, (one, other) => {
      const [a, b] = [withoutNonces(one), withoutNonces(other)]
      const [forth, back] = [diffDeployment(a, b, 'native'), diffDeployment(b, a, 'native')]
      expect(back.changes.map((change) => change.path)).toEqual(forth.changes.map((change) => change.path))
      expect(back.type).toBe(forth.type)
    }),
  )
})

test('100,000 mutated resources never make the engine throw, and no problem is without a sentence', () => {
  const random = randomOf(4711)
  const seeds = fc.sample(fc.constantFrom(...kinds).chain(objectOf), { numRuns: 200, seed: 4711 })
  for (let round = 0; round < 100_000; round++) {
    const seed = seeds[random(seeds.length)]!
    const schema = schemaOf(seed.kind as string)
    let value: unknown = seed
    for (let times = random(3); times >= 0; times--) value = mutated(value, random)
    const stored = withDefaults(schema, prune(schema, value).value)
    for (const problem of validate(schema, stored, round % 2 ? { old: seed } : {}))
      if (problem.message === '' || problem.body === '') throw new Error(`no sentence: ${JSON.stringify(problem)}`)
    const [before, after] = [seed.spec, (value as JsonObject | null)?.spec]
    if (seed.kind === 'FlinkBlueGreenDeployment') diffBlueGreen((before ?? {}) as object, (after ?? {}) as object)
    else if (seed.kind === 'FlinkSessionJob')
      specChangedMessage(
        'FlinkSessionJob',
        diffSessionJob(before as FlinkSessionJobSpec, after as FlinkSessionJobSpec, 'native'),
      )
    else
      specChangedMessage(
        'FlinkDeployment',
        diffDeployment(before as FlinkDeploymentSpec, after as FlinkDeploymentSpec, 'standalone'),
      )
  }
}, 600_000)
