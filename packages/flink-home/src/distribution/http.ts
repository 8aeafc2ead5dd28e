/** HTTPS as this machine is set up for it: proxies of the environment, extra certificates, redirects. */
import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { EnvHttpProxyAgent, interceptors, request } from 'undici'
import type { Dispatcher } from 'undici'
import { FlinkHomeError } from '../errors.ts'
import type { Registries } from './registries.ts'

export interface Http {
  /** A text, or undefined when the server has no such thing (404, 410). */
  text(url: string, accept?: string, signal?: AbortSignal): Promise<{ text: string; type: string } | undefined>
  /** The raw answer; the caller must consume or destroy its body. */
  get(url: string, headers?: Record<string, string>, signal?: AbortSignal): Promise<Dispatcher.ResponseData>
  close(): Promise<void>
}

export const httpClient = (registries: Registries): Http => {
  const tls = { ca: trusted(registries.certificates) }
  const agent = new EnvHttpProxyAgent({
    connect: { ...tls, timeout: 20_000 },
    requestTls: tls,
    proxyTls: tls,
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
  })
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 }))

  const get: Http['get'] = async (url, headers = {}, signal) => {
    const { address, authorization } = splitCredentials(url)
    try {
      return await request(address, {
        dispatcher,
        headers: { 'user-agent': 'drey', ...authorization, ...headers },
        ...(signal ? { signal } : {}),
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw unreachable(url, cause)
    }
  }

  return {
    get,
    async text(url, accept = '*/*', signal) {
      const answer = await retried(() => get(url, { accept }, signal), signal)
      if (answer.statusCode === 404 || answer.statusCode === 410) return void (await answer.body.dump())
      if (answer.statusCode !== 200) {
        await answer.body.dump()
        throw unreachable(url, new Error(`HTTP ${answer.statusCode}`))
      }
      return { text: await answer.body.text(), type: String(answer.headers['content-type'] ?? '') }
    },
    close: () => agent.close(),
  }
}

/** A failed look at a registry, in words that name the host. */
export const unreachable = (url: string, cause: unknown): FlinkHomeError => {
  const why =
    cause instanceof Error ? cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name) : String(cause)
  const host = URL.canParse(url) ? new URL(url).host : url
  return new FlinkHomeError(
    'REGISTRY_UNREACHABLE',
    `${host} did not give ${withoutCredentials(url)} (${why}).`,
    'Check the network, the proxy variables, PIP_INDEX_URL and ~/.m2/settings.xml; `drey flink add VERSION --from DIR|TGZ` needs no network.',
    { cause },
  )
}

/** Asks up to four times while the server is overloaded or the connection breaks. */
const retried = async (
  ask: () => Promise<Dispatcher.ResponseData>,
  signal: AbortSignal | undefined,
): Promise<Dispatcher.ResponseData> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await ask()
      if (answer.statusCode < 500 && answer.statusCode !== 429) return answer
      if (attempt === 4) return answer
      await answer.body.dump()
    } catch (error) {
      if (attempt === 4 || signal?.aborted) throw error
    }
    await pause(300 * 2 ** attempt, signal)
  }
}

/** Waits; an abort ends the wait with the signal's reason. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })

/** Mirrors are often written with user and password in the address; those belong into a header, and into no message. */
const splitCredentials = (url: string): { address: string; authorization: Record<string, string> } => {
  const parsed = new URL(url)
  if (!parsed.username) return { address: url, authorization: {} }
  const user = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`
  return {
    address: withoutCredentials(url),
    authorization: { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
  }
}

const withoutCredentials = (url: string): string => {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}

const trusted = (files: readonly string[]): string[] => [
  ...getCACertificates('default'),
  ...files.flatMap((file) => {
    try {
      return [readFileSync(file, 'utf8')]
    } catch {
      return []
    }
  }),
]
