/** Which ReplicaSet carries the present template, which carry older ones, and how revisions are numbered. */
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts'
import { canonical, shortHash } from '../hash.ts'
import type { Deployment, ReplicaSet } from '../types.ts'

export const revisionAnnotation = 'deployment.kubernetes.io/revision'
export const historyAnnotation = 'deployment.kubernetes.io/revision-history'
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
export const hashLabel = 'pod-template-hash'

/** Annotations of a Deployment that say something about the Deployment itself and are not handed to its ReplicaSets. */
const notInherited = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

export const inheritedAnnotations = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notInherited.has(key)))

export interface Revisions {
  /** the ReplicaSet of the present template, if it exists */
  current: ReplicaSet | undefined
  /** all others, oldest first */
  old: readonly ReplicaSet[]
  /** the revision number the present template has or gets */
  revision: number
}

export const revisionOf = (set: ReplicaSet | undefined): number =>
  Number(set?.metadata.annotations?.[revisionAnnotation] ?? 0) || 0

const createdAt = (set: ReplicaSet): number => Date.parse(set.metadata.creationTimestamp ?? '') || 0

export const revisionsOf = (deployment: Deployment, sets: readonly ReplicaSet[]): Revisions => {
  const oldestFirst = [...sets].sort(
    (a, b) => createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1),
  )
  const wanted = templateText(deployment.spec.template)
  // Templates are compared, not hashes: a hash may collide, and a template may have gained defaults since.
  const current = oldestFirst.find((set) => templateText(set.spec.template) === wanted)
  const old = oldestFirst.filter((set) => set !== current)
  const newest = Math.max(0, ...old.map(revisionOf))
  return {
    current,
    old,
    revision: Math.max(newest + 1, current && revisionOf(current) > newest ? revisionOf(current) : 0),
  }
}

/** Templates of cached objects are looked at again and again, and never changed in place. */
const templateTexts = new WeakMap<PodTemplateSpec, string>()

const templateText = (template: PodTemplateSpec | undefined): string => {
  const known = template && templateTexts.get(template)
  if (known !== undefined) return known
  const text = textOf(template)
  if (template) templateTexts.set(template, text)
  return text
}

const textOf = (template: PodTemplateSpec | undefined): string => {
  const { [hashLabel]: _hash, ...labels } = (template?.metadata?.labels ?? {}) as Record<string, string>
  return canonical({
    labels,
    annotations: template?.metadata?.annotations ?? {},
    spec: template?.spec,
  })
}

/**
 * The hash label and name of a ReplicaSet to be made. A name that is already somebody else's counts as a hash collision:
 * the next number of collisions is tried, and recorded in `status.collisionCount`.
 */
export const nameFor = (
  deployment: Deployment,
  taken: (name: string) => boolean,
): { hash: string; name: string; collisions: number } => {
  for (let collisions = deployment.status?.collisionCount ?? 0; ; collisions++) {
    const hash = shortHash([templateText(deployment.spec.template), collisions])
    const name = `${deployment.metadata.name}-${hash}`
    if (!taken(name)) return { hash, name, collisions }
  }
}
