/**
 * When a job ended, by our own clock, as far as can be told: the JobManager's clock may be minutes off. What it says counts when it lies
 * between our last look at the running job and now; else the job ended when we first saw that it had. In memory.
 */
export interface EndMemory {
  /** what a look showed; `endTime` and `now` in epoch ms. Answers when the job ended, undefined while it runs */
  looked(uid: string, job: { jobId: string; endTime?: number }, now: number): number | undefined
  forget(uid: string): void
}

/** What Flink shows of a running job may be this old, `web.refresh-interval` and a little. */
const shownMs = 4_000

export const endMemory = (): EndMemory => {
  const looks = new Map<string, { jobId: string; ranAt?: number; endedAt?: number }>()
  return {
    looked(uid, { jobId, endTime }, now) {
      const before = looks.get(uid)
      const known = before?.jobId === jobId ? before : undefined
      if (known?.endedAt !== undefined && endTime !== undefined) return known.endedAt
      const since = known?.ranAt === undefined ? 0 : known.ranAt - shownMs
      const endedAt = endTime === undefined ? undefined : endTime >= since && endTime <= now ? endTime : now
      looks.set(uid, endedAt === undefined ? { jobId, ranAt: now } : { jobId, endedAt })
      return endedAt
    },
    forget: (uid) => void looks.delete(uid),
  }
}
