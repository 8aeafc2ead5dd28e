import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { noOperatorConfig } from '../../src/config/index.ts'
import { answerReview } from '../../src/validate/index.ts'

interface Recorded {
  id: string
  what: string
  path: string
  status: number
  /** the text of the request, for odd requests */
  body?: string
  response?: Record<string, unknown> | null
  operation?: string
  object?: unknown
  patch?: Record<string, unknown>[] | null
}

const recorded = readFileSync(new URL('../fixtures/reviews.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)
const context = { operator: noOperatorConfig }
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const patchOf = (answer: ReturnType<typeof answerReview>) =>
  answer.status === 200
    ? JSON.parse(Buffer.from(String(answer.body.response['patch']), 'base64').toString('utf8'))
    : undefined

describe('odd requests, as recorded', () => {
  test.each(recorded.filter(({ body }) => body !== undefined))('$id $what', ({ id, path, body, status, response }) => {
    const answer = answerReview(path, parsed(body!), context)
    // Upstream cannot read a pod template of a wrong type and answers 500; we refuse it with a sentence.
    if (id === 'http-013') return expect(answer).toMatchObject({ status: 200, body: { response: { allowed: false } } })
    // Its 500 for whatever is no review is a 4xx here; Kubernetes treats both as a failed call.
    expect(answer.status === 200).toBe(status === 200)
    if (status === 200 && answer.status === 200) expect(answer.body.response).toEqual(response)
  })
})

describe('mutations, as recorded', () => {
  test.each(recorded.filter(({ body }) => body === undefined))('$id $what', ({ id, operation, object, patch }) => {
    const answer = answerReview('/mutate', { request: { uid: 'u', operation, object } }, context)
    expect(answer).toMatchObject({
      status: 200,
      body: { response: { uid: 'u', allowed: true, patchType: 'JSONPatch' } },
    })
    // A spec that upstream cannot read keeps its label from us, too; validation refuses it.
    if (id === 'mut-011') return
    // Upstream's patch also writes out defaults of its own, which mean nothing; the label is all that counts.
    const labels = (all: Record<string, unknown>[] | null | undefined) =>
      (all ?? []).filter(({ path }) => String(path).startsWith('/metadata/labels')).map(({ path }) => path)
    expect(labels(patchOf(answer))).toEqual(labels(patch))
    expect(patchOf(answer).length).toBe(labels(patch).length)
  })
})

describe('the answer', () => {
  const review = (object: unknown, operation = 'CREATE') => ({ request: { uid: 'u', operation, object } })
  test('a refusal names every problem and the way out', () => {
    const answer = answerReview(
      '/validate',
      review({ kind: 'FlinkSessionJob', metadata: { name: 'j' }, spec: { deploymentName: 's' } }),
      context,
    )
    expect(answer).toMatchObject({
      body: {
        response: {
          allowed: false,
          status: { code: 403, message: expect.stringContaining('The job spec should not be empty. Set spec.job') },
          warnings: [expect.stringContaining('is not known')],
        },
      },
    })
  })
  test('deletions pass, whatever they delete', () =>
    expect(answerReview('/validate', review(null, 'DELETE'), context)).toMatchObject({
      body: { response: { allowed: true } },
    }))
  test('a name beyond ASCII survives the patch', () =>
    expect(
      patchOf(
        answerReview(
          '/mutate',
          review({ kind: 'FlinkSessionJob', metadata: {}, spec: { deploymentName: 'ä' } }),
          context,
        ),
      ),
    ).toEqual([{ op: 'add', path: '/metadata/labels', value: { 'target.session': 'ä' } }]))
})
