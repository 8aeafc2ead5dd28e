/** Since when a JobManager that should answer has not: one lost answer says nothing, half a minute of silence does. In memory. */
export interface SilenceMemory {
  /** epoch ms of the first look without an answer; undefined: it answered last time, or was not asked */
  since(uid: string): number | undefined
  /** what the look of this pass came to */
  looked(uid: string, answered: boolean | undefined, now: number): void
  forget(uid: string): void
}

export const silenceMemory = (): SilenceMemory => {
  const silent = new Map<string, number>()
  return {
    since: (uid) => silent.get(uid),
    looked(uid, answered, now) {
      if (answered !== false) silent.delete(uid)
      else if (!silent.has(uid)) silent.set(uid, now)
    },
    forget: (uid) => void silent.delete(uid),
  }
}
