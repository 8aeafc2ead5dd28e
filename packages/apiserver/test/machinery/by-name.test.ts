/** Lists, watches and deletions of the one object that a field selector names: looked up, and still chosen by everything asked. */
import { describe, expect, it } from 'vitest'
import { startServer } from './start.ts'

const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`

const withTwoNamespaces = async () => {
  const server = startServer()
  await server.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'other' } } })
  for (const [namespace, name] of [
    ['default', 'a'],
    ['default', 'b'],
    ['other', 'a'],
  ] as const)
    await server.ask({
      method: 'POST',
      path: configMaps(namespace),
      body: { metadata: { name, labels: { home: namespace } } },
    })
  const list = async (path: string) => {
    const { status, body } = await server.ask({ method: 'GET', path })
    expect(status).toBe(200)
    return (body.items as any[]).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
  }
  return { server, list }
}

describe('the object of a name', () => {
  it('is listed in its namespace, in all of them, and without one', async () => {
    const { list } = await withTwoNamespaces()
    expect(await list(`${configMaps('default')}?fieldSelector=metadata.name=a`)).toEqual(['default/a'])
    expect(await list('/api/v1/configmaps?fieldSelector=metadata.name=a')).toEqual(['default/a', 'other/a'])
    expect(await list('/api/v1/namespaces?fieldSelector=metadata.name=other')).toEqual(['/other'])
  })

  it('is listed only if the other selectors choose it too', async () => {
    const { list } = await withTwoNamespaces()
    const named = `${configMaps('default')}?fieldSelector=metadata.name=a`
    expect(await list(`${named},metadata.namespace=default`)).toEqual(['default/a'])
    expect(await list(`${named},metadata.namespace=other`)).toEqual([])
    expect(await list(`${named},metadata.name=b`)).toEqual([])
    expect(await list(`${named}&labelSelector=home=default`)).toEqual(['default/a'])
    expect(await list(`${named}&labelSelector=home=other`)).toEqual([])
  })

  it('is an empty list when there is none, or the name is empty', async () => {
    const { list } = await withTwoNamespaces()
    expect(await list(`${configMaps('default')}?fieldSelector=metadata.name=nobody`)).toEqual([])
    expect(await list(`${configMaps('default')}?fieldSelector=metadata.name=`)).toEqual([])
    expect(await list(`${configMaps('default')}?limit=1&fieldSelector=metadata.name=b`)).toEqual(['default/b'])
  })

  it('is all that a watch begins with and goes on with', async () => {
    const { server } = await withTwoNamespaces()
    const watch = await server.follow(`${configMaps('default')}?watch=1&fieldSelector=metadata.name=a`)
    await server.ask({ method: 'DELETE', path: `${configMaps('default')}/b` })
    await server.ask({ method: 'DELETE', path: `${configMaps('other')}/a` })
    await server.ask({ method: 'DELETE', path: `${configMaps('default')}/a` })
    expect(
      watch.events.map(({ type, object }) => `${type} ${object.metadata.namespace}/${object.metadata.name}`),
    ).toEqual(['ADDED default/a', 'DELETED default/a'])
  })

  it('is all that a deletion of a collection takes', async () => {
    const { server, list } = await withTwoNamespaces()
    await server.ask({ method: 'DELETE', path: `${configMaps('default')}?fieldSelector=metadata.name=a` })
    expect(await list('/api/v1/configmaps?fieldSelector=metadata.name!=kube-root-ca.crt')).toEqual([
      'default/b',
      'other/a',
    ])
  })
})
