/**
 * A status that the server would store without change is not written again. CRDs of an earlier release prune fields of it (Helm never
 * replaces CRDs): it would differ from what is stored at each look, and the write change nothing, for ever. Which fields those are is
 * read off each write; a write for another reason names them again, so newer CRDs are noticed.
 */
import { mergePatchOf } from '@drey/kube'
import type { CyclePorts, KubeObject } from '@drey/reconcile'

export const withoutFutileWrites = <R extends KubeObject & { status?: unknown }, S, A>(
  ports: CyclePorts<R, S, A>,
): CyclePorts<R, S, A> => {
  let pruned: readonly string[] = []
  const kept = (status: unknown) =>
    Object.fromEntries(Object.entries(status ?? {}).filter(([key]) => !pruned.includes(key)))
  return {
    ...ports,
    async record(resource, status, fence) {
      // A fence is there to be written: it stops whoever acts by an old state.
      if (!fence && pruned.length > 0 && mergePatchOf(kept(resource.status), kept(status)) === undefined)
        return resource
      const written = await ports.record(resource, status, fence)
      if (written) {
        const stored = Object(written.status ?? {}) as Record<string, unknown>
        pruned = Object.entries(status ?? {}).flatMap(([key, value]) =>
          isGiven(value) && !isGiven(stored[key]) ? [key] : [],
        )
      }
      return written
    },
  }
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null
