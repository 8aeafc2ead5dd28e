/** Deleting in every state, deleting by force, and coming again under the same name. */
import {
  anApplication,
  aSession,
  checkpointed,
  create,
  edit,
  failJob,
  forceRemove,
  gone,
  ha,
  isGone,
  isReadySession,
  isRunning,
  jobStateIs,
  killJobManagerProcess,
  deleteJobManagerDeployment,
  knobs,
  remove,
  running,
  scenario,
  stateIs,
  suspended,
  triggered,
  wait,
  when,
  type Scenario,
  newImage,
  lastState,
} from '../scenario.ts'

const ending = (
  name: string,
  steps: Scenario['steps'],
  covers: string[] = [],
  accepts?: Scenario['accepts'],
): Scenario =>
  scenario(name, { covers, steps: [...steps, remove(), gone()], ends: isGone, ...(accepts ? { accepts } : {}) })

const ready = when('the session cluster is ready', isReadySession)

export const endings: readonly Scenario[] = [
  ending('deleted at once', [create(anApplication())]),
  ending('deleted while it starts', [create(anApplication()), wait(3)]),
  ending('deleted while it runs (HA)', [lastState(), running(), checkpointed(1)]),
  ending('deleted while it runs, standalone', [create(anApplication({ mode: 'standalone' })), running()]),
  ending(
    'deleted while the savepoint is taken',
    [create(anApplication()), running(), checkpointed(1), newImage, triggered()],
    ['W-22'],
    {
      'no orphan': 'the upgrade’s savepoint may complete after the resource is gone',
    },
  ),
  ending('deleted while it is upgraded', [
    create(anApplication()),
    running(),
    checkpointed(1),
    newImage,
    stateIs('UPGRADING'),
  ]),
  ending('deleted while it is suspended', [
    create(anApplication()),
    running(),
    checkpointed(1),
    edit({ job: { state: 'suspended' } }, 'suspended'),
    suspended(),
  ]),
  ending('deleted after the job failed', [
    create(anApplication()),
    running(),
    failJob(true),
    when('it is FAILED', jobStateIs('FAILED')),
  ]),
  ending('deleted while the image is missing', [create(anApplication({ image: 'flink:missing' })), wait(20)]),
  ending('deleted while the JobManager crashes', [create(anApplication({ image: 'flink:crashes' })), wait(20)]),
  ending(
    'deleted while the JobManager restarts',
    [lastState(), running(), checkpointed(1), killJobManagerProcess()],
    ['W-17'],
  ),
  ending(
    'deleted while the Deployment is lost',
    [lastState(), running(), checkpointed(1), deleteJobManagerDeployment()],
    ['W-17'],
  ),
  ending('deleted while nobody answers', [
    create(anApplication()),
    running(),
    knobs({ unreachable: true }, 'JobManagers cannot be reached'),
  ]),
  ending(
    'deleted with a final savepoint',
    [
      create(anApplication({}, {}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' })),
      running(),
      checkpointed(1),
    ],
    ['W-22', 'W-26'],
  ),
  scenario('upgraded with a savepoint, then deleted with a final one', {
    covers: ['W-22', 'W-26'],
    steps: [
      create(anApplication({}, {}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' })),
      running(),
      checkpointed(1),
      newImage,
      running(),
      checkpointed(1),
      remove(),
      gone(),
    ],
    ends: (stage) =>
      isGone(stage) && stage.world.flink.storage.list().filter((one) => one.kind === 'savepoint').length === 2,
  }),
  scenario('a failed upgrade is reverted, then deleted with a final savepoint', {
    covers: ['W-22', 'W-26'],
    steps: [
      create(anApplication({}, {}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' })),
      running(),
      checkpointed(1),
      knobs({ savepointsWork: false }, 'the storage is full'),
      newImage,
      wait(10),
      knobs({ savepointsWork: true }, 'the storage has room again'),
      edit({ image: 'flink:1' }, 'back to the first image'),
      running(),
      remove(),
      gone(),
    ],
    ends: (stage) => isGone(stage) && stage.world.flink.storage.list().some((one) => one.kind === 'savepoint'),
  }),
  ending(
    'deleted with a final savepoint that fails',
    [
      create(anApplication({}, {}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' })),
      running(),
      knobs({ savepointsWork: false }, 'the storage is full'),
    ],
    ['W-22'],
  ),
  ending(
    'deleted with a final savepoint while nobody answers',
    [
      create(anApplication({}, {}, { 'kubernetes.operator.job.savepoint-on-deletion': 'true' })),
      running(),
      knobs({ unreachable: true }, 'JobManagers cannot be reached'),
    ],
    ['W-22'],
  ),
  scenario('removed by force and made again', {
    covers: ['W-12'],
    steps: [lastState(), running(), checkpointed(1), forceRemove(), wait(1), create(anApplication()), running()],
    ends: isRunning,
  }),
  scenario('deleted and made again', {
    covers: ['W-12'],
    steps: [lastState(), running(), checkpointed(1), remove(), gone(), create(anApplication({}, {}, ha)), running()],
    ends: isRunning,
  }),
  scenario('session cluster', { covers: [], steps: [create(aSession()), ready], ends: isReadySession }),
  scenario('session cluster, upgraded', {
    covers: [],
    steps: [create(aSession()), ready, newImage, ready],
    ends: isReadySession,
  }),
  scenario('session cluster, upgraded, standalone', {
    covers: [],
    steps: [create(aSession({ mode: 'standalone' })), ready, newImage, ready],
    ends: isReadySession,
  }),
  scenario('session cluster, Deployment lost (HA)', {
    covers: [],
    steps: [create(aSession({}, ha)), ready, deleteJobManagerDeployment(), wait(3), ready],
    ends: isReadySession,
  }),
  ending('session cluster, deleted', [create(aSession()), ready], ['W-21', 'W-39']),
  ending('session cluster, never valid, deleted', [create(aSession({ flinkVersion: null })), wait(10)], ['W-21']),
]
