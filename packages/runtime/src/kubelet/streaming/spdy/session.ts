/**
 * A SPDY/3.1 session over one connection: many streams with headers, each a Node Duplex that can be closed one way at a
 * time. Serves kubectl and kube-apiservers (exec, attach, port-forward).
 */
import { Duplex } from 'node:stream'
import { encode, frameParser, type Frame } from './frames.ts'
import { headerCodec, type Headers } from './headers.ts'

export interface SpdyStream extends Duplex {
  readonly id: number
  /** what the stream was opened with, names in lower case */
  readonly headers: Headers
  /** tells the peer that the stream ended badly; both directions are closed */
  reset(): void
}

export interface SpdySession {
  /** opens a stream; resolves when the peer has accepted it */
  open(headers: Headers): Promise<SpdyStream>
  /** flushes what is written, says good-bye and closes the connection */
  close(): void
  /** resolves when the connection is closed, by whomever */
  readonly closed: Promise<void>
}

export interface SpdySessionOptions {
  /** servers number their streams even, clients odd */
  role: 'server' | 'client'
  /** a stream the peer opened; it has been accepted already */
  stream?(stream: SpdyStream): void
}

const cancel = 5
const invalidStream = 2
/** Data that a consumer has not taken yet; beyond it the whole connection waits. */
const highWaterMark = 256 * 1024
const maxStreams = 1000
const goodByeMs = 5000
const maxData = 64 * 1024

export const spdySession = (connection: Duplex, options: SpdySessionOptions): SpdySession => {
  const codec = headerCodec()
  const parse = frameParser()
  const streams = new Map<number, Stream>()
  let nextId = options.role === 'client' ? 1 : 2
  let lastPeerStream = 0
  let ended = false

  const send = (frame: Frame, done?: (error?: Error | null) => void) => {
    if (ended || connection.destroyed) return done?.(new Error('the connection is closed'))
    connection.write(encode(frame), done)
  }
  // Header blocks share one compression context: they are encoded and sent strictly one after the other.
  let headersSent: Promise<void> = Promise.resolve()
  const sendHeaders = (make: (block: Buffer) => Frame, headers: Headers): Promise<void> => {
    headersSent = headersSent.then(async () => send(make(await codec.encode(headers))))
    return headersSent
  }

  /** Streams that hold back the connection because nobody reads them. */
  const full = new Set<number>()
  let resume: (() => void) | undefined
  const drained = (id: number) => {
    if (full.delete(id) && full.size === 0) resume?.()
  }

  const make = (id: number, headers: Headers): Stream => {
    const stream = spdyStream({ id, headers, send, drained, forget: () => (streams.delete(id), drained(id)) })
    streams.set(id, stream)
    return stream
  }

  const waiting = new Map<number, { accepted(): void; refused(error: Error): void }>()

  const handle = async (frame: Frame): Promise<void> => {
    switch (frame.type) {
      case 'syn-stream': {
        const headers = await codec.decode(frame.block)
        if (streams.size >= maxStreams || streams.has(frame.stream))
          return send({ type: 'rst-stream', stream: frame.stream, status: invalidStream })
        lastPeerStream = Math.max(lastPeerStream, frame.stream)
        const stream = make(frame.stream, headers)
        await sendHeaders((block) => ({ type: 'syn-reply', stream: frame.stream, fin: false, block }), {})
        options.stream?.(stream.face)
        if (frame.fin) stream.take(undefined, true)
        return
      }
      case 'syn-reply':
        await codec.decode(frame.block)
        waiting.get(frame.stream)?.accepted()
        waiting.delete(frame.stream)
        if (frame.fin) streams.get(frame.stream)?.take(undefined, true)
        return
      case 'headers':
        await codec.decode(frame.block)
        if (frame.fin) streams.get(frame.stream)?.take(undefined, true)
        return
      case 'data': {
        const stream = streams.get(frame.stream)
        // Data for a stream we have closed may still be on its way: not an error.
        if (!stream) return
        if (!stream.take(frame.data, frame.fin)) full.add(frame.stream)
        return
      }
      case 'rst-stream':
        waiting.get(frame.stream)?.refused(new Error(`stream ${frame.stream} was refused (status ${frame.status})`))
        waiting.delete(frame.stream)
        streams.get(frame.stream)?.peerReset()
        return
      case 'ping':
        // Ours would have the parity of our streams; only the peer's are answered.
        if (frame.id % 2 !== nextId % 2) send(frame)
        return
      case 'go-away':
      case 'window-update':
      case 'settings':
        // Nobody in Kubernetes counts windows: Go's spdystream neither sends nor obeys them, so obeying them here would
        // stop every transfer after 64 KiB. The connection's own flow control does the work.
        return
    }
  }

  const run = async () => {
    for await (const chunk of connection) {
      for (const frame of parse(chunk as Buffer)) await handle(frame)
      if (full.size > 0) await new Promise<void>((go) => (resume = go))
      resume = undefined
    }
  }

  const finish = () => {
    ended = true
    full.clear()
    resume?.()
    for (const { refused } of waiting.values()) refused(new Error('the connection is closed'))
    waiting.clear()
    for (const stream of streams.values()) stream.peerReset()
    codec.close()
  }
  connection.once('close', () => resume?.())
  const closed = run()
    .catch(() => {
      connection.destroy()
    })
    .then(finish)

  return {
    closed,
    async open(headers) {
      const id = nextId
      nextId += 2
      const stream = make(id, headers)
      const accepted = new Promise<void>((ok, refused) => waiting.set(id, { accepted: ok, refused }))
      await sendHeaders(
        (block) => ({ type: 'syn-stream', stream: id, fin: false, unidirectional: false, block }),
        headers,
      )
      await accepted
      return stream.face
    },
    close() {
      if (ended) return
      send({ type: 'go-away', lastStream: lastPeerStream, status: 0 })
      ended = true
      connection.end()
      // The peer closes when it has read the good-bye; one that does not is cut off.
      full.clear()
      resume?.()
      const late = setTimeout(() => connection.destroy(), goodByeMs)
      void closed.then(() => clearTimeout(late))
    },
  }
}

