/**
 * Deployments: keep one ReplicaSet per template, move replicas from the old ones to the present one, say how it goes.
 * The behaviour is kube-controller-manager's; only the names' hashes differ.
 */
import { deployments, replicaSets } from '@drey/kube'
import { firstOf, type Decision, type KubeAction, type Note } from '@drey/reconcile'
import { decision, normal, quietMs } from '../decide.ts'
import { controlledBy } from '../owned.ts'
import { isActive } from '../pods.ts'
import type { Deployment, DeploymentStatus, Pod, ReplicaSet } from '../types.ts'
import {
  desiredAnnotation,
  hashLabel,
  historyAnnotation,
  inheritedAnnotations,
  maxAnnotation,
  nameFor,
  revisionAnnotation,
  revisionOf,
  revisionsOf,
  type Revisions,
} from './revisions.ts'
import { firstSize, limitsOf, rollStep, sizeOf, sizeWasChanged, spread, wantedOf, type Resize } from './rollout.ts'
import { deadlineMs, isComplete, statusOf, type Finding } from './status.ts'

export interface DeploymentObserved {
  now: number
  /** ReplicaSets this Deployment controls */
  replicaSets: readonly ReplicaSet[]
  /** pods of those */
  pods: readonly Pod[]
  /** whether a ReplicaSet of that name exists in the namespace, whoever owns it */
  taken(name: string): boolean
}

type D = Decision<DeploymentStatus, KubeAction>

interface View extends Revisions {
  deployment: Deployment
  observed: DeploymentObserved
}

export const decideDeployment = (deployment: Deployment, observed: DeploymentObserved): D =>
  decide({ deployment, observed, ...revisionsOf(deployment, observed.replicaSets) })

const teardown = (view: View): D | undefined =>
  view.deployment.metadata.deletionTimestamp
    ? say(view, 'teardown', 'being deleted: only the status follows')
    : undefined

const paused = (view: View): D | undefined => {
  if (!view.deployment.spec.paused) return undefined
  return say(view, 'paused', 'paused: only the size follows', {
    resize: spread(view.deployment, view.current, view.old),
  })
}

const resized = (view: View): D | undefined => {
  const { deployment, current, old } = view
  const sets = [...old, ...(current ? [current] : [])]
  if (!sizeWasChanged(deployment, sets)) return undefined
  const resize = spread(deployment, current, old)
  // Sets whose size fits already still have yesterday's wanted number written on them.
  const fitting = sets
    .filter((set) => sizeOf(set) > 0 && !resize.some((step) => step.set === set))
    .map((set) => ({ set, to: sizeOf(set) }))
  return say(view, 'resized', `wanted replicas changed to ${wantedOf(deployment)}`, { resize: [...resize, ...fitting] })
}

const recreate = (view: View): D | undefined => {
  const { deployment, observed, current, old } = view
  if (deployment.spec.strategy?.type !== 'Recreate') return undefined
  const standing = old.filter((set) => sizeOf(set) > 0)
  if (standing.length > 0)
    return say(view, 'recreate', 'the old pods go first', { resize: standing.map((set) => ({ set, to: 0 })) })
  const oldUids = new Set(old.map((set) => set.metadata.uid))
  const left = observed.pods.filter(
    (pod) =>
      pod.metadata.ownerReferences?.some((owner) => owner.controller && oldUids.has(owner.uid)) &&
      (isActive(pod) || pod.metadata.deletionTimestamp),
  )
  if (left.length > 0) return say(view, 'recreate', `waiting for ${left.length} old pods to end`)
  if (!current) return undefined
  const wanted = wantedOf(deployment)
  if (sizeOf(current) === wanted) return undefined
  return say(view, 'recreate', 'the old pods are gone', { resize: [{ set: current, to: wanted }] })
}

/** Makes the present template's ReplicaSet, or brings its revision and annotations up to date. */
const revise = (view: View): D | undefined => {
  const { deployment, observed, current, old, revision } = view
  if (!current) {
    const { hash, name, collisions } = nameFor(deployment, observed.taken)
    const size = firstSize(deployment, old)
    return say(view, 'new-revision', `revision ${revision} has no ReplicaSet yet`, {
      finding: { set: 'created', name },
      collisions,
      actions: [{ do: 'create', type: replicaSets, object: replicaSetOf(view, name, hash, size) }],
      events: size > 0 ? [normal('ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`)] : [],
    })
  }
  if (revisionOf(current) >= revision) return undefined
  return say(view, 'old-revision-again', `an earlier template is wanted again, as revision ${revision}`, {
    finding: { set: 'found', name: current.metadata.name },
    actions: [
      {
        do: 'merge',
        ref: refOf(current),
        patch: {
          metadata: {
            annotations: {
              ...inheritedAnnotations(deployment),
              ...historyOf(current),
              [revisionAnnotation]: String(revision),
            },
          },
        },
      },
    ],
  })
}

/** The numbers this template had before, oldest first. */
const historyOf = (set: ReplicaSet): Record<string, string> => {
  const past = set.metadata.annotations?.[historyAnnotation]
  const last = revisionOf(set)
  return last > 0 ? { [historyAnnotation]: past ? `${past},${last}` : String(last) } : {}
}

const roll = (view: View): D | undefined => {
  const { deployment, current, old } = view
  if (!current || deployment.spec.strategy?.type === 'Recreate') return undefined
  const resize = rollStep(deployment, current, old)
  if (resize.length === 0) return undefined
  const grows = resize[0]?.set === current
  return say(view, 'roll', grows ? 'room for more new pods' : 'enough new pods are available', { resize })
}

/** Nothing moves: old, empty ReplicaSets beyond the history limit go. */
const settle = (view: View): D => {
  const { deployment, old } = view
  const status = summary(view, {})
  const keep = deployment.spec.revisionHistoryLimit ?? 10
  const empty = old.filter(
    (set) =>
      sizeOf(set) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0) &&
      !set.metadata.deletionTimestamp,
  )
  if (!isComplete(deployment, status))
    return say(view, 'await-pods', 'waiting for pods to come, go or become available')
  if (empty.length <= keep) return say(view, 'settle', 'all wanted pods are available')
  const surplus = [...empty].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, empty.length - keep)
  return say(view, 'settle', 'old revisions beyond the history limit go', {
    actions: surplus.map((set) => ({
      do: 'delete',
      ref: refOf(set),
      uid: set.metadata.uid ?? '',
      propagation: 'Background',
    })),
  })
}

