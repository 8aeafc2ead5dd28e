/** What the longer answers of a JobManager look like, field by field as recorded; what differs by version is named here. */
import type { FlinkJobState } from '@drey/api'
import { isEnded, type Job } from './job.ts'
import type { Snapshot } from './storage.ts'
import { isAtLeast } from './version.ts'

/** The one vertex that jobs of the model have. */
export const vertexId = 'cbc357ccb763df2852fee8c4fc7d55f2'

const states = [
  'INITIALIZING', 'CREATED', 'RUNNING', 'RESTARTING', 'FAILING', 'FAILED',
  'CANCELLING', 'CANCELED', 'FINISHED', 'SUSPENDED', 'RECONCILING',
] as const satisfies readonly FlinkJobState[] // prettier-ignore

const taskStates = ['running', 'canceling', 'canceled', 'total', 'created', 'scheduled', 'deploying', 'reconciling', 'finished', 'initializing', 'failed'] as const // prettier-ignore

const tasksOf = (job: Job): Record<(typeof taskStates)[number], number> => {
  const none = Object.fromEntries(taskStates.map((state) => [state, 0])) as Record<(typeof taskStates)[number], number>
  if (job.state === 'INITIALIZING' || job.since.CREATED === undefined) return none
  const now = job.tasksRun
    ? 'running'
    : job.state === 'FINISHED'
      ? 'finished'
      : job.state === 'RUNNING'
        ? 'scheduled'
        : job.state === 'CANCELED' || job.state === 'FAILED' || job.state === 'RESTARTING'
          ? 'canceled'
          : job.state === 'CANCELLING'
            ? 'canceling'
            : 'created'
  return { ...none, total: job.parallelism, [now]: job.parallelism }
}

export const overviewOf = (jobs: readonly Job[], now: number, version: string) => ({
  jobs: jobs.map((job) => ({
    jid: job.id,
    name: job.name,
    ...(isAtLeast(version, '2.3') ? { jobType: 'STREAMING', schedulerType: 'Default' } : {}),
    'start-time': job.startTime,
    'end-time': job.endTime ?? -1,
    duration: (job.endTime ?? now) - job.startTime,
    state: job.state,
    'last-modification': Math.max(...Object.values(job.since)),
    tasks: tasksOf(job),
    ...(isAtLeast(version, '2.0') ? { 'pending-operators': 0 } : {}),
  })),
})

export const taskManagerOf = (
  tm: { pod: string; slots: number },
  slots: { total: number; free: number },
  version: string,
) => {
  const free = slots.total === 0 ? 0 : Math.min(tm.slots, slots.free)
  const resource = (share: number) => ({
    cpuCores: share,
    taskHeapMemory: 383 * share,
    taskOffHeapMemory: 0,
    managedMemory: 512 * share,
    networkMemory: 128 * share,
    extendedResources: {},
  })
  return {
    id: tm.pod,
    path: `pekko.tcp://flink@${tm.pod}:6122/user/rpc/taskmanager_0`,
    dataPort: 40_000,
    jmxPort: -1,
    timeSinceLastHeartbeat: 0,
    slotsNumber: tm.slots,
    freeSlots: free,
    ...(isAtLeast(version, '2.3') ? { assignedTasks: tm.slots - free } : {}),
    totalResource: resource(tm.slots),
    freeResource: resource(free),
    hardware: { cpuCores: 2, physicalMemory: 8e9, freeMemory: 5e8, managedMemory: 536_870_920 },
    memoryConfiguration: {
      frameworkHeap: 134_217_728,
      taskHeap: 402_653_174,
      frameworkOffHeap: 134_217_728,
      taskOffHeap: 0,
      networkMemory: 134_217_730,
      managedMemory: 536_870_920,
      jvmMetaspace: 268_435_456,
      jvmOverhead: 201_326_592,
      totalFlinkMemory: 1_342_177_280,
      totalProcessMemory: 1_811_939_328,
    },
  }
}

