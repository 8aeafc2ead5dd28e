/** What `kubectl port-forward` and fabric8 ask of a kubelet. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spdySession, type SpdySession } from '../../src/kubelet/streaming/spdy/session.ts'
import { tunnelOf } from '../../src/kubelet/streaming/tunnel.ts'
import { textOf, world, type World } from './world.ts'

let it: World
let server: Server
let port: number
const sockets = new Set<Socket>()

beforeAll(async () => {
  it = await world()
  // Says everything back, and good-bye when the client has finished.
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (!socket.write(data)) {
        socket.pause()
        socket.once('drain', () => socket.resume())
      }
    })
    socket.on('end', () => socket.end('bye'))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  server.close()
  await it.close()
})

const path = '/portForward/default/web'
const pair = async (session: SpdySession, requestID: number, to = port) => {
  const headers = (streamType: string) => ({ streamType, port: String(to), requestID: String(requestID) })
  const error = await session.open(headers('error'))
  error.end()
  return { error, data: await session.open(headers('data')) }
}

const tunnelled = async () => spdySession(tunnelOf(await it.tunnel(path)), { role: 'client' })
const plain = async () => (await it.spdy(path, ['portforward.k8s.io'])).session

for (const [name, connect] of Object.entries({ 'SPDY in a WebSocket': tunnelled, 'plain SPDY': plain })) {
  test(`${name}: each direction ends by itself`, async () => {
    const session = await connect()
    const { data, error } = await pair(session, 0)
    data.end('hello, ')
    expect(await textOf(data)).toBe('hello, bye')
    expect(await textOf(error)).toBe('')
    session.close()
  })

  test(`${name}: several connections at once, 8 MB each`, async () => {
    const session = await connect()
    const sizes = await Promise.all(
      [1, 2, 3].map(async (id) => {
        const { data } = await pair(session, id)
        void (async () => {
          for (let i = 0; i < 128; i++)
            if (!data.write(Buffer.alloc(65_536, id))) await new Promise((go) => data.once('drain', go))
          data.end()
        })()
        let size = 0
        for await (const chunk of data) size += (chunk as Buffer).length
        return size
      }),
    )
    expect(sizes).toEqual([8_388_611, 8_388_611, 8_388_611])
    session.close()
  })

  test(`${name}: a port nobody listens on is told on the error stream, and others go on`, async () => {
    const session = await connect()
    const closed = await pair(session, 1, 1)
    expect(await textOf(closed.error)).toContain('error forwarding port 1 to pod default/web')
    const { data } = await pair(session, 2)
    data.end('still here, ')
    expect(await textOf(data)).toBe('still here, bye')
    session.close()
  })
}

test('fabric8: one WebSocket per port, its number first on both channels', async () => {
  const ws = it.webSocket(`${path}?ports=${port}`, 'v4.channel.k8s.io')
  const first = Buffer.alloc(2)
  first.writeUInt16LE(port)
  const seen: Record<number, Buffer> = {}
  ws.on('message', (message: Buffer) => {
    const channel = message[0] ?? -1
    seen[channel] = Buffer.concat([seen[channel] ?? Buffer.alloc(0), message.subarray(1)])
  })
  await new Promise((resolve) => ws.on('open', resolve))
  ws.send(Buffer.concat([Buffer.of(0), Buffer.from('ping')]))
  await expect.poll(() => seen[0]?.toString('latin1')).toBe(`${first.toString('latin1')}ping`)
  expect(seen[1]).toEqual(first)
  ws.close()
})

test('fabric8: a pod that sends much and closes is heard to its end', async () => {
  const talker = createServer((socket) => socket.end(Buffer.alloc(8_000_000, 'x')))
  await new Promise<void>((ready) => talker.listen(0, '127.0.0.1', ready))
  const ws = it.webSocket(`${path}?ports=${(talker.address() as AddressInfo).port}`, 'v4.channel.k8s.io')
  let size = 0
  ws.on('message', (message: Buffer) => {
    if (message[0] === 0) size += message.length - 1
    ws.pause()
    setImmediate(() => ws.resume())
  })
  await new Promise((closed) => ws.on('close', closed))
  expect(size).toBe(2 + 8_000_000)
  talker.close()
})

test('a pod that does not exist is an HTTP error before any upgrade', async () => {
  await expect(it.tunnel('/portForward/default/nobody')).rejects.toThrow('404')
})
