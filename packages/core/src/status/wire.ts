/**
 * Statuses between the API server and us, both ways. Reading is total: what upstream (any version), a person or nobody wrote comes out
 * as a whole status with upstream's initial values. Writing gives what upstream's reader takes without complaint.
 */
import { blueGreenStates, jobStates, lifecycleStates } from '@drey/api'
import type {
  FlinkBlueGreenDeploymentStatus,
  FlinkDeploymentStatus,
  FlinkSessionJobStatus,
  FlinkStateSnapshotStatus,
} from '@drey/api'
import { isJson, readSpec, type Json, type Kind, type Layout, type Unreadable } from '../spec/index.ts'

export interface StatusOfKind {
  FlinkDeployment: FlinkDeploymentStatus
  FlinkSessionJob: FlinkSessionJobStatus
  FlinkStateSnapshot: FlinkStateSnapshotStatus
  FlinkBlueGreenDeployment: FlinkBlueGreenDeploymentStatus
}
export type StatusKind = keyof StatusOfKind

/** The whole status; members that could not be read have their initial values and are told. */
export const readStatus = <K extends StatusKind>(
  kind: K,
  value: unknown,
): { status: StatusOfKind[K]; unreadable: Unreadable[] } => {
  const { spec, unreadable } = readSpec<Json>(value, statusLayouts[kind], 'status')
  return { status: withInitial(spec, statusLayouts[kind]) as StatusOfKind[K], unreadable }
}

/** Null and undefined members left out; below `savepointInfo` and `checkpointInfo` nothing that upstream does not know, since it would refuse. */
export const writeStatus = <K extends StatusKind>(kind: K, status: StatusOfKind[K]): StatusOfKind[K] =>
  written(status as Json, statusLayouts[kind], false) as StatusOfKind[K]

const trigger = { words: ['MANUAL', 'PERIODIC', 'UPGRADE', 'UNKNOWN'] }
const savepointFormat = { words: ['CANONICAL', 'NATIVE', 'UNKNOWN'] }
const checkpointFormat = { words: ['FULL', 'INCREMENTAL', 'UNKNOWN'] }

const snapshotEntry = (format: Kind, ...location: Layout): Layout => [
  ['timeStamp', 'long', 0],
  ...location,
  ['triggerType', trigger, 'UNKNOWN'],
  ['formatType', format, 'UNKNOWN'],
  ['triggerNonce', 'long'],
]
const savepoint = snapshotEntry(savepointFormat, ['location', 'text'])

const pending = (format: Kind): Layout => [
  ['triggerId', 'text'],
  ['triggerTimestamp', 'long'],
  ['triggerType', trigger],
  ['formatType', format],
]

const jobStatusLayout: Layout = [
  ['jobName', 'text'],
  ['jobId', 'text'],
  ['state', { words: jobStates }],
  ['startTime', 'text'],
  ['updateTime', 'text'],
  ['upgradeSavepointPath', 'text'],
  [
    'savepointInfo',
    {
      members: [
        ['lastSavepoint', { members: savepoint }],
        ...pending(savepointFormat),
        ['savepointHistory', { each: savepoint }, []],
        ['lastPeriodicSavepointTimestamp', 'long', 0],
      ],
    },
    {},
  ],
  [
    'checkpointInfo',
    {
      members: [
        ['lastCheckpoint', { members: snapshotEntry(checkpointFormat) }],
        ...pending(checkpointFormat),
        ['lastPeriodicCheckpointTimestamp', 'long', 0],
      ],
    },
    {},
  ],
]

const common: Layout = [
  ['jobStatus', { members: jobStatusLayout }, {}],
  ['error', 'text'],
  ['observedGeneration', 'long'],
  ['lifecycleState', { words: lifecycleStates }],
  [
    'reconciliationStatus',
    {
      members: [
        ['state', { words: ['DEPLOYED', 'UPGRADING', 'ROLLING_BACK', 'ROLLED_BACK'] }, 'UPGRADING'],
        ['lastReconciledSpec', 'text'],
        ['lastStableSpec', 'text'],
        ['reconciliationTimestamp', 'long', 0],
      ],
    },
    {},
  ],
]

const condition: Layout = [
  ['type', 'text'],
  ['status', 'text'],
  ['reason', 'text'],
  ['message', 'text'],
  ['lastTransitionTime', 'text'],
  ['observedGeneration', 'long'],
]

const statusLayouts: Record<StatusKind, Layout> = {
  FlinkSessionJob: common,
  FlinkDeployment: [
    ...common,
    [
      'jobManagerDeploymentStatus',
      { words: ['READY', 'DEPLOYED_NOT_READY', 'DEPLOYING', 'MISSING', 'ERROR'] },
      'MISSING',
    ],
    ['clusterInfo', 'text map', {}],
    [
      'taskManager',
      {
        members: [
          ['labelSelector', 'text'],
          ['replicas', 'int', 0],
        ],
      },
    ],
    ['conditions', { each: condition }, []],
  ],
  FlinkStateSnapshot: [
    ['state', { words: ['TRIGGER_PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'ABANDONED'] }, 'TRIGGER_PENDING'],
    ['triggerId', 'text'],
    ['triggerTimestamp', 'text'],
    ['resultTimestamp', 'text'],
    ['path', 'text'],
    ['error', 'text'],
    ['failures', 'int', 0],
  ],
  FlinkBlueGreenDeployment: [
    ['jobStatus', { members: jobStatusLayout }, {}],
    ['blueGreenState', { words: blueGreenStates }],
    ['lastReconciledSpec', 'text'],
    ['lastReconciledTimestamp', 'text'],
    ['abortTimestamp', 'text'],
    ['deploymentReadyTimestamp', 'text'],
    ['savepointTriggerId', 'text'],
    ['error', 'text'],
  ],
}

const withInitial = (object: Json, layout: Layout): Json => {
  const result = { ...object }
  for (const [name, kind, initial] of layout) {
    const value = result[name] ?? initial
    if (value === undefined) continue
    if (typeof kind === 'object' && 'members' in kind && isJson(value)) result[name] = withInitial(value, kind.members)
    else if (typeof kind === 'object' && 'each' in kind && Array.isArray(value))
      result[name] = value.filter(isJson).map((entry) => withInitial(entry, kind.each))
    else result[name] = value
  }
  return result
}

// Upstream's reader refuses unknown members here, and here only.
const STRICT = new Set(['savepointInfo', 'checkpointInfo'])

const written = (object: Json, layout: Layout, strict: boolean): Json => {
  const kinds = new Map(layout.map(([name, kind]) => [name, kind]))
  const entries = Object.entries(object).flatMap(([name, value]): [string, unknown][] => {
    const kind = kinds.get(name)
    if (value === null || value === undefined || (strict && kind === undefined)) return []
    const below = strict || STRICT.has(name)
    if (typeof kind === 'object' && 'members' in kind && isJson(value))
      return [[name, written(value, kind.members, below)]]
    if (typeof kind === 'object' && 'each' in kind && Array.isArray(value))
      return [[name, value.filter(isJson).map((entry) => written(entry, kind.each, below))]]
    return [[name, value]]
  })
  return Object.fromEntries(entries)
}
