/** One job inside one JobManager: its states, checkpoints and savepoints, as Flink goes through them. */
import type { FlinkJobState } from '@drey/api'
import type { FlinkSettings } from './config.ts'
import type { Snapshot, Storage } from './storage.ts'

/** What a job needs from the JobManager around it. */
export interface Surroundings {
  now(): number
  /** runs later, unless the JobManager has died by then */
  after(ms: number, then: () => void): void
  random(): number
  settings: FlinkSettings
  storage: Storage
  cluster: string
  /** slots of registered TaskManagers that no other job uses; asking for more makes a native JobManager request pods */
  slots(job: Job): number
  /** the image of an application or the jar of a session job; some names tell how the job behaves */
  program: string
  /** called after the job's state changed */
  changed(job: Job, before: FlinkJobState): void
  /** a checkpoint was completed; resolves once HA metadata names it */
  completed(snapshot: Snapshot, dropped: Snapshot | undefined): Promise<void>
  /** whether savepoints can be written at present */
  savepointsWork(): boolean
  /** storage that says yes and keeps nothing */
  savepointsVanish(): boolean
  /** how long a savepoint takes */
  savepointMs(): number
  told(event: SnapshotEvent): void
}

export type SnapshotEvent = { event: 'checkpoint' | 'savepoint'; job: Job; snapshot: Snapshot }

export interface Trigger {
  state: 'in-progress' | 'completed' | 'failed'
  location?: string
  checkpointId?: number
  why?: string
  endedAt?: number
}

export interface Job {
  readonly id: string
  readonly name: string
  readonly startTime: number
  parallelism: number
  state: FlinkJobState
  endTime: number | undefined
  /** all tasks run; only then can snapshots be taken */
  tasksRun: boolean
  failure: { class: string; trace: string } | undefined
  /** when each state was first reached */
  readonly since: Partial<Record<FlinkJobState, number>>
  exceptions: { at: number; name: string; trace: string; taskManager?: string }[]
  /** what this run began with; undefined: the empty state */
  restored: Snapshot | undefined
  /** it began with a path that was given to it, not with its own last checkpoint */
  restoredByPath: boolean
  restoredAt: number
  latestCheckpoint: Snapshot | undefined
  latestSavepoint: Snapshot | undefined
  /** what `/checkpoints/details` still knows, newest first (web.checkpoints.history) */
  history: Snapshot[]
  completedCount: number
  failedCount: number
  latestFailed: { id: number; kind: 'checkpoint' | 'savepoint'; at: number; why: string } | undefined
  checkpointSince: number | undefined
  restarts: number
  /** it was cancelled while it waited for resources */
  endedWaiting: boolean
  begin(restore: { path: string | undefined } | { checkpoint: string }): void
  /** TaskManagers came or went, or another job gave its slots back: so many are this job's to use */
  slotsChanged(available: number): void
  stop(trigger: Trigger, directory: string | undefined, name: string): void
  savepoint(trigger: Trigger, directory: string | undefined, name: string): void
  checkpoint(trigger: Trigger): void
  cancel(): 'accepted' | 'ended'
  /** new requirements under the adaptive scheduler: the tasks begin anew from the last checkpoint */
  rescale(parallelism: number): void
  fail(o: { forGood: boolean; why?: string }): void
  finish(): void
}

export const isEnded = (state: FlinkJobState): boolean =>
  state === 'FINISHED' || state === 'FAILED' || state === 'CANCELED'

/** Directories in which nothing can be written, on any machine. */
const isNowhere = (uri: string): boolean => /^(file:\/+proc|bogus:)/.test(uri)

const initMs = 800
const deployMs = 1_200
const checkpointMs = 700
const cancelMs = 900
/** how long Flink takes to say no */
const failMs = 40
const restartDelayMs = 1_000
const historyMax = 10

