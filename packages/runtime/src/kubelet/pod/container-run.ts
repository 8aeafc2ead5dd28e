/** One container of a pod through its instances: start, watch, probe, stop, restart with growing delays. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageCatalogue, ResolvedImage } from '@drey/flink-home'
import { pause, type Clock, type Note } from '@drey/reconcile'
import type { Container } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import type { FilesMode, PodNetwork } from '../../isolation/isolation.ts'
import { watchInstance, type Ended } from '../process/instance.ts'
import { logFiles } from '../process/log.ts'
import { startInstance } from '../process/shim.ts'
import type { ProbeResult, Probes } from '../probes.ts'
import { startProbes } from '../probes.ts'
import type { VolumeFile } from '../volumes/atomic-dir.ts'
import type { PreparedVolume } from '../volumes/prepare.ts'
import { restarts, type Part } from './containers.ts'
import { terminationOf } from './ended.ts'
import { ConfigError } from './environment.ts'
import { runHook } from './hooks.ts'
import { imageFetcher } from './image.ts'
import { launchOf, saveEnvironment } from './launch.ts'
import type { ContainerState, PodRecord, Termination } from './record.ts'

export interface RunPorts {
  clock: Clock
  /** the home's directory, and the word that begins the marks of its processes */
  dir: string
  homeMark: string
  files: FilesMode
  privileged: boolean
  network: PodNetwork
  images: ImageCatalogue
  event(pod: Pod, note: Note): Promise<void>
  /** on top of `base`: Services, `env` and `envFrom`; rejects with ConfigError */
  environment(pod: Pod, container: Container, ip: string, base: Record<string, string>): Promise<Record<string, string>>
  /** runs a command in the container, for probes and hooks */
  exec(pod: Pod, container: string, command: readonly string[], timeoutMs: number): Promise<ProbeResult>
  volumes(): ReadonlyMap<string, PreparedVolume>
  hosts: string
  wake(): void
}

export interface ContainerRun {
  readonly state: ContainerState
  /** the container's own directory: its instances and their logs */
  readonly dir: string
  /** directory of the present instance */
  readonly instanceDir: string | undefined
  start(): void
  stop(graceMs: number): void
  /** what is being stopped is killed after this time at the latest */
  hurry(graceMs: number): void
  kill(): Promise<void>
  /** takes note of an end */
  settle(): void
  refreshVolumes(): void
  release(): Promise<void>
  shutDown(graceMs: number): Promise<void>
}

export interface RunInput {
  container: Container
  part: Part
  record: PodRecord
  dir: string
  pod(): Pod
  save(): void
  ports: RunPorts
}

const restartDelay = { firstMs: 10_000, maxMs: 300_000, forgetAfterMs: 600_000 }
const configRetryMs = 2_000

