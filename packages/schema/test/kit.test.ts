/** The kit emits structural schemas only, and the CRD writer leaves nothing of ours in them. */
import { expect, expectTypeOf, test } from 'vitest'
import { kit, wireSchema, type ValueOf } from '../src/index.ts'

const job = kit.object(
  {
    parallelism: kit.integer('How many.', { onChange: 'upgrade', example: 2, assumed: 1 }),
    state: kit.oneOf(['running', 'suspended']),
    args: kit.listOf(kit.text()),
    labels: kit.mapOf(kit.intOrString()),
    options: kit.anything<Record<string, unknown>>(),
  },
  'A job.',
)

test('a schema is the JSON of the CRD', () => {
  expect(wireSchema(job)).toEqual({
    type: 'object',
    description: 'A job.',
    properties: {
      parallelism: { type: 'integer', description: 'How many.' },
      state: { type: 'string', enum: ['running', 'suspended'] },
      args: { type: 'array', items: { type: 'string' } },
      labels: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true } },
      options: { 'x-kubernetes-preserve-unknown-fields': true },
    },
  })
})

test('the type of its values comes along', () => {
  expectTypeOf<ValueOf<typeof job>>().toEqualTypeOf<{
    parallelism?: number
    state?: 'running' | 'suspended'
    args?: string[]
    labels?: Record<string, string | number>
    options?: Record<string, unknown>
  }>()
})
