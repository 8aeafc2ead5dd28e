/**
 * The smallest scheduler: every pod without a node goes to ours, unless its node selector or required node affinity forbids
 * it, and that is said on the pod. Resources are not counted: a home may be asked for more than the machine has.
 */
import { informer, pods, type KubeClient } from '@drey/kube'
import {
  isConflict,
  isNotFound,
  keyOf,
  pathOf,
  workQueue,
  type Clock,
  type KubeTransport,
  type Note,
} from '@drey/reconcile'
import type { NodeSelectorTerm } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../kinds/types.ts'
import { time } from './pod/status.ts'

export interface SchedulerOptions {
  transport: KubeTransport
  client: KubeClient
  clock: Clock
  random: () => number
  nodeName: string
  /** the node's labels, as its object has them */
  labels(): Readonly<Record<string, string>>
  event(pod: Pod, note: Note): Promise<void>
  trouble(error: unknown): void
}

export const startScheduler = async (options: SchedulerOptions): Promise<{ close(): Promise<void> }> => {
  const { client, clock, nodeName } = options
  const waiting = informer<Pod>({
    transport: options.transport,
    clock,
    random: options.random,
    type: pods,
    fieldSelector: 'spec.nodeName=',
    trouble: options.trouble,
  })
  const queue = workQueue({ clock, workers: 8, work: schedule, failed: (_, error) => options.trouble(error) })

  async function schedule(key: string): Promise<number | undefined> {
    const pod = waiting.get(key)
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp) return undefined
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return undefined
    if ((pod.spec as { schedulingGates?: unknown[] }).schedulingGates?.length) return undefined
    const why = unfit(pod, { ...options.labels(), 'metadata.name': nodeName })
    if (why) return refuse(pod, why)
    const { name, namespace = 'default', uid } = pod.metadata
    try {
      await client.send({
        method: 'POST',
        path: pathOf(pods, { namespace, name, subresource: 'binding' }),
        body: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name, namespace, ...(uid ? { uid } : {}) },
          target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
        },
      })
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return undefined
      throw error
    }
    const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`
    await options.event(pod, { type: 'Normal', reason: 'Scheduled', message, component: 'default-scheduler' })
    return undefined
  }

  const refuse = async (pod: Pod, why: string): Promise<number> => {
    const message = `0/1 nodes are available: 1 ${why}.`
    const old = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (old?.status !== 'False' || old.message !== message) {
      const condition = {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message,
        lastTransitionTime: time(clock.now()),
      }
      const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
      const { name, namespace = 'default' } = pod.metadata
      await client.merge({ type: pods, namespace, name }, { status: { conditions: [...others, condition] } }, 'status')
      await options.event(pod, { type: 'Warning', reason: 'FailedScheduling', message, component: 'default-scheduler' })
    }
    return 30_000
  }

  waiting.onChange(({ now }) => now && queue.add(keyOf(now)))
  await waiting.start()
  return {
    async close() {
      waiting.close()
      await queue.drain()
    },
  }
}

/** Why the pod does not fit, in the scheduler's words; undefined when it does. */
export const unfit = (pod: Pod, labels: Readonly<Record<string, string>>): string | undefined => {
  const { nodeSelector = {}, affinity } = pod.spec
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const selected = Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)
  const wanted = !required || required.nodeSelectorTerms.some((term) => matches(term, labels))
  return selected && wanted ? undefined : "node(s) didn't match Pod's node affinity/selector"
}

const matches = (term: NodeSelectorTerm, labels: Readonly<Record<string, string>>): boolean =>
  [...(term.matchExpressions ?? []), ...(term.matchFields ?? [])].every(({ key, operator, values = [] }) => {
    const value = labels[key]
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      case 'Gt':
        return value !== undefined && Number(value) > Number(values[0])
      case 'Lt':
        return value !== undefined && Number(value) < Number(values[0])
    }
    return false
  })
