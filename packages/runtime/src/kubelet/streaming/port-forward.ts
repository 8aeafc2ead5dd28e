/** Port-forward: joins streams of the client to ports of the pod. Over SPDY one pair of streams per connection. */
import { finished, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { spdySession, type SpdyStream } from './spdy/session.ts'
import type { Channels } from './web-socket.ts'

/** Connects to a port of the pod the client asked about. */
export type Dial = (port: number) => Promise<Duplex>

export const portForwardProtocol = 'portforward.k8s.io'
/** SPDY frames inside binary WebSocket messages: kubectl's first choice */
export const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`

const portOf = (text: string | undefined): number | undefined => {
  const port = Number(text)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

/** Serves until the client leaves. */
export const spdyPortForward = async (
  connection: Duplex,
  dial: Dial,
  why: (error: unknown, port: number) => string,
) => {
  const pairs = new Map<string, { data?: SpdyStream; error?: SpdyStream }>()
  const session = spdySession(connection, {
    role: 'server',
    stream(stream) {
      const type = stream.headers['streamtype']
      const port = portOf(stream.headers['port'])
      if (port === undefined || (type !== 'data' && type !== 'error')) return stream.reset()
      // Clients without request ids open the error stream first and the data stream next.
      const id = stream.headers['requestid'] ?? String(type === 'error' ? stream.id : stream.id - 2)
      const pair = pairs.get(id) ?? {}
      if (pair[type]) return stream.reset()
      pair[type] = stream
      pairs.set(id, pair)
      if (!pair.data || !pair.error) return
      pairs.delete(id)
      void forward(pair.data, pair.error, port)
    },
  })
  const forward = async (data: SpdyStream, error: SpdyStream, port: number) => {
    error.resume()
    try {
      await joined(data, await dial(port))
      error.end()
    } catch (problem) {
      // The client prints what comes on the error stream, and makes a new pair for its next connection.
      error.end(why(problem, port), () => data.reset())
    }
  }
  await session.closed
}

/**
 * fabric8's way: ports in the query, two channels per port. The first message on each channel is the port's number, little
 * endian; the client skips it.
 */
export const channelPortForward = async (
  channels: Channels,
  ports: readonly number[],
  dial: Dial,
  why: (error: unknown, port: number) => string,
) => {
  const forwards = ports.map(async (port, index) => {
    const [out, errors] = [channels.writable(index * 2), channels.writable(index * 2 + 1)]
    const from = channels.readable(index * 2)
    const number = Buffer.alloc(2)
    number.writeUInt16LE(port)
    out.write(number)
    errors.write(number)
    try {
      const socket = await dial(port)
      channels.left.addEventListener('abort', () => socket.destroy(), { once: true })
      from.pipe(socket)
      // To the end of what the client was sent, not of what the pod has said.
      await pipeline(socket, out).catch(() => {})
    } catch (problem) {
      await new Promise((done) => errors.write(why(problem, port), done))
    }
  })
  await Promise.all(forwards)
  await channels.end()
}

/** Joins both directions, each ending by itself; resolves when both have. A loss of one end ends the other. */
const joined = (a: Duplex, b: Duplex): Promise<void> =>
  new Promise((resolve, reject) => {
    let open = 2
    const over = (error?: Error | null) => {
      if (error) {
        a.destroy()
        b.destroy()
        // A connection that the pod or the client cut is the ordinary end of many protocols.
        return (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE' ? resolve() : reject(error)
      }
      if (--open === 0) resolve()
    }
    a.pipe(b)
    b.pipe(a)
    finished(a, over)
    finished(b, over)
  })

/** The ports a WebSocket client asks for: `ports=8081&ports=6123`, `port=8081,6123`. */
export const portsOf = (query: URLSearchParams): number[] =>
  [...query.getAll('ports'), ...query.getAll('port')]
    .flatMap((text) => text.split(','))
    .flatMap((text) => portOf(text) ?? [])
