/**
 * Keeps the history of finished operations beside each resource: one small ConfigMap, written when a step ends, never watched, read
 * only to be written. It follows the passes at a distance: what it cannot write it drops, and a pass neither waits for it nor fails
 * with it. Decided in docs/decisions/0025-history.md.
 */
import {
  options,
  read,
  type FlinkDeploymentStatus,
  type FlinkStateSnapshot,
  type FlinkStateSnapshotStatus,
} from '@drey/api'
import {
  endEvent,
  historyKey,
  historyName,
  historyText,
  operationEvents,
  operatorValues,
  readHistory,
  snapshotOperation,
  withEvents,
  type OperationEvent,
  type OperatorConfig,
} from '@drey/core'
import { configMaps, type KubeClient } from '@drey/kube'
import { KubeError, isConflict, type Clock, type KubeObject } from '@drey/reconcile'
import type { JournaledPass } from './journal.ts'

export interface HistoryWriter {
  told(kind: string, pass: JournaledPass): void
  forget(uid: string): void
  close(): void
}

/** After a restart, operations that ended so short a time ago may have ended unseen. */
const recentMs = 15 * 60_000
/** Writes that lost a race are tried again so often. */
const attemptsMax = 4

type ConfigMapObject = KubeObject & { data?: Record<string, string> }

export const historyWriter = (o: {
  client: KubeClient
  clock: Clock
  config: OperatorConfig
  /** the resource of a snapshot's job, from the cache */
  jobOf(snapshot: KubeObject): KubeObject | undefined
  trouble(error: unknown, key: string): void
}): HistoryWriter => {
  if (!read(options.drey.history, operatorValues(o.config))) return { told() {}, forget() {}, close() {} }
  /** what is yet to be written, by uid */
  const waiting = new Map<string, OperationEvent[]>()
  const writing = new Set<string>()
  const seen = new Set<string>()
  let closed = false

  const add = (owner: KubeObject, events: readonly OperationEvent[]): void => {
    const uid = owner.metadata.uid ?? ''
    if (closed || events.length === 0 || owner.metadata.deletionTimestamp) return
    waiting.set(uid, [...(waiting.get(uid) ?? []), ...events])
    // A beginning alone is no news that lasts: the status tells what is under way.
    if (!events.some((event) => event.do !== 'begin') || writing.has(uid)) return
    writing.add(uid)
    void flush(owner).finally(() => writing.delete(uid))
  }

  const flush = async (owner: KubeObject): Promise<void> => {
    const uid = owner.metadata.uid ?? ''
    for (let events = waiting.get(uid); events && !closed; events = waiting.get(uid)) {
      waiting.delete(uid)
      try {
        await write(owner, events)
      } catch (error) {
        o.trouble(error, `${owner.metadata.namespace}/${owner.metadata.name}`)
      }
    }
  }

  const write = async (owner: KubeObject, events: readonly OperationEvent[]): Promise<void> => {
    const namespace = owner.metadata.namespace ?? 'default'
    const ref = { type: configMaps, namespace, name: historyName(owner.kind, owner.metadata.name) }
    for (let attempt = 1; ; attempt++) {
      try {
        const have = await o.client.find<ConfigMapObject>(ref)
        const ours = have?.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid)
        // Of an earlier resource of this name: garbage collection is about to take it.
        const text = ours ? have?.data?.[historyKey] : undefined
        const next = historyText(withEvents(readHistory(text), events))
        if (next === (text ?? '')) return
        if (!have) await o.client.create(configMaps, objectOf(owner, namespace, ref.name, next), 'drey')
        else
          await o.client.merge(ref, {
            metadata: {
              resourceVersion: have.metadata.resourceVersion,
              ...(ours ? {} : { ownerReferences: [ownerReference(owner)] }),
            },
            data: { [historyKey]: next },
          })
        return
      } catch (error) {
        const raced = isConflict(error) || (error instanceof KubeError && error.code === 409)
        if (!raced || attempt === attemptsMax || closed) throw error
      }
    }
  }

  return {
    told(kind, { before, resource, observed, decision, recorded }) {
      const status = decision.status as FlinkDeploymentStatus & FlinkStateSnapshotStatus
      if (!recorded || !status) return
      const { now } = observed as { now: number }
      if (kind === 'FlinkStateSnapshot') {
        const event = snapshotOperation(before as unknown as FlinkStateSnapshot, status, now)
        const job = event && o.jobOf(before)
        return event && job && add(job, [event])
      }
      if (kind !== 'FlinkDeployment' && kind !== 'FlinkSessionJob') return
      const uid = before.metadata.uid ?? ''
      const owner = { ...resource, kind, apiVersion: before.apiVersion }
      const events = operationEvents({
        kind,
        resource: before,
        status,
        rule: decision.rule,
        because: decision.because,
        now,
      })
      if (events.length === 0 && !seen.has(uid)) {
        const at = (before['status'] as { reconciliationStatus?: { reconciliationTimestamp?: number } } | undefined)
          ?.reconciliationStatus?.reconciliationTimestamp
        const end = at !== undefined && now - at < recentMs ? endEvent(kind, status, now) : undefined
        if (end) events.push(end)
      }
      seen.add(uid)
      add(owner, events)
    },
    forget(uid) {
      waiting.delete(uid)
      seen.delete(uid)
    },
    close: () => void (closed = true),
  }
}

const ownerReference = (owner: KubeObject) => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
})

/** No label of Flink's or upstream's: neither may take it for its own. */
const objectOf = (owner: KubeObject, namespace: string, name: string, text: string): ConfigMapObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'drey' },
    ownerReferences: [ownerReference(owner)],
  },
  data: { [historyKey]: text },
})
