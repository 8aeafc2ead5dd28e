/** A JobManager's answers over REST, in the words real ones use: recorded per version, and compared with the records by a test. */
import type { FlinkResponse } from '@drey/flink'
import { isEnded, type Job, type Trigger } from './job.ts'
import { checkpointOf, checkpointsOf, exceptionsOf, jobOf, resultOf, taskManagerOf, vertexId } from './rest-shapes.ts'
import type { RestCaches } from './rest-caches.ts'
import { jars } from './rest-jars.ts'
import { isAtLeast } from './version.ts'

/** What the endpoints can see and do. */
export interface Behind {
  now(): number
  /** `1.20`, `2.3` */
  version: string
  webRefreshMs: number
  jobs(): readonly Job[]
  /** what is answered from a cache */
  caches: RestCaches
  /** as `/jobs/overview` shows them */
  overview(): unknown
  taskManagers(): readonly { pod: string; slots: number }[]
  slots(): { total: number; free: number }
  /** the cache of asynchronous operations; `savepoint` for savepoints and stops alike */
  trigger(kind: TriggerKind, jobId: string, id: string): Trigger | undefined
  start(kind: TriggerKind, jobId: string, id: string, run: (trigger: Trigger) => void): void
  newTriggerId(): string
  jars: Map<string, string>
  isApplication: boolean
  adaptive: boolean
  runJar(o: RunJarBody): FlinkResponse | Promise<FlinkResponse | 'refused'>
  dispose(path: string, ended: (found: boolean) => void): void
  /** whether there is something at a path of the storage */
  known(path: string): boolean
}

export type TriggerKind = 'savepoint' | 'checkpoint' | 'disposal'

export interface RunJarBody {
  jar: string
  jobId: string | undefined
  savepointPath: string | undefined
  parallelism: number | undefined
  config: Readonly<Record<string, string>>
}

export interface Request {
  method: string
  path: string
  body?: unknown
  upload?: { name: string } | undefined
}

type Answer = FlinkResponse | Promise<FlinkResponse | 'refused'>

export const ok = (body: unknown, status = 200): FlinkResponse => ({ status, body })
export const error = (status: number, ...errors: string[]): FlinkResponse => ({ status, body: { errors } })
export const restError = (status: number, text: string): FlinkResponse =>
  error(status, `org.apache.flink.runtime.rest.handler.RestHandlerException: ${text}\n\tat Handler.java`)
export const serverError = (text: string): FlinkResponse =>
  error(
    500,
    'Internal server error.',
    `<Exception on server side:\n${text}\n\tat Handler.java\n\nEnd of exception on server side>`,
  )
const notFound = (text: string): FlinkResponse =>
  error(404, `org.apache.flink.runtime.rest.NotFoundException: ${text}\n\tat Handler.java`)

/** What `POST /jars/…/run` says when the job did not begin: the causes are in the text. */
export const runFailed = (name: string, trace: string): FlinkResponse =>
  error(
    400,
    [
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
      'java.util.concurrent.CompletionException: org.apache.flink.util.FlinkRuntimeException: Could not execute application.',
      `org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: Failed to execute job '${name}'.`,
      `org.apache.flink.util.FlinkException: Failed to execute job '${name}'.`,
      trace,
    ].join('\nCaused by: '),
  )

export const answer = (b: Behind, r: Request): Answer => {
  const [path = '', query = ''] = r.path.split('?')
  const words = path.split('/').slice(1)
  const body = (r.body ?? {}) as Record<string, unknown>
  if (r.method === 'GET') {
    if (path === '/config') return ok(config(b))
    if (path === '/overview') return ok(clusterOverview(b))
    if (path === '/taskmanagers')
      return ok({ taskmanagers: b.taskManagers().map((tm) => taskManagerOf(tm, b.slots(), b.version)) })
    if (path === '/jobs/overview') return ok(b.overview())
    if (path === '/jobs/metrics') return ok([])
    if (path === '/jobs') return ok({ jobs: b.jobs().map(({ id, state }) => ({ id, status: state })) })
  }
  if (words[0] === 'savepoint-disposal') return disposal(b, r, words, body)
  if (words[0] === 'jars') return jars(b, r, words, body)
  if (words[0] !== 'jobs' || words[1] === undefined || words[1] === 'overview') return noSuchPath(r.method, path)
  return ofJob(b, r, words, body, query)
}

