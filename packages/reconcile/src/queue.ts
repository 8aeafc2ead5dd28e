/**
 * The work queue of a controller, with client-go's semantics: a key waits at most once, is worked on by one worker at a
 * time, and a key that arrives while it is being worked on is worked on once more afterwards.
 */
import type { Clock } from './clock.ts'

export interface Backoff {
  /** first delay after a failure */
  firstMs: number
  maxMs: number
}

export interface QueueOptions {
  clock: Clock
  /** how many keys at once */
  workers: number
  /** works on one key; its answer is when to look at the key again (undefined: not by itself). A rejection backs off. */
  work(key: string): Promise<number | undefined>
  backoff?: Backoff
  /** told about every rejection, after which the key is retried */
  failed?(key: string, error: unknown, retryInMs: number): void
}

export interface WorkQueue {
  /** as soon as a worker is free */
  add(key: string): void
  /** after `ms`, unless something adds it earlier; an earlier date wins over a later one */
  addAfter(key: string, ms: number): void
  /** drops a key that is waiting, its date and its failures; work under way is not interrupted */
  forget(key: string): void
  /** stops taking work and resolves when what is under way has ended */
  drain(): Promise<void>
  readonly depth: number
}

const defaultBackoff: Backoff = { firstMs: 500, maxMs: 60_000 }

export const workQueue = (options: QueueOptions): WorkQueue => {
  const { clock, workers, work, backoff = defaultBackoff } = options
  const ready: string[] = []
  const waiting = new Set<string>()
  const working = new Set<string>()
  const again = new Set<string>()
  const dates = new Map<string, { at: number; cancel: () => void }>()
  const failures = new Map<string, number>()
  const idle: (() => void)[] = []
  let stopped = false

  const undate = (key: string) => {
    dates.get(key)?.cancel()
    dates.delete(key)
  }

  const add = (key: string) => {
    if (stopped) return
    undate(key)
    if (working.has(key)) {
      again.add(key)
      return
    }
    if (waiting.has(key)) return
    waiting.add(key)
    ready.push(key)
    pump()
  }

  const addAfter = (key: string, ms: number) => {
    if (stopped) return
    if (ms <= 0) return add(key)
    const at = clock.now() + ms
    const dated = dates.get(key)
    if (dated && dated.at <= at) return
    dated?.cancel()
    dates.set(key, { at, cancel: clock.after(ms, () => (dates.delete(key), add(key))) })
  }

  const run = async (key: string) => {
    let lookAgainMs: number | undefined
    try {
      lookAgainMs = await work(key)
      failures.delete(key)
    } catch (error) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      lookAgainMs = Math.min(backoff.firstMs * 2 ** Math.min(count, 30), backoff.maxMs)
      options.failed?.(key, error, lookAgainMs)
    }
    working.delete(key)
    if (again.delete(key)) add(key)
    else if (lookAgainMs !== undefined) addAfter(key, lookAgainMs)
    pump()
    if (working.size === 0) for (const done of idle.splice(0)) done()
  }

  const pump = () => {
    while (!stopped && working.size < workers) {
      const key = ready.shift()
      if (key === undefined) return
      waiting.delete(key)
      working.add(key)
      void run(key)
    }
  }

  return {
    add,
    addAfter,
    forget(key) {
      undate(key)
      failures.delete(key)
      again.delete(key)
      if (waiting.delete(key)) ready.splice(ready.indexOf(key), 1)
    },
    async drain() {
      stopped = true
      for (const key of dates.keys()) undate(key)
      ready.length = 0
      waiting.clear()
      again.clear()
      if (working.size > 0) await new Promise<void>((done) => idle.push(done))
    },
    get depth() {
      return ready.length
    },
  }
}
