/** Garbage collection. */
import type { Registry } from './resources.ts'
import type { Machine } from './write.ts'

export interface CollectOptions {
  caCertificate: string
  eventTtlMs: number
  clock: { now(): number; after?(ms: number, then: () => void): () => void }
}
export const startCollecting = (_machine: Machine, _registry: Registry, _options: CollectOptions): (() => void) => () => {}
