/** What is special about a kind: defaults, what a client may not write, validation. The generic write path calls these. */
import type { KubeObject } from '@drey/reconcile'
import type { Cause } from '../errors.ts'
import type { Store } from '../store.ts'

/** An object under construction: only the write path and strategies change it. */
export type Draft = KubeObject & { [field: string]: any }

export interface WriteContext {
  store: Store
  /** milliseconds */
  now: number
  /** RFC 3339, seconds */
  time: string
  random: () => number
  warnings: string[]
  dryRun: boolean
}

export interface Strategy {
  /** fills in what the real server fills in while decoding; runs on every write */
  defaults?(draft: Draft): void
  /** the same for the status, on writes of it */
  statusDefaults?(draft: Draft): void
  /** after defaults, before validation: allocations, resets, admission of the real server's own plug-ins */
  create?(draft: Draft, context: WriteContext): void
  update?(draft: Draft, old: KubeObject, context: WriteContext): void
  validate?(draft: Draft, old: KubeObject | undefined): Cause[]
  /** for the kinds whose answers differ per field in a status write */
  validateStatus?(draft: Draft, old: KubeObject): Cause[]
  /** after the commit: releasing what was allocated */
  removed?(object: KubeObject): void
  /** the kind counts changes of its spec in metadata.generation; Deployments those of annotations, too */
  generation?: boolean | 'annotations'
  /** the object has status that only its subresource writes */
  status?: boolean
  /** name rule; default a DNS subdomain */
  name?: (name: string, generated: boolean) => string | undefined
  /** a PUT without resourceVersion is refused, as for all custom resources */
  versionRequired?: boolean
  /** a finalizer that a deletion adds: someone has to clean up first */
  endsWith?: string
  /** how long a deletion waits for someone (the kubelet) to finish it; 0: removed at once */
  grace?(object: KubeObject, requested: number | undefined): number
}
