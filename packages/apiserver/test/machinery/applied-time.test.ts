/** The time in managedFields tells when a manager wrote last: also when only a value changed. */
import { expect, test } from 'vitest'
import type { KubeObject } from '@drey/reconcile'
import { createApiServer } from '../../src/index.ts'

test('an apply with another value of the same field counts as a write, an equal one does not', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = createApiServer({ clock: { now: () => now }, random: () => 0.5 })
  const { send } = server.transport({ name: 'admin', groups: ['system:masters'] })
  const at = async (value: string): Promise<unknown> => {
    const { body } = await send({
      method: 'PATCH',
      path: '/api/v1/namespaces/default/configmaps/one',
      query: { fieldManager: 'me' },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { key: value } },
    })
    return (body as KubeObject).metadata.managedFields?.map((entry) => (entry as { time?: string }).time)
  }
  expect(await at('a')).toEqual(['2026-01-01T00:00:00Z'])
  now += 60_000
  expect(await at('a')).toEqual(['2026-01-01T00:00:00Z'])
  expect(await at('b')).toEqual(['2026-01-01T00:01:00Z'])
  await server.close()
})
