/** What happens to running clusters: processes, pods, Deployments and HA metadata go, jobs fail, savepoints fail, nobody answers. */
import {
  anApplication,
  cancelJob,
  checkpointed,
  create,
  deleteHaMetadata,
  deleteJobManagerDeployment,
  deleteJobManagerPod,
  deleteTaskManagerPod,
  edit,
  failJob,
  finishJob,
  ha,
  isRunning,
  jobStateIs,
  killJobManagerProcess,
  knobs,
  running,
  scenario,
  stateIs,
  triggered,
  wait,
  when,
  type Scenario,
  type Stage,
} from '../scenario.ts'

const lastState = (over: Record<string, unknown> = {}, conf: Record<string, unknown> = {}) =>
  create(anApplication(over, { upgradeMode: 'last-state' }, { ...ha, ...conf }))
const newImage = edit({ image: 'flink:2' }, 'a new image')
const says =
  (pattern: RegExp) =>
  ({ resource }: Stage): boolean =>
    pattern.test(String(resource?.status?.['error'] ?? ''))
const nothingRuns = ({ world }: Stage) =>
  !world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === 'RUNNING'))
const unrecoverable = (stage: Stage) => says(/Manual restore required/)(stage) && nothingRuns(stage)
const restarted = () =>
  when(
    'the job has restarted',
    (stage) => isRunning(stage) && Boolean(stage.world.flink.jobManagers()[0]?.jobs[0]?.restored),
  )
const noHaSelfStart = {
  'no older state': 'without HA a restarted JobManager process begins from its configured path: Flink’s own doing',
} as const

