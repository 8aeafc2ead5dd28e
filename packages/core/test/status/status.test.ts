import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  anything,
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  integer,
  option,
  property,
  record,
  string,
  type Arbitrary,
} from 'fast-check'
import {
  deploymentConditions,
  deploymentError,
  errorLimits,
  errorMessage,
  errorText,
  failedJobError,
  lifecycleStateOf,
  plainError,
  readStatus,
  reconciliationError,
  validationError,
  writeStatus,
  type StatusKind,
} from '../../src/status/index.ts'

// Distinct statuses that upstream wrote (recorded specs shortened to what the lifecycle looks at).
const recorded = readFileSync(new URL('../fixtures/statuses.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as [StatusKind, Record<string, any>])

const recordOf = (state: string | undefined, firstDeployment = true) =>
  JSON.stringify({
    spec: { job: state === undefined ? null : { state } },
    resource_metadata: { apiVersion: 'flink.apache.org/v1beta1', firstDeployment },
  })
const running = recordOf('running')

describe('statuses on the wire', () => {
  test('what upstream wrote comes back member for member', () => {
    for (const [kind, status] of recorded) {
      const { status: read, unreadable } = readStatus(kind, status)
      expect(unreadable).toEqual([])
      const { lifecycleState: _, ...known } = status
      expect(writeStatus(kind, read)).toMatchObject(known)
    }
    expect(recorded.length).toBeGreaterThan(50)
  })

  test('upstream’s initial values stand for whatever is missing', () => {
    expect(readStatus('FlinkDeployment', undefined).status).toEqual({
      jobStatus: {
        savepointInfo: { savepointHistory: [], lastPeriodicSavepointTimestamp: 0 },
        checkpointInfo: { lastPeriodicCheckpointTimestamp: 0 },
      },
      reconciliationStatus: { state: 'UPGRADING', reconciliationTimestamp: 0 },
      jobManagerDeploymentStatus: 'MISSING',
      clusterInfo: {},
      conditions: [],
    })
    expect(readStatus('FlinkStateSnapshot', null).status).toEqual({ state: 'TRIGGER_PENDING', failures: 0 })
  })

  test('members that cannot be read are told and left out', () => {
    const { status, unreadable } = readStatus('FlinkDeployment', {
      jobStatus: { state: 'DREAMING', jobId: { a: 1 } },
      conditions: 'x',
      observedGeneration: '7',
    })
    expect(unreadable.map(({ path }) => path)).toEqual([
      'status.jobStatus.state',
      'status.jobStatus.jobId',
      'status.conditions',
    ])
    expect(status).toMatchObject({ observedGeneration: 7, conditions: [] })
  })

  test('nothing that upstream would refuse is written', () => {
    const status = {
      jobStatus: { savepointInfo: { extra: 1, savepointHistory: [{ timeStamp: 1, more: 2 }], lastSavepoint: null } },
      operation: { id: 'x' },
    }
    expect(writeStatus('FlinkDeployment', status as never)).toEqual({
      jobStatus: { savepointInfo: { savepointHistory: [{ timeStamp: 1 }] } },
      operation: { id: 'x' },
    })
  })

  const text = string({ maxLength: 8 })
  const time = integer({ min: 0, max: 2 ** 40 })
  const maybe = <T>(fields: Record<string, Arbitrary<T>>) => record(fields, { requiredKeys: [] })
  const savepoint = maybe<unknown>({
    location: text,
    triggerNonce: time,
    timeStamp: time,
    triggerType: constantFrom('MANUAL', 'PERIODIC', 'UPGRADE', 'UNKNOWN'),
    formatType: constantFrom('CANONICAL', 'NATIVE', 'UNKNOWN'),
  })
  const jobStatus = maybe<unknown>({
    jobName: text,
    jobId: text,
    state: constantFrom('RUNNING', 'FAILED', 'RECONCILING'),
    startTime: text,
    upgradeSavepointPath: text,
    savepointInfo: maybe<unknown>({
      lastSavepoint: savepoint,
      triggerId: text,
      triggerTimestamp: time,
      savepointHistory: array(savepoint, { maxLength: 3 }),
    }),
    checkpointInfo: maybe<unknown>({ triggerId: text, formatType: constantFrom('FULL', 'INCREMENTAL') }),
  })
  const statuses: Record<StatusKind, Arbitrary<unknown>> = {
    FlinkDeployment: maybe<unknown>({
      jobStatus,
      error: text,
      observedGeneration: time,
      lifecycleState: constantFrom('STABLE', 'DELETING'),
      clusterInfo: dictionary(text, text),
      jobManagerDeploymentStatus: constantFrom('READY', 'ERROR'),
      taskManager: maybe<unknown>({ labelSelector: text, replicas: integer({ min: 0, max: 99 }) }),
      reconciliationStatus: maybe<unknown>({
        state: constantFrom('DEPLOYED', 'ROLLED_BACK'),
        lastReconciledSpec: text,
        lastStableSpec: text,
        reconciliationTimestamp: time,
      }),
      conditions: array(maybe<unknown>({ type: text, status: text, observedGeneration: time })),
    }),
    FlinkSessionJob: maybe<unknown>({ jobStatus, error: text, observedGeneration: time }),
    FlinkStateSnapshot: maybe<unknown>({
      state: constantFrom('COMPLETED', 'FAILED'),
      path: text,
      failures: integer({ min: 0, max: 9 }),
    }),
    FlinkBlueGreenDeployment: maybe<unknown>({
      jobStatus,
      blueGreenState: constantFrom('ACTIVE_BLUE', 'TRANSITIONING_TO_GREEN'),
      abortTimestamp: text,
    }),
  }
  test.each(Object.keys(statuses) as StatusKind[])('%s: read(write(status)) is the status', (kind) =>
    assert(
      property(statuses[kind], (raw) => {
        const { status } = readStatus(kind, raw)
        expect(readStatus(kind, writeStatus(kind, status))).toEqual({ status, unreadable: [] })
      }),
      { numRuns: 500 },
    ),
  )
  test('reading is total', () =>
    assert(
      property(
        constantFrom<StatusKind>('FlinkDeployment', 'FlinkStateSnapshot', 'FlinkBlueGreenDeployment'),
        option(anything()),
        boolean(),
        (kind, value, deep) =>
          void readStatus(
            kind,
            deep ? { jobStatus: value, conditions: [value], reconciliationStatus: value, clusterInfo: value } : value,
          ),
      ),
      { numRuns: 2000 },
    ))
})

describe('the lifecycle state', () => {
  const state = (status: object, kind: 'FlinkDeployment' | 'FlinkSessionJob' = 'FlinkDeployment') =>
    lifecycleStateOf(kind, status)
  test('is what upstream derived, for every recorded status', () => {
    for (const [kind, status] of recorded.filter(([one]) => one === 'FlinkDeployment' || one === 'FlinkSessionJob'))
      expect([lifecycleStateOf(kind as 'FlinkDeployment', status), status]).toEqual([
        status['lifecycleState'] ?? 'CREATED',
        status,
      ])
  })
  const at = (reconciliation: string, more: object = {}, job = running) => ({
    reconciliationStatus: { state: reconciliation, lastReconciledSpec: job },
    ...more,
  })
  test.each([
    ['DELETING', { lifecycleState: 'DELETING', ...at('DEPLOYED') }],
    ['CREATED', {}],
    ['CREATED', { error: '' }],
    ['FAILED', { error: 'x' }],
    ['UPGRADING', at('UPGRADING', { jobStatus: { state: 'FAILED' } })],
    ['ROLLING_BACK', at('ROLLING_BACK')],
    ['SUSPENDED', at('DEPLOYED', {}, recordOf('suspended'))],
    ['FAILED', at('DEPLOYED', { jobStatus: { state: 'FAILED' } })],
    ['FAILED', at('DEPLOYED', { jobManagerDeploymentStatus: 'MISSING', error: 'x Manual restore required. y' })],
    ['DEPLOYED', at('DEPLOYED', { jobManagerDeploymentStatus: 'READY', error: 'HA metadata is not available' })],
    ['ROLLED_BACK', at('ROLLED_BACK')],
    ['STABLE', { reconciliationStatus: { state: 'DEPLOYED', lastReconciledSpec: running, lastStableSpec: running } }],
    [
      'DEPLOYED',
      {
        reconciliationStatus: {
          state: 'DEPLOYED',
          lastReconciledSpec: running,
          lastStableSpec: recordOf('running', false),
        },
      },
    ],
    ['DEPLOYED', at('DEPLOYED')],
    ['DEPLOYED', at('DEPLOYED', {}, recordOf(undefined))],
    ['DEPLOYED', at('DEPLOYED', {}, 'not JSON')],
  ])('%s: %j', (expected, status) => expect(state(status)).toBe(expected))
  test('session jobs have no JobManager to lose', () =>
    expect(state(at('DEPLOYED', { error: 'Manual restore required.' }), 'FlinkSessionJob')).toBe('DEPLOYED'))
})

describe('conditions', () => {
  const conditions = (status: object, application = true) =>
    deploymentConditions({
      status: { reconciliationStatus: { lastReconciledSpec: running }, ...status },
      application,
      now: 0,
    })
  test('say what upstream said, for every recorded status', () => {
    for (const [kind, status] of recorded.filter(([one]) => one === 'FlinkDeployment')) {
      const old = (status['conditions'] ?? []) as Record<string, unknown>[]
      if (old.length === 0) continue
      const { spec } = JSON.parse(status['reconciliationStatus'].lastReconciledSpec) as { spec: { job: unknown } }
      const { observedGeneration: _, ...ours } = deploymentConditions({
        status,
        application: spec.job !== null,
        now: 0,
      })[0]!
      expect([kind, ours]).toEqual([kind, old[0]])
    }
  })
  test('the time moves with the status, not with the reason', () => {
    const before = { type: 'Running', status: 'False', reason: 'Created', lastTransitionTime: 'then' }
    expect(conditions({ jobStatus: { state: 'RECONCILING' }, conditions: [before] })[0]).toMatchObject({
      reason: 'Reconciling',
      lastTransitionTime: 'then',
    })
    expect(conditions({ jobStatus: { state: 'RUNNING' }, conditions: [before] })[0]).toMatchObject({
      status: 'True',
      lastTransitionTime: '1970-01-01T00:00:00.000Z',
    })
  })
  test('a session cluster runs when its JobManager is ready', () => {
    expect(conditions({ jobManagerDeploymentStatus: 'READY', observedGeneration: 4 }, false)[0]).toMatchObject({
      status: 'True',
      reason: 'JobManagerReady',
      observedGeneration: 4,
    })
    expect(conditions({ jobManagerDeploymentStatus: 'ERROR' }, false)[0]).toMatchObject({
      status: 'False',
      reason: 'Error',
    })
  })
  test('conditions of others stay, and Running is not said before the first deployment', () =>
    expect(
      conditions({ reconciliationStatus: {}, jobStatus: { state: 'RUNNING' }, conditions: [{ type: 'Mine' }] }).map(
        ({ type }) => type,
      ),
    ).toEqual(['Ready', 'Progressing', 'Stalled', 'Mine']))

  const words = (status: object, o: { application?: boolean; wantsSuspended?: boolean } = {}) =>
    deploymentConditions({ status, application: true, now: 0, ...o })
      .filter(({ type, status: is }) => type !== 'Running' && is === 'True')
      .map(({ type, reason }) => `${type}: ${reason}`)
  const stable = { state: 'DEPLOYED', lastReconciledSpec: running, lastStableSpec: running }
  const running1 = { reconciliationStatus: stable, jobStatus: { state: 'RUNNING' } }
  test.each([
    ['nothing deployed yet', {}, ['Progressing: Created']],
    ['never valid', { error: validationError('x') }, ['Stalled: ValidationError']],
    ['being upgraded', { reconciliationStatus: { ...stable, state: 'UPGRADING' } }, ['Progressing: Upgrading']],
    ['running and stable', running1, ['Ready: JobReady']],
    ['finished', { ...running1, jobStatus: { state: 'FINISHED' } }, ['Ready: JobReady']],
    ['not answering', { ...running1, jobStatus: { state: 'RECONCILING' } }, ['Progressing: NotReady']],
    ['refused, while the old spec runs', { ...running1, error: validationError('x') }, ['Stalled: ValidationError']],
    ['failed', { ...running1, jobStatus: { state: 'FAILED' } }, ['Stalled: Failed']],
    [
      'rolled back',
      { ...running1, reconciliationStatus: { ...stable, state: 'ROLLED_BACK' } },
      ['Stalled: RolledBack'],
    ],
    [
      'without the state to resume from',
      { ...running1, error: plainError('X', 'gone. Manual restore required.') },
      ['Stalled: ManualRestoreRequired'],
    ],
  ])('%s', (_, status, expected) => expect(words(status)).toEqual(expected))
  test('suspended, as the spec asks', () => {
    expect(words({}, { wantsSuspended: true })).toEqual(['Ready: Suspended'])
    const suspended = recordOf('suspended')
    expect(
      words({ reconciliationStatus: { state: 'DEPLOYED', lastReconciledSpec: suspended, lastStableSpec: suspended } }),
    ).toEqual(['Ready: Suspended'])
  })
  test('a session cluster that answers', () =>
    expect(
      words({ reconciliationStatus: stable, jobManagerDeploymentStatus: 'READY' }, { application: false }),
    ).toEqual(['Ready: JobManagerReady']))
  test('exactly one of them is true of every recorded status', () => {
    for (const [kind, status] of recorded)
      if (kind === 'FlinkDeployment') {
        const said = words(status)
        expect(said).toHaveLength(1)
      }
  })
})

describe('status.error', () => {
  const limits = (entries: Record<string, string>) =>
    errorLimits(new Map(Object.entries(entries).map(([key, value]) => [`kubernetes.operator.exception.${key}`, value])))
  test('validation and plain errors read as upstream wrote them', () => {
    expect(validationError('Job parallelism must be larger than 0')).toBe(
      '{"type":"org.apache.flink.kubernetes.operator.exception.ValidationException","message":"Job parallelism must be larger than 0","additionalMetadata":{},"throwableList":[]}',
    )
    expect(deploymentError('CrashLoopBackOff', 'x')).toContain('"additionalMetadata":{"reason":"CrashLoopBackOff"}')
    expect(reconciliationError({ type: 'java.net.ConnectException', message: 'Connection refused' })).toBe(
      '{"type":"org.apache.flink.kubernetes.operator.exception.ReconciliationException","message":"java.net.ConnectException: Connection refused","additionalMetadata":{},"throwableList":[{"type":"java.net.ConnectException","message":"Connection refused","additionalMetadata":{}}]}',
    )
  })
  test('limits and labels, as recorded with the tuned configuration', () => {
    const tuned = limits({
      'stacktrace.enabled': 'true',
      'stacktrace.max.length': '60',
      'field.max.length': '80',
      'label.mapper': '.*port.*:Port problem,nothing:x',
    })
    const causes = [
      {
        type: 'org.apache.flink.util.FlinkRuntimeException',
        message: 'blob.server.port should be specified to a fixed port. Do not support a range of ports.',
      },
      { type: 'java.lang.NumberFormatException', message: 'For input string: "1-2"' },
      { type: 'x' },
    ]
    const top = {
      type: 'org.apache.flink.kubernetes.operator.exception.ReconciliationException',
      message: `org.apache.flink.util.FlinkRuntimeException: ${causes[0]!.message}`,
      stackTrace: 'org.apache.flink.kubernetes.operator.exception.ReconciliationException: …',
    }
    expect(errorText(top, causes, tuned)).toBe(
      '{"type":"org.apache.flink.kubernetes.operator.exception.ReconciliationException","message":"org.apache.flink.util.FlinkRuntimeException: blob.server.port should be specifie","stackTrace":"org.apache.flink.kubernetes.operator.exception.Reconciliatio","additionalMetadata":{"labels":["Port problem"]},"throwableList":[{"type":"org.apache.flink.util.FlinkRuntimeException","message":"blob.server.port should be specified to a fixed port. Do not support a range of ","additionalMetadata":{"labels":["Port problem"]}},{"type":"java.lang.NumberFormatException","message":"For input string: \\"1-2\\"","additionalMetadata":{}}]}',
    )
  })
  test('a failed job: first line and causes of its trace', () => {
    expect(JSON.parse(failedJobError('a.B: boom\n\tat x\nCaused by: c.D: deep\n\tat y'))).toMatchObject({
      type: 'org.apache.flink.util.SerializedThrowable',
      message: 'a.B: boom',
      throwableList: [{ message: 'c.D: deep' }],
    })
  })
  test('an expression that is none labels nothing', () =>
    expect(plainError('X', 'm', limits({ 'label.mapper': '(:x' }))).toContain('"additionalMetadata":{}'))
  test('what to show a person', () =>
    expect([errorMessage(validationError('bad')), errorMessage('Job Not Found'), errorMessage('5')]).toEqual([
      'bad',
      'Job Not Found',
      '5',
    ]))
})
