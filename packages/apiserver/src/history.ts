/** The recent past of one kind of object: what watches replay and old list pages are cut from. Bounded by number and age. */
import type { KubeObject } from '@drey/reconcile'

/** One committed write. `object` carries the resourceVersion of this very revision, also for DELETED. */
export interface Change {
  revision: number
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** the stored kind: `pods`, `deployments.apps` */
  bucket: string
  /** `namespace/name` or `name` */
  key: string
  object: KubeObject
  before?: KubeObject
  /** milliseconds, the server's clock */
  at: number
}

export interface History {
  add(change: Change): void
  /** the newest revision that is no longer remembered: everything after it can be replayed */
  readonly forgotten: number
  /** the changes after `revision`, oldest first; nothing when that is too long ago */
  since(revision: number): readonly Change[] | undefined
  /** drops what is older than the bounds */
  trim(now: number): void
}

export interface HistoryBounds {
  /** changes kept at most */
  size: number
  /** changes older than this may go … */
  ms: number
  /** … except for the last few, which cost nothing and spare quiet watchers a relist */
  atLeast: number
}

export const historyOf = (start: number, bounds: HistoryBounds): History => {
  let changes: Change[] = []
  let head = 0
  let forgotten = start
  const dropTo = (index: number): void => {
    if (index <= head) return
    forgotten = changes[index - 1]!.revision
    head = index
    if (head > 512 && head * 2 > changes.length) {
      changes = changes.slice(head)
      head = 0
    }
  }
  const trim = (now: number): void => {
    let keep = Math.max(head, changes.length - bounds.size)
    const young = changes.length - bounds.atLeast
    while (keep < young && changes[keep]!.at < now - bounds.ms) keep++
    dropTo(keep)
  }
  return {
    get forgotten() {
      return forgotten
    },
    add(change) {
      changes.push(change)
      trim(change.at)
    },
    since(revision) {
      if (revision < forgotten) return undefined
      let low = head
      let high = changes.length
      while (low < high) {
        const middle = (low + high) >> 1
        if (changes[middle]!.revision <= revision) low = middle + 1
        else high = middle
      }
      return changes.slice(low)
    },
    trim,
  }
}
