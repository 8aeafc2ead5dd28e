/** What real JobManagers of three Flink lines asked of a real API server, asked of ours; statuses and error texts must agree. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startServer } from './start.ts'
import type { Step } from './stories.ts'

interface Recorded extends Step {
  status: number
  answer?: { message: string; reason: string; details: unknown }
}
const recordings = JSON.parse(
  readFileSync(new URL('../fixtures/flink-requests.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, Recorded>>

const homeOf = async (version: string) => {
  const server = startServer()
  const asked = recordings[version]!
  await server.ask({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } },
  })
  await server.ask({
    method: 'POST',
    path: '/api/v1/namespaces/demo/serviceaccounts',
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'flink' } },
  })
  return { server, asked }
}

describe.each(Object.keys(recordings))('Flink %s', (version) => {
  it('creates its lock, and a stale write of it is refused with the recorded answer', async () => {
    const { server, asked } = await homeOf(version)
    const created = await server.ask(asked['post-configmaps']!)
    expect(created.status).toBe(201)
    const lock = created.body
    const path = `/api/v1/namespaces/demo/configmaps/${lock.metadata.name}`
    const moved = await server.ask({ method: 'PUT', path, body: { ...lock, data: { a: 'b' } } })
    expect(moved.status).toBe(200)
    expect(Number(moved.body.metadata.resourceVersion)).toBeGreaterThan(Number(lock.metadata.resourceVersion))

    const stalePut = await server.ask({ method: 'PUT', path, body: { ...lock, data: { a: 'c' } } })
    const stalePatch = await server.ask({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: lock.metadata.resourceVersion, annotations: { x: 'y' } } },
    })
    const theirs = asked['put-409'] ?? asked['patch-409']!
    const name = theirs.path.split('/').at(-1)!
    for (const refused of [stalePut, stalePatch]) {
      expect(refused.status).toBe(409)
      expect(JSON.parse(JSON.stringify(refused.body).replaceAll(lock.metadata.name, name))).toEqual(theirs.answer)
    }
  })

  it('gets its TaskManager pod with every field it asked for, and 404 as recorded when it deletes it again', async () => {
    const { server, asked } = await homeOf(version)
    const pod = asked['post-pods']!
    const owner = (pod.body as { metadata: { ownerReferences: { name: string }[] } }).metadata.ownerReferences[0]!
    const deployment = await server.ask({
      method: 'POST',
      path: '/apis/apps/v1/namespaces/demo/deployments',
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: owner.name },
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
        },
      },
    })
    const body = JSON.parse(JSON.stringify(pod.body))
    body.metadata.ownerReferences[0].uid = deployment.body.metadata.uid
    const created = await server.ask({ ...pod, body })
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    const { containers, ...spec } = created.body.spec
    const asked1 = body.spec.containers[0]
    expect(containers[0]).toMatchObject({
      name: asked1.name,
      image: asked1.image,
      args: asked1.args,
      command: asked1.command,
      env: asked1.env.map((one: { name: string }) => expect.objectContaining({ name: one.name })),
    })
    expect(spec.volumes.map((one: { name: string }) => one.name)).toEqual(
      expect.arrayContaining(body.spec.volumes.map((one: { name: string }) => one.name)),
    )

    const [first, again] = [asked['delete-pod-200']!, asked['delete-pod-404']!]
    const path = `/api/v1/namespaces/demo/pods/${body.metadata.name}`
    expect((await server.ask({ ...first, path })).status).toBe(200)
    const missing = await server.ask({ ...again, path })
    expect(missing.status).toBe(404)
    expect(
      JSON.parse(JSON.stringify(missing.body).replaceAll(body.metadata.name, again.path.split('/').at(-1)!)),
    ).toEqual(again.answer)
  })

  it('lists and watches with its own queries', async () => {
    const { server, asked } = await homeOf(version)
    expect((await server.ask(asked['list']!)).body).toMatchObject({ kind: 'ConfigMapList', items: [] })
    expect((await server.ask(asked['list-pods']!)).body).toMatchObject({ kind: 'PodList', items: [] })
    const fresh = (path: string) => path.replace(/resourceVersion=\d+/, 'resourceVersion=0')
    const watch = await server.follow(fresh(asked['watch-configmaps']!.path))
    await server.ask(asked['post-configmaps']!)
    const selectsByLabel = asked['watch-configmaps']!.path.includes('labelSelector')
    expect(watch.events.map((event) => event.type)).toEqual(selectsByLabel ? [] : ['ADDED'])
    watch.stop()
  })
})
