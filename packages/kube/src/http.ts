/** The transport over HTTPS: one connection pool, JSON bodies, watches as lines. Credentials come from `kubeconfig.ts`. */
import type { Agent, Dispatcher } from 'undici'
import {
  KubeError,
  type KubeObject,
  type KubeRequest,
  type KubeTransport,
  type Status,
  type WatchEvent,
} from '@drey/reconcile'

export interface ClusterAccess {
  /** for example `https://127.0.0.1:6443` */
  server: string
  tls: {
    ca?: string | Buffer
    cert?: string | Buffer
    key?: string | Buffer
    servername?: string
    rejectUnauthorized?: boolean
  }
  /** fresh headers for a request (bearer tokens expire); asked again after a 401 */
  headers(fresh: boolean): Promise<Record<string, string | string[]>>
}

export interface HttpTransport extends KubeTransport {
  close(): Promise<void>
}

const requestTimeoutMs = 30_000
const brokenConnection = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

export const httpTransport = (access: ClusterAccess, userAgent = 'drey'): HttpTransport => {
  // Loaded with the first request, so that who only wants another part of this package does not wait for it.
  let client: Promise<{ agent: Agent; request: typeof import('undici').request }> | undefined
  const connected = () =>
    (client ??= import('undici').then(({ Agent, request }) => ({
      agent: new Agent({ connect: access.tls, connections: 64, bodyTimeout: 0, headersTimeout: requestTimeoutMs }),
      request,
    })))
  const url = (r: KubeRequest) => {
    const query = new URLSearchParams(r.query).toString()
    return access.server.replace(/\/$/, '') + r.path + (query ? `?${query}` : '')
  }
  const open = async (r: KubeRequest, fresh = false): Promise<Dispatcher.ResponseData> => {
    const { agent, request } = await connected()
    const response = await request(url(r), {
      dispatcher: agent,
      method: r.method,
      headers: {
        'user-agent': userAgent,
        accept: r.accept ?? 'application/json',
        ...(r.body !== undefined ? { 'content-type': r.contentType ?? 'application/json' } : {}),
        ...(await access.headers(fresh)),
      },
      ...(r.body !== undefined ? { body: JSON.stringify(r.body) } : {}),
      ...(r.signal ? { signal: r.signal } : {}),
    })
    if (response.statusCode !== 401 || fresh) return response
    await response.body.dump()
    return open(r, true)
  }
  const read = async (response: Dispatcher.ResponseData): Promise<unknown> => {
    const text = await response.body.text()
    const json = String(response.headers['content-type'] ?? '').startsWith('application/json')
    return json && text ? JSON.parse(text) : text
  }

  return {
    async send(r) {
      const response = await open(r).catch((error: unknown) => {
        // A kept connection that a restarted server no longer knows: a read may simply be asked again.
        if (r.method === 'GET' && brokenConnection.has((error as { code?: string }).code ?? '')) return open(r)
        throw error
      })
      const retryAfter = Number(response.headers['retry-after'])
      return {
        status: response.statusCode,
        body: await read(response),
        ...(Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
      }
    },
    async *watch(r): AsyncGenerator<WatchEvent<KubeObject>> {
      const response = await open(r)
      if (response.statusCode !== 200)
        throw new KubeError(response.statusCode, (await read(response)) as Partial<Status>, `watch ${r.path}`)
      try {
        for await (const line of lines(response.body)) yield JSON.parse(line) as WatchEvent
      } catch (error) {
        if (!r.signal?.aborted) throw error
      } finally {
        response.body.destroy()
      }
    },
    close: async () => (await client)?.agent.destroy(),
  }
}

/** Splits a byte stream at line feeds, keeping what is incomplete for the next chunk. */
async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let tail: Buffer | undefined
  for await (const chunk of body) {
    const bytes = tail ? Buffer.concat([tail, chunk]) : chunk
    let start = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      if (end > start) yield bytes.toString('utf8', start, end)
      start = end + 1
    }
    tail = start < bytes.length ? bytes.subarray(start) : undefined
  }
}
