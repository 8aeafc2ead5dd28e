/** Recorded admissions while a FlinkDeployment is stored that upstream cannot read: with us nobody else is hurt. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readOperatorConfig } from '../../src/config/index.ts'
import { answerReview, type ValidationContext } from '../../src/validate/index.ts'

interface Case {
  id: string
  when: string
  what: string
  path: string
  new: { kind: string; metadata: { name: string }; spec: { deploymentName?: string } }
  httpStatus: number
  allowed: boolean | null
}

const cases = readFileSync(new URL('../fixtures/admission-unreadable.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

const deployment = (name: string, spec: object) => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name, namespace: 'adm' },
  spec: { flinkVersion: 'v1_20', ...spec },
})
const world: Record<string, unknown> = {
  'session-1': deployment('session-1', {}),
  'app-1': deployment('app-1', { job: {} }),
  'late-app': deployment('late-app', { job: {} }),
  unreadable: deployment('unreadable', { flinkConfiguration: 'a: b' }),
}
const context: ValidationContext = {
  operator: readOperatorConfig({ 'flink-conf.yaml': '' }),
  resource: (kind, _, name) => (kind === 'FlinkDeployment' ? world[name] : undefined),
  addressOf: () => undefined,
}
const answer = (one: Pick<Case, 'path' | 'new'>) => {
  const review = { request: { uid: 'u', operation: 'CREATE', object: one.new } }
  const { status, body } = answerReview(one.path, review, context)
  return { status, allowed: (body as { response?: { allowed: boolean } }).response?.allowed }
}

/** Where upstream answers HTTP 500, or from a cache that stands still, we look at what is stored. */
const differences: Record<string, { allowed: boolean; because: string }> = {
  'unr-004': { allowed: false, because: 'late-app is an application, as a fresh look tells' },
  'unr-006': { allowed: true, because: 'labels need no look at other resources' },
  'unr-007': { allowed: true, because: 'the job is known' },
  'unr-008': { allowed: false, because: 'late-app is an application' },
}

describe('a FlinkDeployment that upstream cannot read is stored', () => {
  test.each(cases)('$id: $what, $when', (one) => {
    const ours = answer(one)
    expect(ours).toEqual({ status: 200, allowed: differences[one.id]?.allowed ?? one.allowed })
  })
  test('there are eight, and we differ only where it is said', () => {
    expect(cases).toHaveLength(8)
    const other = cases.filter((one) => one.httpStatus !== 200 || answer(one).allowed !== one.allowed)
    expect(other.map(({ id }) => id)).toEqual(Object.keys(differences))
  })
  test('a session job on the unreadable one has an answer, too', () => {
    const sessionJob = structuredClone(cases.find(({ id }) => id === 'unr-004')!)
    sessionJob.new.spec.deploymentName = 'unreadable'
    expect(answer(sessionJob).status).toBe(200)
  })
})
