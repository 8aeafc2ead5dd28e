/**
 * What a real API server (1.33.13) said about small schemas, objects and CEL expressions, against our engine. The first line of
 * each group in the fixture gives the schema of `spec`; every other line is one write or one expression with the answer.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  prune,
  ruleProblems,
  validate,
  validateRules,
  withDefaults,
  type JsonObject,
  type StructuralSchema,
} from '../src/index.ts'

interface Line {
  group?: string
  schema?: StructuralSchema
  scale?: { specReplicasPath: string }
  object?: JsonObject
  old?: unknown
  spec?: unknown
  refused?: string[]
  stored?: unknown
  unknown?: string[]
  expression?: string
  is?: true
  said?: string
  compile?: string
}

const groups: (Line & { lines: Line[] })[] = []
for (const text of readFileSync(join(import.meta.dirname, 'fixtures/api-server-answers.jsonl'), 'utf8')
  .trim()
  .split('\n')) {
  const line: Line = JSON.parse(text)
  if (line.group) groups.push({ ...line, lines: [] })
  else groups.at(-1)!.lines.push(line)
}

/** Answers that differ on purpose, with the reason. */
const intended: Record<string, string> = {
  '{"e":{"apiVersion":"","kind":5}}':
    'the API server fails to read such an object before it judges it; we name both fields',
}

describe.each(groups.filter((one) => !one.object))('$group', ({ schema, scale, lines }) => {
  const whole: StructuralSchema = { type: 'object', properties: { spec: schema! } }
  const received = (spec: unknown) => {
    const pruned = prune(whole, { apiVersion: 'test/v1', kind: 'Test', metadata: { name: 'x' }, spec })
    return { value: withDefaults(whole, pruned.value), unknown: pruned.unknown }
  }
  const title = (line: Line): string =>
    `${line.old === undefined ? '' : `${JSON.stringify(line.old)} → `}${JSON.stringify(line.spec)}`

  test.each(
    lines.filter((line) => !(JSON.stringify(line.spec) in intended)).map((line) => [title(line), line] as const),
  )('%s', (_, line) => {
    const { value, unknown } = received(line.spec)
    const old = line.old === undefined ? {} : { old: received(line.old).value }
    const problems = validate(whole, value, { ...old, scale })
    expect(problems.map((one) => one.message).sort()).toEqual(line.refused ?? [])
    expect(unknown).toEqual(line.unknown ?? [])
    if (!line.refused) expect(value.spec).toEqual(line.stored)
  })
})

describe('expressions', () => {
  const { schema, object, lines } = groups.find((one) => one.object)!
  const judge = (expression: string): string => {
    const ruled = { ...schema!, 'x-kubernetes-validations': [{ rule: expression }] }
    if (ruleProblems(ruled, 'spec').length > 0) return 'does not compile'
    const problems = validateRules(ruled, object, { path: 'spec' })
    return problems.map((one) => one.message.replace(expression, '<rule>')).join() || 'true'
  }

  test.each(lines.filter((line) => !line.compile))('$expression', ({ expression, is, said }) => {
    expect(judge(expression!)).toBe(is ? 'true' : said)
  })

  // What only constants show, and types of Kubernetes' own, are checked while a rule runs, not when the CRD is registered: a real
  // API server refuses such CRDs, so none that works there is judged differently here.
  test.each(lines.filter((line) => line.compile))(
    'accepted later than by the API server, or refused too: $expression',
    ({ expression }) => {
      expect(judge(expression!)).toEqual(expect.any(String))
    },
  )
})
