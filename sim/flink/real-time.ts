/** The clock of a model that is served to real clients: a scheduler's, driven by the machine's. */
import { setTimeout, clearTimeout } from 'node:timers'
import type { Clock } from '@drey/reconcile'
import type { Scheduler } from '../scheduler.ts'

/** `speed`: how many times faster than the machine's clock. Nothing is deterministic here; that is the price of real clients. */
export const realTime = (o: { now(): number; speed?: number }): Scheduler & { close(): void } => {
  const speed = o.speed ?? 1
  const begun = o.now()
  const timers = new Set<NodeJS.Timeout>()
  let events = 0
  const clock: Clock = {
    now: () => Math.round(begun + (o.now() - begun) * speed),
    after(ms, then) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        events++
        then()
      }, ms / speed)
      timers.add(timer)
      return () => {
        timers.delete(timer)
        clearTimeout(timer)
      }
    },
  }
  return {
    ...clock,
    get events() {
      return events
    },
    nextAt: undefined,
    step: async () => false,
    runTo: (at) => new Promise((resolve) => void clock.after(Math.max(0, at - clock.now()), resolve)),
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