export const accidents: readonly Scenario[] = [
  scenario('JobManager process killed (HA)', {
    covers: ['e2e:application_kubernetes_ha'],
    steps: [lastState(), running(), checkpointed(2), killJobManagerProcess(), wait(5), restarted()],
    ends: isRunning,
  }),
  scenario('JobManager pod deleted (HA)', {
    covers: [],
    steps: [lastState(), running(), checkpointed(2), deleteJobManagerPod(), wait(5), restarted()],
    ends: isRunning,
  }),
  scenario('TaskManager pod deleted', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), deleteTaskManagerPod(), wait(3), running()],
    ends: isRunning,
  }),
  scenario('TaskManager pod deleted, standalone', {
    covers: [],
    steps: [
      create(anApplication({ mode: 'standalone' })),
      running(),
      checkpointed(1),
      deleteTaskManagerPod(),
      wait(3),
      running(),
    ],
    ends: isRunning,
  }),
  ...(['Background', 'Foreground'] as const).map((propagation) =>
    scenario(`JobManager Deployment deleted, ${propagation.toLowerCase()} (HA)`, {
      covers: ['W-10', 'W-14'],
      steps: [lastState(), running(), checkpointed(2), deleteJobManagerDeployment(propagation), wait(2), restarted()],
      ends: isRunning,
    }),
  ),
  scenario('JobManager Deployment deleted, savepoint mode with HA', {
    covers: ['W-10'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(2),
      deleteJobManagerDeployment(),
      wait(2),
      restarted(),
    ],
    ends: isRunning,
  }),
  scenario('JobManager Deployment deleted before the first checkpoint (HA)', {
    covers: ['W-4', 'W-10'],
    steps: [
      lastState(),
      when('the job starts', ({ world }) => world.flink.jobManagers().some((jm) => jm.jobs.length > 0)),
      deleteJobManagerDeployment(),
      wait(2),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('JobManager Deployment deleted right after a savepoint upgrade, before a checkpoint', {
    covers: ['W-4'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      when('the new job starts', ({ world }) =>
        world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.restored)),
      ),
      deleteJobManagerDeployment(),
      wait(2),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('HA metadata and JobManager Deployment deleted', {
    covers: ['W-15'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      deleteJobManagerDeployment(),
      wait(3),
      deleteHaMetadata(),
      wait(60),
    ],
    // Whether the new cluster saw the metadata in time is a matter of seconds; it must never start empty.
    ends: (stage) => isRunning(stage) || unrecoverable(stage) || jobStateIs('FAILED')(stage),
  }),
  scenario('HA metadata deleted while suspended, then resumed', {
    covers: ['W-19'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      when('it is suspended', ({ resource }) => resource?.status?.['lifecycleState'] === 'SUSPENDED'),
      deleteHaMetadata(),
      wait(5),
      edit({ job: { state: 'running' } }, 'running'),
      wait(60),
    ],
    ends: unrecoverable,
  }),
  scenario('… and the way out is taken', {
    covers: ['W-19'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      when('it is suspended', ({ resource }) => resource?.status?.['lifecycleState'] === 'SUSPENDED'),
      deleteHaMetadata(),
      wait(5),
      edit({ job: { state: 'running' } }, 'running'),
      wait(60),
      {
        say: 'a user names the newest checkpoint and a redeploy nonce',
        do: (stage) => {
          const path = stage.world.flink.storage.list().at(-1)?.path
          return edit({ job: { initialSavepointPath: path, savepointRedeployNonce: 1 } }, '').do?.(stage)
        },
      },
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job fails and is restarted by Flink', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), failJob(false), wait(2), running()],
    ends: isRunning,
  }),
  scenario('job fails for good', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), failJob(true)],
    ends: jobStateIs('FAILED'),
  }),
  scenario('job fails for good, then upgraded', {
    covers: ['W-2'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      failJob(true),
      when('it is FAILED', jobStateIs('FAILED')),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job fails for good, then upgraded (last state)', {
    covers: ['W-2', 'W-15'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      failJob(true),
      when('it is FAILED', jobStateIs('FAILED')),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job fails for good and may be restarted', {
    covers: ['W-10'],
    steps: [
      create(anApplication({}, {}, { 'kubernetes.operator.job.restart.failed': 'true' })),
      running(),
      checkpointed(1),
      failJob(true),
      wait(5),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job fails for good and may be restarted (HA)', {
    covers: ['W-10', 'W-15'],
    steps: [
      lastState({}, { 'kubernetes.operator.job.restart.failed': 'true' }),
      running(),
      checkpointed(1),
      failJob(true),
      wait(5),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job fails at the moment of an edit', {
    covers: ['W-2'],
    steps: [create(anApplication()), running(), checkpointed(1), newImage, failJob(true), running()],
    ends: isRunning,
  }),
  scenario('job fails while it is being stopped', {
    covers: ['W-2'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      failJob(true),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('job restarts while it is being stopped', {
    covers: ['W-8'],
    steps: [create(anApplication()), running(), checkpointed(1), newImage, triggered(), failJob(false), running()],
    ends: isRunning,
  }),
  scenario('bounded job finishes', {
    covers: ['W-16', 'e2e:batch_job'],
    steps: [
      create(anApplication({ image: 'flink:batch' }, { upgradeMode: 'stateless' })),
      when('it is FINISHED', jobStateIs('FINISHED')),
    ],
    ends: jobStateIs('FINISHED'),
  }),
  scenario('bounded job finishes, its JobManager is killed', {
    covers: ['W-16'],
    steps: [
      create(anApplication({ image: 'flink:batch' }, { upgradeMode: 'stateless' }, ha)),
      when('it is FINISHED', jobStateIs('FINISHED')),
      killJobManagerProcess(),
      wait(60),
    ],
    ends: jobStateIs('FINISHED'),
  }),
  scenario('bounded job finishes, is edited and runs again', {
    covers: ['e2e:batch_job'],
    steps: [
      create(anApplication({ image: 'flink:batch' }, { upgradeMode: 'stateless' })),
      when('it is FINISHED', jobStateIs('FINISHED')),
      edit({ job: { parallelism: 1 } }, 'parallelism 1'),
      when('it runs again', isRunning, { orGoOn: true, withinMs: 180_000 }),
      when('it is FINISHED again', jobStateIs('FINISHED')),
    ],
    ends: jobStateIs('FINISHED'),
  }),
  scenario('a finished job outlives its JobManager', {
    covers: ['W-16', 'W-28'],
    steps: [
      create(
        anApplication(
          { image: 'flink:batch' },
          { upgradeMode: 'stateless' },
          { 'kubernetes.operator.jm-deployment.shutdown-ttl': '2 min' },
        ),
      ),
      when('it is FINISHED', jobStateIs('FINISHED')),
      when('the JobManager goes', ({ resource }) => resource?.status?.['jobManagerDeploymentStatus'] === 'MISSING'),
    ],
    ends: jobStateIs('FINISHED'),
  }),
  scenario('somebody cancels the job', {
    // As upstream: what is wanted running is started again, from its last checkpoint.
    covers: ['W-18'],
    steps: [create(anApplication()), running(), checkpointed(1), cancelJob(), wait(5), running()],
    ends: isRunning,
  }),
  scenario('somebody cancels the job, then it is edited', {
    covers: ['W-2', 'W-18', 'W-34'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      cancelJob(),
      when('it is CANCELED', jobStateIs('CANCELED')),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the job is cancelled just before we cancel it', {
    covers: ['W-2'],
    steps: [
      lastState({}, { 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }),
      running(),
      checkpointed(2),
      cancelJob(),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the job finishes while an upgrade begins', {
    covers: ['W-2'],
    steps: [
      create(anApplication({}, { upgradeMode: 'stateless' })),
      running(),
      checkpointed(1),
      finishJob(),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the first savepoint fails', {
    covers: ['W-8'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      knobs({ savepointsWork: false }, 'the storage is full'),
      newImage,
      when('the operator says so', says(/Savepoint failed/)),
      knobs({ savepointsWork: true }, 'the storage has room again'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('savepoints take long', {
    covers: ['W-8'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      knobs({ savepointMs: 120_000 }, 'savepoints take two minutes'),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('JobManager killed while the savepoint is taken (HA): the trigger is forgotten', {
    covers: ['W-5', 'W-8'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      killJobManagerProcess(),
      running(),
    ],
    ends: isRunning,
    accepts: { 'no orphan': 'a savepoint that completed in a JobManager which died before anybody could ask' },
  }),
  scenario('JobManager killed right after the savepoint completed (HA)', {
    covers: ['W-1', 'W-5'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      when(
        'the savepoint is complete',
        ({ world }) => world.flink.storage.list().some((one) => one.kind === 'savepoint'),
        { orGoOn: true, withinMs: 120_000 },
      ),
      killJobManagerProcess(),
      wait(30),
      running(),
    ],
    ends: isRunning,
    accepts: { 'no orphan': 'a savepoint that completed in a JobManager which died before anybody could ask' },
  }),
  scenario('JobManager killed while the new cluster starts (HA)', {
    covers: ['W-4', 'W-13'],
    steps: [
      create(anApplication({}, {}, ha)),
      running(),
      checkpointed(1),
      newImage,
      stateIs('UPGRADING'),
      stateIs('DEPLOYED'),
      wait(4),
      killJobManagerProcess(),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('JobManager killed without HA', {
    covers: [],
    steps: [create(anApplication()), running(), checkpointed(1), killJobManagerProcess(), wait(5), running()],
    ends: isRunning,
    accepts: noHaSelfStart,
  }),
  scenario('nobody answers for a while', {
    covers: [],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      knobs({ unreachable: true }, 'JobManagers cannot be reached'),
      newImage,
      wait(90),
      knobs({ unreachable: false }, 'JobManagers can be reached again'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('nobody answers while the savepoint is taken', {
    covers: ['W-8'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      knobs({ unreachable: true }, 'JobManagers cannot be reached'),
      wait(90),
      knobs({ unreachable: false }, 'JobManagers can be reached again'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the answer to the stop was lost and forgotten', {
    covers: ['W-5', 'W-8'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      newImage,
      triggered(),
      when(
        'the savepoint is complete',
        ({ world }) => world.flink.storage.list().some((one) => one.kind === 'savepoint'),
        { orGoOn: true },
      ),
      knobs({ unreachable: true }, 'JobManagers cannot be reached'),
      wait(400),
      knobs({ unreachable: false }, 'JobManagers can be reached again'),
      running(),
    ],
    ends: isRunning,
  }),
]