const noSuchPath = (method: string, path: string): FlinkResponse =>
  error(404, method === 'GET' ? `Unable to load requested file ${path}.` : `Not found: ${path}`)

const isId = (text: string): boolean => /^[0-9a-fA-F]{32}$/.test(text)
const badParameter = (name: string, value: string): FlinkResponse =>
  restError(
    400,
    `Bad request, could not parse parameters: Cannot resolve path parameter (${name}) from value "${value}".`,
  )

const ofJob = (b: Behind, r: Request, words: string[], body: Record<string, unknown>, query: string): FlinkResponse => {
  const [, jobId = '', what, id] = words
  if (!isId(jobId)) return badParameter('jobid', jobId)
  const job = b.jobs().find((one) => one.id === jobId)
  const missing = notFound(`Job ${jobId} not found`)
  if (r.method === 'PATCH' && what === undefined) return cancel(job, query)
  if (r.method === 'POST' && (what === 'stop' || what === 'savepoints' || what === 'checkpoints'))
    return takeSnapshot(b, job, jobId, what, r.body)
  if (what === 'resource-requirements') return requirements(b, r, job, jobId)
  if (r.method !== 'GET') return noSuchPath(r.method, r.path)
  if (what === 'savepoints' || (what === 'checkpoints' && id !== undefined && id !== 'details' && id !== 'config'))
    return isId(id ?? '')
      ? triggerStatus(b, what === 'savepoints' ? 'savepoint' : 'checkpoint', jobId, id ?? '')
      : badParameter('triggerid', id ?? '')
  if (what === 'metrics') return ok(job ? metricsOf(job, query) : [])
  if (what === 'checkpoints' && id === 'details' && !/^\d+$/.test(words[4] ?? ''))
    return badParameter('checkpointid', words[4] ?? '')
  if (what === 'checkpoints') return statisticsOf(b, jobId, words)
  if (!job)
    return what === 'execution-result'
      ? restError(
          404,
          `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`,
        )
      : what === 'status'
        ? serverError(
            `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`,
          )
        : missing
  switch (what) {
    case undefined:
      return ok(jobOf(b.caches.graph(jobId) ?? job, b.version, b.now()))
    case 'status':
      return ok({ status: job.state })
    case 'exceptions':
      return ok(exceptionsOf(b.caches.graph(jobId) ?? job, b.version))
    case 'execution-result':
      return ok(isEnded(job.state) ? resultOf(job, b.version) : { status: { id: 'IN_PROGRESS' } })
    default:
      return noSuchPath(r.method, r.path)
  }
}

const statisticsOf = (b: Behind, jobId: string, [, , , id, checkpointId]: string[]): FlinkResponse => {
  const job = b.caches.statistics(jobId)
  if (!job) return notFound(`Job ${jobId} not found`)
  if (job.state === 'INITIALIZING') return serverError(initializing)
  if (id !== 'details') return ok(checkpointsOf(b.adaptive && hidesStatistics(job) ? unknownTo(job) : job))
  const one = job.history.find((s) => s.id === Number(checkpointId))
  return one
    ? ok(checkpointOf(one, job.parallelism))
    : restError(404, `Could not find checkpointing statistics for checkpoint ${checkpointId}.`)
}

const initializing =
  'org.apache.flink.runtime.dispatcher.UnavailableDispatcherOperationException: Unable to get JobMasterGateway for initializing job. ' +
  'The requested operation is not available while the JobManager is initializing.'

const cancel = (job: Job | undefined, query: string): FlinkResponse => {
  if (query.includes('mode=stop')) return restError(308, 'The termination mode "stop" has been removed.')
  if (query !== '' && !query.includes('mode=cancel'))
    return restError(400, 'Bad request, could not parse parameters: Cannot resolve query parameter (mode).')
  if (!job) return restError(404, 'Job could not be found.')
  return job.cancel() === 'accepted'
    ? ok({}, 202)
    : restError(
        409,
        `Job cancellation failed because the job has already reached another terminal state (${job.state}).`,
      )
}