export const job = (o: Surroundings & { id: string; name: string; parallelism: number }): Job => {
  let nextId = 1
  let epoch = 0
  let stopping = false

  const to = (state: FlinkJobState) => {
    if (self.state === state) return
    const before = self.state
    self.state = state
    self.since[state] = o.now()
    if (isEnded(state)) self.endTime = o.now()
    o.changed(self, before)
  }

  /** Later, unless the job left its present attempt meanwhile. */
  const later = (ms: number, then: () => void) => {
    const mine = epoch
    o.after(ms, () => mine === epoch && !isEnded(self.state) && then())
  }

  const schedule = () => {
    to('RUNNING')
    if (o.slots(self) >= self.parallelism) startTasks()
  }
  const startTasks = () => {
    later(deployMs, () => {
      if (self.tasksRun || self.state !== 'RUNNING' || o.slots(self) < self.parallelism) return
      self.tasksRun = true
      o.changed(self, 'RUNNING')
      tick()
      if (o.program.includes('job-fails'))
        later(3_000, () => self.fail({ forGood: true, why: 'java.lang.IllegalStateException: no such column' }))
      if (o.program.includes('batch')) later(20_000, () => self.finish())
    })
  }
  const tick = () => {
    const every = o.settings.checkpointIntervalMs
    if (every === undefined) return
    later(every, () => {
      if (self.tasksRun && !stopping) takeCheckpoint()
      tick()
    })
  }
  const remember = (snapshot: Snapshot) => {
    self.history.unshift(snapshot)
    self.history.length = Math.min(self.history.length, historyMax)
  }
  const takeCheckpoint = (trigger?: Trigger) => {
    const id = nextId++
    self.checkpointSince = o.now()
    later(checkpointMs, () => {
      self.checkpointSince = undefined
      if (!self.tasksRun) return
      const dropped = self.latestCheckpoint
      const snapshot: Snapshot = {
        path: `${o.settings.checkpointDir}/${self.id}/chk-${id}`,
        kind: 'checkpoint',
        id,
        stamp: o.storage.nextStamp(),
        jobId: self.id,
        cluster: o.cluster,
        at: o.now(),
        ...(o.settings.checkpointsInMemory ? { addressable: false } : {}),
      }
      o.storage.put(snapshot)
      self.latestCheckpoint = snapshot
      remember(snapshot)
      self.completedCount++
      if (trigger) Object.assign(trigger, { state: 'completed', checkpointId: id, endedAt: o.now() })
      o.told({ event: 'checkpoint', job: self, snapshot })
      void o.completed(snapshot, dropped).then(() => dropped && o.storage.remove(dropped.path))
    })
  }
  const write = (trigger: Trigger, directory: string | undefined, name: string, then: (path: string) => void) => {
    const target = directory ?? o.settings.savepointDir
    const failed = (why: string) => {
      self.failedCount++
      if (why.startsWith('java.io.IOException'))
        self.latestFailed = { id: nextId++, kind: 'savepoint', at: o.now(), why }
      o.after(failMs, () => Object.assign(trigger, { state: 'failed', why, endedAt: o.now() }))
    }
    if (target && isNowhere(target))
      return failed(`java.io.IOException: Failed to create savepoint directory at ${target}`)
    if (target === undefined) return failed('java.lang.IllegalStateException: No savepoint directory configured.')
    if (self.state !== 'RUNNING' || !self.tasksRun)
      return failed(
        'org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task Source (1/1) of job is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
      )
    const mine = epoch
    const startedAt = o.now()
    o.after(o.savepointMs(), () => {
      if (trigger.state !== 'in-progress') return
      if (mine !== epoch || isEnded(self.state) || !self.tasksRun)
        return failed('org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint Coordinator is suspending.')
      if (!o.savepointsWork()) return failed('java.io.IOException: No space left on device')
      const snapshot: Snapshot = {
        path: `${target}/savepoint-${self.id.slice(0, 6)}-${String(o.storage.nextStamp())}`,
        kind: 'savepoint',
        id: nextId++,
        stamp: o.storage.nextStamp(),
        jobId: self.id,
        cluster: o.cluster,
        at: startedAt,
        trigger: name,
      }
      if (!o.savepointsVanish()) o.storage.put(snapshot)
      self.latestSavepoint = snapshot
      remember(snapshot)
      self.completedCount++
      o.told({ event: 'savepoint', job: self, snapshot })
      then(snapshot.path)
    })
  }
  const attempt = (restored: Snapshot | undefined) => {
    self.restored = restored
    self.restoredAt = o.now()
    nextId = Math.max(nextId, (restored?.id ?? 0) + 1)
    to('CREATED')
    later(200, schedule)
  }

  const again = () => {
    if (self.latestCheckpoint) {
      self.restored = self.latestCheckpoint
      self.restoredByPath = false
      self.restoredAt = o.now()
    }
    schedule()
  }

  const self: Job = {
    id: o.id,
    name: o.name,
    startTime: o.now(),
    parallelism: o.parallelism,
    state: 'INITIALIZING',
    endTime: undefined,
    tasksRun: false,
    failure: undefined,
    since: { INITIALIZING: o.now() },
    exceptions: [],
    restored: undefined,
    restoredByPath: false,
    restoredAt: 0,
    latestCheckpoint: undefined,
    latestSavepoint: undefined,
    history: [],
    completedCount: 0,
    failedCount: 0,
    latestFailed: undefined,
    checkpointSince: undefined,
    restarts: 0,
    endedWaiting: false,
    begin(restore) {
      later(initMs, () => {
        const path = 'checkpoint' in restore ? restore.checkpoint : restore.path
        if (o.program.includes('job-breaks'))
          return self.fail({ forGood: true, why: 'java.lang.IllegalArgumentException: broken at its start' })
        if (path === undefined) return attempt(undefined)
        const found = o.storage.get(path)
        if (!found)
          return self.fail({
            forGood: true,
            why: `java.io.FileNotFoundException: Cannot find checkpoint or savepoint ${path}`,
          })
        if ('checkpoint' in restore) self.latestCheckpoint = found
        else self.restoredByPath = true
        attempt(found)
      })
    },
    slotsChanged(available) {
      if (isEnded(self.state) || self.state === 'INITIALIZING' || self.state === 'CANCELLING') return
      if (self.tasksRun && available < self.parallelism)
        return self.fail({ forGood: false, why: 'org.apache.flink.util.FlinkException: TaskManager lost' })
      if (!self.tasksRun && self.state === 'RUNNING' && available >= self.parallelism) startTasks()
    },
    stop(trigger, directory, name) {
      stopping = true
      write(trigger, directory, name, (path) =>
        later(300, () => {
          Object.assign(trigger, { state: 'completed', location: path, endedAt: o.now() })
          self.tasksRun = false
          // Retained on cancellation and failure only: a job that finished takes its checkpoints along.
          if (self.latestCheckpoint) o.storage.remove(self.latestCheckpoint.path)
          to('FINISHED')
        }),
      )
      if (trigger.state === 'failed') stopping = false
      else o.after(o.savepointMs() + 1, () => trigger.state === 'failed' && (stopping = false))
    },
    savepoint(trigger, directory, name) {
      write(trigger, directory, name, (path) =>
        Object.assign(trigger, { state: 'completed', location: path, endedAt: o.now() }),
      )
    },
    checkpoint(trigger) {
      if (self.state === 'RUNNING' && self.tasksRun) takeCheckpoint(trigger)
      else
        Object.assign(trigger, {
          state: 'failed',
          why: 'org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task Source (1/1) of job is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running.',
          endedAt: o.now(),
        })
    },
    cancel() {
      if (self.state === 'FAILED' || self.state === 'FINISHED') return 'ended'
      if (self.state === 'CANCELED' || self.state === 'CANCELLING') return 'accepted'
      epoch++
      self.endedWaiting = !self.tasksRun
      self.tasksRun = false
      to('CANCELLING')
      later(cancelMs, () => to('CANCELED'))
      return 'accepted'
    },
    rescale(parallelism) {
      if (isEnded(self.state) || parallelism === self.parallelism) return
      self.parallelism = parallelism
      if (!self.tasksRun) return
      epoch++
      self.tasksRun = false
      self.checkpointSince = undefined
      to('RESTARTING')
      later(300, () => again())
    },
    fail({ forGood, why = 'java.lang.RuntimeException: boom' }) {
      if (isEnded(self.state)) return
      epoch++
      self.tasksRun = false
      stopping = false
      self.exceptions.push({
        at: o.now(),
        name: why.split(':')[0] ?? why,
        trace: `${why}\n\tat user.Code.map(Code.java:1)`,
        ...(why.includes('TaskManager') ? { taskManager: 'taskmanager-1-1' } : {}),
      })
      if (self.checkpointSince !== undefined) {
        self.failedCount++
        const suspending = 'Checkpoint Coordinator is suspending.'
        self.latestFailed = { id: nextId - 1, kind: 'checkpoint', at: o.now(), why: suspending }
      }
      self.checkpointSince = undefined
      if (forGood) {
        self.failure = { class: why.split(':')[0] ?? why, trace: `${why}\n\tat user.Code.map(Code.java:1)` }
        return to('FAILED')
      }
      self.restarts++
      to('RESTARTING')
      later(restartDelayMs, () => {
        again()
      })
    },
    finish() {
      if (isEnded(self.state)) return
      epoch++
      self.tasksRun = false
      if (self.latestCheckpoint) o.storage.remove(self.latestCheckpoint.path)
      to('FINISHED')
    },
  }
  return self
}
