/** Schemas come from users: the engine refuses or serves them, it never throws. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prune, schemaProblems, validate, withDefaults, type StructuralSchema } from '../src/index.ts'

const recorded: { schema?: unknown; spec?: unknown }[] = ['api-server-answers.jsonl', 'refused-schemas.jsonl'].flatMap(
  (name) =>
    readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
)
const schemas = recorded.flatMap((line) => (line.schema ? [line.schema] : []))
const values = recorded.flatMap((line) => (line.spec ? [line.spec] : []))
const hostile: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  '',
  'string',
  'object',
  '(',
  [],
  [null],
  {},
  { type: 'string' },
  { type: 5 },
  [{ rule: 'self' }],
  { constructor: {} },
]

test('10,000 mutated schemas are refused, or judge any value', () => {
  let state = 99
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % below
  }
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!
  const mutate = (value: unknown): unknown => {
    if (random(5) === 0 || typeof value !== 'object' || value === null) return pick(hostile)
    if (Array.isArray(value))
      return value.length === 0 ? [pick(hostile)] : value.map((one, index) => (index === 0 ? mutate(one) : one))
    const keys = Object.keys(value)
    const key = pick([...keys, 'type', 'properties', 'items', 'default', 'required'])
    return { ...value, [key]: mutate((value as Record<string, unknown>)[key]) }
  }
  let served = 0
  for (let round = 0; round < 10_000; round++) {
    const schema = mutate(pick(schemas)) as StructuralSchema
    const problems = schemaProblems({ type: 'object', properties: { spec: schema } }, 'schema')
    if (problems.some((one) => one.message === '')) throw new Error('a problem without a sentence')
    if (problems.length > 0) continue
    served++
    const value = withDefaults(schema, prune(schema, pick(values), { root: false }).value)
    validate(schema, value, { path: 'spec', ...(random(2) ? { old: pick(values) } : {}) })
  }
  expect(served).toBeGreaterThan(300)
}, 300_000)
