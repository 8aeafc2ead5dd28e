/**
 * One pod of this node: looks at the facts, asks `decidePod`, carries the answer out, reports the status, and does so again
 * after every change. Slow work (images, starting, stopping) runs beside it and ends in another look.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { equal } from '@drey/kube'
import type { PodStatus } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import type { PreparedVolume } from '../volumes/prepare.ts'
import { containersOf } from './containers.ts'
import { containerRun, type ContainerRun, type RunPorts } from './container-run.ts'
import { decidePod } from './decide.ts'
import { podDir, saveRecord, type PodRecord } from './record.ts'
import { statusOf } from './status.ts'

export interface PodPorts extends Omit<RunPorts, 'wake' | 'volumes' | 'hosts'> {
  hostIp: string
  /** resolves with the pod's volumes or rejects with the message of FailedMount */
  volumes(pod: Pod, record: PodRecord): Promise<Map<string, PreparedVolume>>
  /** the pod's hosts file, kept true by the caller */
  hosts(record: PodRecord): string
  report(pod: Pod, status: PodStatus): Promise<void>
  /** removes the object from the API: its containers are gone */
  remove(pod: Pod): Promise<void>
  /** nothing of the pod runs any more */
  ended(record: PodRecord): void
  /** the pod is gone for good */
  forgotten(record: PodRecord): void
  wake(uid: string): void
}

export interface PodWorker {
  readonly record: PodRecord
  readonly pod: Pod | undefined
  readonly containers: ReadonlyMap<string, ContainerRun>
  /** the pod as the API has it now; undefined: it is gone from the API, so everything of it has to go at once */
  update(pod: Pod | undefined): void
  /** ends the pod for a reason of the node; it stays in the API as Failed */
  evict(reason: string, message: string): void
  /** contents of its volumes have to be read again */
  refresh(): void
  /** one look; answers when to look again, in milliseconds */
  sync(): Promise<number | undefined>
  /** lets the processes go on without us */
  release(): Promise<void>
  /** ends the processes; record and API object stay, so that a later start goes on from there */
  shutDown(graceMs: number): Promise<void>
}

const mountRetryMs = { first: 500, max: 30_000 }

