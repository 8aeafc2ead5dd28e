/**
 * The port to a Kubernetes API server. Implemented over HTTPS (`@drey/kube`), in memory by the embedded server
 * (`@drey/apiserver`), and by the simulation, which injects its faults here.
 */
import type { KubeObject, Status, WatchEvent } from './objects.ts'

export interface KubeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** absolute path without query, for example `/api/v1/namespaces/default/pods` */
  path: string
  query?: Record<string, string>
  /** a JSON value; never changed by the callee, never changed by the caller afterwards */
  body?: unknown
  /** default `application/json`; the patch type for PATCH */
  contentType?: string
  /** default `application/json`; for Tables. In memory it has no effect */
  accept?: string
  signal?: AbortSignal
}

export interface KubeResponse {
  status: number
  /** the parsed JSON answer: an object, a list or a `Status`; text where the server answers text (logs) */
  body: unknown
  /** seconds, from Retry-After */
  retryAfterSeconds?: number
}

export interface KubeTransport {
  /** Resolves for every HTTP status; rejects only when no answer came (network, abort, time-out). */
  send(request: KubeRequest): Promise<KubeResponse>
  /**
   * Opens a watch. Rejects with `KubeError` when it is refused; afterwards yields events until the server ends it (normal
   * return), the signal aborts (normal return) or the connection breaks (throws). ERROR events are yielded, not thrown.
   */
  watch(request: KubeRequest): AsyncIterable<WatchEvent<KubeObject>>
}

/** An answer that is not 2xx. */
export class KubeError extends Error {
  readonly code: number
  readonly reason: string
  readonly status: Status
  constructor(code: number, status: Partial<Status> | undefined, what: string) {
    super(status?.message ?? `${what}: HTTP ${code}`)
    this.name = 'KubeError'
    this.code = code
    this.reason = status?.reason ?? ''
    this.status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, ...status } as Status
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof KubeError && error.code === 404
export const isConflict = (error: unknown): boolean => error instanceof KubeError && error.code === 409
