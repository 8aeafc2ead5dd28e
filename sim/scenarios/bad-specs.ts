/** Specs that cannot work, and the ways back: images, loops, rollback, validation. */
import {
  anApplication,
  checkpointed,
  create,
  deleteJobManagerDeployment,
  edit,
  failJob,
  gone,
  ha,
  isGone,
  isRunning,
  jobStateIs,
  remove,
  running,
  scenario,
  wait,
  when,
  type Scenario,
  type Stage,
  lastState,
} from '../scenario.ts'

const rollback = {
  'kubernetes.operator.deployment.rollback.enabled': 'true',
  'kubernetes.operator.deployment.readiness.timeout': '60 s',
}
const hasError = ({ resource }: Stage) => Boolean(resource?.status?.['error'])
const rolledBack = ({ world, resource }: Stage) =>
  resource?.status?.['lifecycleState'] === 'ROLLED_BACK' &&
  world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === 'RUNNING' && job.tasksRun))
const isInvalid = ({ resource, world }: Stage) =>
  hasError({ resource, world } as Stage) &&
  world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === 'RUNNING'))

export const badSpecs: readonly Scenario[] = [
  scenario('an image that does not exist, corrected', {
    covers: ['W-27'],
    steps: [
      create(anApplication({ image: 'flink:missing' })),
      when('an error is told', hasError),
      edit({ image: 'flink:1' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to an image that does not exist, corrected (savepoint)', {
    covers: ['W-13', 'W-27'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ image: 'flink:missing' }, 'a missing image'),
      when('an error is told', hasError),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to an image that does not exist, corrected (last state)', {
    covers: ['W-27', 'W-15'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      edit({ image: 'flink:missing' }, 'a missing image'),
      when('an error is told', hasError),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to an image that does not exist, fall-back off (last state)', {
    covers: ['W-27'],
    steps: [
      create(anApplication({}, {}, { ...ha, 'kubernetes.operator.job.upgrade.last-state-fallback.enabled': 'false' })),
      running(),
      checkpointed(1),
      edit({ image: 'flink:missing' }, 'a missing image'),
      when('an error is told', hasError),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to an image that crashes, corrected (savepoint)', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ image: 'flink:crashes' }, 'a crashing image'),
      wait(30),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to an image that hangs, corrected (savepoint with HA)', {
    covers: ['W-4'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      edit({ image: 'flink:never-ready' }, 'a hanging image'),
      wait(30),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to a job that fails at once, corrected (savepoint)', {
    covers: ['W-2'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ image: 'flink:job-fails' }, 'a failing job'),
      when('it fails', jobStateIs('FAILED')),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('upgrade to a job that fails at once, corrected (last state)', {
    covers: ['W-2', 'W-15'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      edit({ image: 'flink:job-fails' }, 'a failing job'),
      when('it fails', jobStateIs('FAILED')),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('rollback (last state)', {
    covers: ['W-30', 'W-37', 'S000-9'],
    steps: [
      lastState(rollback),
      running(),
      checkpointed(1),
      edit({ image: 'flink:never-ready' }, 'a hanging image'),
      when('it is rolled back', rolledBack),
    ],
    ends: rolledBack,
  }),
  scenario('rollback (savepoint with HA)', {
    covers: ['W-30', 'W-37'],
    steps: [
      create(anApplication({}, {}, { ...ha, ...rollback })),
      running(),
      checkpointed(1),
      edit({ image: 'flink:missing' }, 'a missing image'),
      when('it is rolled back', rolledBack),
    ],
    ends: rolledBack,
  }),
  scenario('rollback of a job that breaks at its start (savepoint with HA)', {
    covers: ['W-30'],
    steps: [
      create(anApplication({}, {}, { ...ha, ...rollback })),
      running(),
      checkpointed(1),
      edit({ image: 'flink:job-breaks' }, 'a job that breaks'),
      when('it is rolled back', rolledBack),
    ],
    ends: rolledBack,
  }),
  scenario('no rollback of a job that breaks at its start when its state is not known (last state)', {
    covers: ['W-15', 'W-30'],
    steps: [
      lastState(rollback),
      running(),
      checkpointed(1),
      edit({ image: 'flink:job-breaks' }, 'a job that breaks'),
      wait(120),
    ],
    ends: ({ world, resource }) =>
      hasError({ world, resource } as Stage) &&
      !world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.tasksRun)),
  }),
  scenario('rollback, then corrected', {
    covers: ['W-30', 'W-37'],
    steps: [
      lastState(rollback),
      running(),
      checkpointed(1),
      edit({ image: 'flink:never-ready' }, 'a hanging image'),
      when('it is rolled back', rolledBack),
      edit({ image: 'flink:2' }, 'the right image'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('rollback (no state)', {
    covers: ['W-37'],
    steps: [
      create(anApplication({}, { upgradeMode: 'stateless' }, { ...ha, ...rollback })),
      running(),
      edit({ image: 'flink:never-ready' }, 'a hanging image'),
      when('it is rolled back', rolledBack),
    ],
    ends: rolledBack,
  }),
  scenario('an invalid edit changes nothing', {
    covers: ['W-20'],
    steps: [create(anApplication()), running(), edit({ job: { parallelism: 0 } }, 'parallelism 0'), wait(30)],
    ends: isInvalid,
  }),
  scenario('an invalid edit, then the Deployment is lost (HA)', {
    covers: ['W-20', 'W-10'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      edit({ job: { parallelism: 0 } }, 'parallelism 0'),
      wait(5),
      deleteJobManagerDeployment(),
      wait(20),
      when('it runs again', isInvalid),
    ],
    ends: isInvalid,
  }),
  scenario('an invalid edit, then the job fails for good and may be restarted', {
    covers: ['W-20', 'W-10'],
    steps: [
      create(anApplication({}, {}, { 'kubernetes.operator.job.restart.failed': 'true' })),
      running(),
      checkpointed(1),
      edit({ job: { parallelism: 0 } }, 'parallelism 0'),
      wait(5),
      failJob(true),
      wait(5),
      when('it runs again', isInvalid),
    ],
    ends: isInvalid,
  }),
  scenario('an invalid edit in the middle of an upgrade, corrected', {
    covers: ['W-20'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ image: 'flink:2' }, 'a new image'),
      when('the upgrade begins', ({ resource }) => Boolean(resource?.status?.['jobStatus']?.savepointInfo?.triggerId), {
        orGoOn: true,
        withinMs: 30_000,
      }),
      edit({ flinkVersion: null }, 'no Flink version'),
      wait(40),
      edit({ flinkVersion: 'v1_20', image: 'flink:3' }, 'everything right'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('never valid, deleted', {
    covers: ['W-21'],
    steps: [create(anApplication({ flinkVersion: null })), wait(20), remove(), gone()],
    ends: isGone,
  }),
]
