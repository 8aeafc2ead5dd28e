/** The verbs of Kubernetes over a transport. Every answer that is not 2xx is thrown as `KubeError`. */
import {
  apiVersionOf,
  isConflict,
  isNotFound,
  KubeError,
  pathOf,
  type KubeObject,
  type KubeRequest,
  type KubeTransport,
  type Ref,
  type ResourceType,
  type Status,
} from '@drey/reconcile'

export interface ListOptions {
  namespace?: string
  labelSelector?: string
  fieldSelector?: string
  signal?: AbortSignal
}

export interface Listed<T> {
  items: T[]
  resourceVersion: string
}

export interface DeleteOptions {
  /** precondition: only this very object, never a successor of the same name */
  uid?: string
  /** precondition beside the uid: only as it was read, not after any change */
  resourceVersion?: string
  propagation?: 'Background' | 'Foreground' | 'Orphan'
  graceSeconds?: number
}

export interface KubeClient {
  transport: KubeTransport
  send<T = KubeObject>(request: KubeRequest): Promise<T>
  get<T extends KubeObject = KubeObject>(ref: Ref): Promise<T>
  /** undefined instead of 404 */
  find<T extends KubeObject = KubeObject>(ref: Ref): Promise<T | undefined>
  /** all pages of a list */
  list<T extends KubeObject = KubeObject>(type: ResourceType, options?: ListOptions): Promise<Listed<T>>
  create<T extends KubeObject>(type: ResourceType, object: T, fieldManager?: string): Promise<T>
  replace<T extends KubeObject>(type: ResourceType, object: T, subresource?: string): Promise<T>
  /** server-side apply; `force` takes over fields that another manager owns */
  apply<T extends KubeObject>(type: ResourceType, object: T, fieldManager: string, force?: boolean): Promise<T>
  /** JSON merge patch; `metadata.resourceVersion` inside it is a precondition */
  merge<T extends KubeObject = KubeObject>(ref: Ref, patch: unknown, subresource?: string): Promise<T>
  jsonPatch<T extends KubeObject = KubeObject>(ref: Ref, patch: unknown[], subresource?: string): Promise<T>
  /** 404 and a uid that no longer fits are fine: the object we meant is gone */
  remove(ref: Ref, options?: DeleteOptions): Promise<void>
}

const pageSize = '500'

export const kubeClient = (transport: KubeTransport): KubeClient => {
  const send = async <T>(request: KubeRequest): Promise<T> => {
    const { status, body } = await transport.send(request)
    if (status < 200 || status > 299) throw new KubeError(status, asStatus(body), `${request.method} ${request.path}`)
    return body as T
  }
  const at = (ref: Ref, subresource?: string) =>
    pathOf(ref.type, { namespace: ref.namespace, name: ref.name, ...(subresource ? { subresource } : {}) })
  const named = (type: ResourceType, object: KubeObject, subresource?: string) =>
    at(
      {
        type,
        ...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
        name: object.metadata.name,
      },
      subresource,
    )

  return {
    transport,
    send,
    get: (ref) => send({ method: 'GET', path: at(ref) }),
    async find(ref) {
      try {
        return await send({ method: 'GET', path: at(ref) })
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
    },
    async list<T extends KubeObject>(type: ResourceType, options: ListOptions = {}) {
      const items: T[] = []
      let next: string | undefined
      let resourceVersion: string
      do {
        const page: { items: T[]; metadata: { resourceVersion: string; continue?: string } } = await send({
          method: 'GET',
          path: pathOf(type, { namespace: options.namespace }),
          query: {
            limit: pageSize,
            ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
            ...(options.fieldSelector ? { fieldSelector: options.fieldSelector } : {}),
            ...(next ? { continue: next } : {}),
          },
          ...(options.signal ? { signal: options.signal } : {}),
        })
        // Items of a typed list carry no apiVersion and kind on a real API server.
        for (const item of page.items)
          items.push(item.kind ? item : { ...item, apiVersion: apiVersionOf(type), kind: type.kind })
        resourceVersion = page.metadata.resourceVersion
        next = page.metadata.continue || undefined
      } while (next)
      return { items, resourceVersion }
    },
    create: (type, object, fieldManager) =>
      send({
        method: 'POST',
        path: pathOf(type, { namespace: object.metadata.namespace }),
        body: object,
        ...(fieldManager ? { query: { fieldManager } } : {}),
      }),
    replace: (type, object, subresource) =>
      send({ method: 'PUT', path: named(type, object, subresource), body: object }),
    apply: (type, object, fieldManager, force = true) =>
      send({
        method: 'PATCH',
        path: named(type, object),
        query: { fieldManager, ...(force ? { force: 'true' } : {}) },
        contentType: 'application/apply-patch+yaml',
        body: object,
      }),
    merge: (ref, patch, subresource) =>
      send({ method: 'PATCH', path: at(ref, subresource), contentType: 'application/merge-patch+json', body: patch }),
    jsonPatch: (ref, patch, subresource) =>
      send({ method: 'PATCH', path: at(ref, subresource), contentType: 'application/json-patch+json', body: patch }),
    async remove(ref, options = {}) {
      try {
        await send({
          method: 'DELETE',
          path: at(ref),
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            ...(options.propagation ? { propagationPolicy: options.propagation } : {}),
            ...(options.graceSeconds !== undefined ? { gracePeriodSeconds: options.graceSeconds } : {}),
            ...(options.uid ? { preconditions: { uid: options.uid, ...asRead(options) } } : {}),
          },
        })
      } catch (error) {
        if (isNotFound(error)) return
        // A conflict may be the uid that no longer fits (fine: the object we meant is gone) or a passing collision of writers.
        if (options.uid === undefined || !isConflict(error)) throw error
        const successor = await this.find(ref)
        if (successor?.metadata.uid === options.uid) throw error
      }
    },
  }
}

const asRead = ({ resourceVersion }: DeleteOptions) => (resourceVersion ? { resourceVersion } : {})

const asStatus = (body: unknown): Partial<Status> | undefined =>
  typeof body === 'object' && body !== null && (body as Status).kind === 'Status'
    ? (body as Status)
    : typeof body === 'string' && body
      ? { message: body.slice(0, 1000) }
      : undefined
