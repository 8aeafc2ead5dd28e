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
