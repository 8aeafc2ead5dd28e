/** The controllers that belong to the data itself: garbage, namespaces, protection finalizers, expiry. */
import { expireEvents, type ExpiryClock } from './collect/expiry.ts'
import { collectGarbage } from './collect/garbage.ts'
import { endNamespaces, furnishNamespaces } from './collect/namespaces.ts'
import { clearTaints } from './collect/nodes.ts'
import { protectVolumes } from './collect/protection.ts'
import type { Registry } from './resources.ts'
import type { Machine } from './machine.ts'

export interface CollectOptions {
  caCertificate: string
  eventTtlMs: number
  clock: ExpiryClock
}

export const startCollecting = (
  machine: Machine,
  registry: Registry,
  options: CollectOptions,
): { sweep(): void; stop(): void } => {
  const garbage = collectGarbage(machine, registry)
  const expiry = expireEvents(machine.store, options.clock, options.eventTtlMs, garbage.retry)
  const stops = [
    garbage.stop,
    furnishNamespaces(machine, registry, options.caCertificate),
    endNamespaces(machine, registry),
    protectVolumes(machine.store),
    clearTaints(machine.store),
    expiry.stop,
  ]
  return { sweep: expiry.sweep, stop: () => stops.forEach((stop) => stop()) }
}