const bodies = { stop: 'StopWithSavepoint', savepoints: 'SavepointTrigger', checkpoints: 'CheckpointTrigger' } as const
const fieldsOf: Readonly<Record<keyof typeof bodies, readonly string[]>> = {
  stop: ['targetDirectory', 'drain', 'formatType', 'triggerId'],
  savepoints: ['target-directory', 'cancel-job', 'formatType', 'triggerId'],
  checkpoints: ['checkpointType', 'triggerId'],
}

/** 202 in every state of the job, also when there is no such job: what failed stands in the status of the trigger. */
const takeSnapshot = (
  b: Behind,
  job: Job | undefined,
  jobId: string,
  what: keyof typeof bodies,
  given: unknown,
): FlinkResponse => {
  if (given === null) return serverError('java.lang.NullPointerException')
  const body = (given ?? {}) as Record<string, unknown>
  const bad = restError(400, `Request did not match expected format ${bodies[what]}RequestBody.`)
  if (typeof given === 'string' || Array.isArray(given)) return bad
  // Unknown fields are refused up to 1.19 and ignored later.
  if (!isAtLeast(b.version, '1.20') && Object.keys(body).some((key) => !fieldsOf[what].includes(key))) return bad
  const { formatType, checkpointType, triggerId: asked } = body
  if (formatType !== undefined && !['CANONICAL', 'NATIVE', 'DEFAULT'].includes(String(formatType))) return bad
  if (checkpointType !== undefined && !['CONFIGURED', 'FULL', 'INCREMENTAL'].includes(String(checkpointType)))
    return bad
  if (body['cancel-job'] !== undefined && typeof body['cancel-job'] !== 'boolean') return bad
  if (asked !== undefined && !isId(String(asked))) return bad
  if (checkpointType === 'INCREMENTAL' && isAtLeast(b.version, '1.19'))
    return serverError('java.lang.IllegalArgumentException')
  const triggerId = asked === undefined ? b.newTriggerId() : String(asked).toLowerCase()
  const kind = what === 'checkpoints' ? 'checkpoint' : 'savepoint'
  const accepted = ok({ 'request-id': triggerId }, 202)
  if (b.trigger(kind, jobId, triggerId)) return accepted
  const directory = (what === 'stop' ? body['targetDirectory'] : body['target-directory']) as string | undefined
  b.start(kind, jobId, triggerId, (trigger) => {
    const failed = (why: string) => void Object.assign(trigger, { state: 'failed', why, endedAt: b.now() })
    if (!job || isEnded(job.state))
      return failed(`org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`)
    if (job.state === 'INITIALIZING') return failed(initializing)
    if (what === 'stop') job.stop(trigger, directory, triggerId)
    else if (what === 'savepoints') job.savepoint(trigger, directory, triggerId)
    else job.checkpoint(trigger)
  })
  return accepted
}

const failureOf = (why: string) => ({
  class: 'java.util.concurrent.CompletionException',
  'stack-trace': `java.util.concurrent.CompletionException: ${why}\n\tat Future.java\nCaused by: ${why}`,
  'serialized-throwable': '',
})

const triggerStatus = (b: Behind, kind: 'savepoint' | 'checkpoint', jobId: string, id: string): FlinkResponse => {
  const trigger = b.trigger(kind, jobId, id)
  if (!trigger) return restError(404, `There is no ${kind} operation with triggerId=${id} for job ${jobId}.`)
  if (trigger.state === 'in-progress') return ok({ status: { id: 'IN_PROGRESS' }, operation: null })
  return ok({
    status: { id: 'COMPLETED' },
    operation:
      trigger.state === 'failed'
        ? { [kind === 'savepoint' ? 'failure-cause' : 'failureCause']: failureOf(trigger.why ?? '') }
        : kind === 'savepoint'
          ? { location: trigger.location }
          : { checkpointId: trigger.checkpointId },
  })
}

