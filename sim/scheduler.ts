/**
 * The one scheduler of a simulated world: a virtual clock and a queue of events. Everything that takes time (timers, replies of
 * ports, work inside Flink, what users do) is an event here, so that a seed decides the order of all things and months pass in
 * milliseconds. Between two events all promises are drained, so that no order is left to the machine.
 */
import type { Clock } from '@drey/reconcile'

export interface Scheduler extends Clock {
  /** how many events have happened */
  readonly events: number
  /** when the next event is due; undefined: nothing will ever happen any more */
  readonly nextAt: number | undefined
  /** lets the next event happen and everything that follows from it without time passing */
  step(): Promise<boolean>
  /**
   * Lets events happen until the clock shows `at`, or until `goesOn`, which is asked before each of them, says no; each with everything
   * that follows from it without time passing.
   */
  runTo(at: number, goesOn?: () => boolean): Promise<void>
}

interface Event {
  at: number
  order: number
  run: (() => void) | undefined
}

/** 2026-01-01T00:00:00Z: a whole second, so that Kubernetes' times are easy to read */
export const beginning = 1_767_225_600_000

export const scheduler = (): Scheduler => {
  const heap: Event[] = []
  let now = beginning
  let order = 0
  let events = 0

  const earlier = (a: Event, b: Event) => a.at < b.at || (a.at === b.at && a.order < b.order)

  const push = (event: Event) => {
    let i = heap.length
    heap.push(event)
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent] as Event
      if (!earlier(event, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = event
  }

  const pop = (): Event | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && earlier(heap[child + 1] as Event, heap[child] as Event)) child++
      if (!earlier(heap[child] as Event, last)) break
      heap[i] = heap[child] as Event
      i = child
    }
    heap[i] = last
    return first
  }

  const skipCancelled = () => {
    while (heap[0] && !heap[0].run) pop()
  }

  const self: Scheduler = {
    now: () => now,
    after(ms, then) {
      // Whole milliseconds, as every real clock shows.
      const event: Event = { at: now + Math.max(0, Math.ceil(ms)), order: order++, run: then }
      push(event)
      return () => {
        event.run = undefined
      }
    },
    get events() {
      return events
    },
    get nextAt() {
      skipCancelled()
      return heap[0]?.at
    },
    async step() {
      const at = self.nextAt
      if (at === undefined) return false
      let first = true
      await self.runTo(at, () => first && !(first = false))
      return true
    },
    runTo: (at, goesOn = () => true) =>
      // One turn of the event loop for all of them: a turn for each would cost more than most events do.
      new Promise((resolve, reject) =>
        setImmediate(() => {
          try {
            while (goesOn()) {
              skipCancelled()
              if (!heap[0] || heap[0].at > at) {
                now = Math.max(now, at)
                break
              }
              const { at: due, run } = pop() as Event
              now = Math.max(now, due)
              events++
              run?.()
              drain()
            }
            resolve()
          } catch (error) {
            reject(error as Error)
          }
        }),
      ),
  }
  return self
}

/** What the event loop does between two of its callbacks: settles all promises that wait for nothing but other promises. */
const drain = (process as unknown as { _tickCallback(): void })._tickCallback

/** All promises that wait for nothing but other promises have been settled after this. */
export const drained = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