interface Stream {
  face: SpdyStream
  /** takes data from the wire; false: enough for now */
  take(data: Buffer | undefined, fin: boolean): boolean
  peerReset(): void
}

interface StreamWiring {
  id: number
  headers: Headers
  send(frame: Frame, done?: (error?: Error | null) => void): void
  drained(id: number): void
  forget(): void
}

const spdyStream = ({ id, headers, send, drained, forget }: StreamWiring): Stream => {
  let unacknowledged = 0
  let peerDone = false
  const face = new Duplex({
    allowHalfOpen: true,
    readableHighWaterMark: highWaterMark,
    read: () => drained(id),
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; at += maxData) {
        const last = at + maxData >= chunk.length
        send({ type: 'data', stream: id, fin: false, data: chunk.subarray(at, at + maxData) }, last ? done : undefined)
      }
      if (chunk.length === 0) done()
    },
    final(done) {
      send({ type: 'data', stream: id, fin: true, data: Buffer.alloc(0) }, () => done())
    },
    destroy(error, done) {
      if (!peerDone || !face.writableFinished) send({ type: 'rst-stream', stream: id, status: cancel })
      forget()
      done(error)
    },
  }) as SpdyStream
  Object.assign(face, { id, headers, reset: () => face.destroy() })
  // A reset or lost stream is an ordinary end for whoever reads it; nobody needs to listen for errors.
  face.on('error', () => {})
  return {
    face,
    take(data, fin) {
      let room = true
      if (data && data.length > 0) {
        room = face.push(data)
        unacknowledged += data.length
        // For peers that do count windows.
        if (unacknowledged >= maxData / 2) {
          send({ type: 'window-update', stream: id, delta: unacknowledged })
          send({ type: 'window-update', stream: 0, delta: unacknowledged })
          unacknowledged = 0
        }
      }
      if (fin && !peerDone) {
        peerDone = true
        face.push(null)
        return true
      }
      return room
    },
    peerReset() {
      peerDone = true
      face.destroy()
    },
  }
}
