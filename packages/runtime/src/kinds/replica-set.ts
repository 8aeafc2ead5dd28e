/** ReplicaSets: as many active pods as wanted; a failure to make them is a condition that Deployments pass on. */
import { replicaSets } from '@drey/kube'
import type { Decision, KubeAction } from '@drey/reconcile'
import { withCondition, withoutCondition } from './conditions.ts'
import { decision, failureNotes, normal, omitEmpty, quietMs, timeText, type LastFailure } from './decide.ts'
import { suffix } from './hash.ts'
import { hasAll } from './selector.ts'
import {
  createPod,
  deletePod,
  expendableFirst,
  isActive,
  isAvailable,
  isReady,
  nextAvailableMs,
  podOf,
} from './pods.ts'
import type { Pod, ReplicaSet, ReplicaSetStatus } from './types.ts'

export interface ReplicaSetObserved {
  now: number
  /** pods this set controls, ended and ending ones included */
  pods: readonly Pod[]
  /** why the acts of the last pass failed; absent when they succeeded */
  lastFailure?: LastFailure
}

/** More than this in one pass would hold up everybody else; the rest follows at once in the next. */
const burst = 500

export const decideReplicaSet = (
  set: ReplicaSet,
  observed: ReplicaSetObserved,
): Decision<ReplicaSetStatus, KubeAction> => {
  const { now, pods } = observed
  const lastFailure = withoutName(set, observed.lastFailure)
  const active = pods.filter(isActive)
  const wanted = set.spec.replicas ?? 1
  const status = statusOf(set, active, { ...observed, lastFailure })
  const later = nextAvailableMs(active, now, set.spec.minReadySeconds)
  const rest = { status, lookAgainMs: Math.min(quietMs, later ?? quietMs) }

  if (set.metadata.deletionTimestamp) return decision('teardown', 'being deleted: only the status follows', rest)

  const missing = Math.min(burst, wanted - active.length)
  if (missing > 0) {
    const made = newPods(set, pods, missing)
    return decision('grow', `${missing} of ${wanted} pods are missing`, {
      ...rest,
      actions: made.map(createPod),
      events: [
        ...failureNotes(lastFailure),
        ...made.map((pod) => normal('SuccessfulCreate', `Created pod: ${pod.metadata.name}`)),
      ],
    })
  }
  const surplus = Math.min(burst, active.length - wanted)
  if (surplus > 0) {
    const going = expendableFirst(active).slice(0, surplus)
    return decision('shrink', `${surplus} pods more than the wanted ${wanted}`, {
      ...rest,
      actions: going.map(deletePod),
      events: going.map((pod) => normal('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)),
    })
  }
  return decision('settle', `${wanted} pods are there`, rest)
}

/**
 * Names are derived from the set as it is stored, so a lost answer leads to the same name again, while a later pod, made
 * for a later state of the set, gets a name of its own.
 */
const newPods = (set: ReplicaSet, have: readonly Pod[], count: number) => {
  const taken = new Set(have.map((pod) => pod.metadata.name))
  const base = set.metadata.name.slice(0, 57)
  const made = []
  for (let i = 0; made.length < count; i++) {
    const name = `${base}-${suffix(set.metadata.uid, set.metadata.resourceVersion, i)}`
    if (taken.has(name)) continue
    taken.add(name)
    made.push(
      podOf({ type: replicaSets, object: set }, set.spec.template ?? {}, {
        name,
        generateName: `${set.metadata.name}-`,
      }),
    )
  }
  return made
}

const statusOf = (
  set: ReplicaSet,
  active: readonly Pod[],
  { now, lastFailure }: { now: number; lastFailure: LastFailure | undefined },
): ReplicaSetStatus => {
  const wanted = set.spec.replicas ?? 1
  const labels = set.spec.template?.metadata?.labels as Record<string, string> | undefined
  const before = set.status?.conditions ?? []
  const stillFailing = lastFailure && active.length !== wanted
  const conditions = stillFailing
    ? withCondition(before, {
        type: 'ReplicaFailure',
        status: 'True',
        reason: lastFailure.action === 'create' ? 'FailedCreate' : 'FailedDelete',
        message: lastFailure.message,
        lastTransitionTime: timeText(now),
      })
    : active.length === wanted
      ? withoutCondition(before, 'ReplicaFailure')
      : before
  return {
    ...omitEmpty({
      fullyLabeledReplicas: active.filter((pod) => hasAll(labels, pod.metadata.labels)).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, now, set.spec.minReadySeconds)).length,
      observedGeneration: set.metadata.generation ?? 0,
      conditions,
    }),
    replicas: active.length,
  }
}

/** The pod that was refused never existed; the next try has another name, and the same failure should read the same. */
const withoutName = (set: ReplicaSet, failure: LastFailure | undefined): LastFailure | undefined =>
  failure && {
    ...failure,
    message: failure.message.replace(/"([^"]+-)[a-z0-9]{5}"/g, (text, base: string) =>
      base === `${set.metadata.name.slice(0, 57)}-` ? `"${base}"` : text,
    ),
  }
