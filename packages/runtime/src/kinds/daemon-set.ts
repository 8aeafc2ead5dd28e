/** DaemonSets in small: one pod on every node that fits the template's node selector. */
import { daemonSets } from '@drey/kube'
import type { Decision, KubeAction, KubeObject } from '@drey/reconcile'
import { countOf, decision, failureNotes, nextLook, normal, omitEmpty, type LastFailure } from './decide.ts'
import { shortHash, suffix } from './hash.ts'
import { createPod, deletePod, isAvailable, isReady, nextAvailableMs, podOf } from './pods.ts'
import { hasAll } from './selector.ts'
import type { DaemonSet, DaemonSetStatus, Pod } from './types.ts'

export interface DaemonSetObserved {
  now: number
  pods: readonly Pod[]
  nodes: readonly KubeObject[]
  lastFailure?: LastFailure
}

const revisionLabel = 'controller-revision-hash'

export const decideDaemonSet = (set: DaemonSet, observed: DaemonSetObserved): Decision<DaemonSetStatus, KubeAction> => {
  const { now, pods, nodes, lastFailure } = observed
  const revision = shortHash(set.spec.template)
  const fitting = nodes.filter(
    (node) => !node.metadata.deletionTimestamp && hasAll(set.spec.template.spec?.nodeSelector, node.metadata.labels),
  )
  const on = (node: KubeObject) =>
    pods.filter((pod) => pod.spec.nodeName === node.metadata.name && !pod.metadata.deletionTimestamp)
  const stays = (pod: Pod) => fitting.some((node) => node.metadata.name === pod.spec.nodeName)
  const rest = {
    status: statusOf(set, observed, fitting, revision),
    lookAgainMs: nextLook(nextAvailableMs(pods, now, set.spec.minReadySeconds)),
  }
  if (set.metadata.deletionTimestamp) return decision('teardown', 'being deleted: only the status follows', rest)

  const missing = fitting.filter((node) => on(node).length === 0)
  const surplus = pods.filter((pod) => !pod.metadata.deletionTimestamp && !stays(pod))
  const ended = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && ['Failed', 'Succeeded'].includes(pod.status?.phase ?? ''),
  )
  const going = [...new Set([...surplus, ...ended])]
  if (missing.length > 0 || going.length > 0) {
    const made = missing.map((node) => podFor(set, node, revision))
    return decision('place', `${missing.length} nodes lack their pod, ${going.length} pods are out of place`, {
      ...rest,
      actions: [...going.map(deletePod), ...made.map(createPod)],
      events: [
        ...failureNotes(lastFailure),
        ...made.map((pod) => normal('SuccessfulCreate', `Created pod: ${pod.metadata.name}`)),
        ...going.map((pod) => normal('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)),
      ],
    })
  }

  const outdated = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && pod.metadata.labels?.[revisionLabel] !== revision,
  )
  if (outdated.length > 0 && set.spec.updateStrategy?.type !== 'OnDelete') {
    const allowed = countOf(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, fitting.length, 'up')
    const away = fitting.length - fitting.filter((node) => on(node).some((pod) => isAvailable(pod, now))).length
    const next = outdated.slice(0, Math.max(0, allowed - away))
    if (next.length > 0)
      return decision('update', `${outdated.length} pods have an old template`, {
        ...rest,
        actions: next.map(deletePod),
        events: next.map((pod) => normal('SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)),
      })
  }
  return decision('settle', `${fitting.length} nodes have their pod`, rest)
}

const podFor = (set: DaemonSet, node: KubeObject, revision: string): KubeObject => {
  const pod = podOf({ type: daemonSets, object: set }, set.spec.template, {
    name: `${set.metadata.name.slice(0, 57)}-${suffix(set.metadata.uid, set.metadata.resourceVersion, node.metadata.name)}`,
    generateName: `${set.metadata.name}-`,
    labels: { [revisionLabel]: revision },
  }) as Pod
  return { ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } }
}

const statusOf = (
  set: DaemonSet,
  { now, pods }: DaemonSetObserved,
  fitting: readonly KubeObject[],
  revision: string,
): DaemonSetStatus => {
  const wanted = new Set(fitting.map((node) => node.metadata.name))
  const placed = pods.filter((pod) => wanted.has(pod.spec.nodeName ?? '') && !pod.metadata.deletionTimestamp)
  const nodesWith = (which: (pod: Pod) => boolean) => new Set(placed.filter(which).map((pod) => pod.spec.nodeName)).size
  const available = nodesWith((pod) => isAvailable(pod, now, set.spec.minReadySeconds))
  return {
    ...omitEmpty({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled: nodesWith((pod) => pod.metadata.labels?.[revisionLabel] === revision),
      numberAvailable: available,
      numberUnavailable: fitting.length - available,
    }),
    currentNumberScheduled: nodesWith(() => true),
    desiredNumberScheduled: fitting.length,
    numberMisscheduled: pods.filter((pod) => pod.spec.nodeName && !wanted.has(pod.spec.nodeName)).length,
    numberReady: nodesWith(isReady),
  }
}
