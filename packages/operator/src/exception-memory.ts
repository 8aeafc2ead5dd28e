/** Which job exceptions were told already: per resource and job, by time stamp. In memory; after a restart only recent ones count as new. */
import type { ExceptionEntry } from '@drey/api'

export interface ExceptionMemory {
  /** those of `entries` that were not told yet, newest first */
  fresh(uid: string, jobId: string, entries: readonly ExceptionEntry[], now: number): ExceptionEntry[]
  forget(uid: string): void
}

const recentMs = 30 * 60_000

export const exceptionMemory = (): ExceptionMemory => {
  const toldUntil = new Map<string, { jobId: string; at: number }>()
  return {
    fresh(uid, jobId, entries, now) {
      const told = toldUntil.get(uid)
      const since = told === undefined ? now - recentMs : told.jobId === jobId ? told.at : 0
      const fresh = entries.filter((entry) => entry.at > since).toSorted((a, b) => b.at - a.at)
      toldUntil.set(uid, { jobId, at: Math.max(since, fresh[0]?.at ?? 0) })
      return fresh
    },
    forget: (uid) => void toldUntil.delete(uid),
  }
}
