/** Watches: replay, selectors, bookmarks, WatchList, time-outs, 410. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '@drey/reconcile'
import { startServer, type TestServer } from './start.ts'

const path = '/api/v1/namespaces/default/configmaps'
const create = (server: TestServer, name: string, labels: Record<string, string> = {}) =>
  server.ask({ method: 'POST', path, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } } })
const label = (server: TestServer, name: string, labels: Record<string, string | null>) =>
  server.ask({
    method: 'PATCH',
    path: `${path}/${name}`,
    contentType: 'application/merge-patch+json',
    body: { metadata: { labels } },
  })
const remove = (server: TestServer, name: string) => server.ask({ method: 'DELETE', path: `${path}/${name}` })
const told = (events: readonly { type: string; object: KubeObject }[]) =>
  events.map((event) => `${event.type} ${event.object.metadata.name}`)

describe('a watch', () => {
  it('without resourceVersion begins with what is there and goes on with every change', async () => {
    const server = startServer()
    await create(server, 'a')
    const watch = await server.follow(`${path}?watch=1&fieldSelector=metadata.name!=kube-root-ca.crt`)
    await label(server, 'a', { x: 'y' })
    await remove(server, 'a')
    expect(told(watch.events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
  })

  it('from a resourceVersion replays exactly what came after it, none twice', async () => {
    const server = startServer()
    const { body } = await create(server, 'a')
    await label(server, 'a', { x: 'y' })
    await create(server, 'b')
    const watch = await server.follow(`${path}?watch=1&resourceVersion=${body.metadata.resourceVersion}`)
    await create(server, 'c')
    expect(told(watch.events)).toEqual(['MODIFIED a', 'ADDED b', 'ADDED c'])
  })

  it('tells an object that enters its selector as ADDED and one that leaves as DELETED', async () => {
    const server = startServer()
    const watch = await server.follow(`${path}?watch=1&labelSelector=x=y`)
    await create(server, 'a')
    await label(server, 'a', { x: 'y' })
    await label(server, 'a', { z: '1' })
    const left = await label(server, 'a', { x: null })
    await label(server, 'a', { z: '2' })
    expect(told(watch.events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    const last = watch.events.at(-1)!.object
    expect(last.metadata.resourceVersion).toBe(left.body.metadata.resourceVersion)
    expect(last.metadata.labels).toEqual({ x: 'y', z: '1' })
  })

  it('gives a deletion its own revision', async () => {
    const server = startServer()
    const created = await create(server, 'a')
    const watch = await server.follow(`${path}?watch=1&resourceVersion=${created.body.metadata.resourceVersion}`)
    await remove(server, 'a')
    expect(Number(watch.events[0]!.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(created.body.metadata.resourceVersion),
    )
  })

  it('with sendInitialEvents marks the end of the initial events by an annotated bookmark', async () => {
    const server = startServer()
    await create(server, 'a')
    const watch = await server.follow(
      `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    )
    expect(told(watch.events)).toEqual(['ADDED a', 'BOOKMARK undefined'])
    const { metadata } = watch.events[1]!.object
    expect(metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    expect(metadata.resourceVersion).toBe(String(server.store.revision))
  })

  it('ends after timeoutSeconds, with a bookmark before when it may', async () => {
    const server = startServer({ collect: false })
    const watch = await server.follow(`${path}?watch=1&timeoutSeconds=5&allowWatchBookmarks=true`)
    server.clock.pass(4_000)
    expect(watch.ended).toBe(false)
    server.clock.pass(2_000)
    expect(watch.ended).toBe(true)
    expect(watch.events.map((event) => event.type)).toEqual(['BOOKMARK'])
    await create(server, 'a')
    expect(watch.events).toHaveLength(1)
  })

  it('gets a bookmark about once a minute, so that a quiet watch does not grow old', async () => {
    const server = startServer({ collect: false })
    const watch = await server.follow(`${path}?watch=1&allowWatchBookmarks=true`)
    server.clock.pass(200_000)
    expect(watch.events.map((event) => event.type)).toEqual(['BOOKMARK', 'BOOKMARK', 'BOOKMARK'])
  })

  it('from a forgotten resourceVersion ends with an ERROR event 410 Expired, and one from the future is 504', async () => {
    const server = startServer({ historySize: 10 })
    const { body } = await create(server, 'a')
    for (let i = 0; i < 20; i++) await label(server, 'a', { i: String(i) })
    const old = await server.follow(`${path}?watch=1&resourceVersion=${body.metadata.resourceVersion}`)
    expect(old.ended).toBe(true)
    expect(old.events).toEqual([
      {
        type: 'ERROR',
        object: expect.objectContaining({
          kind: 'Status',
          code: 410,
          reason: 'Expired',
          message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/),
        }),
      },
    ])
    const future = await server.ask({ method: 'GET', path: `${path}?watch=1&resourceVersion=99999` })
    expect(future.status).toBe(504)
  })

  it('hears writes that a listener makes while it listens after the event that caused them', async () => {
    const server = startServer()
    const order: string[] = []
    server.store.subscribe((change) => {
      if (change.key === 'default/a' && change.type === 'ADDED') void create(server, 'caused')
    }, 'configmaps')
    server.store.subscribe((change) => void order.push(change.key), 'configmaps')
    await create(server, 'a')
    expect(order).toEqual(['default/a', 'default/caused'])
  })
})

describe('lists', () => {
  it('keep one moment over all pages, whatever is written meanwhile', async () => {
    const server = startServer({ collect: false })
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create(server, name)
    const first = await server.ask({ method: 'GET', path: `${path}?limit=2` })
    expect(first.body.metadata.remainingItemCount).toBe(3)
    await remove(server, 'd')
    await create(server, 'bb')
    await label(server, 'e', { changed: 'yes' })
    const second = await server.ask({ method: 'GET', path: `${path}?limit=2&continue=${first.body.metadata.continue}` })
    const third = await server.ask({ method: 'GET', path: `${path}?limit=2&continue=${second.body.metadata.continue}` })
    const names = [first, second, third].flatMap((page) => page.body.items.map((one: KubeObject) => one.metadata.name))
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(third.body.items[0].metadata.labels).toBeUndefined()
    expect(third.body.metadata.continue).toBeUndefined()
    expect(new Set([first, second, third].map((page) => page.body.metadata.resourceVersion)).size).toBe(1)
  })

  it('of a forgotten moment are 410 Expired', async () => {
    const server = startServer({ collect: false, historySize: 5 })
    for (const name of ['a', 'b', 'c']) await create(server, name)
    const first = await server.ask({ method: 'GET', path: `${path}?limit=2` })
    for (let i = 0; i < 10; i++) await label(server, 'a', { i: String(i) })
    const second = await server.ask({ method: 'GET', path: `${path}?limit=2&continue=${first.body.metadata.continue}` })
    expect([second.status, second.body.reason]).toEqual([410, 'Expired'])
  })

  it('with resourceVersionMatch=Exact show that very revision', async () => {
    const server = startServer({ collect: false })
    const { body } = await create(server, 'a')
    await remove(server, 'a')
    const then = await server.ask({
      method: 'GET',
      path: `${path}?resourceVersionMatch=Exact&resourceVersion=${body.metadata.resourceVersion}`,
    })
    expect(then.body.items.map((one: KubeObject) => one.metadata.name)).toEqual(['a'])
    expect(then.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion)
  })
})

it('a list and the watch that follows it always tell the whole truth', async () => {
  const step = fc.record({
    what: fc.constantFrom('create', 'label', 'unlabel', 'remove'),
    name: fc.constantFrom('a', 'b', 'c'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.boolean(), async (steps, listAt, selected) => {
      const server = startServer({ collect: false, freeze: false })
      const query = selected ? 'labelSelector=x=y' : ''
      const known = new Map<string, string>()
      let revision = '0'
      for (const [index, { what, name }] of steps.entries()) {
        if (index === listAt) {
          const list = await server.ask({ method: 'GET', path: `${path}?${query}` })
          for (const one of list.body.items) known.set(one.metadata.name, one.metadata.resourceVersion)
          revision = list.body.metadata.resourceVersion
        }
        if (what === 'create') await create(server, name)
        else if (what === 'remove') await remove(server, name)
        else await label(server, name, { x: what === 'label' ? 'y' : null })
      }
      const watch = await server.follow(`${path}?watch=1&resourceVersion=${revision}&${query}`)
      for (const { type, object } of watch.events) {
        if (type === 'DELETED') known.delete(object.metadata.name)
        else known.set(object.metadata.name, object.metadata.resourceVersion!)
      }
      const now = await server.ask({ method: 'GET', path: `${path}?${query}` })
      const truth = new Map(now.body.items.map((one: KubeObject) => [one.metadata.name, one.metadata.resourceVersion]))
      expect(Object.fromEntries([...known].sort())).toEqual(Object.fromEntries(truth))
    }),
    { numRuns: 150 },
  )
})