export const containerRun = (input: RunInput): ContainerRun => {
  const { container, part, record, dir, pod, save, ports } = input
  const { clock, wake } = ports
  const own = (record.containers[container.name] ??= { restarts: 0 })
  const state: ContainerState = { record: own, starting: false, stopping: false, started: false, ready: false }
  const abort = new AbortController()
  let probes: Probes | undefined
  let adjusted: readonly { volume: string; write(files: readonly VolumeFile[]): void }[] = []

  const instanceDir = (n: number) => join(dir, String(n))
  const place = (n: number) => ({ container, instanceDir: instanceDir(n), logBase: join(dir, String(n)) })
  const markOfInstance = (n: number) => `${ports.homeMark}:${record.uid}:${container.name}:${n}`
  const event = (type: Note['type'], reason: string, message: string) =>
    void ports.event(pod(), { type, reason, message }).catch(() => {})

  const fetchImage = imageFetcher({ image: container.image ?? '', images: ports.images, clock, state, event, wake })

  const watch = (n: number) =>
    watchInstance({
      dir: instanceDir(n),
      mark: markOfInstance(n),
      logBase: join(dir, String(n)),
      now: clock.now,
      changed: wake,
    })

  // An instance that a predecessor of ours started: adopt it, whatever has become of it.
  if (own.current && !own.current.ended) {
    if (existsSync(instanceDir(own.current.n))) state.instance = watch(own.current.n)
    else
      own.current.ended = terminationOf(place(own.current.n), own.current.startedAt, {
        code: 137,
        at: clock.now(),
        lost: true,
      })
  }

  const beginProbes = (known?: { started: boolean; ready: boolean }) => {
    if (part === 'init') {
      state.started = true
      return
    }
    probes = startProbes(
      container,
      {
        clock,
        podIp: record.ip,
        connect: ports.network.connect,
        exec: (command, timeoutMs) => ports.exec(pod(), container.name, command, timeoutMs),
        unhealthy: (kind, message) =>
          event('Warning', 'Unhealthy', `${kind[0]?.toUpperCase()}${kind.slice(1)} probe failed: ${message}`),
        changed: (now) => {
          Object.assign(state, now)
          wake()
        },
        lost: (kind) => {
          event('Normal', 'Killing', `Container ${container.name} failed ${kind} probe, will be restarted`)
          const grace = pod().spec.terminationGracePeriodSeconds ?? 30
          void end(grace * 1000)
        },
      },
      known,
    )
    state.started = probes.started
    state.ready = probes.ready
  }

  const settle = () => {
    const { instance } = state
    const { current } = own
    if (!instance || !current || current.ended) return
    if (instance.pid !== undefined && current.pid === undefined) {
      current.pid = instance.pid
      current.startedAt = instance.startedAt ?? clock.now()
      save()
    }
    if (instance.pid !== undefined && !instance.ended && !probes && !state.starting) {
      const before = pod().status?.containerStatuses?.find(({ name }) => name === container.name)
      beginProbes({ started: before?.started === true, ready: before?.ready === true })
    }
    if (!instance.ended) return
    probes?.stop()
    probes = undefined
    state.started = false
    state.ready = false
    state.stopping = false
    delete state.instance
    current.startedAt ??= instance.startedAt ?? instance.ended.at
    current.ended = terminationOf(place(current.n), current.startedAt, instance.ended)
    save()
    if (restarts(pod(), part, current.ended.code)) delay(current.ended)
  }

  /** The first restart is immediate, the next ones wait 10 s, 20 s … 5 min; a long run makes all forgotten. */
  const delay = (ended: Termination) => {
    const ranMs = ended.finishedAt - (ended.startedAt ?? ended.finishedAt)
    if (ranMs >= restartDelay.forgetAfterMs) delete own.backoffMs
    const waitMs = own.backoffMs
    own.backoffMs = waitMs === undefined ? restartDelay.firstMs : Math.min(waitMs * 2, restartDelay.maxMs)
    save()
    if (ended.reason === 'StartError') state.waiting = { reason: 'RunContainerError', message: ended.message ?? '' }
    if (waitMs === undefined) return
    state.retryAt = ended.finishedAt + waitMs
    const name = `${record.name}_${record.namespace}(${record.uid})`
    const message = `back-off ${duration(waitMs)} restarting failed container=${container.name} pod=${name}`
    state.waiting = { reason: 'CrashLoopBackOff', message }
    event('Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${name}`)
  }

  const start = async () => {
    state.starting = true
    delete state.retryAt
    try {
      const image = await fetchImage(abort.signal)
      if (!image || abort.signal.aborted) return
      await startWith(image)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      state.waiting = {
        reason: error instanceof ConfigError ? 'CreateContainerConfigError' : 'CreateContainerError',
        message,
      }
      state.retryAt = clock.now() + configRetryMs
      event('Warning', 'Failed', `Error: ${message}`)
    } finally {
      state.starting = false
      wake()
    }
  }

  const startWith = async (image: ResolvedImage) => {
    const n = own.current ? own.current.n + 1 : 0
    const launched = await launchOf({
      pod: pod(),
      container,
      image,
      ip: record.ip,
      podDir: join(dir, '..'),
      instanceDir: instanceDir(n),
      mark: markOfInstance(n),
      files: ports.files,
      privileged: ports.privileged,
      network: ports.network,
      volumes: ports.volumes(),
      hosts: ports.hosts,
      environment: (base) => ports.environment(pod(), container, record.ip, base),
    })
    if (abort.signal.aborted) return
    adjusted = launched.adjusted
    if (own.current) {
      if (own.previous) forgetInstance(own.previous.n)
      rmSync(join(instanceDir(own.current.n), 'tmp'), { recursive: true, force: true })
      own.previous = own.current
      own.restarts += 1
    }
    own.current = { n, image: container.image ?? image.image, imageId: image.imageId }
    save()
    event('Normal', 'Created', `Created container: ${container.name}`)
    saveEnvironment(launched)
    startInstance(launched.start)
    const instance = watch(n)
    state.instance = instance
    await begun(instance)
    if (instance.pid === undefined) {
      event('Warning', 'Failed', `Error: ${instance.ended?.error ?? 'the container did not start'}`)
      return
    }
    // A process that is dead already has said meanwhile why it waits.
    if (!instance.ended) delete state.waiting
    event('Normal', 'Started', `Started container ${container.name}`)
    if (launched.notes.length > 0) event('Normal', 'Launched', launched.notes.join(' '))
    if (container.lifecycle?.postStart) {
      const hook = await runHook(container.lifecycle.postStart, hookPorts(30_000))
      if (!hook.ok) {
        event('Warning', 'FailedPostStartHook', `PostStartHook failed: ${hook.message}`)
        void end(2_000)
      }
    }
    if (!instance.ended) beginProbes()
  }

  const hookPorts = (timeoutMs: number) => ({
    container,
    podIp: record.ip,
    timeoutMs,
    connect: ports.network.connect,
    exec: (command: readonly string[]) => ports.exec(pod(), container.name, command, timeoutMs),
  })

  const forgetInstance = (n: number) => {
    rmSync(instanceDir(n), { recursive: true, force: true })
    for (const file of logFiles(join(dir, String(n)))) rmSync(file, { force: true })
    rmSync(join(dir, `${n}.position`), { force: true })
  }

  /** preStop, SIGTERM, and SIGKILL to everything when the time is over. */
  const end = async (graceMs: number) => {
    const { instance } = state
    probes?.stop()
    if (!instance || instance.ended) return
    const until = clock.now() + graceMs
    if (container.lifecycle?.preStop && graceMs > 0) {
      const hook = await runHook(container.lifecycle.preStop, hookPorts(graceMs))
      if (!hook.ok) event('Warning', 'FailedPreStopHook', `PreStopHook failed: ${hook.message}`)
    }
    if (graceMs > 0) {
      await begun(instance)
      instance.signal('SIGTERM')
      const rest = Math.max(until - clock.now(), 2_000)
      const late = new AbortController()
      await Promise.race([instance.over, pause(clock, rest, late.signal).catch(() => {})])
      late.abort()
    }
    // One that is still being prepared has no process to kill yet: again until it is over.
    while (!instance.ended) {
      await instance.kill()
      await Promise.race([instance.over, pause(clock, 50)])
    }
    settle()
  }

  const stop = async (graceMs: number) => {
    if (state.stopping) return
    state.stopping = true
    abort.abort()
    try {
      if (state.instance && !state.instance.ended) event('Normal', 'Killing', `Stopping container ${container.name}`)
      await end(graceMs)
    } finally {
      state.stopping = false
      wake()
    }
  }

  return {
    state,
    dir,
    get instanceDir() {
      return own.current ? instanceDir(own.current.n) : undefined
    },
    start: () => void (state.starting || start()),
    stop: (graceMs) => void stop(graceMs),
    hurry(graceMs) {
      const { instance } = state
      if (instance && state.stopping) clock.after(graceMs, () => void (instance.ended || instance.kill()))
    },
    async kill() {
      abort.abort()
      await end(0)
    },
    settle,
    refreshVolumes() {
      for (const { volume, write } of adjusted) {
        const files = ports.volumes().get(volume)?.files
        if (files) write(files)
      }
    },
    async release() {
      abort.abort()
      probes?.stop()
      await state.instance?.release()
    },
    async shutDown(graceMs) {
      abort.abort()
      await end(graceMs)
    },
  }
}

/** Resolves as soon as the program runs or has failed to. */
const begun = async (instance: { pid: number | undefined; ended: Ended | undefined; over: Promise<Ended> }) => {
  for (let ms = 2; instance.pid === undefined && !instance.ended; ms = Math.min(ms * 2, 50))
    await Promise.race([instance.over, new Promise((resolve) => setTimeout(resolve, ms))])
}

const duration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
