/** Snapshots: by resource, by nonce, by period and by upgrade; their disposal, their limits, and what happens when their job goes. */
import {
  anApplication,
  aSession,
  checkpointed,
  create,
  edit,
  everythingGone,
  failJob,
  gone,
  ha,
  isReadySession,
  isRunning,
  isSuspended,
  killJobManagerProcess,
  killOperator,
  knobs,
  remove,
  running,
  scenario,
  suspended,
  wait,
  when,
  type Scenario,
  type Stage,
  type Step,
} from '../scenario.ts'
import { aSessionJob, createJob, editJob, jobRunning, jobsRun, jobSuspended, sessionJob } from './session-steps.ts'
import {
  aCheckpoint,
  aSavepoint,
  completed,
  createSnapshot,
  removeSnapshot,
  savepointsStored,
  snapshotGone,
  snapshotIs,
  snapshots as snapshotsIn,
  snapshotsDone,
} from './snapshot-steps.ts'

const world = { snapshotResources: true } as const
const app: readonly Step[] = [create(anApplication({}, {}, ha)), running(), checkpointed(1)]
const withConf = (conf: Record<string, unknown>): readonly Step[] => [
  create(anApplication({}, {}, { ...ha, ...conf })),
  running(),
  checkpointed(1),
]
const nonce = (kind: 'savepoint' | 'checkpoint', value: number) =>
  edit({ job: { [`${kind}TriggerNonce`]: value } }, `${kind}TriggerNonce ${value}`)
const suspend = edit({ job: { state: 'suspended' } }, 'suspended')
const resume = edit({ job: { state: 'running' } }, 'running')
const and =
  (...all: ((stage: Stage) => boolean)[]) =>
  (stage: Stage): boolean =>
    all.every((one) => one(stage))
const legacyHistory = (count: number) => (stage: Stage) =>
  (stage.resource?.status?.['jobStatus']?.savepointInfo?.savepointHistory ?? []).length >= count
/** A disturbance that may end the job or its JobManager in the middle of a snapshot leaves it another way to end. */
const mayBeLost = {
  kill: 'a snapshot under way dies with its JobManager',
  fault: 'a snapshot that is asked for once may fail once',
} as const
const diedWithIt = {
  'no orphan': 'a savepoint that completed in a JobManager which died before anybody could ask',
} as const
const legacyCleanup = { 'kubernetes.operator.savepoint.history.max.count': '2' } as const

