/**
 * StatefulSets in small: pods `<name>-0 … n`, made one after the other and removed from the end, each with claims of its own.
 * Old templates are not kept (no ControllerRevisions): a pod made again always gets the present one.
 */
import { persistentVolumeClaims, statefulSets } from '@drey/kube'
import { firstOf, type Decision, type KubeAction, type KubeObject, type Note } from '@drey/reconcile'
import { decision, failureNotes, normal, omitEmpty, quietMs, type LastFailure } from './decide.ts'
import { shortHash } from './hash.ts'
import { createPod, deletePod, isAvailable, isReady, nextAvailableMs, podOf } from './pods.ts'
import type { Pod, StatefulSet, StatefulSetStatus } from './types.ts'

export interface StatefulSetObserved {
  now: number
  pods: readonly Pod[]
  lastFailure?: LastFailure
}

const revisionLabel = 'controller-revision-hash'

type D = Decision<StatefulSetStatus, KubeAction>
interface View {
  set: StatefulSet
  observed: StatefulSetObserved
  /** wanted pods by ordinal; undefined where one is missing */
  slots: readonly { ordinal: number; pod: Pod | undefined }[]
  /** pods beyond the wanted number, the last one first */
  surplus: readonly Pod[]
  revision: string
  status: StatefulSetStatus
}

export const decideStatefulSet = (set: StatefulSet, observed: StatefulSetObserved): D => decide(viewOf(set, observed))

const viewOf = (set: StatefulSet, observed: StatefulSetObserved): View => {
  const start = set.spec.ordinals?.start ?? 0
  const end = start + (set.spec.replicas ?? 1)
  const ordinalOf = (pod: Pod) => Number(pod.metadata.name.slice(set.metadata.name.length + 1))
  const slots = Array.from({ length: end - start }, (_, i) => ({
    ordinal: start + i,
    pod: observed.pods.find((pod) => ordinalOf(pod) === start + i),
  }))
  const surplus = observed.pods
    .filter((pod) => ordinalOf(pod) >= end || ordinalOf(pod) < start)
    .sort((a, b) => ordinalOf(b) - ordinalOf(a))
  const revision = `${set.metadata.name}-${shortHash(set.spec.template)}`
  return { set, observed, slots, surplus, revision, status: statusOf(set, observed, revision) }
}

const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const teardown = (view: View): D | undefined =>
  view.set.metadata.deletionTimestamp ? say(view, 'teardown', 'being deleted: only the status follows') : undefined

