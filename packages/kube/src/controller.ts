/** Runs a cycle for every object of one informer: changes wake keys, the queue calls the cycle, closing drains it. */
import {
  cycle,
  keyOf,
  workQueue,
  type Backoff,
  type Clock,
  type CyclePorts,
  type Kind,
  type KubeObject,
  type Told,
  type WorkQueue,
} from '@drey/reconcile'
import type { Informer } from './informer.ts'

export interface ControllerOptions<R extends KubeObject, O, S, A> {
  clock: Clock
  kind: Kind<R, O, S, A>
  informer: Informer<R>
  ports: CyclePorts<R, S, A>
  workers?: number
  backoff?: Backoff
  told?(pass: Told<R, O, S, A>): void
  failed?(key: string, error: unknown, retryInMs: number): void
}

export interface Controller {
  /** look at this key soon: something it depends on has changed */
  wake(key: string): void
  /** wakes everything that is known now; call once the informers have synced */
  start(): void
  close(): Promise<void>
  readonly queue: WorkQueue
}

export const controller = <R extends KubeObject, O, S, A>(options: ControllerOptions<R, O, S, A>): Controller => {
  const { informer, kind, ports, clock } = options
  const queue = workQueue({
    clock,
    workers: options.workers ?? 16,
    work: cycle(kind, ports, options.told),
    ...(options.backoff ? { backoff: options.backoff } : {}),
    ...(options.failed ? { failed: options.failed } : {}),
  })
  let running = false
  const unsubscribe = informer.onChange(({ old, now }) => {
    if (!running) return
    if (now) queue.add(keyOf(now))
    else if (old) queue.forget(keyOf(old))
  })
  return {
    queue,
    wake: (key) => running && queue.add(key),
    start() {
      running = true
      for (const object of informer.list()) queue.add(keyOf(object))
    },
    async close() {
      running = false
      unsubscribe()
      await queue.drain()
    },
  }
}
