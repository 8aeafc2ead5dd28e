/** An exec or attach over SPDY: the client opens one stream for each of stdin, stdout, stderr, error and resize. */
import type { Duplex, Writable } from 'node:stream'
import { sizeReader, statusOf, textOf, type RemoteOptions, type RemoteSession } from '../remote.ts'
import { spdySession, type SpdyStream } from './session.ts'

/** Best first. */
export const spdyProtocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']

const patienceMs = 30_000

/** Resolves when the client has opened all the streams its request announced; rejects when it does not. */
export const spdyRemote = async (
  connection: Duplex,
  protocol: string,
  options: RemoteOptions,
): Promise<RemoteSession> => {
  const resizable = options.tty && !['channel.k8s.io', 'v2.channel.k8s.io'].includes(protocol)
  const expected = new Set([
    'error',
    ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => options[name]),
    ...(resizable ? ['resize'] : []),
  ])
  const streams = new Map<string, SpdyStream>()
  let complete: () => void = () => {}
  const all = new Promise<void>((resolve) => (complete = resolve))
  const session = spdySession(connection, {
    role: 'server',
    stream(stream) {
      const type = stream.headers['streamtype'] ?? ''
      if (!expected.has(type) || streams.has(type)) return stream.reset()
      streams.set(type, stream)
      if (streams.size === expected.size) complete()
    },
  })
  const gone = new AbortController()
  void session.closed.then(() => gone.abort())
  await Promise.race([all, session.closed, new Promise((late) => setTimeout(late, patienceMs).unref())])
  if (streams.size < expected.size) {
    session.close()
    throw new Error('the client did not open its streams')
  }
  const named = (name: string) => streams.get(name)
  const output = (name: string): Writable | undefined => {
    const stream = named(name)
    stream?.resume()
    return stream
  }
  const [stdin, stdout, stderr, resize] = [named('stdin'), output('stdout'), output('stderr'), named('resize')]
  const errors = output('error')
  return {
    left: gone.signal,
    ...(stdin ? { stdin } : {}),
    ...(stdout ? { stdout } : {}),
    ...(stderr ? { stderr } : {}),
    onResize: (listener) => resize?.on('data', sizeReader(listener)),
    async finish(outcome) {
      const text = protocol.startsWith('v4') ? JSON.stringify(statusOf(outcome)) : textOf(outcome)
      await new Promise<void>((done) => errors?.end(text, () => done()))
      session.close()
      await session.closed
    },
  }
}
