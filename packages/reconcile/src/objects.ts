/** The Kubernetes shapes every layer speaks about, as plain data. Detailed kinds come as types from `kubernetes-types`. */

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  generateName?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: unknown[]
}

/** Any Kubernetes object. Objects that come out of a cache or the embedded store are shared: never change them in place. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

/** Which resource of the API a request speaks about. `group` is '' for the core group. */
export interface ResourceType {
  group: string
  version: string
  /** plural, lower case: `pods`, `flinkdeployments` */
  resource: string
  kind: string
  namespaced: boolean
}

/** One named object. `namespace` is absent for cluster-scoped kinds. */
export interface Ref {
  type: ResourceType
  namespace?: string
  name: string
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  object: T
}

/** The body of every Kubernetes error answer. */
export interface Status {
  apiVersion: 'v1'
  kind: 'Status'
  metadata?: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  code?: number
  details?: {
    name?: string
    group?: string
    kind?: string
    uid?: string
    causes?: { reason?: string; message?: string; field?: string }[]
    retryAfterSeconds?: number
  }
}

export const apiVersionOf = (type: ResourceType): string =>
  type.group ? `${type.group}/${type.version}` : type.version

/** The path of a resource, one object of it, or a subresource: the only place that builds such paths. */
export const pathOf = (
  type: ResourceType,
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string =>
  [
    type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`,
    ...(type.namespaced && at.namespace ? ['namespaces', encodeURIComponent(at.namespace)] : []),
    type.resource,
    ...(at.name ? [encodeURIComponent(at.name)] : []),
    ...(at.subresource ? [at.subresource] : []),
  ].join('/')

export const keyOf = (object: { metadata: { namespace?: string; name: string } }): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name
