/**
 * Writes Events about an object. The same reason and message again raises the count instead of making a new object, so
 * a resource in trouble does not flood the API.
 */
import { isNotFound, type Clock, type KubeObject, type Note } from '@drey/reconcile'
import type { KubeClient } from './client.ts'
import { events } from './types.ts'

export interface EventRecorder {
  record(about: KubeObject, notes: readonly Note[]): Promise<void>
}

interface EventObject extends KubeObject {
  count?: number
}

export const eventRecorder = (options: {
  client: KubeClient
  clock: Clock
  /** the reporting component, shown by kubectl describe under From */
  component: string
  instance?: string
  /** a failed event never fails the pass that made it */
  trouble?(error: unknown): void
}): EventRecorder => {
  const { client, clock, component } = options
  const write = async (about: KubeObject, note: Note) => {
    const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    const namespace = about.metadata.namespace ?? 'default'
    const name = `${about.metadata.name.slice(0, 200)}.${hash(`${about.kind}/${about.metadata.uid}/${note.type}/${note.reason}/${note.message}/${note.component}`)}`
    const ref = { type: events, namespace, name }
    const have = await client.find<EventObject>(ref)
    if (have) {
      try {
        await client.merge(ref, { count: (have.count ?? 1) + 1, lastTimestamp: now })
        return
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    await client.create(events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        ...(about.metadata.namespace ? { namespace: about.metadata.namespace } : {}),
        uid: about.metadata.uid,
        ...(about.metadata.resourceVersion ? { resourceVersion: about.metadata.resourceVersion } : {}),
      },
      reason: note.reason,
      message: note.message.slice(0, 1024),
      type: note.type,
      source: { component: note.component ?? component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      reportingComponent: component,
      reportingInstance: options.instance ?? '',
    })
  }
  return {
    async record(about, notes) {
      for (const note of notes) {
        try {
          await write(about, note)
        } catch (error) {
          options.trouble?.(error)
        }
      }
    },
  }
}

/** 64-bit FNV-1a in hex: event names must be stable, not secret. */
const hash = (text: string): string => {
  let value = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++) {
    value ^= BigInt(text.charCodeAt(i))
    value = (value * 0x100000001b3n) & 0xffffffffffffffffn
  }
  return value.toString(16).padStart(16, '0')
}
