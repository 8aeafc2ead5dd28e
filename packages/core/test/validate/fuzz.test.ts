import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/config/index.ts'
import { readRecordedSpec, recordSpec } from '../../src/spec/index.ts'
import { lifecycleStateOf, readStatus } from '../../src/status/index.ts'
import { validateResource, type ValidationContext } from '../../src/validate/index.ts'
import { application, blueGreen, cases, session, sessionJob, snapshot } from './cases.ts'

const ROUNDS = 100_000
const SEED = 20_261_121

/** mulberry32: small, fast, the same everywhere. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const recorded = (
  JSON.parse(readFileSync(new URL('../fixtures/recorded-specs.jsonl', import.meta.url), 'utf8').split('\n', 1)[0]!) as [
    string,
    string,
  ]
)[1]
const odd: unknown[] = [
  null,
  undefined,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  Number.NaN,
  2 ** 53,
  '',
  ' ',
  'x',
  '0',
  '-1',
  '1e999',
  '9'.repeat(400),
  'v1_20',
  'savepoint',
  '🦌',
  '\u0000',
  '{"spec":',
  recorded,
  [],
  [[]],
  [null],
  {},
  { a: { b: [1, { c: null }] } },
  { __proto__: null, constructor: 1 },
  JSON.parse('{"__proto__":{"x":1},"toString":5,"hasOwnProperty":null}'),
  '{{name}}:x',
  'https://[',
  '%',
  '1Gi',
  '*/5 * * * *',
  '∞',
  "'",
  '"',
  ';',
  ':',
  ',',
  '[',
  '{',
]
const keys = [
  'job',
  'spec',
  'status',
  'metadata',
  'resources',
  'requests',
  'limits',
  'memory',
  'cpu',
  'flinkConfiguration',
  'job.autoscaler.enabled',
  'kubernetes.operator.exception.label.mapper',
  'reconciliationStatus',
  'lastReconciledSpec',
  '__proto__',
  'constructor',
  '',
  'a.b',
  '0',
]

type Json = Record<string, unknown>
const isContainer = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** A copy with one to four changes somewhere inside. */
const mutated = (base: unknown, next: () => number): unknown => {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  const copy = structuredClone(base)
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes--) {
    let at: unknown = copy
    while (isContainer(at)) {
      const names = Object.keys(at)
      // JSON cannot give an array a member called `constructor`.
      const name = Array.isArray(at)
        ? String(Math.floor(next() * (names.length + 1)))
        : names.length === 0 || next() < 0.1
          ? pick(keys)
          : pick(names)
      // Own members only: a walk into Object.prototype would change the world for every test.
      const below = Object.hasOwn(at, name) ? (at as Json)[name] : undefined
      if (isContainer(below) && next() < 0.8) {
        at = below
        continue
      }
      const value = pick(odd)
      if (next() < 0.1) delete (at as Json)[name]
      else
        Object.defineProperty(at, name, {
          value: isContainer(value) ? structuredClone(value) : value,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      break
    }
  }
  return copy
}

describe('no resource makes it throw', () => {
  const context: ValidationContext = {
    operator: readOperatorConfig({ 'flink-conf.yaml': 'job.autoscaler.enabled: true' }),
    resource: () => mutated(session, random(1)),
    addressOf: () => 'nonsense',
  }
  const status = {
    reconciliationStatus: { state: 'DEPLOYED', lastReconciledSpec: recorded },
    jobStatus: { state: 'RUNNING', savepointInfo: { savepointHistory: [{}] } },
  }
  const bases = [application, session, sessionJob, snapshot, blueGreen].map((base) => ({ ...base, status }))

  test(`${ROUNDS} mutated resources, seed ${SEED}`, { timeout: 600_000 }, () => {
    const next = random(SEED)
    let refused = 0
    for (let round = 0; round < ROUNDS; round++) {
      const base = next() < 0.7 ? bases[round % bases.length] : cases[Math.floor(next() * cases.length)]!.resource
      const resource = mutated(base, next)
      try {
        const problems = validateResource(resource, next() < 0.2 ? { ...context, old: mutated(base, next) } : context)
        if (problems.some(({ severity }) => severity === 'error')) refused++
        if (round % 10 === 0) {
          const raw = isContainer(resource) ? resource['status'] : undefined
          lifecycleStateOf('FlinkDeployment', readStatus('FlinkDeployment', raw).status)
          readRecordedSpec(
            recordSpec(
              'FlinkDeployment',
              (isContainer(resource) && isContainer(resource['spec']) ? resource['spec'] : {}) as Json,
              { firstDeployment: true },
            ).text,
          )
        }
      } catch (error) {
        throw new Error(`round ${round} of seed ${SEED}: ${JSON.stringify(resource)}`, { cause: error })
      }
    }
    // Neither everything nor nothing: the mutations reach the rules.
    expect(refused / ROUNDS).toBeGreaterThan(0.2)
    expect(refused / ROUNDS).toBeLessThan(0.95)
  })
})
