/** Between the version an object is stored in and the one a client speaks. */
import type { KubeObject } from '@drey/reconcile'
import { withDefaults } from '@drey/schema'
import type { Kind } from './resources.ts'

export const asStored = (kind: Kind, object: KubeObject): KubeObject =>
  kind.toStored
    ? kind.toStored(object)
    : object.apiVersion === kind.storageApiVersion
      ? object
      : { ...object, apiVersion: kind.storageApiVersion }

const shownObjects = new WeakMap<Kind, WeakMap<KubeObject, KubeObject>>()

/** The object in the version a client asked for, with defaults its schema got after it was stored; the same value each time. */
export const asShown = (kind: Kind, object: KubeObject): KubeObject => {
  if (!kind.fromStored && !kind.defaultsOnRead && object.apiVersion === kind.apiVersion) return object
  let known = shownObjects.get(kind)
  if (!known) shownObjects.set(kind, (known = new WeakMap()))
  let shown = known.get(object)
  if (!shown) known.set(object, (shown = converted(kind, object)))
  return shown
}

const converted = (kind: Kind, object: KubeObject): KubeObject => {
  if (kind.fromStored) return kind.fromStored(object)
  const full = kind.defaultsOnRead && kind.structural ? withDefaults(kind.structural, object) : object
  return full.apiVersion === kind.apiVersion ? full : { ...full, apiVersion: kind.apiVersion }
}
