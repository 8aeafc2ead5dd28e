/**
 * Channels over a WebSocket: each message's first byte says which stream it belongs to. Serves exec and attach
 * (`v5`, `v4`, and the older `channel.k8s.io`; each also in base64), and fabric8's port-forward.
 */
import { Readable, Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import { sizeReader, statusOf, textOf, type RemoteOptions, type RemoteSession } from './remote.ts'

/** Best first. */
export const channelProtocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
]

const stdin = 0
const stdout = 1
const stderr = 2
const error = 3
const resize = 4
/** v5: the other side closes the channel named in the next byte */
const close = 255

export interface Channels {
  writable(channel: number): Writable
  readable(channel: number): Readable
  on(channel: number, take: (data: Buffer) => void): void
  left: AbortSignal
  /** closes after everything written has been sent */
  end(): Promise<void>
}

const pingMs = 30_000

export const channelsOf = (ws: WebSocket, protocol: string): Channels => {
  const base64 = protocol.includes('base64')
  const readers = new Map<number, Readable>()
  const listeners = new Map<number, (data: Buffer) => void>()
  const full = new Set<number>()
  const gone = new AbortController()
  const ping = setInterval(() => ws.ping(), pingMs)

  ws.on('message', (message: Buffer) => {
    const channel = base64 ? message[0]! - 48 : message[0]
    if (channel === undefined || Number.isNaN(channel)) return
    const data = base64 ? Buffer.from(message.toString('latin1', 1), 'base64') : message.subarray(1)
    if (channel === close) return void readers.get(data[0] ?? -1)?.push(null)
    listeners.get(channel)?.(data)
    if (data.length === 0 || readers.get(channel)?.push(data) !== false) return
    full.add(channel)
    ws.pause()
  })
  ws.on('error', () => ws.terminate())
  ws.on('close', () => {
    clearInterval(ping)
    gone.abort()
    for (const reader of readers.values()) reader.push(null)
  })

  return {
    left: gone.signal,
    on: (channel, take) => listeners.set(channel, take),
    readable(channel) {
      const reader = new Readable({
        highWaterMark: 256 * 1024,
        read() {
          if (full.delete(channel) && full.size === 0) ws.resume()
        },
      })
      readers.set(channel, reader)
      return reader
    },
    writable: (channel) =>
      new Writable({
        // One message at a time: the callback comes when the kernel has taken it, which is the back-pressure.
        write(chunk: Buffer, _encoding, done) {
          if (ws.readyState !== ws.OPEN) return done()
          if (base64) ws.send(String(channel) + chunk.toString('base64'), () => done())
          else ws.send(Buffer.concat([Buffer.of(channel), chunk]), { binary: true }, () => done())
        },
      }),
    end: () =>
      new Promise((resolve) => {
        if (ws.readyState === ws.CLOSED) return resolve()
        ws.once('close', () => resolve())
        // A client that paused its own reading still gets to see the end; one that never answers is dropped by ws.
        ws.resume()
        ws.close(1000)
      }),
  }
}

/** An exec or attach over the channels of a WebSocket. */
export const webSocketSession = (ws: WebSocket, protocol: string, options: RemoteOptions): RemoteSession => {
  const channels = channelsOf(ws, protocol)
  const modern = protocol.startsWith('v4') || protocol.startsWith('v5')
  const errors = channels.writable(error)
  const out = options.stdout ? channels.writable(stdout) : undefined
  const err = options.stderr ? channels.writable(stderr) : undefined
  // An empty message says that the command is about to start; some clients wait for it.
  ;(out ?? err ?? errors).write(Buffer.alloc(0))
  return {
    left: channels.left,
    ...(options.stdin ? { stdin: channels.readable(stdin) } : {}),
    ...(out ? { stdout: out } : {}),
    ...(err ? { stderr: err } : {}),
    onResize: (listener) => channels.on(resize, sizeReader(listener)),
    async finish(outcome) {
      const text = modern ? JSON.stringify(statusOf(outcome)) : textOf(outcome)
      if (text) await new Promise<void>((done) => errors.write(Buffer.from(text), () => done()))
      await channels.end()
    },
  }
}
