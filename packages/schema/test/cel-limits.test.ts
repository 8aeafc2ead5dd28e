/** Rules come from users: none may stall the server, reach outside the data, or make the engine throw. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ruleProblems, validateRules, type StructuralSchema, type ValidationRule } from '../src/index.ts'

const ruled = (rule: string | ValidationRule, properties: StructuralSchema['properties'] = {}): StructuralSchema => ({
  type: 'object',
  properties,
  'x-kubernetes-validations': [typeof rule === 'string' ? { rule } : rule],
})
const numbers: StructuralSchema = { type: 'array', items: { type: 'integer' } }
const judge = (schema: StructuralSchema, value: unknown, old?: unknown): string[] =>
  validateRules(schema, value, { path: 'spec', ...(old === undefined ? {} : { old }) }).map((one) => one.message)

test('a rule that costs too much is given up, and so are the rules after it', () => {
  const schema: StructuralSchema = {
    ...ruled('self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))', { l: numbers }),
    'x-kubernetes-validations': [
      { rule: 'self.l.all(a, self.l.all(b, self.l.all(c, a + b + c >= 0)))' },
      { rule: 'false', message: 'never reached' },
    ],
  }
  expect(judge(schema, { l: Array.from({ length: 400 }, (_, index) => index) })).toEqual([
    'spec: Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run',
  ])
})

test('patterns that hang a backtracking engine run in linear time', () => {
  const schema = ruled("!self.s.matches('^(a+)+$')", { s: { type: 'string' } })
  expect(judge(schema, { s: `${'a'.repeat(50_000)}!` })).toEqual([])
})

test('fields of an object prototype are not fields', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    expect(ruleProblems(ruled(`self.${name} == 1`), 'spec')).toEqual([
      { path: 'spec', rule: `self.${name} == 1`, why: expect.stringContaining('undefined field') },
    ])
  expect(
    judge(ruled("'toString' in self.m", { m: { type: 'object', additionalProperties: { type: 'string' } } }), {
      m: {},
    }),
  ).toHaveLength(1)
})

describe('a rule that cannot work is found when the CRD is registered', () => {
  test.each([
    ['self.missing > 1', "undefined field 'missing'"],
    ['self.a > ', 'Syntax error'],
    ['other == 1', "undeclared reference to 'other'"],
    ['self.a.nope()', "undeclared reference to 'nope'"],
    ['nope(self.a)', "undeclared reference to 'nope'"],
    ['self.l.all(x, x.b > 1)', "undefined field 'b'"],
  ])('%s', (rule, why) => {
    const schema = ruled(rule, {
      a: { type: 'integer' },
      l: { type: 'array', items: { type: 'object', properties: { c: { type: 'integer' } } } },
    })
    expect(ruleProblems(schema, 'spec')).toEqual([{ path: 'spec', rule, why: expect.stringContaining(why) }])
  })

  test('a field path that leads nowhere', () => {
    const schema = ruled({ rule: 'true', fieldPath: '.b' }, { a: { type: 'integer' } })
    expect(ruleProblems(schema, 'spec')).toEqual([
      { path: 'spec', rule: 'true', why: 'fieldPath must be a valid path' },
    ])
  })
})

test('any text as a rule is refused or judged, never thrown', () => {
  const piece = fc.constantFrom(
    'self',
    'oldSelf',
    '.a',
    '.l',
    '[0]',
    '==',
    '+',
    '-',
    '&&',
    '||',
    '!',
    '(',
    ')',
    '1',
    "'x'",
    '.all(x, ',
    'x',
    '.size()',
    'has(',
    '?',
    ':',
    '{',
    '}',
    ',',
    ' in ',
    '[',
    ']',
    '1.5',
    'null',
    '.map(y, ',
    '.?b',
    'optional.of(',
  )
  const schema = { a: { type: 'integer' as const }, l: numbers }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const own = ruled(pieces.join(' '), schema)
      ruleProblems(own, 'spec')
      judge(own, { a: 1, l: [1, 2] }, { a: 2 })
    }),
    { numRuns: 3_000 },
  )
})
