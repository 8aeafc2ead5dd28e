/** What a real API server (1.33.13) said about 83 schemas of CRDs, most of them wrong, against `schemaProblems`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { schemaProblems, type StructuralSchema } from '../src/index.ts'

const recorded: { schema: StructuralSchema; refused?: string[] }[] = readFileSync(
  join(import.meta.dirname, 'fixtures/refused-schemas.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

test.each(recorded.map((one) => [JSON.stringify(one.schema), one] as const))('%s', (_, { schema, refused }) => {
  const messages = schemaProblems(schema, 'spec.validation.openAPIV3Schema').map((one) => one.message)
  expect([...new Set(messages)].sort()).toEqual(refused ?? [])
})
