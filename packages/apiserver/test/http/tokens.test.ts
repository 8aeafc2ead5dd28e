import type { KubeObject } from '@drey/reconcile'
import { expect, test } from 'vitest'
import { makeSigningKey } from '../../src/certificate.ts'
import { defaultIssuer, serviceAccountTokens } from '../../src/tokens.ts'

const object = (kind: string, name: string, uid: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'a', uid },
})
const setUp = () => {
  const stored = new Map([
    ['serviceaccounts/flink', object('ServiceAccount', 'flink', 'u1')],
    ['pods/p', object('Pod', 'p', 'u2')],
  ])
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') }
  const options = {
    signingKey: makeSigningKey().key,
    now: () => clock.now,
    find: (resource: string, _: string, name: string) => stored.get(`${resource}/${name}`),
  }
  return {
    stored,
    clock,
    tokens: serviceAccountTokens(options),
    others: serviceAccountTokens({ ...options, signingKey: makeSigningKey().key }),
  }
}
const wish = { namespace: 'a', name: 'flink', uid: 'u1', expirationSeconds: 3600 }

test('a token names its account, its groups and the pod it is bound to', async () => {
  const { tokens } = setUp()
  const { token, expires } = await tokens.issue({
    ...wish,
    boundTo: { kind: 'Pod', name: 'p', uid: 'u2', nodeName: 'n' },
  })
  expect(expires.toISOString()).toBe('2026-01-01T01:00:00.000Z')
  const verified = await tokens.verify(token)
  expect(verified).toMatchObject({
    ok: true,
    audiences: [defaultIssuer],
    user: {
      name: 'system:serviceaccount:a:flink',
      uid: 'u1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/node-name': ['n'] },
    },
  })
})

test('a token dies with its time, its account, its pod', async () => {
  const { tokens, clock, stored } = setUp()
  const { token } = await tokens.issue({ ...wish, boundTo: { kind: 'Pod', name: 'p', uid: 'u2' } })
  clock.now += 3_601_000
  expect(await tokens.verify(token)).toMatchObject({ ok: false })
  clock.now -= 3_601_000
  expect(await tokens.verify(token)).toMatchObject({ ok: true })
  stored.set('pods/p', object('Pod', 'p', 'another'))
  expect(await tokens.verify(token)).toMatchObject({ ok: false, because: expect.stringContaining('pod p is gone') })
  stored.delete('serviceaccounts/flink')
  expect(await tokens.verify(token)).toMatchObject({ ok: false, because: expect.stringContaining('has been deleted') })
})

test('a token for others, from others, or of nonsense is refused', async () => {
  const { tokens, others } = setUp()
  expect(await tokens.verify((await tokens.issue({ ...wish, audiences: ['vault'] })).token)).toMatchObject({
    ok: false,
  })
  expect(await tokens.verify((await tokens.issue({ ...wish, audiences: ['vault'] })).token, ['vault'])).toMatchObject({
    ok: true,
  })
  expect(await tokens.verify((await others.issue(wish)).token)).toMatchObject({ ok: false })
  expect(await tokens.verify('nonsense')).toMatchObject({ ok: false })
})
