/**
 * One life of the operator's process: its ports to the world, through which all faults come. When it dies, nothing reaches it any
 * more (no reply, no event, no timer), but a request that had left still arrives.
 */
import { FlinkUnreachable, type FlinkHttp } from '@drey/flink'
import type { Clock, KubeObject, KubeRequest, KubeResponse, KubeTransport, WatchEvent } from '@drey/reconcile'
import type { Moment } from './alike.ts'
import type { Call, Fault, FaultPlan } from './faults.ts'
import type { Scheduler } from './scheduler.ts'

export interface Process {
  readonly alive: boolean
  clock: Clock
  transport: KubeTransport
  flinkHttp: FlinkHttp
  /** breaks every open watch, as a restarted API server does */
  breakWatches(how: 'gap' | '410'): void
  kill(): void
}

export interface ProcessOptions {
  scheduler: Pick<Scheduler, 'now' | 'after'>
  transport: KubeTransport
  flinkHttp: FlinkHttp
  /** how long one way takes */
  latencyMs(): number
  /** how much later than its commit an event reaches this watch */
  watchLagMs(path: string): number
  /** how wrong this machine's clock is */
  clockOffsetMs(): number
  plan: FaultPlan
  nextCall(): number
  moment(): Moment
  /** told about each call when it is made, and about the fault it meets */
  called(
    call: Call,
    request: KubeRequest | { method: string; path: string; body?: unknown; base: string },
    fault: Fault | undefined,
  ): void
  died(): void
}

/** An answer that never comes; one of its own each time, since a promise holds on to everybody who waits for it. */
const never = (): Promise<never> => new Promise<never>(() => {})
/** why a watch of a dead life ends; given, because making up an error for each costs more than the watch */
const over = new Error('over')
/** how long a request without an answer is waited for */
const patienceMs = 30_000

const isQuiet = (request: KubeRequest): boolean =>
  // Lists of informers happen at start and after breaks; their order says nothing about what the operator does.
  request.method === 'GET' && request.query?.['limit'] !== undefined

