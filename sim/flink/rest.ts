/** A JobManager's answers over REST, in the words real ones use (recorded per version). */
import type { FlinkResponse } from '@drey/flink'
import { isEnded, type Job, type Trigger } from './job.ts'
import type { Snapshot } from './storage.ts'

/** What the endpoints can see and do. */
export interface Behind {
  now(): number
  version: string
  jobs(): readonly Job[]
  /** as `/jobs/overview` shows them: possibly some seconds old */
  overview(): unknown
  taskManagers(): number
  /** the cache of asynchronous operations; `kind` is `savepoint` for savepoints and stops alike */
  trigger(kind: 'savepoint' | 'checkpoint', jobId: string, id: string): Trigger | undefined
  start(kind: 'savepoint' | 'checkpoint', jobId: string, id: string, run: (trigger: Trigger) => void): void
  newTriggerId(): string
  jars: Map<string, string>
  isApplication: boolean
  /** resolves when initialisation ended */
  runJar(o: {
    jobId: string | undefined
    savepointPath: string | undefined
    parallelism: number | undefined
  }): FlinkResponse
  dispose(path: string): void
}

const ok = (body: unknown, status = 200): FlinkResponse => ({ status, body })
const error = (status: number, ...errors: string[]): FlinkResponse => ({ status, body: { errors } })

export const answer = (
  b: Behind,
  r: { method: string; path: string; body?: unknown; upload?: { name: string } | undefined },
): FlinkResponse => {
  const [path = '', query = ''] = r.path.split('?')
  const words = path.split('/').slice(1)
  const body = (r.body ?? {}) as Record<string, unknown>
  if (path === '/config')
    return ok({ 'flink-version': `${b.version}.0`, 'flink-revision': 'model', 'refresh-interval': 3_000 })
  if (path === '/overview') return ok({ taskmanagers: b.taskManagers(), 'flink-version': `${b.version}.0` })
  if (path === '/taskmanagers') return ok({ taskmanagers: Array.from({ length: b.taskManagers() }, () => ({})) })
  if (path === '/jobs/overview') return ok(b.overview())
  if (path === '/savepoint-disposal' && r.method === 'POST') {
    b.dispose(String(body['savepoint-path']))
    return ok({ 'request-id': b.newTriggerId() }, 202)
  }
  if (words[0] === 'jars') return jars(b, r, words, body)
  if (words[0] !== 'jobs' || words[1] === undefined) return error(404, `Unable to load requested file ${path}.`)
  const jobId = words[1]
  const found = b.jobs().find((job) => job.id === jobId)
  const missing = error(404, `org.apache.flink.runtime.rest.NotFoundException: Job ${jobId} not found`)
  const [, , what, id] = words
  if (r.method === 'PATCH') {
    if (!query.includes('mode=cancel')) return error(400, 'unknown mode')
    if (!found) return missing
    return found.cancel() === 'accepted'
      ? ok({}, 202)
      : error(
          409,
          `Job cancellation failed because the job has already reached another terminal state (${found.state}).`,
        )
  }
  if (r.method === 'POST' && (what === 'stop' || what === 'savepoints' || what === 'checkpoints')) {
    const asked = body['triggerId']
    if (asked !== undefined && !/^[0-9a-fA-F]{32}$/.test(String(asked))) return error(400, 'Bad request: triggerId')
    const triggerId = asked === undefined ? b.newTriggerId() : String(asked).toLowerCase()
    const directory = (body['targetDirectory'] ?? body['target-directory']) as string | undefined
    if (b.trigger(what === 'checkpoints' ? 'checkpoint' : 'savepoint', jobId, triggerId))
      return ok({ 'request-id': triggerId }, 202)
    b.start(what === 'checkpoints' ? 'checkpoint' : 'savepoint', jobId, triggerId, (trigger) => {
      if (!found) {
        Object.assign(trigger, {
          state: 'failed',
          why: `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`,
          endedAt: b.now(),
        })
      } else if (isEnded(found.state))
        Object.assign(trigger, {
          state: 'failed',
          why: `org.apache.flink.runtime.messages.FlinkJobTerminatedWithoutCancellationException: Flink job (${jobId}) was not running`,
          endedAt: b.now(),
        })
      else if (what === 'stop') found.stop(trigger, directory, triggerId)
      else if (what === 'savepoints') found.savepoint(trigger, directory, triggerId)
      else found.checkpoint(trigger)
    })
    return ok({ 'request-id': triggerId }, 202)
  }
  if (
    r.method === 'GET' &&
    (what === 'savepoints' || (what === 'checkpoints' && id !== undefined && id !== 'details'))
  ) {
    const kind = what === 'savepoints' ? 'savepoint' : 'checkpoint'
    const trigger = b.trigger(kind, jobId, id ?? '')
    if (!trigger)
      return error(
        404,
        `org.apache.flink.runtime.rest.NotFoundException: There is no ${kind} operation with triggerId=${id} for job ${jobId}.`,
      )
    if (trigger.state === 'in-progress') return ok({ status: { id: 'IN_PROGRESS' }, operation: null })
    if (trigger.state === 'completed')
      return ok({
        status: { id: 'COMPLETED' },
        operation: kind === 'savepoint' ? { location: trigger.location } : { checkpointId: trigger.checkpointId },
      })
    const trace = `org.apache.flink.util.FlinkException: operation failed\nCaused by: ${trigger.why}`
    return ok({
      status: { id: 'COMPLETED' },
      operation: {
        [kind === 'savepoint' ? 'failure-cause' : 'failureCause']: {
          class: 'java.lang.Exception',
          'stack-trace': trace,
        },
      },
    })
  }
  if (what === 'metrics') return ok([])
  if (!found) return what === 'status' ? error(500, 'FlinkJobNotFoundException') : missing
  if (what === 'checkpoints') {
    if (found.state === 'INITIALIZING')
      return error(500, 'org.apache.flink.runtime.dispatcher.UnavailableDispatcherOperationException')
    if (id === 'details') {
      const one = [found.latestCheckpoint, found.latestSavepoint].find((s) => s?.id === Number(words[4]))
      return one ? ok({ external_path: one.path }) : missing
    }
    return ok(checkpoints(found))
  }
  if (what === 'exceptions')
    return ok({
      exceptionHistory: {
        entries: found.exceptions.map((e) => ({
          exceptionName: e.name,
          stacktrace: e.trace,
          timestamp: e.at,
          failureLabels: {},
        })),
      },
    })
  if (what === 'execution-result')
    return ok({
      status: { id: isEnded(found.state) ? 'COMPLETED' : 'IN_PROGRESS' },
      'job-execution-result': {
        id: jobId,
        'application-status': found.state === 'FINISHED' ? 'SUCCEEDED' : found.state,
        ...(found.failure
          ? { 'failure-cause': { class: found.failure.class, 'stack-trace': found.failure.trace } }
          : {}),
      },
    })
  if (what === 'status') return ok({ status: found.state })
  if (what === 'resource-requirements') return ok({})
  if (what === undefined) return ok({ jid: jobId, name: found.name, state: found.state, vertices: [] })
  return error(404, `Unable to load requested file ${path}.`)
}

