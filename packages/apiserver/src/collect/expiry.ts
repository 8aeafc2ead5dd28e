/** Events are kept for an hour after their last write; old revisions as long as the history's bounds say. */
import type { Store } from '../store.ts'

const bucket = 'events'
const sweepMs = 60_000

export interface ExpiryClock {
  now(): number
  after?(ms: number, then: () => void): () => void
}

/** `sweep` does what is due, then `also`; it is called once a minute when the clock can. */
export const expireEvents = (
  store: Store,
  clock: ExpiryClock,
  ttlMs: number,
  also: () => void,
): { sweep(): void; stop(): void } => {
  const written = new Map<string, number>()
  for (const event of store.list(bucket))
    written.set(
      `${event.metadata.namespace}/${event.metadata.name}`,
      Date.parse((event['lastTimestamp'] as string | null) ?? event.metadata.creationTimestamp ?? '') || clock.now(),
    )
  const stop = store.subscribe((change) => {
    if (change.type === 'DELETED') written.delete(change.key)
    else written.set(change.key, change.at)
  }, bucket)
  const sweep = (): void => {
    const due = clock.now() - ttlMs
    for (const [key, at] of written) if (at <= due) store.remove(bucket, key)
    store.trim()
    also()
  }
  let cancel: (() => void) | undefined
  const again = (): void => {
    sweep()
    cancel = clock.after?.(sweepMs, again)
  }
  cancel = clock.after?.(sweepMs, again)
  return {
    sweep,
    stop() {
      stop()
      cancel?.()
    },
  }
}