export const podWorker = (record: PodRecord, ports: PodPorts): PodWorker => {
  const { clock } = ports
  const dir = podDir(ports.dir, record)
  const containers = new Map<string, ContainerRun>()
  let pod: Pod | undefined
  let gone = false
  let stale = true
  // What a predecessor of ours started needs no preparing to be running.
  let sandboxReady = Object.values(record.containers).some(({ current }) => current && !current.ended)
  let prepared = false
  let volumes: Map<string, PreparedVolume> = new Map()
  let mountTry = mountRetryMs.first
  let refreshAt = Infinity
  let finished = false
  let idle = false
  let shuttingDown = false
  let reported: PodStatus | undefined

  const save = () => saveRecord(ports.dir, record)
  const wake = () => ports.wake(record.uid)

  const runOf = (of: Pod) => {
    for (const { container, part } of containersOf(of)) {
      if (containers.has(container.name)) continue
      record.containers[container.name] ??= { restarts: 0 }
      containers.set(
        container.name,
        containerRun({
          container,
          part,
          record,
          dir: join(dir, container.name),
          pod: () => pod ?? of,
          save,
          ports: { ...ports, wake, volumes: () => volumes, hosts: ports.hosts(record) },
        }),
      )
    }
  }

  /** Network and volumes. False: not yet, look again. */
  const prepare = async (of: Pod): Promise<number | undefined> => {
    try {
      if (!of.spec.hostNetwork) await ports.network.setUp(record)
      volumes = await ports.volumes(of, record)
      const refreshes = [...volumes.values()].flatMap(({ refreshMs }) => refreshMs ?? [])
      refreshAt = clock.now() + Math.min(Infinity, ...refreshes)
      for (const run of containers.values()) run.refreshVolumes()
      stale = false
      sandboxReady = true
      prepared = true
      mountTry = mountRetryMs.first
      return undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // Contents that were there before stay in place when their source disappears, as with a kubelet.
      await ports.event(of, { type: 'Warning', reason: 'FailedMount', message })
      const wait = mountTry
      mountTry = Math.min(mountTry * 2, mountRetryMs.max)
      return wait
    }
  }

  const sync = async (): Promise<number | undefined> => {
    if (finished || shuttingDown) return undefined
    if (gone) {
      for (const run of containers.values()) await run.kill()
      await forget()
      return undefined
    }
    const of = pod
    if (!of) return undefined
    runOf(of)
    for (const run of containers.values()) run.settle()
    const deadline = of.spec.activeDeadlineSeconds
    const deadlineAt = deadline === undefined ? Infinity : record.startedAt + deadline * 1000
    if (clock.now() >= deadlineAt && !record.verdict)
      record.verdict = {
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      }
    const ending = of.metadata.deletionTimestamp !== undefined || record.verdict !== undefined
    const terminal = of.status?.phase === 'Succeeded' || of.status?.phase === 'Failed'
    let again = Infinity
    if ((stale || clock.now() >= refreshAt) && !ending && !terminal) {
      if (!sandboxReady) await report(of, false)
      const wait = await prepare(of)
      if (wait !== undefined) {
        again = wait
        refreshAt = clock.now() + wait
      }
    }
    const view = { pod: of, containers: states(), initialized: record.initialized, now: clock.now() }
    const step = decidePod({ ...view, ending: ending || terminal })
    if (step.initialized !== record.initialized) {
      record.initialized = step.initialized
      save()
    }
    if (prepared) for (const { container } of step.start) containers.get(container.name)?.start()
    for (const { container } of step.stop) containers.get(container.name)?.stop(graceOf(of))
    await report(of, step.over)
    if (step.over && of.metadata.deletionTimestamp) {
      await ports.remove(of)
      await forget()
      return undefined
    }
    if (step.over) await letGo()
    if (step.nextAt !== undefined) again = Math.min(again, step.nextAt - clock.now())
    if (!step.over) again = Math.min(again, refreshAt - clock.now(), deadlineAt - clock.now())
    return again < Infinity ? Math.max(again, 1) : undefined
  }

  const states = () => new Map([...containers].map(([name, run]) => [name, run.state]))

  const report = async (of: Pod, over: boolean) => {
    const status = statusOf({
      pod: of,
      record,
      containers: states(),
      sandboxReady,
      over,
      hostIp: ports.hostIp,
      now: clock.now(),
    })
    // The conditions compare with the object of the API, which may lag behind what we just wrote.
    if (equal(status, reported) || equal(status, of.status)) return
    await ports.report(of, status)
    reported = status
  }

  /** Nothing runs any more; logs and the record stay until the pod is gone from the API. */
  const letGo = async () => {
    if (idle) return
    idle = true
    await ports.network.tearDown(record)
    ports.ended(record)
  }

  const forget = async () => {
    finished = true
    await letGo()
    for (const run of containers.values()) await run.release()
    rmSync(dir, { recursive: true, force: true })
    ports.forgotten(record)
  }

  return {
    record,
    containers,
    get pod() {
      return pod
    },
    update(next) {
      if (!next) gone = true
      else {
        // Deleted again with less patience.
        const grace = next.metadata.deletionGracePeriodSeconds
        if (grace !== undefined && grace < (pod?.metadata.deletionGracePeriodSeconds ?? grace))
          for (const run of containers.values()) run.hurry(grace * 1000)
        pod = next
        runOf(next)
      }
      wake()
    },
    evict(reason, message) {
      record.verdict ??= { reason, message }
      save()
      wake()
    },
    refresh() {
      stale = true
      wake()
    },
    sync,
    async release() {
      shuttingDown = true
      for (const run of containers.values()) await run.release()
    },
    async shutDown(graceMs) {
      shuttingDown = true
      await Promise.all([...containers.values()].map((run) => run.shutDown(graceMs)))
      await ports.network.tearDown(record)
      save()
    },
  }
}

/** What the user asked for when deleting wins over what the pod says. */
const graceOf = (pod: Pod): number =>
  (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
