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
  const text = JSON.stringify(object)
  texts.set(object, text)
  return text
}

export const replyText = (body: ObjectReply['body']): string => {
  const { items } = body as KubeObjectList
  if (Array.isArray(items)) {
    const { kind, apiVersion, metadata } = body as KubeObjectList
    return `${JSON.stringify({ kind, apiVersion, metadata }).slice(0, -1)},"items":[${items.map(itemText).join(',')}]}`
  }
  return isStored(body) ? textOf(body) : JSON.stringify(body)
}

const itemText = (item: KubeObject): string => (isStored(item) ? textOf(item) : JSON.stringify(item))

/** What has no resourceVersion was made for this answer alone; remembering its text would only cost memory. */
const isStored = (body: unknown): body is KubeObject => (body as KubeObject).metadata?.resourceVersion !== undefined
