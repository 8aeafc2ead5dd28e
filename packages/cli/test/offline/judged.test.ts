/**
 * Resources with odd values, judged as a user meets them: by the schema and by the operator's rules together. Each line of the table
 * is a merge patch on a valid resource, perhaps with a line of the operator's configuration, and whether it is taken.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOperatorConfig } from '@drey/core'
import { expect, test } from 'vitest'
import { judge } from '../../src/offline/judge.ts'

type Json = Record<string, any>

interface Case {
  what: string
  allowed: boolean
  base?: string
  patch: Json
  /** a status that an earlier pass left */
  status?: Json
  conf?: string
  /** what exists besides, instead of the valid resources */
  world?: Json
}

const [head, ...lines] = readFileSync(join(import.meta.dirname, 'judged.jsonl'), 'utf8')
  .trim()
  .split('\n')
const { bases } = JSON.parse(head!) as { bases: Record<string, Json> }
const cases = lines.map((line) => JSON.parse(line) as Case)

const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Json = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}

const world: Json = { 'FlinkDeployment/orders': bases['deployment'], 'FlinkDeployment/session': bases['session'] }

test(`${cases.length} resources with odd values have the outcome that upstream gives them`, () => {
  const judged = cases.map(({ what, allowed, base = '', patch, status, conf = '', world: others = world }) => {
    const resource = merged(bases[base], patch) as Json
    const judgement = judge(status === undefined ? resource : { ...resource, status }, {
      operator: readOperatorConfig({ 'flink-conf.yaml': conf }),
      resource: (kind, namespace, name) =>
        namespace === 'streaming' ? (others[`${kind}/${name}`] as unknown) : undefined,
    })
    const errors = judgement.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    return { what, allowed, got: judgement.allowed, errors }
  })
  expect(judged.filter(({ allowed, got }) => allowed !== got)).toEqual([])
  expect(cases.length).toBeGreaterThan(300)
})
