/** SPDY/3.1 frames as values, to and from bytes. Header blocks stay compressed here. */

export type Frame =
  | { type: 'data'; stream: number; fin: boolean; data: Buffer }
  | { type: 'syn-stream'; stream: number; fin: boolean; unidirectional: boolean; block: Buffer }
  | { type: 'syn-reply'; stream: number; fin: boolean; block: Buffer }
  | { type: 'headers'; stream: number; fin: boolean; block: Buffer }
  | { type: 'rst-stream'; stream: number; status: number }
  | { type: 'ping'; id: number }
  | { type: 'go-away'; lastStream: number; status: number }
  | { type: 'window-update'; stream: number; delta: number }
  | { type: 'settings' }

const synStream = 1
const synReply = 2
const rstStream = 3
const settings = 4
const ping = 6
const goAway = 7
const headersFrame = 8
const windowUpdate = 9

const finFlag = 1
const unidirectionalFlag = 2
const version = 3

/** No Kubernetes client sends frames near this; larger ones are refused before they are buffered. */
const maxFrame = 8 << 20

export const encode = (frame: Frame): Buffer => {
  switch (frame.type) {
    case 'data': {
      const head = Buffer.alloc(8)
      head.writeUInt32BE(frame.stream)
      head.writeUInt32BE(((frame.fin ? finFlag : 0) * 0x1000000 + frame.data.length) >>> 0, 4)
      return Buffer.concat([head, frame.data])
    }
    case 'syn-stream': {
      const flags = (frame.fin ? finFlag : 0) | (frame.unidirectional ? unidirectionalFlag : 0)
      // The two bytes after the associated stream are priority and credential slot.
      return control(synStream, flags, numbers(frame.stream, 0), Buffer.alloc(2), frame.block)
    }
    case 'syn-reply':
      return control(synReply, frame.fin ? finFlag : 0, numbers(frame.stream), frame.block)
    case 'headers':
      return control(headersFrame, frame.fin ? finFlag : 0, numbers(frame.stream), frame.block)
    case 'rst-stream':
      return control(rstStream, 0, numbers(frame.stream, frame.status))
    case 'ping':
      return control(ping, 0, numbers(frame.id))
    case 'go-away':
      return control(goAway, 0, numbers(frame.lastStream, frame.status))
    case 'window-update':
      return control(windowUpdate, 0, numbers(frame.stream, frame.delta))
    case 'settings':
      return control(settings, 0, numbers(0))
  }
}

const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

const control = (type: number, flags: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt16BE(0x8000 | version)
  head.writeUInt16BE(type, 2)
  head.writeUInt32BE((flags * 0x1000000 + body.length) >>> 0, 4)
  return Buffer.concat([head, body])
}

/** Collects bytes and gives back the frames that are complete. Throws on what is not SPDY/3. */
export const frameParser = () => {
  let tail: Buffer = Buffer.alloc(0)
  return (chunk: Buffer): Frame[] => {
    const bytes = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk
    const frames: Frame[] = []
    let at = 0
    while (bytes.length - at >= 8) {
      const length = bytes.readUIntBE(at + 5, 3)
      if (length > maxFrame) throw new Error(`SPDY frame of ${length} bytes`)
      if (bytes.length - at < 8 + length) break
      const frame = decode(bytes.subarray(at, at + 8 + length))
      if (frame) frames.push(frame)
      at += 8 + length
    }
    tail = bytes.subarray(at)
    return frames
  }
}

const decode = (bytes: Buffer): Frame | undefined => {
  const flags = bytes.readUInt8(4)
  const fin = (flags & finFlag) !== 0
  const body = bytes.subarray(8)
  const number = (at: number) => body.readUInt32BE(at) & 0x7fffffff
  if ((bytes.readUInt8(0) & 0x80) === 0)
    return { type: 'data', stream: bytes.readUInt32BE(0) & 0x7fffffff, fin, data: body }
  if ((bytes.readUInt16BE(0) & 0x7fff) !== version) throw new Error('not SPDY/3')
  switch (bytes.readUInt16BE(2)) {
    case synStream: {
      const unidirectional = (flags & unidirectionalFlag) !== 0
      return { type: 'syn-stream', stream: number(0), fin, unidirectional, block: body.subarray(10) }
    }
    case synReply:
      return { type: 'syn-reply', stream: number(0), fin, block: body.subarray(4) }
    case headersFrame:
      return { type: 'headers', stream: number(0), fin, block: body.subarray(4) }
    case rstStream:
      return { type: 'rst-stream', stream: number(0), status: body.readUInt32BE(4) }
    case settings:
      return { type: 'settings' }
    case ping:
      return { type: 'ping', id: body.readUInt32BE(0) }
    case goAway:
      return { type: 'go-away', lastStream: number(0), status: body.readUInt32BE(4) }
    case windowUpdate:
      return { type: 'window-update', stream: number(0), delta: number(4) }
    default:
      // Unknown control frames are skipped, as the specification asks.
      return undefined
  }
}
