/** The face of the machinery: what the HTTP side, the in-memory transport and the simulation code against. */
import type { KubeTransport } from '@drey/reconcile'
import type { ApiReply, ApiRequest, UserInfo } from './types.ts'
import type { Store } from './store.ts'
import type { Persist } from './persist.ts'
import type { CallWebhook } from './admission.ts'

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

export interface SubresourceInfo {
  /** `status`, `scale`, `log`, `binding` … */
  name: string
  /** what the subresource speaks: `Deployment` for status, `Scale` for scale */
  kind: string
  /** set where it differs from the resource's own (`autoscaling`/`v1` for scale) */
  group?: string
  version?: string
  verbs: readonly string[]
}

/** A column as in CRDs; `jsonPath` is the simple path (`.spec.replicas`), without braces. */
export interface PrinterColumn {
  name: string
  type: string
  format?: string
  description?: string
  priority?: number
  jsonPath: string
}

/** One served group/version/resource: a built-in kind or a version of a live CRD. */
export interface ResourceInfo {
  group: string
  version: string
  /** plural, lower case */
  resource: string
  singular: string
  kind: string
  listKind: string
  shortNames: readonly string[]
  categories: readonly string[]
  namespaced: boolean
  verbs: readonly Verb[]
  subresources: readonly SubresourceInfo[]
  /** the OpenAPI v3 schema as JSON (`x-kubernetes-*` included); always there for CRDs, absent where none is known */
  schema?: Record<string, unknown>
  /** for CRDs; built-in kinds have their own tables */
  printerColumns?: readonly PrinterColumn[]
  selectableFields?: readonly string[]
  /** `crd` when it comes from a CustomResourceDefinition */
  origin: 'builtin' | 'crd'
  /** objects are stored in this version; true for all built-in kinds */
  storage: boolean
  /** the CRD calls this version deprecated; writers and readers get the warning */
  deprecated?: boolean
  deprecationWarning?: string
}

/** What a path means, after the first look. `name` and `subresource` are absent for collections. */
export interface RequestInfo {
  /** the Kubernetes verb: get list watch create update patch delete deletecollection */
  verb: string
  group: string
  version: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
  /** the rest of the path after `…/proxy/` or `…/portforward`, when there is more */
  rest?: string
}

/** Requests the machinery does not answer itself (streams, tokens, access reviews). Consulted first, in the order given. */
export interface Extension {
  matches(info: RequestInfo): boolean
  handle(request: ApiRequest, info: RequestInfo): Promise<ApiReply> | ApiReply
}

export interface ApiServerOptions {
  clock: {
    now(): number
    /** needed for watch time-outs, bookmarks and Event expiry; absent: `tick()` drives them */
    after?(ms: number, then: () => void): () => void
  }
  /** 0 ≤ x < 1; the source of uids and generated names */
  random: () => number
  persist?: Persist
  /** PEM of the cluster CA, for the `kube-root-ca.crt` ConfigMaps; empty: none are made */
  caCertificate?: string
  /** default 10.96.0.0/16, as kubeadm's */
  serviceCidr?: string
  /** how long old revisions answer lists, continue tokens and watches; default 5 minutes and 4,096 changes of each kind */
  historySize?: number
  historyMs?: number
  /** default 1 h */
  eventTtlMs?: number
  callWebhook?: CallWebhook
  /** default true: run garbage collection, namespace deletion and default objects after each commit */
  collect?: boolean
  /** tests: deep-freezes every object that enters the store */
  freeze?: boolean
}

export interface ApiServer {
  /** Every answer is a value; it never rejects (an unforeseen error becomes a 500 Status). No authorisation happens here. */
  handle(request: ApiRequest): Promise<ApiReply>
  readonly store: Store
  /** built-in kinds and live CRDs; a new array whenever it changed */
  resources(): readonly ResourceInfo[]
  /** called after CRDs came, went or changed; the returned function ends it */
  onResourcesChanged(listener: () => void): () => void
  /** registers a handler for requests that are not the machinery's own; the latest wins */
  extend(extension: Extension): void
  /** the port in memory, as the given user; objects are shared, nothing is serialised */
  transport(user: UserInfo, userAgent?: string): KubeTransport
  /** runs due timers (Event expiry, watch time-outs, history) when the clock has no `after` */
  tick(): void
  /** resolves when everything committed so far is durable */
  flushed(): Promise<void>
  close(): Promise<void>
}
