/** Time as an argument: the real clock in production, a virtual one in simulation and tests. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number
  /** runs `then` once after `ms`; the returned function cancels it */
  after(ms: number, then: () => void): () => void
}

/** The wall clock. Timers do not keep the process alive. */
export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, Math.min(ms, 2_147_483_647))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `ms` on the given clock, or rejects when the signal aborts first. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
