/** Parses a JobManager's answers: unknown fields are ignored, missing ones have a plain value. */
import type {
  CheckpointEntry,
  CheckpointFacts,
  ClusterConfig,
  ExceptionEntry,
  FlinkJobState,
  JobOverview,
  ResourceRequirements,
  TriggerFact,
} from '@drey/api'

type Json = Record<string, unknown>
const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

const states = new Set<string>(
  'INITIALIZING CREATED RUNNING FAILING FAILED CANCELLING CANCELED FINISHED RESTARTING SUSPENDED RECONCILING'.split(
    ' ',
  ),
)

export const parseJobs = (body: unknown): JobOverview[] =>
  list(record(body)['jobs']).flatMap((item) => {
    const job = record(item)
    const tasks = record(job['tasks'])
    const state = text(job['state'])
    if (!text(job['jid']) || !states.has(state)) return []
    return [
      {
        jobId: text(job['jid']),
        name: text(job['name']),
        state: state as FlinkJobState,
        startTime: number(job['start-time']),
        ...(number(job['end-time']) > 0 ? { endTime: number(job['end-time']) } : {}),
        tasks: {
          total: number(tasks['total']),
          running: number(tasks['running']),
          finished: number(tasks['finished']),
        },
      },
    ]
  })

export const parseConfig = (body: unknown): ClusterConfig => ({
  flinkVersion: text(record(body)['flink-version']),
  flinkRevision: text(record(body)['flink-revision']),
})

const unaddressable = '<checkpoint-not-externally-addressable>'

export const parseCheckpoints = (body: unknown): CheckpointFacts => {
  const latest = record(record(body)['latest'])
  const entry = (value: unknown): CheckpointEntry | undefined => {
    const e = record(value)
    if (typeof e['id'] !== 'number' || !text(e['external_path'])) return undefined
    return {
      id: e['id'],
      path: text(e['external_path']),
      at: number(e['trigger_timestamp']) || number(e['restore_timestamp']),
      savepoint: e['is_savepoint'] === true,
    }
  }
  const restored = entry(latest['restored'])
  const completed = entry(latest['completed'])
  const savepoint = entry(latest['savepoint'])
  const newest = [restored, completed, savepoint]
    .filter((e) => e !== undefined)
    .reduce<CheckpointEntry | undefined>((best, e) => (best && best.id >= e.id ? best : e), undefined)
  const first = record(list(record(body)['history'])[0])
  return {
    latest: newest?.path === unaddressable ? undefined : newest,
    restored,
    completed: completed?.path === unaddressable ? undefined : completed,
    stateSize: completed ? number(record(latest['completed'])['state_size']) : undefined,
    inProgressSince: first['status'] === 'IN_PROGRESS' ? number(first['trigger_timestamp']) : undefined,
    counted: Object.values(record(record(body)['counts'])).some((count) => number(count) > 0) || newest !== undefined,
    completedCount: number(record(record(body)['counts'])['completed']),
    notAddressable: newest?.path === unaddressable,
  }
}

/** When stopping fails after the savepoint completed, the path stands in the error (Flink: StopWithSavepointStoppingException). */
const savedButNotStopped = /A savepoint has been created at: (\S+?),? but the corresponding job/

export const parseTrigger = (body: unknown): TriggerFact => {
  const operation = record(record(body)['operation'])
  const failure = record(operation['failure-cause'] ?? operation['failureCause'])
  if (record(record(body)['status'])['id'] === 'IN_PROGRESS') return { state: 'in-progress' }
  const trace = text(failure['stack-trace'])
  if (trace || failure['class']) {
    const saved = savedButNotStopped.exec(trace)?.[1]
    if (saved) return { state: 'completed', location: saved }
    const causes = trace.split('\n').filter((line) => line.startsWith('Caused by: '))
    return {
      state: 'failed',
      why: (causes.at(-1)?.slice(11) ?? trace.split('\n', 1)[0] ?? text(failure['class'])).trim(),
      trace,
    }
  }
  if (text(operation['location'])) return { state: 'completed', location: text(operation['location']) }
  if (typeof operation['checkpointId'] === 'number')
    return { state: 'completed', location: '', checkpointId: operation['checkpointId'] }
  return { state: 'in-progress' }
}

export const parseExceptions = (body: unknown): ExceptionEntry[] =>
  list(record(record(body)['exceptionHistory'])['entries']).map((item) => {
    const e = record(item)
    return {
      name: text(e['exceptionName']),
      stacktrace: text(e['stacktrace']),
      at: number(e['timestamp']),
      ...(text(e['taskName']) ? { task: text(e['taskName']) } : {}),
      ...(text(e['endpoint']) || text(e['location']) ? { endpoint: text(e['endpoint']) || text(e['location']) } : {}),
      ...(text(e['taskManagerId']) ? { taskManager: text(e['taskManagerId']) } : {}),
      labels: Object.fromEntries(Object.entries(record(e['failureLabels'])).map(([k, v]) => [k, String(v)])),
    }
  })

/** The failure of a finished job, if it has one. */
export const parseResult = (body: unknown): { class: string; trace: string } | undefined => {
  const cause = record(record(record(body)['job-execution-result'])['failure-cause'])
  return text(cause['class']) || text(cause['stack-trace'])
    ? { class: text(cause['class']), trace: text(cause['stack-trace']) }
    : undefined
}

export const parseMetrics = (body: unknown): Record<string, string> =>
  Object.fromEntries(list(body).map((item) => [text(record(item)['id']), String(record(item)['value'] ?? '')]))

export const parseErrors = (body: unknown): string[] => {
  if (typeof body === 'string') return [body]
  return list(record(body)['errors']).map((item) => String(item))
}

export const parseRequirements = (body: unknown): ResourceRequirements =>
  Object.fromEntries(
    Object.entries(record(body)).map(([vertex, value]) => {
      const p = record(record(value)['parallelism'])
      return [vertex, { lower: number(p['lowerBound']), upper: number(p['upperBound']) }]
    }),
  )