/** Old pods are looked at before the new ReplicaSet is made when the strategy is Recreate. */
const decide = firstOf<View, D>([teardown, paused, resized, recreate, revise, roll], settle)

interface Saying {
  finding?: Finding
  collisions?: number
  resize?: readonly Resize[]
  actions?: readonly KubeAction[]
  events?: readonly Note[]
}

const summary = ({ deployment, observed, current, old }: View, saying: Saying): DeploymentStatus =>
  statusOf({
    deployment,
    current,
    old,
    now: observed.now,
    collisions: saying.collisions ?? deployment.status?.collisionCount,
    finding: saying.finding ?? (current ? { set: 'known', name: current.metadata.name } : { set: 'none' }),
  })

const say = (view: View, rule: string, because: string, saying: Saying = {}): D => {
  const { deployment, observed } = view
  const status = summary(view, saying)
  const resize = saying.resize ?? []
  const scaled = resize.filter(({ set, to }) => sizeOf(set) !== to)
  return decision(rule, because, {
    status,
    actions: [
      ...recordRevision(view, saying),
      ...(saying.actions ?? []),
      ...resize.map((step) => resizeAction(deployment, step)),
    ],
    events: [
      ...(saying.events ?? []),
      ...scaled.map(({ set, to }) => {
        const from = sizeOf(set)
        const direction = to > from ? 'up' : 'down'
        return normal('ScalingReplicaSet', `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${to}`)
      }),
    ],
    lookAgainMs: untilDeadline(deployment, status, observed.now),
  })
}

/** The Deployment itself carries the number of the revision its template has, once a ReplicaSet has it. */
const recordRevision = ({ deployment, revision, current }: View, saying: Saying): KubeAction[] => {
  if (deployment.metadata.deletionTimestamp || deployment.spec.paused) return []
  if (!current && saying.finding === undefined) return []
  const number = current && revisionOf(current) >= revision ? revisionOf(current) : revision
  if (deployment.metadata.annotations?.[revisionAnnotation] === String(number)) return []
  const { name, namespace } = deployment.metadata
  return [
    {
      do: 'merge',
      ref: { type: deployments, ...(namespace ? { namespace } : {}), name },
      patch: { metadata: { annotations: { [revisionAnnotation]: String(number) } } },
      // Through the status: on the Deployment itself a changed annotation would count as a new generation.
      subresource: 'status',
    },
  ]
}

const sizeAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desiredAnnotation]: String(wantedOf(deployment)),
  [maxAnnotation]: String(wantedOf(deployment) + limitsOf(deployment).surge),
})

const resizeAction = (deployment: Deployment, { set, to }: Resize): KubeAction => ({
  do: 'merge',
  ref: refOf(set),
  patch: { metadata: { annotations: sizeAnnotations(deployment) }, spec: { replicas: to } },
})

const refOf = (set: ReplicaSet) => ({
  type: replicaSets,
  ...(set.metadata.namespace ? { namespace: set.metadata.namespace } : {}),
  name: set.metadata.name,
})

const replicaSetOf = ({ deployment, revision }: View, name: string, hash: string, replicas: number): ReplicaSet => {
  const { template, selector, minReadySeconds } = deployment.spec
  const labels = { ...(template.metadata?.labels as Record<string, string> | undefined), [hashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      ...(deployment.metadata.namespace ? { namespace: deployment.metadata.namespace } : {}),
      labels,
      annotations: {
        ...inheritedAnnotations(deployment),
        ...sizeAnnotations(deployment),
        [revisionAnnotation]: String(revision),
      },
      ownerReferences: [controlledBy(deployments, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  }
}

const untilDeadline = (deployment: Deployment, status: DeploymentStatus, now: number): number => {
  const deadline = deadlineMs(deployment)
  const progressing = status.conditions?.find((condition) => condition.type === 'Progressing')
  if (deadline === undefined || !progressing || progressing.reason === 'NewReplicaSetAvailable') return quietMs
  if (progressing.status !== 'True') return quietMs
  const left = Date.parse(progressing.lastUpdateTime ?? '') + deadline - now
  return Math.min(quietMs, Math.max(1000, left + 1000))
}
