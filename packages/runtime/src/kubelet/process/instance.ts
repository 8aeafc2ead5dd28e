/**
 * One instance of a container, from our side: watches its directory, feeds its log, and tells when it started and ended.
 * Adopting an instance that a predecessor of ours started is the same call.
 */
import { watch } from 'node:fs'
import { logWriter } from './log.ts'
import { readInstance, shimLives } from './shim.ts'
import { killMarked, markOf, signal, startTicksOf } from './tree.ts'

export interface Ended {
  code: number
  /** milliseconds since the epoch */
  at: number
  /** why it could not even be started */
  error?: string
  /** the shim did not survive, so nobody knows the exit status */
  lost?: boolean
}

export interface Instance {
  readonly pid: number | undefined
  readonly startedAt: number | undefined
  readonly ended: Ended | undefined
  /** resolves when it has ended, its other processes are gone and its last line is in the log */
  readonly over: Promise<Ended>
  signal(name: NodeJS.Signals): void
  /** SIGKILL to every process of it */
  kill(): Promise<void>
  /** stops watching; the processes go on */
  release(): Promise<void>
}

/** `changed` is never called before this has returned. */
export const watchInstance = (options: {
  dir: string
  mark: string
  /** path of its log without ending */
  logBase: string
  now(): number
  /** told when it started or ended */
  changed(): void
}): Instance => {
  const { dir, mark, now } = options
  const changed = () => queueMicrotask(options.changed)
  const log = logWriter({ raw: `${dir}/output`, base: options.logBase, now })
  const over = Promise.withResolvers<Ended>()
  let pid: number | undefined
  let startedAt: number | undefined
  let ticks: string | undefined
  let ended: Ended | undefined
  let ending = false

  const look = () => {
    if (ending) return
    const files = readInstance(dir)
    log.poke()
    if (files.exit) {
      void end({ ...files.exit, ...(files.error && files.exit.code === 128 ? { error: files.error } : {}) })
      return
    }
    if (files.pid !== undefined && pid === undefined) {
      pid = files.pid
      startedAt = files.startedAt
      // While the shim waits for it, the pid cannot have been given to another process.
      if (shimLives(dir) || markOf(pid) === mark) ticks = startTicksOf(pid)
      changed()
    }
    const lives = isOurs()
    // Nobody is left to write the exit file, and it was not written meanwhile: the machine restarted, or somebody killed both.
    if (!lives && !shimLives(dir)) {
      const { exit } = readInstance(dir)
      void end(exit ?? { code: 137, at: now(), lost: true })
    }
  }

  /** By its start time: the environment of a process cannot be read while it is replacing its program. */
  const isOurs = () => pid !== undefined && ticks !== undefined && startTicksOf(pid) === ticks

  const end = async (how: Ended) => {
    ending = true
    stop()
    const files = readInstance(dir)
    pid ??= files.pid
    startedAt ??= files.startedAt
    await killMarked(mark)
    await log.finish().catch(() => {})
    ended = how
    over.resolve(how)
    changed()
  }

  const watcher = watch(dir, { persistent: false }, () => look())
  watcher.on('error', () => {})
  const timer = setInterval(look, 1000)
  timer.unref()
  const stop = () => {
    clearInterval(timer)
    watcher.close()
  }
  // At once: whoever adopts a running instance must not report it as not running for a moment.
  look()

  return {
    get pid() {
      return pid
    },
    get startedAt() {
      return startedAt
    },
    get ended() {
      return ended
    },
    over: over.promise,
    signal: (name) => void (pid !== undefined && isOurs() && signal(pid, name)),
    async kill() {
      if (pid !== undefined && isOurs()) signal(pid, 'SIGKILL')
      await killMarked(mark)
    },
    async release() {
      if (ending) return
      ending = true
      stop()
      await log.close()
    },
  }
}
