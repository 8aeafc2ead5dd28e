/** WATCH: the initial events, then every change as the watcher's selector sees it, bookmarks, time-outs and 410. */
import type { KubeObject, WatchEvent } from '@drey/reconcile'
import { ApiError, expired, tooLargeResourceVersion } from './errors.ts'
import { listOptions, revisionOf } from './options.ts'
import { chooser, chosenFrom } from './read.ts'
import type { Kind } from './resources.ts'
import type { Change, Store } from './store.ts'
import type { WatchReply } from './types.ts'
import { asShown } from './versions.ts'

export interface WatchClock {
  /** runs once after so many milliseconds; absent: watches have no time-out and send no periodic bookmarks */
  after?: (ms: number, then: () => void) => () => void
  random: () => number
}

const bookmarkMs = 60_000

type Matches = ((object: KubeObject) => boolean) | undefined

/**
 * Accepts a watch or throws (400, 422, 504). Nothing is sent before `subscribe`. From a forgotten revision it is accepted, too, and
 * ends with an ERROR event: as the status of the answer a 410 would be a failed handshake to a WebSocket client, which then tries the
 * same revision for ever (so Flink's JobManager would never hear of its pods again after a restart of the server).
 */
export const openWatch = (
  store: Store,
  clock: WatchClock,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): WatchReply => {
  const options = listOptions(query, true)
  const choice = chooser(kind, options.labels, options.fields)
  const matches = choice?.matches
  const home = kind.namespaced ? namespace : undefined
  const bookmarks = isTrue(query.get('allowWatchBookmarks'))
  const watchList = isTrue(query.get('sendInitialEvents'))
  const asked = options.resourceVersion ? revisionOf(options.resourceVersion) : 0
  if (asked > store.revision) throw tooLargeResourceVersion(asked, store.revision)
  const fromStart = watchList || (asked === 0 && query.get('sendInitialEvents') !== 'false')
  const start = fromStart ? store.revision : asked || store.revision
  const timeoutMs = 1000 * (Number(query.get('timeoutSeconds')) || 1800 * (1 + clock.random()))

  return {
    status: 200,
    watch: {
      subscribe(listener, ended) {
        const inHome = (object: KubeObject): boolean => home === undefined || object.metadata.namespace === home
        const send = (change: Change): void => {
          const event = seenAs(change, inHome, matches, kind)
          if (event) listener(event)
        }
        const bookmark = (annotations?: Record<string, string>): void =>
          listener({ type: 'BOOKMARK', object: bookmarkOf(kind, store.revision, annotations) })

        let open = true
        let replaying = true
        const meanwhile: Change[] = []
        // changes up to here are in the list or the replay, even when they are still being told to others
        const seen = store.revision
        const stop = store.subscribe((change) => {
          if (!open || change.revision <= seen) return
          if (replaying) meanwhile.push(change)
          else send(change)
        }, kind.bucket)

        if (fromStart) {
          for (const object of chosenFrom(store, kind, home, choice))
            listener({ type: 'ADDED', object: asShown(kind, object) })
          if (watchList && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' })
        } else {
          const missed = store.since(kind.bucket, start)
          if (!missed) {
            listener({
              type: 'ERROR',
              object: tooOld(start, store.forgotten(kind.bucket)).status as unknown as KubeObject,
            })
            open = false
            stop()
            ended()
            return () => {}
          }
          for (const change of missed) send(change)
        }
        replaying = false
        for (const change of meanwhile) send(change)

        const cancels: (() => void)[] = []
        const close = (): void => {
          if (!open) return
          open = false
          stop()
          for (const cancel of cancels) cancel()
        }
        if (clock.after) {
          cancels.push(
            clock.after(timeoutMs, () => {
              if (!open) return
              if (bookmarks) bookmark()
              close()
              ended()
            }),
          )
          if (bookmarks) {
            const again = (): void => {
              if (!open) return
              bookmark()
              cancels[1] = clock.after!(bookmarkMs, again)
            }
            cancels.push(clock.after(bookmarkMs, again))
          }
        }
        return close
      },
    },
  }
}

const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0'

export const tooOld = (asked: number, oldest: number): ApiError =>
  expired(`too old resource version: ${asked} (${oldest})`)

const bookmarkOf = (kind: Kind, revision: number, annotations: Record<string, string> | undefined): KubeObject => ({
  kind: kind.kind,
  apiVersion: kind.apiVersion,
  metadata: { resourceVersion: String(revision), ...(annotations ? { annotations } : {}) } as KubeObject['metadata'],
})

/** An object that enters a selector is ADDED, one that leaves it DELETED. */
const seenAs = (
  change: Change,
  inHome: (object: KubeObject) => boolean,
  matches: Matches,
  kind: Kind,
): WatchEvent | undefined => {
  if (!inHome(change.object)) return undefined
  if (!matches) return { type: change.type, object: asShown(kind, change.object) }
  const before = change.before !== undefined && matches(change.before)
  if (change.type === 'DELETED') return before ? { type: 'DELETED', object: asShown(kind, change.object) } : undefined
  const after = matches(change.object)
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: asShown(kind, change.object) }
  if (!before) return undefined
  // the state it had while it matched, under the revision at which it left
  const last = {
    ...change.before!,
    metadata: { ...change.before!.metadata, resourceVersion: change.object.metadata.resourceVersion! },
  }
  return { type: 'DELETED', object: asShown(kind, last) }
}
