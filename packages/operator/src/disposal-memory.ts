/** Which savepoints of a job's history Flink was told to dispose of, and whether it took the order. In memory; a restart asks once more. */
import type { Disposal } from '@drey/core'

export interface DisposalMemory {
  of(uid: string): readonly Disposal[]
  ended(uid: string, disposal: Disposal): void
  forget(uid: string): void
}

/** Entries leave the status soon after; this many are never under way at once. */
const most = 100

export const disposalMemory = (): DisposalMemory => {
  const disposals = new Map<string, readonly Disposal[]>()
  return {
    of: (uid) => disposals.get(uid) ?? [],
    ended(uid, disposal) {
      const others = (disposals.get(uid) ?? []).filter(({ path }) => path !== disposal.path)
      disposals.set(uid, [...others, disposal].slice(-most))
    },
    forget: (uid) => void disposals.delete(uid),
  }
}
