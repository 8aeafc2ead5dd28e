import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/config/index.ts'
import { isAllowed, validateResource, type ValidationContext } from '../../src/validate/index.ts'
import { intendedDifferences } from './differences.ts'

interface Case {
  id: string
  rule: string
  what: string
  config: string
  operation: string
  /** crash: upstream answered HTTP 500, which refuses too */
  outcome: 'accept' | 'refuse' | 'crash'
  says: string
  base: string
  patch: unknown
}

const fixtures = new URL('../fixtures/', import.meta.url)
const [head, ...lines] = readFileSync(new URL('admission.jsonl', fixtures), 'utf8').trim().split('\n')
const { bases } = JSON.parse(head!) as { bases: Record<string, object> }
const cases = lines.map((line) => JSON.parse(line) as Case)

const merge = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merge(result[key], value)
  }
  return result
}
const resourceOf = ({ base, patch }: Case): unknown => (base === '' ? patch : merge(bases[base], patch))

const config = (name: string) =>
  readOperatorConfig(
    Object.fromEntries(
      ['flink-conf.yaml', 'config.yaml']
        .map((file) => [file, new URL(`operator-config/${name}/${file}`, fixtures)] as const)
        .filter(([, url]) => existsSync(url))
        .map(([file, url]) => [file, readFileSync(url, 'utf8')]),
    ),
  )

// What upstream's webhook knew in namespace "adm" while it was recorded.
const cluster = (name: string, spec: object) => ({
  metadata: { name, namespace: 'adm' },
  spec: { flinkVersion: 'v1_20', ...spec },
})
const directories = {
  'execution.checkpointing.dir': 's3://lake/cp',
  'execution.checkpointing.savepoint-dir': 's3://lake/sp',
}
const world: Record<string, unknown> = {
  'FlinkDeployment/session-1': cluster('session-1', {}),
  'FlinkDeployment/session-2': cluster('session-2', { flinkConfiguration: directories }),
  'FlinkDeployment/app-1': cluster('app-1', { job: {} }),
  'FlinkDeployment/app-116': cluster('app-116', { job: {}, flinkVersion: 'v1_16' }),
  'FlinkSessionJob/sj-1': { metadata: { name: 'sj-1', namespace: 'adm' } },
}
const context = (name: string): ValidationContext => ({
  operator: config(name),
  resource: (kind, namespace, resource) => (namespace === 'adm' ? world[`${kind}/${resource}`] : undefined),
  // Names did not resolve where the recordings were made.
  addressOf: () => undefined,
})

describe('recorded admission', () => {
  const judged = cases.map((one) => ({ ...one, problems: validateResource(resourceOf(one), context(one.config)) }))

  test('every outcome agrees with upstream’s, except where we differ on purpose', () => {
    const disagreements = judged
      .filter(({ outcome, problems }) => isAllowed(problems) !== (outcome === 'accept'))
      .map(({ id, rule, what, outcome, says, problems }) => ({
        id,
        rule,
        what,
        outcome,
        says,
        problems: problems.filter((p) => p.severity === 'error'),
      }))
    expect(disagreements.filter(({ id }) => !(id in intendedDifferences))).toEqual([])
    expect(disagreements.map(({ id }) => id)).toEqual(Object.keys(intendedDifferences))
    expect(cases.length).toBe(339)
  })
  test('every problem says where, what and how to go on', () => {
    for (const { id, problems } of judged)
      for (const problem of problems) {
        expect(problem.path, id).not.toBe('')
        expect(problem.message, id).toMatch(/[.?!]$/)
        expect(problem.fix, id).toMatch(/^[A-Z].*[.?]$/)
      }
  })
})

test('the page of differences names every recorded one', () => {
  const page = readFileSync(new URL('../../../../docs/differences-validation.md', import.meta.url), 'utf8')
  expect(Object.keys(intendedDifferences).filter((id) => !page.includes(id))).toEqual([])
})
