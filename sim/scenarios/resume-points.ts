/** Resume points that are hard to know: not addressable, too old, not told at the moment, or written down as earlier operators did. */
import { flinkDeployments } from '@drey/api'
import {
  anApplication,
  checkpointed,
  create,
  deleteHaMetadata,
  deleteJobManagerDeployment,
  deleteTaskManagerPod,
  edit,
  failJob,
  ha,
  isRunning,
  jobStateIs,
  killJobManagerProcess,
  knobs,
  retireOperator,
  running,
  scenario,
  secondOperator,
  stateIs,
  suspended,
  wait,
  when,
  type Scenario,
  type Stage,
  type Step,
  newImage,
  lastState,
} from '../scenario.ts'
import { namespace } from '../world.ts'

const says =
  (pattern: RegExp) =>
  ({ resource }: Stage): boolean =>
    pattern.test(String(resource?.status?.['error'] ?? ''))

const mark = 'KUBERNETES_OPERATOR_LAST_STATE'

/** The status as another operator has left it. */
const leftAs = (say: string, status: (now: any) => unknown): Step => ({
  say,
  do: ({ world, resource }) =>
    world.client
      .merge(
        { type: flinkDeployments, namespace, name: 'orders' },
        { status: status(resource?.status) as never },
        'status',
      )
      .catch(() => {}),
})

const aged = {
  'execution.checkpointing.interval': '120 s',
  'kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age': '30 s',
}
const beingTaken = ({ world }: Stage) =>
  world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.checkpointSince !== undefined))
const count = (kind: string, { world }: Stage) => world.flink.storage.list().filter((one) => one.kind === kind).length

const jobIs =
  (state: string) =>
  ({ world }: Stage): boolean =>
    world.flink.jobManagers().some((jm) => jm.jobs.some((job) => job.state === state))
const redeployFromNewest: Step = {
  say: 'a user asks for a redeploy from the newest checkpoint in the storage',
  do: (stage) => {
    const initialSavepointPath = stage.world.flink.storage.list().at(-1)?.path
    return edit({ job: { initialSavepointPath, savepointRedeployNonce: 1 } }, '').do?.(stage)
  },
}

