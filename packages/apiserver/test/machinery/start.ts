/** A server for tests: a clock that stands still until moved, randomness from a seed, frozen objects. */
import { createApiServer } from '../../src/server.ts'
import type { ApiServer, ApiServerOptions } from '../../src/api-server.ts'
import type { KubeObjectList, ObjectReply } from '../../src/types.ts'
import type { KubeObject, Status, WatchEvent } from '@drey/reconcile'
import type { Step } from './stories.ts'

export const seeded = (seed = 1): (() => number) => {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return state / 4294967296
  }
}

export interface TestClock {
  now(): number
  after(ms: number, then: () => void): () => void
  /** moves time and runs what is due, in order */
  pass(ms: number): void
}
export const testClock = (start = Date.UTC(2026, 0, 1)): TestClock => {
  let now = start
  let timers: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after(ms, then) {
      const timer = { at: now + ms, run: then }
      timers.push(timer)
      return () => void (timers = timers.filter((one) => one !== timer))
    },
    pass(ms) {
      const end = now + ms
      for (;;) {
        const next = timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((one) => one !== next)
        now = next.at
        next.run()
      }
      now = end
    },
  }
}

export const admin = { name: 'admin', groups: ['system:masters'] }

export type TestServer = ApiServer & {
  clock: TestClock
  ask(step: Step): Promise<{ status: number; body: any; warnings?: readonly string[] }>
  /** events of a watch so far, growing */
  follow(path: string): Promise<{ events: WatchEvent[]; ended: boolean; stop(): void }>
}

export const startServer = (options: Partial<ApiServerOptions> = {}): TestServer => {
  const clock = testClock()
  const server = createApiServer({ clock, random: seeded(), freeze: true, ...options })
  const request = (step: Step) => {
    const url = new URL(step.path, 'http://server')
    return server.handle({
      method: step.method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      ...(step.body === undefined ? {} : { body: step.body }),
      contentType: step.contentType ?? 'application/json',
      user: admin,
      userAgent: 'tester/1.0',
    })
  }
  return Object.assign(server, {
    clock,
    async ask(step: Step) {
      const reply = (await request(step)) as ObjectReply
      return {
        status: reply.status,
        body: reply.body as KubeObject | KubeObjectList | Status,
        ...(reply.warnings ? { warnings: reply.warnings } : {}),
      }
    },
    async follow(path: string) {
      const reply = await request({ method: 'GET', path })
      if (!('watch' in reply)) throw new Error(JSON.stringify(reply.body))
      const seen = { events: [] as WatchEvent[], ended: false, stop: () => {} }
      seen.stop = reply.watch.subscribe(
        (event) => seen.events.push(event),
        () => (seen.ended = true),
      )
      return seen
    },
  })
}
