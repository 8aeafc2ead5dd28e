/** Watches on the wire: one JSON event per line over HTTP, one per text frame over WebSocket. */
import type { ServerResponse } from 'node:http'
import type { KubeObject, WatchEvent } from '@drey/reconcile'
import type { WebSocket } from 'ws'
import type { ResourceInfo } from './api-server.ts'
import { textOf } from './json-text.ts'
import type { Wanted } from './negotiate.ts'
import { columnsOf, metadataOf, tableOf, type IncludeObject } from './table.ts'
import type { WatchReply } from './types.ts'

/** A client that leaves this many bytes unread is cut off; it will list again. */
const slowBytes = 4 << 20

export type EncodeEvent = (event: WatchEvent) => string

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
    if (wanted.as === 'metadata')
      return JSON.stringify({ type: event.type, object: metadataOf(event.object, wanted.version) })
    const isBookmark = event.type === 'BOOKMARK'
    const table = tableOf(columns, isBookmark ? { ...noItems(event.object), items: [] } : event.object, {
      version: wanted.version,
      include,
      now: now(),
      withColumns: first,
    })
    first &&= isBookmark
    return JSON.stringify({ type: event.type, object: table })
  }
}

const noItems = (object: KubeObject): { apiVersion: string; kind: string; metadata: { resourceVersion?: string } } => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
})

const plainEvent: EncodeEvent = (event) =>
  event.type === 'BOOKMARK' || event.type === 'ERROR'
    ? JSON.stringify(event)
    : `{"type":"${event.type}","object":${textOf(event.object)}}`

/** Streams until the client leaves, the server ends the watch, or the client reads too slowly. */
export const streamOverHttp = (
  response: ServerResponse,
  reply: WatchReply,
  encode: EncodeEvent,
  log: (line: string) => void,
): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  let pending = ''
  let over = false
  // events of one commit burst leave in one write
  const flush = (): void => {
    if (!pending || over) return
    const text = pending
    pending = ''
    if (response.writableLength + text.length > slowBytes && response.writableLength > 0) {
      log(`watch cut off: ${response.writableLength} bytes unread`)
      stop()
      response.destroy()
      return
    }
    response.write(text)
  }
  const unsubscribe = reply.watch.subscribe(
    (event) => {
      if (over) return
      if (!pending) setImmediate(flush)
      pending += `${encode(event)}\n`
      if (pending.length > slowBytes) flush()
    },
    () => {
      flush()
      over = true
      response.end()
    },
  )
  const stop = (): void => {
    over = true
    unsubscribe()
  }
  response.on('close', stop)
  if (over) unsubscribe()
}

export const streamOverWebSocket = (
  socket: WebSocket,
  reply: WatchReply,
  encode: EncodeEvent,
  log: (line: string) => void,
): void => {
  const unsubscribe = reply.watch.subscribe(
    (event) => {
      if (socket.bufferedAmount > slowBytes) {
        log(`watch cut off: ${socket.bufferedAmount} bytes unread`)
        socket.terminate()
      } else socket.send(encode(event))
    },
    () => socket.close(1000),
  )
  socket.on('close', unsubscribe)
  socket.on('error', () => socket.terminate())
}
