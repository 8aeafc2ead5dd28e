/**
 * ConfigMaps and Secrets that pods of this node mount, each watched by its own name, as a kubelet does: nothing is read
 * that no pod refers to, and a change reaches the mounted files.
 */
import { configMaps, informer, secrets, type Informer } from '@drey/kube'
import type { Clock, KubeObject, KubeTransport } from '@drey/reconcile'

export type ReferenceKind = 'ConfigMap' | 'Secret'

/** Contents by key; undefined: there is no such object. */
export type Contents = ReadonlyMap<string, Buffer> | undefined

export interface References {
  /** the contents now; the first question about an object opens its watch, kept until `release` by the last holder */
  read(holder: string, kind: ReferenceKind, namespace: string, name: string): Promise<Contents>
  release(holder: string): void
  close(): void
}

interface Watched {
  informer: Informer
  synced: Promise<void>
  holders: Set<string>
}

export const references = (options: {
  transport: KubeTransport
  clock: Clock
  random: () => number
  /** told when something a holder reads has changed */
  changed(holder: string): void
  trouble?(error: unknown): void
}): References => {
  const watched = new Map<string, Watched>()

  const watch = (kind: ReferenceKind, namespace: string, name: string): Watched => {
    const holders = new Set<string>()
    const cache = informer({
      transport: options.transport,
      clock: options.clock,
      random: options.random,
      type: kind === 'ConfigMap' ? configMaps : secrets,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      ...(options.trouble ? { trouble: options.trouble } : {}),
    })
    cache.onChange(() => {
      for (const holder of holders) options.changed(holder)
    })
    return { informer: cache, synced: cache.start(), holders }
  }

  return {
    async read(holder, kind, namespace, name) {
      const key = `${kind}/${namespace}/${name}`
      const entry = watched.get(key) ?? watch(kind, namespace, name)
      watched.set(key, entry)
      await entry.synced
      entry.holders.add(holder)
      const object = entry.informer.get(`${namespace}/${name}`)
      return object && contentsOf(object)
    },
    release(holder) {
      for (const [key, entry] of watched) {
        entry.holders.delete(holder)
        if (entry.holders.size > 0) continue
        entry.informer.close()
        watched.delete(key)
      }
    },
    close() {
      for (const entry of watched.values()) entry.informer.close()
      watched.clear()
    },
  }
}

export const contentsOf = (object: KubeObject): Map<string, Buffer> => {
  const text = (object['data'] ?? {}) as Record<string, string>
  const binary = (object['binaryData'] ?? {}) as Record<string, string>
  const secret = object.kind === 'Secret'
  return new Map([
    ...Object.entries(text).map(
      ([key, value]) => [key, Buffer.from(value, secret ? 'base64' : 'utf8')] satisfies [string, Buffer],
    ),
    ...Object.entries(binary).map(([key, value]) => [key, Buffer.from(value, 'base64')] satisfies [string, Buffer]),
  ])
}

/** The same as text, for environments. */
export const textsOf = (contents: Contents): Record<string, string> | undefined =>
  contents && Object.fromEntries([...contents].map(([key, value]) => [key, value.toString('utf8')]))
