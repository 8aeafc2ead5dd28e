/** Removing a finalizer, and with the last one the object. */
import type { Store } from '../store.ts'

export const dropFinalizer = (store: Store, bucket: string, key: string, finalizer: string): void => {
  const object = store.get(bucket, key)
  if (!object?.metadata.finalizers?.includes(finalizer)) return
  const rest = object.metadata.finalizers.filter((one) => one !== finalizer)
  const metadata = { ...object.metadata, finalizers: rest }
  if (!rest.length) delete (metadata as Partial<typeof metadata>).finalizers
  const next = { ...object, metadata }
  const leaves =
    !rest.length &&
    object.metadata.deletionTimestamp !== undefined &&
    !((object.metadata.deletionGracePeriodSeconds ?? 0) > 0)
  if (leaves) store.remove(bucket, key, next)
  else store.put(bucket, key, next)
}
