/** Admission webhooks through the injected call. */
import { describe, expect, it } from 'vitest'
import type { CallWebhook } from '../../src/admission.ts'
import { startServer, type TestServer } from './start.ts'

const path = '/api/v1/namespaces/default/configmaps'
const create = (server: TestServer, name: string, query = '') =>
  server.ask({
    method: 'POST',
    path: `${path}${query}`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { app: name } } },
  })

const withHook = async (call: CallWebhook, kind: 'Mutating' | 'Validating', more: object = {}): Promise<TestServer> => {
  const server = startServer({ callWebhook: call })
  const configured = await server.ask({
    method: 'POST',
    path: `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}webhookconfigurations`,
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: 'hooks' },
      webhooks: [
        {
          name: 'one.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url: 'https://127.0.0.1:1/x' },
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE', 'DELETE'],
              resources: ['configmaps'],
            },
          ],
          ...more,
        },
      ],
    },
  })
  expect(configured.status).toBe(201)
  return server
}
const answer = (review: any, more: object) => ({ response: { uid: review.request.uid, ...more } })

describe('a mutating webhook', () => {
  it('changes the object that is stored, and what it adds is validated', async () => {
    const patch = (ops: object) => btoa(JSON.stringify(ops))
    const server = await withHook(
      async (_client, review: any) =>
        answer(review, {
          allowed: true,
          patchType: 'JSONPatch',
          patch: patch([{ op: 'add', path: '/data', value: { [review.request.object.metadata.name]: 'x' } }]),
        }),
      'Mutating',
    )
    expect((await create(server, 'a')).body.data).toEqual({ a: 'x' })
    expect((await server.ask({ method: 'GET', path: `${path}/a` })).body.data).toEqual({ a: 'x' })
  })

  it('sees its write again when another write came between', async () => {
    let slow: (() => void) | undefined
    const server = await withHook(async (_client, review: any) => {
      if (review.request.operation === 'UPDATE' && review.request.object.data?.late)
        await new Promise<void>((resolve) => (slow = resolve))
      return answer(review, { allowed: true })
    }, 'Mutating')
    await create(server, 'a')
    const late = server.ask({
      method: 'PATCH',
      path: `${path}/a`,
      contentType: 'application/merge-patch+json',
      body: { data: { late: '1' } },
    })
    await server.ask({
      method: 'PATCH',
      path: `${path}/a`,
      contentType: 'application/merge-patch+json',
      body: { data: { early: '1' } },
    })
    slow!()
    slow = undefined
    for (let i = 0; i < 20 && !slow; i++) await Promise.resolve()
    slow!()
    expect((await late).body.data).toEqual({ early: '1', late: '1' })
  })
})

describe('a validating webhook', () => {
  it('refuses with its own words', async () => {
    const server = await withHook(
      async (_client, review: any) => answer(review, { allowed: false, status: { message: 'not today' } }),
      'Validating',
    )
    const refused = await create(server, 'a')
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'admission webhook "one.example.com" denied the request: not today',
    ])
    expect((await server.ask({ method: 'GET', path: `${path}/a` })).status).toBe(404)
  })

  it.each([
    ['Fail', 500],
    ['Ignore', 201],
  ])('that cannot be reached, with failurePolicy %s, gives %d', async (failurePolicy, status) => {
    const server = await withHook(() => Promise.reject(new Error('connection refused')), 'Validating', {
      failurePolicy,
    })
    expect((await create(server, 'a')).status).toBe(status)
  })

  it('is asked only about what its selectors choose', async () => {
    const asked: string[] = []
    const server = await withHook(
      async (_client, review: any) => {
        asked.push(review.request.name)
        return answer(review, { allowed: true, warnings: ['careful'] })
      },
      'Validating',
      { objectSelector: { matchLabels: { app: 'b' } } },
    )
    expect((await create(server, 'a')).warnings).toBeUndefined()
    expect((await create(server, 'b')).warnings).toEqual(['careful'])
    expect(asked).toEqual(['b'])
  })

  it('sees a deletion with the old object, and is not asked when side effects forbid a dry run', async () => {
    const seen: any[] = []
    const server = await withHook(
      async (_client, review: any) => {
        seen.push(review.request)
        return answer(review, { allowed: true })
      },
      'Validating',
      { sideEffects: 'Some' },
    )
    await create(server, 'a')
    await server.ask({ method: 'DELETE', path: `${path}/a` })
    expect(seen.at(-1)).toMatchObject({ operation: 'DELETE', object: null, oldObject: { metadata: { name: 'a' } } })
    expect((await create(server, 'b', '?dryRun=All')).status).toBe(400)
  })
})