const jars = (
  b: Behind,
  r: { method: string; upload?: { name: string } | undefined },
  words: string[],
  body: Record<string, unknown>,
): FlinkResponse => {
  if (b.isApplication) return error(404, 'Unable to load requested file /jars.')
  if (r.method === 'POST' && words[1] === 'upload') {
    const id = `${b.newTriggerId()}_${r.upload?.name ?? 'job.jar'}`
    b.jars.set(id, r.upload?.name ?? 'job.jar')
    return ok({ filename: `/tmp/flink-web-upload/${id}`, status: 'success' })
  }
  const jar = decodeURIComponent(words[1] ?? '')
  if (r.method === 'DELETE') return b.jars.delete(jar) ? ok({}) : error(400, `File ${jar} does not exist`)
  if (words[2] === 'run') {
    if (!b.jars.has(jar)) return error(500, `Jar file ${jar} does not exist`)
    return b.runJar({
      jobId: body['jobId'] as string | undefined,
      savepointPath: body['savepointPath'] as string | undefined,
      parallelism: body['parallelism'] as number | undefined,
    })
  }
  return error(404, 'Not found')
}

const checkpoints = (job: Job) => {
  const entry = (s: Snapshot | undefined) =>
    s && {
      id: s.id,
      status: 'COMPLETED',
      is_savepoint: s.kind === 'savepoint',
      trigger_timestamp: s.at,
      external_path: s.path,
      state_size: 1_000 + s.stamp,
    }
  return {
    counts: {
      restored: job.restored ? 1 : 0,
      completed: job.completedCount,
      in_progress: job.checkpointSince ? 1 : 0,
      failed: 0,
    },
    latest: {
      completed: entry(job.latestCheckpoint) ?? null,
      savepoint: entry(job.latestSavepoint) ?? null,
      failed: null,
      restored: job.restored
        ? {
            id: job.restored.id,
            restore_timestamp: job.startTime,
            is_savepoint: true,
            external_path: job.restored.path,
          }
        : null,
    },
    history: job.checkpointSince ? [{ status: 'IN_PROGRESS', trigger_timestamp: job.checkpointSince }] : [],
  }
}

export const overviewOf = (jobs: readonly Job[], now: number) => ({
  jobs: jobs.map((job) => ({
    jid: job.id,
    name: job.name,
    state: job.state,
    'start-time': job.startTime,
    'end-time': job.endTime ?? -1,
    duration: (job.endTime ?? now) - job.startTime,
    tasks: {
      total: job.state === 'INITIALIZING' ? 0 : job.parallelism,
      running: job.tasksRun ? job.parallelism : 0,
      finished: job.state === 'FINISHED' ? job.parallelism : 0,
      scheduled: !job.tasksRun && job.state === 'RUNNING' ? job.parallelism : 0,
    },
  })),
})
