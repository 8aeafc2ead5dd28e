import { crds } from '@drey/api'
import type { CustomResourceDefinition, StructuralSchema } from '@drey/schema'
import { expect, test } from 'vitest'
import { planCrd } from '../../src/offline/crd-plan.ts'

const ours = crds[0] as CustomResourceDefinition
const changed = (change: (schema: any) => void): CustomResourceDefinition => {
  const copy = structuredClone(ours)
  change(copy.spec.versions[0]!.schema.openAPIV3Schema as StructuralSchema)
  return copy
}

test('a missing CRD is created, an equal one left as it is', () => {
  expect([planCrd(undefined, ours), planCrd(structuredClone(ours), ours)]).toEqual([
    { do: 'create' },
    { do: 'nothing' },
  ])
})
test('other descriptions are no difference', () =>
  expect(
    planCrd(
      changed((schema) => (schema.properties.spec.properties.image.description = 'x')),
      ours,
    ),
  ).toEqual({ do: 'nothing' }))
test('an older one is brought up to date, and the plan says what is new', () => {
  const older = changed((schema) => {
    delete schema.properties.spec.properties.mode
    schema.properties.spec.properties.flinkVersion.enum.pop()
  })
  expect(planCrd(older, ours)).toEqual({
    do: 'update',
    added: ['v1beta1.spec.mode'],
    changed: ['v1beta1.spec.flinkVersion'],
  })
})
test('a newer one is never made older', () =>
  expect(
    planCrd(
      changed((schema) => (schema.properties.spec.properties.tomorrow = { type: 'string' })),
      ours,
    ),
  ).toEqual({ do: 'leave', missing: ['v1beta1.spec.tomorrow'] }))

test('values that were texts and are anything now count as known', () =>
  expect(
    planCrd(
      changed((schema) => {
        schema.properties.spec.properties.flinkConfiguration = {
          type: 'object',
          additionalProperties: { type: 'string' },
        }
      }),
      ours,
    ),
  ).toEqual({ do: 'update', added: [], changed: ['v1beta1.spec.flinkConfiguration'] }))
test('fields that Kubernetes took away again, as old CRDs of upstream list them, make nothing newer', () =>
  expect(
    planCrd(
      changed((schema) => {
        const pod = schema.properties.spec.properties.podTemplate.properties
        pod.metadata.properties.clusterName = { type: 'string' }
        pod.spec.properties.resourceClaims.items.properties.source = {
          type: 'object',
          properties: { resourceClaimName: { type: 'string' } },
        }
      }),
      ours,
    ),
  ).toEqual({ do: 'nothing' }))
test('printer columns, short names and the scale subresource are told', () => {
  const older = structuredClone(ours)
  older.spec.versions[0]!.additionalPrinterColumns!.pop()
  delete older.spec.versions[0]!.subresources!.scale
  older.spec.names.shortNames = []
  expect(planCrd(older, ours)).toEqual({
    do: 'update',
    added: [],
    changed: ['printer columns', 'subresources', 'short names'],
  })
})
test('a CRD on its way out is waited for, not taken for an equal one', () => {
  const leaving = structuredClone(ours)
  Object.assign(leaving.metadata, { deletionTimestamp: '2026-11-21T19:00:00Z', finalizers: ['example.com/hold'] })
  expect(planCrd(leaving, ours)).toEqual({ do: 'wait', finalizers: ['example.com/hold'] })
})
test('a version that is not served is brought back', () => {
  const hidden = structuredClone(ours)
  hidden.spec.versions[0]!.served = false
  expect(planCrd(hidden, ours)).toEqual({ do: 'update', added: [], changed: ['served versions'] })
})
test('a CRD without a version of ours is no case for an update', () => {
  const alpha = structuredClone(ours)
  alpha.spec.versions[0]!.name = 'v1alpha1'
  expect(planCrd(alpha, ours)).toEqual({ do: 'stop', versions: ['v1alpha1'] })
})
