/**
 * The status of a Deployment: counters, and the conditions people and operators wait for, with Kubernetes' reasons and
 * messages (kube-controller-manager, `pkg/controller/deployment/{sync,progress}.go`).
 */
import type { DeploymentCondition } from 'kubernetes-types/apps/v1.d.ts'
import { findCondition, withCondition, withoutCondition } from '../conditions.ts'
import { omitEmpty, timeText } from '../decide.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../types.ts'
import { limitsOf, sizeOf, wantedOf } from './rollout.ts'

/** What happened to the present template's ReplicaSet in this pass. */
export type Finding =
  { set: 'created'; name: string } | { set: 'found'; name: string } | { set: 'known'; name: string } | { set: 'none' }

export interface StatusInput {
  deployment: Deployment
  current: ReplicaSet | undefined
  old: readonly ReplicaSet[]
  finding: Finding
  collisions: number | undefined
  now: number
}

const noDeadline = 2_147_483_647

/** The deadline in milliseconds for a rollout to make progress; undefined when there is none. */
export const deadlineMs = (deployment: Deployment): number | undefined => {
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600
  return seconds === noDeadline ? undefined : seconds * 1000
}

export const statusOf = (input: StatusInput): DeploymentStatus => {
  const { deployment, current, old } = input
  const all = [...old, ...(current ? [current] : [])]
  const sum = (of: (set: ReplicaSet) => number | undefined) => all.reduce((total, set) => total + (of(set) ?? 0), 0)
  const available = sum((set) => set.status?.availableReplicas)
  const counters = {
    observedGeneration: deployment.metadata.generation,
    replicas: sum((set) => set.status?.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum((set) => set.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(sizeOf) - available),
    collisionCount: input.collisions ?? 0,
  }
  let conditions: DeploymentCondition[] = [...(deployment.status?.conditions ?? [])]
  conditions = withCondition(conditions, availability(input, available))
  conditions = progress(input, counters, conditions)
  conditions = failure(input, conditions)
  return omitEmpty({ ...counters, conditions }) as DeploymentStatus
}

const condition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: number,
): DeploymentCondition => ({
  type,
  status,
  reason,
  message,
  lastUpdateTime: timeText(now),
  lastTransitionTime: timeText(now),
})

const availability = ({ deployment, now }: StatusInput, available: number): DeploymentCondition => {
  if (available >= wantedOf(deployment) - limitsOf(deployment).unavailable)
    return condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
  const missing = condition(
    'Available',
    'False',
    'MinimumReplicasUnavailable',
    'Deployment does not have minimum availability.',
    now,
  )
  // A Deployment that was never available has been unavailable since its creation. Upstream's operator reads exactly this
  // equality as "the JobManager never started"; on a busy machine our first look may come a second later.
  const first = findCondition(deployment.status?.conditions, 'Available') === undefined
  const created = deployment.metadata.creationTimestamp
  return first && created ? { ...missing, lastTransitionTime: created } : missing
}

type Counters = Pick<DeploymentStatus, 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas'>

const progress = (input: StatusInput, next: Counters, conditions: DeploymentCondition[]): DeploymentCondition[] => {
  const { deployment, finding, now } = input
  const deadline = deadlineMs(deployment)
  if (deadline === undefined) return withoutCondition(conditions, 'Progressing')
  const have = findCondition(conditions, 'Progressing')
  if (deployment.spec.paused) {
    if (have?.reason === 'ProgressDeadlineExceeded') return conditions
    return withCondition(
      conditions,
      condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', now),
    )
  }
  if (have?.reason === 'DeploymentPaused')
    return withCondition(
      conditions,
      condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', now),
    )
  if (finding.set === 'created')
    return withCondition(
      conditions,
      condition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${finding.name}"`, now),
    )
  if (finding.set === 'found' || (finding.set === 'known' && !have))
    return withCondition(
      conditions,
      condition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${finding.name}"`, now),
    )
  const subject = finding.set === 'none' ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${finding.name}"`
  if (next.replicas === next.updatedReplicas && have?.reason === 'NewReplicaSetAvailable') return conditions
  if (isComplete(deployment, next))
    return withCondition(
      conditions,
      condition('Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`, now),
    )
  if (movedOn(deployment.status, next)) {
    const moved = condition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now)
    // Written even if status and reason are the same: the deadline counts from `lastUpdateTime`.
    const kept =
      have?.status === 'True' ? { ...moved, lastTransitionTime: have.lastTransitionTime ?? timeText(now) } : moved
    return [...withoutCondition(conditions, 'Progressing'), kept]
  }
  if (have && timedOut(have, deadline, now))
    return withCondition(
      conditions,
      condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`, now),
    )
  return conditions
}

export const isComplete = (deployment: Deployment, status: Counters): boolean => {
  const wanted = wantedOf(deployment)
  return [status.updatedReplicas, status.replicas, status.availableReplicas].every((count) => (count ?? 0) === wanted)
}

const movedOn = (before: Counters | undefined, next: Counters): boolean => {
  const of = (counters: Counters | undefined, key: keyof Counters) => counters?.[key] ?? 0
  const old = (counters: Counters | undefined) => of(counters, 'replicas') - of(counters, 'updatedReplicas')
  return (
    of(next, 'updatedReplicas') > of(before, 'updatedReplicas') ||
    old(next) < old(before) ||
    of(next, 'readyReplicas') > of(before, 'readyReplicas') ||
    of(next, 'availableReplicas') > of(before, 'availableReplicas')
  )
}

const timedOut = (have: DeploymentCondition, deadline: number, now: number): boolean => {
  if (have.reason === 'NewReplicaSetAvailable') return false
  if (have.reason === 'ProgressDeadlineExceeded') return true
  return Date.parse(have.lastUpdateTime ?? '') + deadline < now
}

/** A ReplicaSet that cannot make its pods says so; the newest one's word counts first. */
const failure = ({ current, old, now }: StatusInput, conditions: DeploymentCondition[]): DeploymentCondition[] => {
  const failed = [...(current ? [current] : []), ...old]
    .map((set) => findCondition(set.status?.conditions, 'ReplicaFailure'))
    .find((found) => found !== undefined)
  if (!failed) return withoutCondition(conditions, 'ReplicaFailure')
  return withCondition(conditions, {
    ...condition('ReplicaFailure', failed.status as 'True', failed.reason ?? '', failed.message ?? '', now),
    lastTransitionTime: failed.lastTransitionTime ?? timeText(now),
  })
}