export const jobOf = (job: Job, version: string, now: number) => {
  const tasks = Object.fromEntries(
    Object.entries(tasksOf(job)).flatMap(([state, n]) => (state === 'total' ? [] : [[state.toUpperCase(), n]])),
  )
  const duration = (job.endTime ?? now) - job.startTime
  const begun = job.since.CREATED !== undefined
  return {
    jid: job.id,
    ...(isAtLeast(version, '2.3') ? { 'application-id': begun ? job.id : null } : {}),
    name: job.name,
    isStoppable: false,
    state: job.state,
    ...(isAtLeast(version, '1.20') ? { 'job-type': 'STREAMING' } : {}),
    ...(isAtLeast(version, '2.3') ? { schedulerType: begun ? 'Default' : null } : {}),
    'start-time': job.startTime,
    'end-time': job.endTime ?? -1,
    duration,
    maxParallelism: -1,
    now,
    timestamps: Object.fromEntries(states.map((state) => [state, job.since[state] ?? 0])),
    vertices: begun
      ? [
          {
            id: vertexId,
            ...(isAtLeast(version, '1.20') ? { slotSharingGroupId: '0'.repeat(32) } : {}),
            name: 'Source -> Map -> Sink',
            maxParallelism: 128,
            parallelism: job.parallelism,
            status: job.tasksRun ? 'RUNNING' : isEnded(job.state) ? job.state : 'SCHEDULED',
            'start-time': job.startTime,
            'end-time': job.endTime ?? -1,
            duration,
            tasks,
            metrics: {
              ...Object.fromEntries(
                ['read-bytes', 'write-bytes', 'read-records', 'write-records'].flatMap((name) => [
                  [name, 0],
                  [`${name}-complete`, true],
                ]),
              ),
              'accumulated-backpressured-time': 0,
              'accumulated-idle-time': 0,
              'accumulated-busy-time': 0,
            },
          },
        ]
      : [],
    'status-counts': tasks,
    plan: begun
      ? {
          jid: job.id,
          name: job.name,
          type: 'STREAMING',
          nodes: [
            {
              id: vertexId,
              parallelism: job.parallelism,
              operator: '',
              operator_strategy: '',
              description: 'Source<br/>+- Map<br/>',
              optimizer_properties: {},
            },
          ],
        }
      : isAtLeast(version, '2.2')
        ? { jid: job.id, name: job.name, type: 'STREAMING', nodes: [] }
        : {},
    ...(isAtLeast(version, '2.0') ? { 'pending-operators': 0 } : {}),
  }
}

export const exceptionsOf = (job: Job, version: string) => {
  const entries = job.exceptions.toReversed().map((one) => ({
    exceptionName: one.name,
    stacktrace: one.trace,
    timestamp: one.at,
    failureLabels: {},
    ...(one.taskManager
      ? {
          taskName: 'Source -> Map -> Sink (1/1) - execution #0',
          ...(isAtLeast(version, '2.0') ? {} : { location: '10.0.0.2:40000' }),
          ...(isAtLeast(version, '1.20') ? { endpoint: '10.0.0.2:40000' } : {}),
          taskManagerId: one.taskManager,
        }
      : {}),
    concurrentExceptions: [],
  }))
  const [last] = entries
  return {
    ...(isAtLeast(version, '2.0')
      ? {}
      : {
          'root-exception': last?.stacktrace ?? null,
          timestamp: last?.timestamp ?? null,
          'all-exceptions': [],
          truncated: false,
        }),
    exceptionHistory: { entries, truncated: false },
  }
}

export const resultOf = (job: Job, version: string) => ({
  status: { id: 'COMPLETED' },
  'job-execution-result': {
    id: job.id,
    ...(isAtLeast(version, '2.3') ? { name: job.name } : {}),
    'application-status': job.state === 'FINISHED' ? 'SUCCEEDED' : job.state,
    'accumulator-results': {},
    'net-runtime': (job.endTime ?? job.startTime) - job.startTime,
    ...(job.failure
      ? {
          'failure-cause': {
            class: job.failure.class,
            'stack-trace': job.failure.trace,
            'serialized-throwable': '',
          },
        }
      : {}),
    ...(isAtLeast(version, '2.3')
      ? {
          ...(job.since.CREATED === undefined ? {} : { 'application-id': job.id }),
          'start-time': job.startTime,
          'end-time': job.endTime ?? -1,
        }
      : {}),
  },
})

