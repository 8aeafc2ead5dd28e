/** The Kubernetes half of a cycle's ports: cache, finalizer, status under resourceVersion, events. */
import {
  isConflict,
  isNotFound,
  type CyclePorts,
  type KubeObject,
  type Note,
  type Outcome,
  type Ref,
} from '@drey/reconcile'
import type { KubeClient } from './client.ts'
import type { Informer } from './informer.ts'
import { mergePatchOf } from './merge-patch.ts'

export interface KubePortOptions<R extends KubeObject, A> {
  client: KubeClient
  informer: Informer<R>
  /** our finalizer; controllers without clean-up have none */
  finalizer?: string
  /**
   * Acts that need no new status are preceded by a write of the same one under the resourceVersion that was judged: whoever still acts
   * by an old state (a predecessor that has not noticed, a cache that lags) is stopped by the conflict (W-25). An API server takes such
   * a write without an event. Controllers that nobody else can stand beside do without.
   */
  fenced?: boolean
  act(resource: R, actions: readonly A[]): Promise<Outcome>
  notify?(resource: R, notes: readonly Note[]): Promise<void>
}

export const kubePorts = <R extends KubeObject & { status?: unknown }, S, A>(
  options: KubePortOptions<R, A>,
): CyclePorts<R, S, A> => {
  const { client, informer, finalizer } = options
  const refOf = (resource: R): Ref => ({
    type: informer.type,
    ...(resource.metadata.namespace ? { namespace: resource.metadata.namespace } : {}),
    name: resource.metadata.name,
  })
  const setFinalizers = async (resource: R, finalizers: string[]): Promise<R> => {
    const written = await client.merge<R>(refOf(resource), {
      metadata: { finalizers, resourceVersion: resource.metadata.resourceVersion },
    })
    if (!written.metadata.deletionTimestamp || finalizers.length > 0) informer.remember(written)
    return written
  }
  return {
    get: (key) => informer.get(key),
    async hold(resource) {
      const have = resource.metadata.finalizers ?? []
      if (!finalizer || have.includes(finalizer) || resource.metadata.deletionTimestamp) return resource
      return setFinalizers(resource, [...have, finalizer])
    },
    async release(resource) {
      const have = resource.metadata.finalizers ?? []
      if (!finalizer || !have.includes(finalizer)) return
      try {
        await setFinalizers(
          resource,
          have.filter((name) => name !== finalizer),
        )
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    },
    async record(resource, status, fence) {
      const patch = mergePatchOf(resource.status ?? {}, status)
      if (patch === undefined && !(fence && options.fenced)) return resource
      try {
        const written = await client.merge<R>(
          refOf(resource),
          {
            metadata: { resourceVersion: resource.metadata.resourceVersion },
            ...(patch === undefined ? {} : { status: patch }),
          },
          'status',
        )
        informer.remember(written)
        return written
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) return undefined
        throw error
      }
    },
    act: options.act,
    async notify(resource, notes) {
      await options.notify?.(resource, notes)
    },
  }
}
