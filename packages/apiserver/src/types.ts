/** The seam between the machinery (store, writes, watches) and what carries it (HTTP, memory, simulation). */
import type { KubeObject, Status, WatchEvent } from '@drey/reconcile'

export interface UserInfo {
  name: string
  uid?: string
  groups: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

/** A request whose body is already decoded to a JSON value, whatever it was on the wire (JSON, YAML, protobuf). */
export interface ApiRequest {
  method: string
  /** path without query */
  path: string
  query: URLSearchParams
  body?: unknown
  /** media type without parameters; decides how a PATCH is read */
  contentType?: string
  user: UserInfo
  userAgent?: string
  /** aborts a watch or a long request when the client leaves */
  signal?: AbortSignal
}

export interface ObjectReply {
  status: number
  body: KubeObject | KubeObjectList | Status | Record<string, unknown>
  /** texts for `Warning: 299 - "…"` headers */
  warnings?: readonly string[]
  headers?: Readonly<Record<string, string>>
}

export interface KubeObjectList {
  apiVersion: string
  kind: string
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  items: readonly KubeObject[]
}

/**
 * An accepted watch. `subscribe` delivers the initial events and then every later one, in order and synchronously with the
 * commit; the returned function ends it. `ended` is called once when the server itself ends the watch (time-out, too old).
 */
export interface WatchReply {
  status: 200
  watch: {
    subscribe(listener: (event: WatchEvent) => void, ended: () => void): () => void
  }
}

export type ApiReply = ObjectReply | WatchReply