/** In order, unless `Parallel`: the next pod is made when all before it are available. */
const grow = (view: View): D | undefined => {
  const { set, slots, observed } = view
  const parallel = set.spec.podManagementPolicy === 'Parallel'
  const actions: KubeAction[] = []
  const events: Note[] = []
  for (const { ordinal, pod } of slots) {
    const name = `${set.metadata.name}-${ordinal}`
    if (!pod) {
      actions.push(...claimsFor(set, ordinal), createPod(podFor(view, ordinal)))
      events.push(normal('SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`))
    } else if (hasEnded(pod) && !pod.metadata.deletionTimestamp) {
      actions.push(deletePod(pod))
      events.push(
        normal('RecreatingTerminatedPod', `StatefulSet ${set.metadata.name} is recreating terminated Pod ${name}`),
      )
    } else if (!parallel && !isHealthy(view, pod)) {
      return actions.length > 0 ? undefined : say(view, 'wait', `waiting for ${name} to be available`)
    }
    if (actions.length > 0 && !parallel) break
  }
  if (actions.length === 0) return undefined
  return say(view, 'grow', 'a pod is missing', { actions, events: [...failureNotes(observed.lastFailure), ...events] })
}

const shrink = (view: View): D | undefined => {
  const { set, surplus } = view
  const leaving = surplus.filter((pod) => !pod.metadata.deletionTimestamp)
  const going = set.spec.podManagementPolicy === 'Parallel' ? leaving : leaving.slice(0, 1)
  if (surplus.length > 0 && leaving.length < surplus.length && set.spec.podManagementPolicy !== 'Parallel')
    return say(view, 'wait', `waiting for ${surplus[0]?.metadata.name} to end`)
  if (going.length === 0) return undefined
  return say(view, 'shrink', 'more pods than wanted', remove(set, going))
}

/** From the last pod down to the partition, one at a time, each awaited before the next. */
const update = (view: View): D | undefined => {
  const { set, slots, revision } = view
  if (set.spec.updateStrategy?.type === 'OnDelete') return undefined
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
  for (const { ordinal, pod } of slots.toReversed()) {
    if (!pod || ordinal < partition) continue
    if (pod.metadata.labels?.[revisionLabel] !== revision && !pod.metadata.deletionTimestamp)
      return say(view, 'update', `${pod.metadata.name} has an old template`, remove(set, [pod]))
    if (!isHealthy(view, pod)) return say(view, 'wait', `waiting for ${pod.metadata.name} to be available`)
  }
  return undefined
}

const decide = firstOf<View, D>([teardown, grow, shrink, update], (view) =>
  say(view, 'settle', `${view.slots.length} pods are there`),
)

const isHealthy = ({ set, observed }: View, pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && isAvailable(pod, observed.now, set.spec.minReadySeconds)

const remove = (set: StatefulSet, pods: readonly Pod[]) => ({
  actions: pods.map(deletePod),
  events: pods.map(({ metadata }) =>
    normal('SuccessfulDelete', `delete Pod ${metadata.name} in StatefulSet ${set.metadata.name} successful`),
  ),
})

const say = (
  { set, observed, status }: View,
  rule: string,
  because: string,
  rest: { actions?: readonly KubeAction[]; events?: readonly Note[] } = {},
): D =>
  decision(rule, because, {
    status,
    lookAgainMs: nextAvailableMs(observed.pods, observed.now, set.spec.minReadySeconds) ?? quietMs,
    ...rest,
  })

const claimName = (template: KubeObject, set: StatefulSet, ordinal: number) =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

const templatesOf = (set: StatefulSet) => (set.spec.volumeClaimTemplates ?? []) as unknown as KubeObject[]

/** Claims outlive their pod: the next pod of this ordinal finds its data. */
const claimsFor = (set: StatefulSet, ordinal: number): KubeAction[] =>
  templatesOf(set).map((template) => ({
    do: 'create',
    type: persistentVolumeClaims,
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
        labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
        name: claimName(template, set, ordinal),
        ...(set.metadata.namespace ? { namespace: set.metadata.namespace } : {}),
      },
      spec: template['spec'],
    },
  }))

const podFor = ({ set, revision }: View, ordinal: number): KubeObject => {
  const name = `${set.metadata.name}-${ordinal}`
  const claims = templatesOf(set)
  const pod = podOf({ type: statefulSets, object: set }, set.spec.template, {
    name,
    generateName: `${set.metadata.name}-`,
    labels: {
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
      [revisionLabel]: revision,
    },
  }) as Pod
  const volumes = [
    ...(pod.spec.volumes ?? []).filter((volume) => !claims.some((claim) => claim.metadata.name === volume.name)),
    ...claims.map((claim) => ({
      name: claim.metadata.name,
      persistentVolumeClaim: { claimName: claimName(claim, set, ordinal) },
    })),
  ]
  return {
    ...pod,
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  }
}

const statusOf = (set: StatefulSet, { now, pods }: StatefulSetObserved, revision: string): StatefulSetStatus => {
  const present = pods.filter((pod) => !hasEnded(pod))
  const count = (which: (pod: Pod) => boolean) => present.filter(which).length
  const updated = count((pod) => pod.metadata.labels?.[revisionLabel] === revision && !pod.metadata.deletionTimestamp)
  const before = set.status?.currentRevision || revision
  const ready = count(isReady)
  const complete = updated === (set.spec.replicas ?? 1) && ready === updated && present.length === updated
  const currentRevision = complete ? revision : before
  return {
    ...omitEmpty({
      observedGeneration: set.metadata.generation ?? 0,
      readyReplicas: ready,
      updatedReplicas: updated,
      currentReplicas: count((pod) => pod.metadata.labels?.[revisionLabel] === currentRevision),
      currentRevision,
      updateRevision: revision,
    }),
    replicas: present.length,
    availableReplicas: count((pod) => isAvailable(pod, now, set.spec.minReadySeconds)),
    collisionCount: 0,
  }
}
