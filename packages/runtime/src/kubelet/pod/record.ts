/**
 * What we remember about a pod on disk, so that a successor of ours can adopt its processes: its address and, per
 * container, the present and the previous instance. The API has the rest.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../process/instance.ts'

export interface Termination {
  code: number
  reason: string
  message?: string
  startedAt?: number
  finishedAt: number
}

export interface InstanceRecord {
  /** counts from 0 in a pod's life; the name of its directory and of its log */
  n: number
  image: string
  imageId: string
  pid?: number
  startedAt?: number
  ended?: Termination
}

export interface ContainerRecord {
  restarts: number
  current?: InstanceRecord
  previous?: InstanceRecord
  /** the delay of the next restart; falls back to the first one after a good run */
  backoffMs?: number
}

export interface PodRecord {
  uid: string
  namespace: string
  name: string
  ip: string
  startedAt: number
  initialized: boolean
  containers: Record<string, ContainerRecord>
  /** set when the whole pod was ended for a reason of the node: eviction, deadline */
  verdict?: { reason: string; message: string }
}

/** `<dir>/pods/<ns>_<name>_<uid>` */
export const podDir = (dir: string, pod: { namespace: string; name: string; uid: string }): string =>
  join(dir, 'pods', `${pod.namespace}_${pod.name}_${pod.uid}`)

export const saveRecord = (dir: string, record: PodRecord): void => {
  const at = podDir(dir, record)
  mkdirSync(at, { recursive: true, mode: 0o700 })
  writeFileSync(join(at, 'pod.json.new'), JSON.stringify(record, null, 1), { mode: 0o600 })
  renameSync(join(at, 'pod.json.new'), join(at, 'pod.json'))
}

/** All pods a predecessor left. A directory without a readable record is left to `sweep`. */
export const loadRecords = (dir: string): PodRecord[] => {
  const names = (() => {
    try {
      return readdirSync(join(dir, 'pods'))
    } catch {
      return []
    }
  })()
  return names.flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(dir, 'pods', name, 'pod.json'), 'utf8')) as PodRecord]
    } catch {
      return []
    }
  })
}

/** A container as the pod's worker sees it: the record, what runs, and what is going on. */
export interface ContainerState {
  record: ContainerRecord
  instance?: Instance
  /** an image is being fetched or a process being started */
  starting: boolean
  stopping: boolean
  /** shown as `state.waiting` while nothing runs */
  waiting?: { reason: string; message?: string }
  /** not to be started before, milliseconds since the epoch */
  retryAt?: number
  /** what the probes say; without a probe both are true as soon as it runs */
  started: boolean
  ready: boolean
}
