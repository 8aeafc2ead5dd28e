/**
 * The port to a JobManager's REST interface: one request, one answer. Carried by undici in production and by the Flink
 * model in simulation.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Agent, FormData, request, type buildConnector } from 'undici'
import { otherVersion } from './other-version.ts'

export interface FlinkRequest {
  /** for example `http://orders-rest.default:8081` */
  base: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** path with query, without `/v1` */
  path: string
  body?: unknown
  /** a jar of this machine to upload, instead of a body */
  upload?: { file: string; name: string }
  timeoutMs: number
}

export interface FlinkResponse {
  status: number
  /** parsed JSON, or the text */
  body: unknown
}

/** Rejects with `FlinkUnreachable` when there was no answer in time. */
export type FlinkHttp = (request: FlinkRequest) => Promise<FlinkResponse>

/** No answer: refused, reset, unknown host or too late. `timeout` tells the last from the others. */
export class FlinkUnreachable extends Error {
  readonly timeout: boolean
  constructor(message: string, timeout: boolean) {
    super(message)
    this.name = 'FlinkUnreachable'
    this.timeout = timeout
  }
}

/** An answer that is not 2xx. `errors` are Flink's own texts, often with a stack trace. */
export class FlinkError extends Error {
  readonly status: number
  readonly errors: readonly string[]
  constructor(status: number, errors: readonly string[], what: string) {
    super(`${what}: HTTP ${status}${errors[0] ? ` ${firstLineOf(errors)}` : ''}`)
    this.name = 'FlinkError'
    this.status = status
    this.errors = errors
  }
  /** the deepest cause, for a person: what it means where that is known, else the last `Caused by:` line, or the first line */
  get cause1(): string {
    return otherVersion(this.errors) ?? deepestCause(this.errors.join('\n'))
  }
}

/** Where a service name of the cluster lies for this process; undefined leaves the name to the resolver. */
export type ResolveHost = (host: string) => string | undefined

const maxAnswerBytes = 32 << 20

/** HTTP with a connection pool; keeps no connection longer than a few seconds, since JobManagers come and go. */
export const undiciFlink = (
  options: {
    resolve?: ResolveHost
    /** another way to a TCP port, for pods in network namespaces */ dial?: (
      host: string,
      port: number,
    ) => Promise<Duplex>
  } = {},
): { http: FlinkHttp; close(): Promise<void> } => {
  const { dial } = options
  const agent = new Agent({
    keepAliveTimeout: 4_000,
    connections: 4,
    maxResponseSize: maxAnswerBytes,
    connect: dial
      ? (to, done) => void connectThrough(dial, to.hostname, Number(to.port || 80), done)
      : { timeout: 3_000 },
  })
  const http: FlinkHttp = async (r) => {
    const url = new URL(`${r.base}/v1${r.path}`)
    const address = options.resolve?.(url.hostname)
    if (address) url.hostname = address
    let body: string | FormData | undefined
    if (r.upload) {
      const { openAsBlob } = await import('node:fs')
      body = new FormData()
      body.append(
        'jarfile',
        (await openAsBlob(r.upload.file, { type: 'application/x-java-archive' })) as never,
        r.upload.name,
      )
    } else if (r.body !== undefined) body = JSON.stringify(r.body)
    const signal = AbortSignal.timeout(r.timeoutMs)
    try {
      const response = await request(url, {
        dispatcher: agent,
        method: r.method,
        headersTimeout: r.timeoutMs,
        bodyTimeout: r.timeoutMs,
        signal,
        ...(body === undefined ? {} : { body }),
        ...(typeof body === 'string' ? { headers: { 'content-type': 'application/json' } } : {}),
      })
      const text = await response.body.text()
      return { status: response.statusCode, body: parse(text) }
    } catch (error) {
      const cause = error as Error & { code?: string }
      throw new FlinkUnreachable(
        signal.aborted
          ? `no answer from ${r.base} within ${r.timeoutMs} ms`
          : `${r.base}: ${cause.message || cause.code || 'unreachable'}`,
        signal.aborted,
      )
    }
  }
  return { http, close: () => agent.destroy() }
}

const parse = (text: string): unknown => {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return text
  }
}

const firstLineOf = (errors: readonly string[]): string =>
  (errors.find((text) => text.includes('\n')) ?? errors.at(-1) ?? '').split('\n', 1)[0] ?? ''

/** The last `Caused by:` line of a Java stack trace without its class path noise, or the first line. */
export const deepestCause = (trace: string): string => {
  const causes = trace.split('\n').filter((line) => line.startsWith('Caused by: '))
  return (causes.at(-1)?.slice('Caused by: '.length) ?? trace.split('\n', 1)[0] ?? '').trim()
}

const connectThrough = async (
  dial: (host: string, port: number) => Promise<Duplex>,
  host: string,
  port: number,
  done: buildConnector.Callback,
): Promise<void> => {
  let socket: Duplex
  try {
    socket = await dial(host, port)
  } catch (error) {
    return done(error as Error, null)
  }
  done(null, socket as Socket)
}