const disposal = (b: Behind, r: Request, words: string[], body: Record<string, unknown>): FlinkResponse => {
  if (r.method === 'POST') {
    if (typeof r.body === 'string')
      return restError(400, 'Request did not match expected format SavepointDisposalRequest.')
    const path = body['savepoint-path']
    if (typeof path !== 'string') return restError(400, 'Field savepoint-path must not be omitted or be null.')
    const id = b.newTriggerId()
    b.start('disposal', '', id, (trigger) =>
      b.dispose(path, (found) =>
        Object.assign(
          trigger,
          found
            ? { state: 'completed', endedAt: b.now() }
            : {
                state: 'failed',
                why: `org.apache.flink.util.FlinkException: Could not dispose savepoint ${path}.`,
                endedAt: b.now(),
              },
        ),
      ),
    )
    return ok({ 'request-id': id })
  }
  const trigger = b.trigger('disposal', '', words[1] ?? '')
  if (!trigger) return notFound('Operation not found under key: OperationKey')
  if (trigger.state === 'in-progress') return ok({ status: { id: 'IN_PROGRESS' }, operation: null })
  return ok({
    status: { id: 'COMPLETED' },
    operation: trigger.state === 'failed' ? { 'failure-cause': failureOf(trigger.why ?? '') } : {},
  })
}

const requirements = (b: Behind, r: Request, job: Job | undefined, jobId: string): FlinkResponse => {
  if (r.method === 'PUT') {
    if (typeof r.body === 'string')
      return restError(400, 'Request did not match expected format JobResourceRequirementsBody.')
    const wanted = r.body as Record<string, { parallelism: { lowerBound: number; upperBound: number } }> | null
    if (wanted && Object.keys(wanted).length === 0)
      return restError(400, 'Request body does not specify resource requirements.')
    if (!job || !b.adaptive || isEnded(job.state) || !wanted)
      return serverError('java.lang.UnsupportedOperationException')
    const mine = wanted[vertexId]
    if (!mine)
      return restError(400, `The request is incomplete, missing job vertex [${vertexId}] resource requirements.`)
    if (mine.parallelism.lowerBound > mine.parallelism.upperBound)
      return restError(
        400,
        `The requested lower bound [${mine.parallelism.lowerBound}] for job vertex [${vertexId}] is higher.`,
      )
    job.rescale(mine.parallelism.upperBound)
    return ok({})
  }
  if (!job)
    return serverError(
      `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${jobId})`,
    )
  if (!b.adaptive || isEnded(job.state)) return serverError('java.lang.UnsupportedOperationException')
  return ok({ [vertexId]: { parallelism: { lowerBound: 1, upperBound: job.parallelism } } })
}

/** While the adaptive scheduler waits for resources its statistics are empty, also after a cancel from there. */
const hidesStatistics = (job: Job): boolean => !job.tasksRun && (!isEnded(job.state) || job.endedWaiting)

const unknownTo = (job: Job): Job => ({
  ...job,
  latestCheckpoint: undefined,
  latestSavepoint: undefined,
  latestFailed: undefined,
  restored: undefined,
  history: [],
  completedCount: 0,
  failedCount: 0,
  checkpointSince: undefined,
})

const metricsOf = (job: Job, query: string): unknown[] => {
  const known: Record<string, number> = {
    numRestarts: job.restarts,
    fullRestarts: job.restarts,
    numberOfCompletedCheckpoints: job.completedCount,
  }
  const wanted = /get=([^&]*)/.exec(query)?.[1]?.split(',') ?? []
  return wanted.flatMap((id) => (known[id] === undefined ? [] : [{ id, value: String(known[id]) }]))
}

const config = (b: Behind) => ({
  'refresh-interval': b.webRefreshMs,
  'timezone-name': 'Coordinated Universal Time',
  'timezone-offset': 0,
  'flink-version': `${b.version}.0`,
  'flink-revision': 'model',
  features: {
    'web-submit': !b.isApplication,
    'web-cancel': true,
    'web-rescale': false,
    'web-history': false,
  },
})

const clusterOverview = (b: Behind) => {
  const count = (...states: string[]) => b.jobs().filter((job) => states.includes(job.state)).length
  const { total, free } = b.slots()
  return {
    taskmanagers: b.taskManagers().length,
    'slots-total': total,
    'slots-available': free,
    'jobs-running': b.jobs().filter((job) => !isEnded(job.state)).length,
    'jobs-finished': count('FINISHED'),
    'jobs-cancelled': count('CANCELED'),
    'jobs-failed': count('FAILED'),
    'flink-version': `${b.version}.0`,
    'flink-commit': 'model',
  }
}

export { overviewOf } from './rest-shapes.ts'
