/** Events about objects: the same sentence about the same object counts up instead of becoming a new Event. */
import { events, type KubeClient } from '@drey/kube'
import { isNotFound, type Clock, type KubeObject, type Note } from '@drey/reconcile'
import { suffix } from './hash.ts'

export interface EventRecorder {
  /** Never rejects: an Event that cannot be written is reported to `trouble` and forgotten. */
  record(about: KubeObject, note: Note): Promise<void>
}

export interface EventRecorderOptions {
  client: KubeClient
  clock: Clock
  /** who speaks, for example `deployment-controller` */
  component: string
  host?: string
  trouble?(error: unknown): void
}

/** After this long the same sentence is a new Event: the old one may have expired. */
const sameForMs = 50 * 60_000
const remembered = 2048

export const eventRecorder = ({ client, clock, component, host, trouble }: EventRecorderOptions): EventRecorder => {
  const known = new Map<string, { name: string; namespace: string; count: number; since: number }>()
  const queues = new Map<string, Promise<void>>()

  const write = async (about: KubeObject, note: Note, key: string) => {
    const now = clock.now()
    const stamp = `${new Date(now).toISOString().slice(0, 19)}Z`
    const have = known.get(key)
    if (have && now - have.since < sameForMs) {
      have.count++
      try {
        await client.merge(
          { type: events, namespace: have.namespace, name: have.name },
          { count: have.count, lastTimestamp: stamp },
        )
        return
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    const namespace = about.metadata.namespace ?? 'default'
    const name = `${about.metadata.name.slice(0, 230)}.${suffix(key)}${suffix(key, now)}`
    known.delete(key)
    known.set(key, { name, namespace, count: 1, since: now })
    if (known.size > remembered) known.delete(known.keys().next().value as string)
    await client.create(events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        ...(about.metadata.namespace ? { namespace: about.metadata.namespace } : {}),
        name: about.metadata.name,
        uid: about.metadata.uid,
        resourceVersion: about.metadata.resourceVersion,
      },
      type: note.type,
      reason: note.reason,
      message: note.message.slice(0, 1024),
      source: { component, ...(host ? { host } : {}) },
      reportingComponent: component,
      reportingInstance: host ?? '',
      firstTimestamp: stamp,
      lastTimestamp: stamp,
      count: 1,
    })
  }

  return {
    record(about, note) {
      const key = [about.metadata.uid, note.type, note.reason, note.message].join('\n')
      // One after the other per sentence, so that the count is right.
      const next = (queues.get(key) ?? Promise.resolve())
        .then(() => write(about, note, key))
        .catch((error: unknown) => trouble?.(error))
        .finally(() => queues.get(key) === next && queues.delete(key))
      queues.set(key, next)
      return next
    },
  }
}