export const checkpointOf = (s: Snapshot, subtasks: number) => ({
  className: 'completed',
  id: s.id,
  status: 'COMPLETED',
  is_savepoint: s.kind === 'savepoint',
  savepointFormat: s.kind === 'savepoint' ? 'CANONICAL' : null,
  trigger_timestamp: s.at,
  latest_ack_timestamp: s.at,
  checkpointed_size: 1_000 + s.stamp,
  state_size: 1_000 + s.stamp,
  end_to_end_duration: 30,
  alignment_buffered: 0,
  processed_data: 0,
  persisted_data: 0,
  num_subtasks: subtasks,
  num_acknowledged_subtasks: subtasks,
  checkpoint_type: s.kind === 'savepoint' ? 'SAVEPOINT' : 'CHECKPOINT',
  tasks: {},
  external_path: s.addressable === false ? '<checkpoint-not-externally-addressable>' : s.path,
  discarded: false,
})

export const checkpointsOf = (job: Job) => {
  const done = job.history.map((s) => ({
    ...checkpointOf(s, job.parallelism),
    discarded: s !== job.latestCheckpoint && s.kind === 'checkpoint',
  }))
  const history = [
    ...(job.checkpointSince
      ? [
          {
            className: 'in_progress',
            id: (done[0]?.id ?? 0) + 1,
            status: 'IN_PROGRESS',
            is_savepoint: false,
            savepointFormat: null,
            trigger_timestamp: job.checkpointSince,
            latest_ack_timestamp: -1,
            checkpointed_size: 0,
            state_size: 0,
            end_to_end_duration: -1,
            alignment_buffered: 0,
            processed_data: 0,
            persisted_data: 0,
            num_subtasks: job.parallelism,
            num_acknowledged_subtasks: 0,
            checkpoint_type: 'CHECKPOINT',
            tasks: {},
          },
        ]
      : []),
    ...done,
  ]
  return {
    counts: {
      restored: job.restored ? 1 : 0,
      total: job.completedCount + job.failedCount + (job.checkpointSince ? 1 : 0),
      in_progress: job.checkpointSince ? 1 : 0,
      completed: job.completedCount,
      failed: job.failedCount,
    },
    summary: Object.fromEntries(
      [
        'checkpointed_size',
        'state_size',
        'end_to_end_duration',
        'alignment_buffered',
        'processed_data',
        'persisted_data',
      ].map((name) => [name, summary(name !== 'alignment_buffered' && job.completedCount === 0)]),
    ),
    latest: {
      completed: job.latestCheckpoint ? checkpointOf(job.latestCheckpoint, job.parallelism) : null,
      savepoint: job.latestSavepoint ? checkpointOf(job.latestSavepoint, job.parallelism) : null,
      failed: job.latestFailed
        ? {
            className: 'failed',
            id: job.latestFailed.id,
            status: 'FAILED',
            is_savepoint: job.latestFailed.kind === 'savepoint',
            savepointFormat: job.latestFailed.kind === 'savepoint' ? 'CANONICAL' : null,
            trigger_timestamp: job.latestFailed.at,
            latest_ack_timestamp: -1,
            checkpointed_size: 0,
            state_size: 0,
            end_to_end_duration: 0,
            alignment_buffered: 0,
            processed_data: 0,
            persisted_data: 0,
            num_subtasks: job.parallelism,
            num_acknowledged_subtasks: 0,
            checkpoint_type: job.latestFailed.kind === 'savepoint' ? 'SAVEPOINT' : 'CHECKPOINT',
            tasks: {},
            failure_timestamp: job.latestFailed.at,
            failure_message: job.latestFailed.why,
          }
        : null,
      restored: job.restored
        ? {
            id: job.restored.id,
            restore_timestamp: job.restoredAt,
            // Whatever was given as a path counts as a savepoint, a checkpoint too.
            is_savepoint: job.restoredByPath || job.restored.kind === 'savepoint',
            external_path: job.restored.path,
          }
        : null,
    },
    history,
  }
}

const summary = (none: boolean) => ({
  min: 0,
  max: 0,
  avg: 0,
  ...Object.fromEntries(['p50', 'p90', 'p95', 'p99', 'p999'].map((name) => [name, none ? 'NaN' : 0])),
})