export const resumePoints: readonly Scenario[] = [
  scenario('checkpoints that nobody can address, the job fails for good, then it is edited', {
    covers: ['W-2', 'W-34'],
    steps: [
      lastState({ 'execution.checkpointing.storage': 'jobmanager' }),
      running(),
      checkpointed(1),
      failJob(true),
      when('the job has failed', jobStateIs('FAILED')),
      newImage,
      when('it is told', says(/Manual restore required/)),
    ],
    ends: says(/Manual restore required/),
    spares: { kill: 'a JobManager that comes back before the end is seen knows no job' },
  }),
  scenario('the newest checkpoint is too old (last state): a savepoint instead', {
    covers: ['W-2'],
    steps: [lastState(aged), running(), checkpointed(1), wait(60), newImage, running()],
    ends: (stage) => isRunning(stage),
  }),
  scenario('the newest checkpoint is too old and a fresh one is being taken (last state)', {
    covers: ['W-2'],
    steps: [
      lastState(aged),
      running(),
      checkpointed(1),
      wait(60),
      when('a checkpoint is being taken', beingTaken),
      newImage,
      running(),
      when('no savepoint was needed', (stage) => count('savepoint', stage) === 0, { orGoOn: true, withinMs: 1 }),
    ],
    ends: isRunning,
  }),
  scenario('the age of the newest checkpoint is not told for a minute (last state)', {
    covers: ['W-2', 'W-34'],
    steps: [
      lastState(aged),
      running(),
      checkpointed(1),
      wait(60),
      knobs({ statisticsFail: true }, 'the JobManager answers 500 when asked for checkpoints'),
      newImage,
      wait(60),
      knobs({ statisticsFail: false }, 'it tells them again'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario(
    'recovered by an earlier operator from HA metadata, its JobManager never starts, then the Flink version changes',
    {
      covers: ['W-4', 'W-20'],
      steps: [
        create(anApplication({}, { upgradeMode: 'savepoint' }, ha)),
        running(),
        checkpointed(1),
        edit({ job: { upgradeMode: 'last-state' } }, 'last-state'),
        edit({ image: 'flink:missing' }, 'an image that does not exist'),
        stateIs('DEPLOYED'),
        wait(10),
        leftAs('the status says what upstream writes after a recovery', (now) => {
          const recorded = JSON.parse(now.reconciliationStatus.lastReconciledSpec)
          recorded.spec.job.upgradeMode = 'savepoint'
          return {
            reconciliationStatus: { lastReconciledSpec: JSON.stringify(recorded) },
            jobStatus: { upgradeSavepointPath: mark },
          }
        }),
        edit({ flinkVersion: 'v2_0', image: 'flink:3' }, 'another Flink version'),
        wait(40),
        edit({ flinkVersion: 'v1_20', image: 'flink:3' }, 'the old Flink version'),
        running(),
      ],
      ends: isRunning,
    },
  ),
  scenario('an earlier operator kept the mark in the older place for a savepoint, and the job has failed', {
    covers: ['W-15', 'W-34'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      retireOperator(),
      deleteJobManagerDeployment(),
      wait(10),
      deleteHaMetadata(),
      leftAs('the status says what an older release wrote', () => ({
        jobStatus: {
          state: 'FAILED',
          upgradeSavepointPath: null,
          savepointInfo: { lastSavepoint: { location: mark, timeStamp: 1, triggerType: 'UPGRADE' } },
        },
      })),
      newImage,
      secondOperator(),
      when('it is told', says(/Manual restore required/)),
    ],
    ends: says(/Manual restore required/),
    spares: { kill: 'nothing runs' },
    accepts: { 'resume point first': 'a user has removed the resume point', truth: 'nobody looked' },
  }),
  scenario('the JobManager dies a second after the job is cancelled, and the way out is taken (HA)', {
    covers: ['W-3', 'W-19'],
    steps: [
      lastState({ 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }),
      running(),
      checkpointed(2),
      newImage,
      when('the job is cancelled', jobIs('CANCELED'), { orGoOn: true, withinMs: 60_000 }),
      wait(1),
      killJobManagerProcess(),
      wait(120),
      redeployFromNewest,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('suspended without HA, its JobManager process is killed, and it is resumed later', {
    covers: ['W-18'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
      wait(5),
      killJobManagerProcess(),
      wait(60),
      edit({ job: { state: 'running' } }, 'running'),
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the adaptive scheduler waits for room (last state without HA), and the job is edited', {
    covers: ['W-2'],
    steps: [
      create(anApplication({}, { upgradeMode: 'last-state' }, { 'jobmanager.scheduler': 'adaptive' })),
      running(),
      checkpointed(2),
      knobs({ capacity: false }, 'there is no room for TaskManagers'),
      deleteTaskManagerPod(),
      wait(20),
      newImage,
      wait(60),
      knobs({ capacity: true }, 'there is room'),
      running(),
    ],
    ends: isRunning,
    spares: { kill: 'without HA a JobManager that dies takes its job along' },
  }),
  scenario('HA is switched off while the cluster is lost (last state): told, and switched on again', {
    covers: ['W-15', 'W-19'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      retireOperator(),
      deleteJobManagerDeployment(),
      wait(5),
      edit(
        {
          image: 'flink:2',
          flinkConfiguration: { 'high-availability.type': null, 'high-availability.storageDir': null },
        },
        'a new image, and no HA',
      ),
      secondOperator(),
      when('it is told', says(/HA|high-availability/)),
      edit({ flinkConfiguration: ha }, 'HA again'),
      running(),
    ],
    ends: isRunning,
    spares: { kill: 'nothing runs' },
    accepts: { truth: 'nobody looked' },
  }),
]
