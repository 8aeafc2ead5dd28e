/** Our CRDs are held to what an API server holds every CRD to. */
import { schemaProblems } from '@drey/schema'
import { expect, test } from 'vitest'
import { crds, crdsWithoutRules } from '../src/index.ts'

test.each([...crds, ...crdsWithoutRules].map((crd) => [crd.metadata.name, crd] as const))(
  '%s has a schema that an API server takes',
  (_, crd) => {
    expect(schemaProblems(crd.spec.versions[0]!.schema.openAPIV3Schema, 'schema')).toEqual([])
  },
)
