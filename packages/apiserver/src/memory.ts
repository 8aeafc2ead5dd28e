/** The server as a `KubeTransport` in this process: no sockets, nothing serialised, objects shared. */
import {
  KubeError,
  type KubeRequest,
  type KubeResponse,
  type KubeTransport,
  type Status,
  type WatchEvent,
} from '@drey/reconcile'
import type { ApiReply, ApiRequest, UserInfo } from './types.ts'

export const inMemory = (
  handle: (request: ApiRequest) => Promise<ApiReply>,
  user: UserInfo,
  userAgent?: string,
): KubeTransport => {
  const ask = (request: KubeRequest, watch: boolean): Promise<ApiReply> => {
    const query = new URLSearchParams(request.query)
    if (watch) query.set('watch', 'true')
    return handle({
      method: request.method,
      path: request.path,
      query,
      ...(request.body === undefined ? {} : { body: request.body }),
      contentType: request.contentType ?? 'application/json',
      user,
      ...(userAgent ? { userAgent } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    })
  }
  return {
    async send(request): Promise<KubeResponse> {
      request.signal?.throwIfAborted()
      const reply = await ask(request, false)
      if ('watch' in reply) throw new Error('a watch was asked for with send')
      const retry = (reply.body as Partial<Status>).details?.retryAfterSeconds
      return { status: reply.status, body: reply.body, ...(retry === undefined ? {} : { retryAfterSeconds: retry }) }
    },
    async *watch(request): AsyncGenerator<WatchEvent> {
      const reply = await ask(request, true)
      if (!('watch' in reply)) throw new KubeError(reply.status, reply.body as Status, `watch ${request.path}`)
      const events: WatchEvent[] = []
      let wake: (() => void) | undefined
      let over = request.signal?.aborted ?? false
      const end = (): void => {
        over = true
        wake?.()
      }
      request.signal?.addEventListener('abort', end, { once: true })
      const stop = reply.watch.subscribe((event) => {
        events.push(event)
        wake?.()
      }, end)
      try {
        for (;;) {
          while (events.length) {
            if (request.signal?.aborted) return
            yield events.shift()!
          }
          if (over) return
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        stop()
        request.signal?.removeEventListener('abort', end)
      }
    },
  }
}
