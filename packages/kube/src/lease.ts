/**
 * Leader election by a Lease, with client-go's rules: whoever holds a Lease that was renewed within its duration leads;
 * everything is decided by our own clock since we last saw it change, never by comparing two machines' clocks.
 */
import { isConflict, isNotFound, KubeError, pause, type Clock, type KubeObject } from '@drey/reconcile'
import type { KubeClient } from './client.ts'
import { leases } from './types.ts'

export interface LeaseOptions {
  client: KubeClient
  clock: Clock
  namespace: string
  name: string
  /** unique per process */
  identity: string
  durationMs?: number
  renewMs?: number
  retryMs?: number
  signal: AbortSignal
}

interface Lease extends KubeObject {
  spec: {
    holderIdentity?: string
    leaseDurationSeconds?: number
    renewTime?: string
    acquireTime?: string
    leaseTransitions?: number
  }
}

/** Resolves when we lead. `lost` is called once if we then cannot renew in time: the caller must stop acting at once. */
export const lead = async (options: LeaseOptions, lost: () => void): Promise<void> => {
  const { client, clock, name, namespace, identity, signal } = options
  const durationMs = options.durationMs ?? 15_000
  const renewMs = options.renewMs ?? 10_000
  const retryMs = options.retryMs ?? 2_000
  const ref = { type: leases, namespace, name }
  let seen: { text: string; at: number } | undefined

  const tryOnce = async (): Promise<boolean> => {
    const now = new Date(clock.now()).toISOString().replace('Z', '000Z')
    const mine = { holderIdentity: identity, leaseDurationSeconds: Math.round(durationMs / 1000), renewTime: now }
    const have = await client.find<Lease>(ref)
    if (!have) {
      await client.create(leases, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name, namespace },
        spec: { ...mine, acquireTime: now, leaseTransitions: 0 },
      })
      return true
    }
    const text = JSON.stringify(have.spec)
    if (seen?.text !== text) seen = { text, at: clock.now() }
    const holder = have.spec.holderIdentity ?? ''
    const expired = clock.now() - seen.at > (have.spec.leaseDurationSeconds ?? 15) * 1000
    if (holder !== '' && holder !== identity && !expired) return false
    const taken = holder !== identity
    await client.replace(leases, {
      ...have,
      spec: {
        ...have.spec,
        ...mine,
        ...(taken ? { acquireTime: now, leaseTransitions: (have.spec.leaseTransitions ?? 0) + 1 } : {}),
      },
    })
    return true
  }
  const attempt = () =>
    tryOnce().catch((error: unknown) => {
      if (isConflict(error) || isNotFound(error) || error instanceof KubeError) return false
      return false
    })

  while (!(await attempt())) await pause(clock, retryMs, signal)
  void (async () => {
    let renewedAt = clock.now()
    while (!signal.aborted) {
      await pause(clock, renewMs / 2, signal).catch(() => {})
      if (signal.aborted) return
      if (await attempt()) renewedAt = clock.now()
      else if (clock.now() - renewedAt > renewMs) return lost()
    }
  })()
}
