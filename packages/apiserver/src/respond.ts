/** Writing answers: JSON or YAML, Tables and metadata where asked for, Status bodies for errors. */
import type { ServerResponse } from 'node:http'
import type { KubeObject, Status } from '@drey/reconcile'
import { stringify } from 'yaml'
import type { ResourceInfo } from './api-server.ts'
import { isList, listPieces, replyText } from './json-text.ts'
import type { Wanted } from './negotiate.ts'
import { columnsOf, metadataOf, tableOf, type IncludeObject } from './table.ts'
import type { KubeObjectList, ObjectReply } from './types.ts'

export const statusBody = (code: number, reason: string, message: string, details?: Status['details']): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details ? { details } : {}),
  code,
})

/** How the body of a reply looks to a client that wants `wanted`. Errors and things without a resource stay as they are. */
export const shaped = (
  reply: ObjectReply,
  wanted: Wanted,
  info: ResourceInfo | undefined,
  include: IncludeObject,
  now: number,
): ObjectReply['body'] => {
  const body = reply.body
  if (wanted.as === 'object' || !info || reply.status >= 300 || (body as KubeObject).kind === 'Status') return body
  const object = body as KubeObject | KubeObjectList
  if (wanted.as === 'table') return tableOf(columnsOf(info), object, { version: wanted.version, include, now })
  if (!Array.isArray((object as KubeObjectList).items)) return metadataOf(object as KubeObject, wanted.version)
  const list = object as KubeObjectList
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${wanted.version}`,
    metadata: list.metadata,
    items: list.items.map((item) => metadataOf(item, wanted.version)),
  }
}

export const sendReply = (
  response: ServerResponse,
  reply: ObjectReply,
  type: Wanted['type'] = 'application/json',
): Promise<void> | void => {
  const headers: Record<string, string | string[]> = {
    'content-type': type,
    'cache-control': 'no-cache, private',
    ...reply.headers,
  }
  if (reply.warnings?.length) headers['warning'] = reply.warnings.map(warning)
  if (type === 'application/json' && isList(reply.body) && reply.body.items.length > 500) {
    response.writeHead(reply.status, headers)
    return sendList(response, reply.body)
  }
  const text = type === 'application/yaml' ? stringify(reply.body, { lineWidth: 0 }) : `${replyText(reply.body)}\n`
  headers['content-length'] = String(Buffer.byteLength(text))
  response.writeHead(reply.status, headers)
  response.end(text)
}

/** A large list leaves piece by piece, as fast as it is read; others get their turn in between. */
const sendList = async (response: ServerResponse, list: KubeObjectList): Promise<void> => {
  for (const piece of listPieces(list)) {
    if (response.destroyed) return
    if (!response.write(piece)) await readable(response)
  }
  response.end('\n')
}

const readable = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.on('drain', go)
    response.on('close', go)
  })

/** RFC 7234 quoting; what is not printable ASCII would end the response. */
const warning = (text: string): string =>
  `299 - "${[...text.replace(/[\\"]/g, '\\$&')].map((c) => (c >= ' ' && c <= '~' ? c : c === '\n' ? ' ' : '?')).join('')}"`

export const sendStatus = (response: ServerResponse, status: Status): void =>
  void sendReply(response, { status: status.code ?? 500, body: status })

export const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
