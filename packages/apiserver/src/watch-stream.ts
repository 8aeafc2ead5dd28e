/** Watches on the wire: one JSON event per line over HTTP, one per text frame over WebSocket. */
import type { ServerResponse } from 'node:http'
import type { KubeObject, WatchEvent } from '@drey/reconcile'
import type { WebSocket } from 'ws'
import type { ResourceInfo } from './api-server.ts'
import { textOf } from './json-text.ts'
import type { Wanted } from './negotiate.ts'
import { columnsOf, metadataOf, tableOf, type IncludeObject } from './table.ts'
import type { WatchReply } from './types.ts'

/** A client that leaves this many bytes unread, beyond the state at the start, is cut off; it will list again. */
const slowBytes = 4 << 20

/** One event as JSON with the line feed that ends it. */
export type EncodeEvent = (event: WatchEvent) => Buffer

/** How events look to one client. Tables name their columns in the first event only. */
export const eventEncoder = (
  wanted: Wanted,
  info: ResourceInfo | undefined,
  include: IncludeObject,
  now: () => number,
): EncodeEvent => {
  if (wanted.as === 'object' || !info) return plainEvent
  const columns = columnsOf(info)
  let first = true
  return (event) => {
    if (event.type === 'ERROR') return plainEvent(event)
    if (wanted.as === 'metadata') return line({ type: event.type, object: metadataOf(event.object, wanted.version) })
    const isBookmark = event.type === 'BOOKMARK'
    const table = tableOf(columns, isBookmark ? { ...noItems(event.object), items: [] } : event.object, {
      version: wanted.version,
      include,
      now: now(),
      withColumns: first,
    })
    first &&= isBookmark
    return line({ type: event.type, object: table })
  }
}

const noItems = (object: KubeObject): { apiVersion: string; kind: string; metadata: { resourceVersion?: string } } => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
})

const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

// Many watchers get the same event at the same time: its bytes are made once and shared, as long as it is among the last.
const recent = new Map<KubeObject, { type: string; bytes: Buffer }>()
const plainEvent: EncodeEvent = (event) => {
  if (event.type === 'BOOKMARK' || event.type === 'ERROR') return line(event)
  const known = recent.get(event.object)
  if (known?.type === event.type) return known.bytes
  const bytes = Buffer.from(`{"type":"${event.type}","object":${textOf(event.object)}}\n`)
  if (recent.size >= 64) recent.delete(recent.keys().next().value!)
  recent.set(event.object, { type: event.type, bytes })
  return bytes
}

// All watchers of a kind flush the same events one after the other: the last join is likely the next one too.
let lastParts: readonly Buffer[] = []
let lastJoin: Buffer = Buffer.alloc(0)
const joined = (parts: readonly Buffer[]): Buffer => {
  if (parts.length === 1) return parts[0]!
  if (parts.length !== lastParts.length || parts.some((part, index) => part !== lastParts[index])) {
    lastParts = parts
    lastJoin = Buffer.concat(parts)
  }
  return lastJoin
}

/** Streams until the client leaves, the server ends the watch, or the client reads too slowly. */
export const streamOverHttp = (
  response: ServerResponse,
  reply: WatchReply,
  encode: EncodeEvent,
  log: (line: string) => void,
): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  let pending: Buffer[] = []
  let over = false
  // the state at the start comes at once, however large; nobody is slow before it has been read
  let start = Number.POSITIVE_INFINITY
  // events of one burst of commits leave in one write
  const flush = (): void => {
    if (!pending.length || over) return
    const bytes = joined(pending)
    pending = []
    if (response.writableLength > slowBytes + start) {
      log(`watch cut off: ${response.writableLength} bytes unread`)
      over = true
      unsubscribe()
      response.destroy()
    } else response.write(bytes)
  }
  const unsubscribe = reply.watch.subscribe(
    (event) => {
      if (over) return
      if (!pending.length) setImmediate(flush)
      pending.push(encode(event))
    },
    () => {
      flush()
      over = true
      response.end()
    },
  )
  start = pending.reduce((sum, bytes) => sum + bytes.length, 0)
  response.once('drain', () => (start = 0))
  response.on('close', () => {
    over = true
    unsubscribe()
  })
}

export const streamOverWebSocket = (
  socket: WebSocket,
  reply: WatchReply,
  encode: EncodeEvent,
  log: (line: string) => void,
): void => {
  let start = Number.POSITIVE_INFINITY
  const unsubscribe = reply.watch.subscribe(
    (event) => {
      if (socket.bufferedAmount > slowBytes + start) {
        log(`watch cut off: ${socket.bufferedAmount} bytes unread`)
        socket.terminate()
      } else socket.send(encode(event), { binary: false })
    },
    () => socket.close(1000),
  )
  start = socket.bufferedAmount
  socket.on('close', unsubscribe)
  socket.on('error', () => socket.terminate())
}