export const process = (o: ProcessOptions): Process => {
  const { scheduler } = o
  let alive = true
  const streams = new Set<(how: 'gap' | '410' | 'end') => void>()
  const timers = new Set<() => void>()

  const clock: Clock = {
    now: () => scheduler.now() + o.clockOffsetMs(),
    after(ms, then) {
      const cancel = scheduler.after(ms, () => {
        timers.delete(cancel)
        if (alive) then()
      })
      timers.add(cancel)
      return () => {
        timers.delete(cancel)
        cancel()
      }
    },
  }
  const later = (ms: number) => new Promise<void>((resolve) => void scheduler.after(ms, () => resolve()))
  const kill = () => {
    if (!alive) return
    alive = false
    for (const cancel of timers) cancel()
    for (const end of [...streams]) end('end')
    o.died()
  }

  /** One call with its fault. `run` has the effect; `answers` makes an error answer; `silence` is what no answer means. */
  const call = async <T>(
    one: Call | undefined,
    fault: Fault | undefined,
    run: () => Promise<T>,
    errorAnswer: (status: number) => T,
    silence: () => Error,
    timeoutMs: number,
  ): Promise<T> => {
    if (!alive) return never()
    if (fault?.do === 'crash' && fault.when === 'before') {
      kill()
      return never()
    }
    const there = o.latencyMs() + (fault?.do === 'delay' ? fault.ms / 2 : 0)
    const back = o.latencyMs() + (fault?.do === 'delay' ? fault.ms / 2 : 0)
    const arrive = async (): Promise<T> => {
      if (!alive) return never()
      await later(back)
      return alive ? (undefined as T) : never()
    }
    if (fault?.do === 'arrive late') {
      // On its way for longer than anybody waits for an answer: done when it is no longer expected.
      scheduler.after(fault.ms, () => void run().then(undefined, () => {}))
      await later(timeoutMs)
      if (!alive) return never()
      throw silence()
    }
    const tooLate = there + back > timeoutMs
    await later(there)
    if (fault?.do === 'refuse') {
      await arrive()
      throw silence()
    }
    if (fault?.do === 'answer' && !fault.effect) {
      await arrive()
      return errorAnswer(fault.status)
    }
    let result: T
    try {
      result = await run()
      if (one) one.done = o.moment()
    } catch (error) {
      await arrive()
      throw error
    }
    if (fault?.do === 'crash') {
      kill()
      return never()
    }
    if (fault?.do === 'lose the answer' || tooLate) {
      await later(Math.max(0, timeoutMs - there))
      if (!alive) return never()
      throw silence()
    }
    await arrive()
    return fault?.do === 'answer' ? errorAnswer(fault.status) : result
  }

  const transport: KubeTransport = {
    async send(request) {
      if (!alive) return never()
      if (isQuiet(request)) {
        return call<KubeResponse>(
          undefined,
          undefined,
          () => o.transport.send(request),
          statusAnswer,
          () => new Error('connection reset'),
          patienceMs,
        )
      }
      const one: Call = {
        n: o.nextCall(),
        port: 'kube',
        method: request.method,
        path: request.path,
        writes: request.method !== 'GET',
        made: o.moment(),
      }
      const fault = o.plan(one)
      o.called(one, request, fault)
      return call(
        one,
        fault,
        () => o.transport.send(request),
        statusAnswer,
        () => new Error('connection reset'),
        patienceMs,
      )
    },
    watch: (request) => watch(request),
  }

  async function* watch(request: KubeRequest): AsyncGenerator<WatchEvent<KubeObject>> {
    if (!alive) return await never()
    await later(o.latencyMs())
    const stop = new AbortController()
    const queue: (WatchEvent<KubeObject> | 'end' | Error)[] = []
    let wake: (() => void) | undefined
    let lastAt = 0
    /** Events of one watch stay in order, however late. */
    const deliver = (item: WatchEvent<KubeObject> | 'end' | Error) => {
      const at = Math.max(lastAt, scheduler.now() + o.latencyMs() + o.watchLagMs(request.path))
      lastAt = at
      scheduler.after(at - scheduler.now(), () => {
        queue.push(item)
        wake?.()
      })
    }
    const end = (how: 'gap' | '410' | 'end') => {
      streams.delete(end)
      stop.abort(over)
      if (how === 'gap') queue.push(new Error('connection reset'))
      if (how === '410')
        queue.push({
          type: 'ERROR',
          object: { kind: 'Status', apiVersion: 'v1', code: 410, reason: 'Expired', message: 'too old' } as never,
        })
      if (how !== 'end') wake?.()
    }
    streams.add(end)
    const signal = request.signal
    signal?.addEventListener('abort', () => end('end'), { once: true })
    void (async () => {
      try {
        for await (const event of o.transport.watch({ ...request, signal: stop.signal })) deliver(event)
        if (!stop.signal.aborted) deliver('end')
      } catch (error) {
        deliver(error as Error)
      }
    })()
    try {
      for (;;) {
        while (queue.length > 0) {
          if (!alive) return await never()
          if (signal?.aborted) return
          const item = queue.shift()
          if (item === 'end') return
          if (item instanceof Error) throw item
          if (item) yield item
        }
        if (signal?.aborted) return
        await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      streams.delete(end)
      stop.abort(over)
    }
  }

  const flinkHttp: FlinkHttp = async (request) => {
    if (!alive) return never()
    const one: Call = {
      n: o.nextCall(),
      port: 'flink',
      method: request.method,
      path: request.path,
      writes: request.method !== 'GET',
      made: o.moment(),
    }
    const fault = o.plan(one)
    o.called(one, request, fault)
    return call(
      one,
      fault,
      () => o.flinkHttp(request),
      (status) => ({
        status,
        body: {
          errors: [
            status === 503
              ? 'Service temporarily unavailable due to an ongoing leader election. Please refresh.'
              : 'Internal server error.',
          ],
        },
      }),
      () => new FlinkUnreachable(`no answer from ${request.base}`, true),
      request.timeoutMs,
    )
  }

  return {
    get alive() {
      return alive
    },
    clock,
    transport,
    flinkHttp,
    breakWatches(how) {
      for (const end of [...streams]) end(how)
    },
    kill,
  }
}

const reasons: Readonly<Record<number, string>> = {
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
}

const statusAnswer = (status: number): KubeResponse => ({
  status,
  body: {
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code: status,
    reason: reasons[status] ?? '',
    message: `injected ${status}`,
  },
})