export const snapshots: readonly Scenario[] = [
  scenario('snapshot resource: a savepoint', {
    covers: ['W-5', 'W-6', 'e2e:snapshot', 'S002-13'],
    world,
    steps: [...app, createSnapshot(), completed()],
    ends: and(isRunning, snapshotsDone(/^one$/, 1)),
    spares: mayBeLost,
  }),
  scenario('snapshot resource: a checkpoint', {
    covers: ['W-5', 'W-6', 'e2e:snapshot'],
    world,
    steps: [...app, createSnapshot(aCheckpoint()), completed()],
    ends: and(isRunning, snapshotIs('COMPLETED')),
    spares: mayBeLost,
  }),
  scenario('snapshot resource, before its job runs', {
    covers: ['W-23'],
    world,
    steps: [create(anApplication({}, {}, ha)), createSnapshot(), wait(90), running()],
    ends: and(isRunning, (stage) => snapshotIs('COMPLETED')(stage) || snapshotIs('ABANDONED')(stage)),
  }),
  scenario('snapshot resource deleted: its savepoint is disposed of', {
    covers: ['W-22', 'e2e:snapshot', 'S003-15'],
    world,
    steps: [...app, createSnapshot(), completed(), removeSnapshot(), when('it is gone', snapshotGone())],
    ends: and(isRunning, snapshotGone(), (stage) => savepointsStored(stage) === 0),
    spares: mayBeLost,
  }),
  scenario('snapshot resource deleted, its savepoint kept', {
    covers: ['S003-15'],
    world,
    steps: [
      ...app,
      createSnapshot(aSavepoint({}, { disposeOnDelete: false })),
      completed(),
      removeSnapshot(),
      when('it is gone', snapshotGone()),
    ],
    ends: and(isRunning, snapshotGone(), (stage) => savepointsStored(stage) === 1),
    spares: mayBeLost,
  }),
  scenario('snapshot resource deleted while it is taken', {
    covers: ['W-22'],
    world,
    steps: [
      ...app,
      knobs({ savepointMs: 20_000 }, 'savepoints take 20 s'),
      createSnapshot(),
      when('it is under way', snapshotIs('IN_PROGRESS'), { orGoOn: true, withinMs: 30_000 }),
      removeSnapshot(),
      when('it is gone', snapshotGone()),
    ],
    ends: and(isRunning, snapshotGone()),
    spares: {
      kill: 'a savepoint under way dies with its JobManager, or is left behind',
      fault: 'what is not known to be taken is left behind, and told',
    },
  }),
  scenario('snapshot resource with disposal outlives its job', {
    covers: ['W-22', 'S000-16'],
    world,
    steps: [
      ...app,
      createSnapshot(),
      completed(),
      remove(),
      gone(),
      removeSnapshot(),
      when('it is gone', snapshotGone()),
    ],
    ends: everythingGone,
    spares: mayBeLost,
  }),
  scenario('snapshot resource of a job that is suspended from it', {
    covers: ['W-22', 'W-19'],
    world,
    steps: [
      ...app,
      suspend,
      suspended(),
      {
        say: 'a user deletes the snapshot it resumes from',
        async do(stage) {
          for (const { metadata } of snapshotsIn(stage.world, /-upgrade-/))
            await removeSnapshot(metadata.name).do?.(stage)
        },
      },
      wait(30),
      resume,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('snapshot resource of a session job that is suspended from it', {
    covers: ['W-22', 'W-19'],
    world,
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(aSessionJob({}, { 'kubernetes.operator.savepoint.dispose-on-delete': 'true' })),
      jobRunning(),
      editJob({ job: { state: 'suspended' } }, 'suspended'),
      jobSuspended(),
      when('the snapshot is registered', snapshotsDone(/-upgrade-/, 1), { orGoOn: true, withinMs: 60_000 }),
      {
        say: 'a user deletes the snapshot it resumes from',
        async do(stage) {
          for (const { metadata } of snapshotsIn(stage.world, /-upgrade-/))
            await removeSnapshot(metadata.name).do?.(stage)
        },
      },
      wait(30),
      editJob({ job: { state: 'running' } }, 'running'),
      jobRunning(),
    ],
    ends: jobsRun('clicks'),
  }),
  scenario('snapshot resource abandoned: its job is suspended', {
    covers: ['W-23', 'e2e:snapshot'],
    world,
    steps: [...app, suspend, suspended(), createSnapshot(), when('it is ABANDONED', snapshotIs('ABANDONED'))],
    ends: and(isSuspended, snapshotIs('ABANDONED')),
  }),
  scenario('snapshot resource abandoned: its job fails meanwhile', {
    covers: ['W-23'],
    world,
    steps: [
      ...app,
      knobs({ savepointMs: 60_000 }, 'savepoints take a minute'),
      createSnapshot(),
      when('it is under way', snapshotIs('IN_PROGRESS'), { orGoOn: true, withinMs: 30_000 }),
      failJob(true),
      when('it has ended', (stage) => snapshotIs('ABANDONED')(stage) || snapshotIs('FAILED')(stage)),
    ],
    ends: (stage) => snapshotIs('ABANDONED')(stage) || snapshotIs('FAILED')(stage),
    accepts: diedWithIt,
  }),
  scenario('snapshot resource without a job', {
    covers: ['W-23'],
    world,
    steps: [createSnapshot(aSavepoint({ jobReference: { kind: 'FlinkDeployment', name: 'nobody' } })), wait(120)],
    ends: (stage) => !snapshotIs('IN_PROGRESS')(stage),
  }),
  scenario('snapshot resource: two failures, then it works', {
    covers: ['W-23', 'S004-8'],
    world,
    steps: [
      ...app,
      knobs({ savepointsWork: false }, 'the storage is full'),
      createSnapshot(aSavepoint({ backoffLimit: 3 })),
      when(
        'it has failed twice',
        ({ world }) => Number(snapshotsIn(world, /^one$/)[0]?.status?.['failures'] ?? 0) >= 2,
      ),
      knobs({ savepointsWork: true }, 'the storage has room again'),
      completed(),
    ],
    ends: and(isRunning, snapshotsDone(/^one$/, 1)),
    accepts: diedWithIt,
  }),
  scenario('snapshot resource: it fails as often as it may', {
    covers: ['W-23', 'S004-8'],
    world,
    steps: [
      ...app,
      knobs({ savepointsWork: false }, 'the storage is full'),
      createSnapshot(aSavepoint({ backoffLimit: 1 })),
      when('it is FAILED', snapshotIs('FAILED')),
      knobs({ savepointsWork: true }, 'the storage has room again'),
    ],
    ends: and(isRunning, snapshotIs('FAILED')),
    spares: { kill: 'it is abandoned then', fault: 'an attempt that was never asked for fails later' },
  }),
  scenario('snapshot resource while the JobManager restarts (HA)', {
    covers: ['W-5', 'W-23'],
    world,
    steps: [
      ...app,
      createSnapshot(aSavepoint({ backoffLimit: -1 })),
      when('it is under way', snapshotIs('IN_PROGRESS'), { orGoOn: true, withinMs: 30_000 }),
      killJobManagerProcess(),
      when('it has ended', (stage) => snapshotIs('COMPLETED')(stage) || snapshotIs('ABANDONED')(stage)),
      running(),
    ],
    ends: isRunning,
    accepts: { ...diedWithIt, once: 'the first savepoint died with its JobManager, which nobody can tell' },
  }),
  scenario('snapshot resource of a savepoint that exists', {
    covers: ['S003-14'],
    world,
    steps: [
      ...app,
      createSnapshot(aSavepoint({}, { alreadyExists: true, path: 'file:///sp/from-before' })),
      completed(),
    ],
    ends: and(isRunning, snapshotIs('COMPLETED')),
  }),
  scenario('snapshot resource of a session job', {
    covers: ['W-5', 'e2e:snapshot'],
    world,
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(),
      jobRunning(),
      createSnapshot(aSavepoint({ jobReference: { kind: 'FlinkSessionJob', name: 'clicks' } })),
      completed(),
    ],
    ends: and(jobsRun('clicks'), snapshotsDone(/^one$/, 1)),
    spares: mayBeLost,
  }),
  scenario('snapshots by nonce, as resources', {
    covers: ['W-7', 'W-26', 'e2e:snapshot', 'S003-13'],
    world,
    steps: [
      ...app,
      nonce('savepoint', 1),
      when('the savepoint is taken', snapshotsDone(/savepoint-manual/, 1)),
      nonce('checkpoint', 7),
      when('the checkpoint is taken', snapshotsDone(/checkpoint-manual/, 1)),
      nonce('savepoint', 2),
      when('the second savepoint is taken', snapshotsDone(/savepoint-manual/, 2)),
    ],
    ends: and(isRunning, (stage) => snapshotsIn(stage.world, /savepoint-manual/).length === 2),
    spares: mayBeLost,
  }),
  scenario('a second nonce while the first savepoint is taken', {
    covers: ['W-26'],
    world,
    steps: [
      ...app,
      knobs({ savepointMs: 15_000 }, 'savepoints take 15 s'),
      nonce('savepoint', 1),
      // Two nonces before anybody looked would be one wish.
      when('the first is asked for', (stage) => snapshotsIn(stage.world, /savepoint-manual/).length === 1, {
        withinMs: 180_000,
      }),
      wait(4),
      nonce('savepoint', 2),
      when('both are taken', snapshotsDone(/savepoint-manual/, 2)),
    ],
    ends: and(isRunning, (stage) => snapshotsIn(stage.world, /savepoint-manual/).length === 2),
    spares: mayBeLost,
  }),
  scenario('a nonce together with an upgrade, as resources', {
    covers: ['W-26', 'W-7', 'C-14'],
    world,
    steps: [
      ...app,
      edit({ image: 'flink:2', job: { savepointTriggerNonce: 3 } }, 'a new image and savepointTriggerNonce 3'),
      running(),
      when('the savepoint is taken', snapshotsDone(/savepoint-manual/, 1)),
    ],
    ends: and(isRunning, snapshotsDone(/savepoint-manual/, 1)),
    spares: mayBeLost,
  }),
  scenario('periodic savepoints, as resources, over the end of an operator', {
    covers: ['W-7', 'e2e:snapshot', 'S000-8'],
    world,
    steps: [
      ...withConf({ 'kubernetes.operator.periodic.savepoint.interval': '60s' }),
      when('two are taken', snapshotsDone(/savepoint-periodic/, 2)),
      killOperator(),
      when('two more are taken', snapshotsDone(/savepoint-periodic/, 4)),
      edit(
        { flinkConfiguration: { 'kubernetes.operator.periodic.savepoint.interval': null } },
        'no periodic savepoints',
      ),
      wait(30),
    ],
    ends: isRunning,
    spares: { delete: 'periodic snapshots outlive their job' },
    accepts: diedWithIt,
  }),
  scenario('periodic checkpoints, as resources', {
    covers: ['W-7', 'S000-8'],
    world,
    steps: [
      ...withConf({ 'kubernetes.operator.periodic.checkpoint.interval': '60s' }),
      when(
        'two are taken',
        ({ world }) =>
          snapshotsIn(world, /checkpoint-periodic/).filter((one) => one.status?.['state'] === 'COMPLETED').length >= 2,
      ),
      edit(
        { flinkConfiguration: { 'kubernetes.operator.periodic.checkpoint.interval': null } },
        'no periodic checkpoints',
      ),
      wait(30),
    ],
    ends: isRunning,
  }),
  scenario('periodic savepoints, only the newest are kept', {
    covers: ['C-15', 'S003-15'],
    world,
    steps: [
      ...withConf({ 'kubernetes.operator.periodic.savepoint.interval': '60s', ...legacyCleanup }),
      wait(360),
      edit(
        { flinkConfiguration: { 'kubernetes.operator.periodic.savepoint.interval': null } },
        'no periodic savepoints',
      ),
      wait(60),
    ],
    ends: and(isRunning, ({ world }) => snapshotsIn(world, /savepoint-periodic/).length <= 3),
    accepts: diedWithIt,
  }),
  scenario('upgrade (savepoint, snapshots as resources)', {
    covers: ['W-7', 'W-1', 'e2e:snapshot'],
    world,
    steps: [...app, edit({ image: 'flink:2' }, 'a new image'), running()],
    ends: and(isRunning, (stage) => snapshotsIn(stage.world, /savepoint-upgrade/).length === 1),
    spares: {
      kill: 'the job may go on from its checkpoints instead',
      fault: 'the upgrade may take its state from elsewhere',
    },
  }),
  scenario('suspend and resume (savepoint, snapshots as resources)', {
    covers: ['W-7', 'e2e:snapshot', 'S002-14'],
    world,
    steps: [
      ...app,
      suspend,
      suspended(),
      when('the snapshot names the resume point', ({ world, resource }) =>
        snapshotsIn(world, /savepoint-upgrade/).some(
          (one) => one.status?.['path'] === resource?.status?.['jobStatus']?.upgradeSavepointPath,
        ),
      ),
      resume,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('snapshots by nonce in the status', {
    covers: ['W-5', 'W-26', 'e2e:application_operations', 'S003-13'],
    steps: [
      ...app,
      nonce('savepoint', 1),
      when('the savepoint is taken', legacyHistory(1)),
      nonce('checkpoint', 1),
      when('the checkpoint is taken', ({ resource }) =>
        Boolean(resource?.status?.['jobStatus']?.checkpointInfo?.lastCheckpoint),
      ),
      nonce('savepoint', 2),
      when('the second savepoint is taken', legacyHistory(2)),
    ],
    ends: isRunning,
    accepts: diedWithIt,
  }),
  scenario('a second nonce in the status while the first savepoint is taken', {
    covers: ['W-26'],
    steps: [
      ...app,
      knobs({ savepointMs: 15_000 }, 'savepoints take 15 s'),
      nonce('savepoint', 1),
      // Two nonces before anybody looked would be one wish.
      when(
        'the first is asked for',
        ({ resource }) => Boolean(resource?.status?.['jobStatus']?.savepointInfo?.triggerId),
        { withinMs: 180_000 },
      ),
      wait(4),
      nonce('savepoint', 2),
      when('both are taken', legacyHistory(2)),
    ],
    ends: isRunning,
    accepts: diedWithIt,
  }),
  scenario('a nonce in the status, the JobManager is killed meanwhile (HA)', {
    covers: ['W-5', 'W-26'],
    steps: [
      ...app,
      nonce('savepoint', 1),
      wait(2),
      killJobManagerProcess(),
      wait(5),
      running(),
      nonce('savepoint', 2),
      when('the savepoint is taken', legacyHistory(1)),
    ],
    ends: isRunning,
    accepts: { ...diedWithIt, once: 'the first savepoint died with its JobManager, which nobody can tell' },
  }),
  scenario('a nonce in the status whose savepoint fails at first', {
    covers: ['W-26', 'S004-8'],
    steps: [
      ...app,
      knobs({ savepointsWork: false }, 'the storage is full'),
      nonce('savepoint', 1),
      wait(20),
      knobs({ savepointsWork: true }, 'the storage has room again'),
      wait(60),
    ],
    ends: isRunning,
    accepts: diedWithIt,
  }),
  scenario('periodic savepoints in the status, only the newest are kept', {
    covers: ['W-7', 'C-15', 'S000-8', 'S003-15'],
    steps: [
      ...withConf({ 'kubernetes.operator.periodic.savepoint.interval': '60s', ...legacyCleanup }),
      when('two are taken', legacyHistory(2)),
      killOperator(),
      wait(240),
      edit(
        { flinkConfiguration: { 'kubernetes.operator.periodic.savepoint.interval': null } },
        'no periodic savepoints',
      ),
      wait(60),
    ],
    ends: and(isRunning, (stage) => savepointsStored(stage) <= 3),
    accepts: diedWithIt,
  }),
  scenario('an upgrade while a periodic savepoint is taken', {
    covers: ['W-5', 'W-26'],
    steps: [
      ...withConf({ 'kubernetes.operator.periodic.savepoint.interval': '60s' }),
      knobs({ savepointMs: 15_000 }, 'savepoints take 15 s'),
      when(
        'one is under way',
        ({ resource }) => resource?.status?.['jobStatus']?.savepointInfo?.triggerType === 'PERIODIC',
        {
          orGoOn: true,
          withinMs: 120_000,
        },
      ),
      edit(
        { image: 'flink:2', flinkConfiguration: { 'kubernetes.operator.periodic.savepoint.interval': null } },
        'a new image',
      ),
      running(),
    ],
    ends: isRunning,
    accepts: diedWithIt,
  }),
  scenario('snapshots by nonce of a session job', {
    covers: ['W-5', 'W-26', 'e2e:sessionjob_operations'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(aSessionJob()),
      jobRunning(),
      editJob({ job: { savepointTriggerNonce: 1 } }, 'savepointTriggerNonce 1'),
      when('the savepoint is taken', ({ world }) =>
        Boolean(sessionJob(world)?.status?.['jobStatus']?.savepointInfo?.lastSavepoint),
      ),
      editJob({ job: { checkpointTriggerNonce: 1 } }, 'checkpointTriggerNonce 1'),
      wait(30),
    ],
    ends: jobsRun('clicks'),
    accepts: diedWithIt,
  }),
]
