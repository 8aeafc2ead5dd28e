/**
 * How many replicas each ReplicaSet should have next: one careful step of a rolling update, a recreation, or a change of
 * size in the middle of one. Sizes only; who is told is `decide.ts`.
 */
import { countOf } from '../decide.ts'
import type { Deployment, ReplicaSet } from '../types.ts'
import { desiredAnnotation } from './revisions.ts'

export interface Resize {
  set: ReplicaSet
  to: number
}

export const wantedOf = (deployment: Deployment): number => deployment.spec.replicas ?? 1
export const sizeOf = (set: ReplicaSet): number => set.spec.replicas ?? 1
const total = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + sizeOf(set), 0)
const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0

export interface Limits {
  /** pods above the wanted number */
  surge: number
  /** pods that may be missing */
  unavailable: number
}

/** Of both percentages rounding to nothing, one pod may be missing: otherwise no step would be possible. */
export const limitsOf = (deployment: Deployment): Limits => {
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 }
  const wanted = wantedOf(deployment)
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {}
  const surge = countOf(maxSurge, wanted, 'up')
  const unavailable = countOf(maxUnavailable, wanted, 'down')
  return { surge, unavailable: Math.min(wanted, surge === 0 && unavailable === 0 ? 1 : unavailable) }
}

/** Size of the newest set when it may grow: never above wanted plus surge over all sets. */
export const firstSize = (deployment: Deployment, old: readonly ReplicaSet[], present = 0): number => {
  const wanted = wantedOf(deployment)
  if (deployment.spec.strategy?.type === 'Recreate') return wanted
  const room = wanted + limitsOf(deployment).surge - total(old) - present
  return present + Math.max(0, Math.min(room, wanted - present))
}

/** One step of a rolling update: first the new set grows, in a later pass old ones shrink. Empty: nothing to do now. */
export const rollStep = (deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Resize[] => {
  const wanted = wantedOf(deployment)
  const size = sizeOf(current)
  const next = size > wanted ? wanted : firstSize(deployment, old, size)
  if (next !== size) return [{ set: current, to: next }]
  return shrinkOld(deployment, current, old)
}

const shrinkOld = (deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Resize[] => {
  const least = wantedOf(deployment) - limitsOf(deployment).unavailable
  const newNotAvailable = sizeOf(current) - availableOf(current)
  let mayGo = total([...old, current]) - least - newNotAvailable
  if (mayGo <= 0) return []
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]))
  const take = (set: ReplicaSet, count: number) => sizes.set(set, (sizes.get(set) ?? 0) - count)
  // Pods that are not available cost nothing when they go.
  for (const set of old) {
    const unhealthy = Math.min(mayGo, sizeOf(set) - availableOf(set))
    if (unhealthy <= 0) continue
    take(set, unhealthy)
    mayGo -= unhealthy
  }
  let available = [...old, current].reduce((sum, set) => sum + availableOf(set), 0) - least
  for (const set of old) {
    const going = Math.min(available, sizes.get(set) ?? 0)
    if (going <= 0) continue
    take(set, going)
    available -= going
  }
  return [...sizes].flatMap(([set, to]) => (to === sizeOf(set) ? [] : [{ set, to }]))
}

/** The wanted number itself changed since the sets were last sized. */
export const sizeWasChanged = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets.some((set) => {
    const recorded = set.metadata.annotations?.[desiredAnnotation]
    return sizeOf(set) > 0 && recorded !== undefined && Number(recorded) !== wantedOf(deployment)
  })

/** Spreads a changed size over the sets in proportion, so that a rollout under way keeps its pace. */
export const spread = (
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Resize[] => {
  const wanted = wantedOf(deployment)
  const all = [...(current ? [current] : []), ...old]
  const active = all.filter((set) => sizeOf(set) > 0)
  const only = active.length === 0 ? (current ?? old.at(-1)) : active.length === 1 ? active[0] : undefined
  if (only) return sizeOf(only) === wanted ? [] : [{ set: only, to: wanted }]
  if (current && sizeOf(current) === wanted && availableOf(current) === wanted)
    return active.filter((set) => set !== current).map((set) => ({ set, to: 0 }))
  if (deployment.spec.strategy?.type === 'Recreate') return []
  const present = total(active)
  const change = (wanted > 0 ? wanted + limitsOf(deployment).surge : 0) - present
  const largestFirst = [...active].sort((a, b) => sizeOf(b) - sizeOf(a))
  let left = change
  const sizes = largestFirst.map((set) => {
    const share = Math.round((sizeOf(set) * change) / present)
    const part = change > 0 ? Math.min(share, left) : Math.max(share, left)
    left -= part
    return sizeOf(set) + part
  })
  return largestFirst.flatMap((set, i) => {
    const to = Math.max(0, (sizes[i] ?? 0) + (i === 0 ? left : 0))
    return to === sizeOf(set) ? [] : [{ set, to }]
  })
}
