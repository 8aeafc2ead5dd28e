/**
 * Stored objects as JSON text, written once per version of an object: gets, lists and the events of every watcher share it.
 * Sound because objects that left the store are never changed in place.
 */
import type { KubeObject } from '@drey/reconcile'
import type { KubeObjectList, ObjectReply } from './types.ts'

const texts = new WeakMap<KubeObject, string>()

export const textOf = (object: KubeObject): string => {
  const known = texts.get(object)
  if (known !== undefined) return known
  const text = written?.object === object ? written.text : JSON.stringify(object)
  texts.set(object, text)
  return text
}

let written: { object: KubeObject; text: string } | undefined

/**
 * The text for whoever needs it once, as the journal does. Only that of the last object is kept, for the answer and the watchers
 * that follow in the same turn: most objects are never read over the wire in the version they were written in.
 */
export const passingTextOf = (object: KubeObject): string => {
  const text = texts.get(object) ?? JSON.stringify(object)
  written = { object, text }
  return text
}

export const replyText = (body: ObjectReply['body']): string =>
  isList(body) ? [...listPieces(body)].join('') : isStored(body) ? textOf(body) : JSON.stringify(body)

export const isList = (body: ObjectReply['body']): body is KubeObjectList =>
  Array.isArray((body as KubeObjectList).items)

/** A list as pieces of text of some 256 KB, made one at a time: a large list is never in memory as a whole. */
export function* listPieces({ kind, apiVersion, metadata, items }: KubeObjectList): Generator<string> {
  let piece = `${JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1)},"items":[`
  for (const [index, item] of items.entries()) {
    piece += index ? `,${itemText(item)}` : itemText(item)
    if (piece.length < pieceLength) continue
    yield piece
    piece = ''
  }
  yield `${piece}]}`
}
const pieceLength = 256 << 10

const itemText = (item: KubeObject): string => (isStored(item) ? textOf(item) : JSON.stringify(item))

/** What has no resourceVersion was made for this answer alone; remembering its text would only cost memory. */
const isStored = (body: unknown): body is KubeObject => (body as KubeObject).metadata?.resourceVersion !== undefined
