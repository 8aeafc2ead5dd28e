/** Ways of the core that no other scenario goes: health, records that were spoilt, ages of checkpoints, jobs that wait for room. */
import { flinkDeployments, flinkSessionJobs } from '@drey/api'
import {
  anApplication,
  aSession,
  checkpointed,
  create,
  deleteHaMetadata,
  deleteJobManagerDeployment,
  deleteTaskManagerPod,
  edit,
  failJob,
  ha,
  isReadySession,
  isRunning,
  isSuspended,
  killOperator,
  knobs,
  retireOperator,
  running,
  scenario,
  secondOperator,
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
import { aSessionJob, createJob, editJob, jobCheckpointed, jobRunning, jobsRun, sessionJob } from './session-steps.ts'

const byCancel = { 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }
const maxAge = { 'kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age': '60 s' }
const noRoom = knobs({ capacity: false }, 'there is no room for TaskManagers')
const room = knobs({ capacity: true }, 'there is room')
const says =
  (pattern: RegExp) =>
  ({ resource }: Stage): boolean =>
    pattern.test(String(resource?.status?.['error'] ?? ''))

/** Somebody writes the status, as only a hand in an emergency does. */
const writeStatus = (
  say: string,
  status: (stage: Stage) => unknown,
  type = flinkDeployments,
  name = 'orders',
): Step => ({
  say,
  do: (stage) =>
    stage.world.client.merge({ type, namespace, name }, { status: status(stage) }, 'status').catch(() => {}),
})

let kept = ''
const spoil = writeStatus('somebody spoils the recorded spec', ({ resource }) => {
  kept = resource?.status?.['reconciliationStatus']?.lastReconciledSpec as string
  return { reconciliationStatus: { lastReconciledSpec: '{"spec": ' } }
})
const repair = writeStatus('somebody repairs it', () => ({ reconciliationStatus: { lastReconciledSpec: kept } }))
const spoilJob = writeStatus(
  'somebody spoils the recorded spec of clicks',
  ({ world }) => {
    kept = sessionJob(world)?.status?.['reconciliationStatus']?.lastReconciledSpec as string
    return { reconciliationStatus: { lastReconciledSpec: '[]' } }
  },
  flinkSessionJobs,
  'clicks',
)
const repairJob = writeStatus(
  'somebody repairs it',
  () => ({ reconciliationStatus: { lastReconciledSpec: kept } }),
  flinkSessionJobs,
  'clicks',
)

export const branches: readonly Scenario[] = [
  scenario('a job that restarts again and again is unhealthy (HA)', {
    covers: ['W-10'],
    steps: [
      lastState({
        'kubernetes.operator.cluster.health-check.enabled': 'true',
        'kubernetes.operator.cluster.health-check.restarts.threshold': '2',
        'kubernetes.operator.cluster.health-check.restarts.window': '10 min',
      }),
      running(),
      checkpointed(1),
      wait(70),
      ...Array.from({ length: 5 }, () => [failJob(false), wait(8)]).flat(),
      wait(70),
      running(),
    ],
    ends: isRunning,
    spares: { kill: 'it begins to count anew', fault: 'a count that was not read' },
    accepts: { quiet: 'the health of a cluster is recorded at each look, as upstream does' },
  }),
  scenario('the recorded spec cannot be read, and is repaired', {
    covers: ['W-28'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      spoil,
      newImage,
      when('it is told', says(/cannot be read/)),
      repair,
      running(),
    ],
    ends: isRunning,
    spares: { delete: 'nobody knows any more what was deployed' },
  }),
  scenario('the recorded spec of a session job cannot be read, and is repaired', {
    covers: ['W-28'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(),
      jobRunning(),
      jobCheckpointed(),
      spoilJob,
      wait(70),
      repairJob,
      jobRunning(),
    ],
    ends: jobsRun('clicks'),
    spares: { delete: 'nobody knows any more what was submitted' },
  }),
  scenario('resumed from the savepoint that only the old fields name', {
    covers: ['W-34', 'e2e:snapshot'],
    steps: [
      create(anApplication()),
      running(),
      checkpointed(1),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
      writeStatus('somebody moves the path to the old fields', ({ resource, now }) => ({
        jobStatus: {
          upgradeSavepointPath: null,
          savepointInfo: {
            lastSavepoint: {
              location: resource?.status?.['jobStatus'].upgradeSavepointPath,
              timeStamp: now,
              triggerType: 'MANUAL',
              formatType: 'CANONICAL',
            },
          },
        },
      })),
      killOperator(),
      wait(10),
      edit({ job: { state: 'running' } }, 'running'),
      running(),
    ],
    ends: isRunning,
    accepts: { 'resume point first': 'a hand moved it' },
  }),
  ...(['20 s', '30 min'] as const).map((interval) =>
    scenario(`upgrade (last state), checkpoints every ${interval}, none older than a minute`, {
      covers: ['S000-11'],
      steps: [
        lastState({ ...maxAge, 'execution.checkpointing.interval': interval }),
        running(),
        wait(150),
        newImage,
        wait(3),
        running(),
      ],
      ends: isRunning,
    }),
  ),
  scenario('upgrade (last state) of a young job, none older than a minute', {
    covers: ['S000-11'],
    steps: [
      lastState({ ...maxAge, 'execution.checkpointing.interval': '30 min' }),
      running(),
      newImage,
      wait(3),
      running(),
    ],
    ends: isRunning,
  }),
  ...[{}, { 'jobmanager.scheduler': 'adaptive' }].flatMap((scheduler) => {
    const which = 'jobmanager.scheduler' in scheduler ? ' (adaptive scheduler)' : ''
    return [
      scenario(`upgraded by cancel while it waits for TaskManagers${which}`, {
        covers: ['W-2', 'S001-7'],
        steps: [
          lastState({ ...byCancel, ...scheduler }),
          running(),
          checkpointed(2),
          noRoom,
          deleteTaskManagerPod(),
          wait(20),
          newImage,
          wait(60),
          room,
          running(),
        ],
        ends: isRunning,
      }),
      scenario(`a new Flink version while it waits for TaskManagers${which}`, {
        covers: ['W-2', 'S001-4'],
        steps: [
          lastState(scheduler),
          running(),
          checkpointed(2),
          noRoom,
          deleteTaskManagerPod(),
          wait(20),
          edit({ flinkVersion: 'v2_0', image: 'flink:2.0' }, 'Flink 2.0'),
          wait(60),
          room,
          running(),
        ],
        ends: isRunning,
      }),
      scenario(`session job, upgraded while it waits for TaskManagers${which}`, {
        covers: ['W-2', 'S001-7'],
        steps: [
          create(aSession({}, { ...ha, ...scheduler })),
          when('the session cluster is ready', isReadySession),
          createJob(aSessionJob({ upgradeMode: 'last-state' })),
          jobRunning(),
          jobCheckpointed(2),
          noRoom,
          deleteTaskManagerPod(),
          wait(20),
          editJob({ job: { parallelism: 2 } }, 'parallelism 2'),
          wait(60),
          room,
          jobRunning(),
        ],
        ends: jobsRun('clicks'),
      }),
    ]
  }),
  scenario('cluster and HA metadata gone while no operator looked, then edited', {
    covers: ['W-15', 'S004-9'],
    steps: [
      lastState(),
      running(),
      checkpointed(2),
      retireOperator(),
      deleteJobManagerDeployment(),
      wait(10),
      deleteHaMetadata(),
      newImage,
      secondOperator(),
      when('it is told', says(/Manual restore required/)),
    ],
    ends: says(/Manual restore required/),
    spares: { kill: 'nothing runs' },
    accepts: { 'resume point first': 'a user has removed the resume point', truth: 'nobody looked' },
  }),
  scenario('rollback of a session job', {
    covers: ['W-30', 'S000-9'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      createJob(
        aSessionJob(
          { upgradeMode: 'savepoint' },
          {
            'kubernetes.operator.deployment.rollback.enabled': 'true',
            'kubernetes.operator.deployment.readiness.timeout': '60 s',
          },
        ),
      ),
      jobRunning(),
      jobCheckpointed(),
      editJob({ job: { jarURI: 'https://jars.example/job-breaks.jar' } }, 'a jar that breaks'),
      when('the stable jar runs again', ({ world }) => sessionJob(world)?.status?.['lifecycleState'] === 'ROLLED_BACK'),
    ],
    ends: ({ world }) => sessionJob(world)?.status?.['lifecycleState'] === 'ROLLED_BACK',
    spares: { kill: 'the job that breaks may be found otherwise', fault: 'a start that failed is told otherwise' },
  }),
  scenario('suspended while it waits for TaskManagers', {
    covers: ['W-18'],
    steps: [
      lastState(),
      running(),
      checkpointed(1),
      noRoom,
      deleteTaskManagerPod(),
      wait(10),
      edit({ job: { state: 'suspended' } }, 'suspended'),
      suspended(),
    ],
    ends: isSuspended,
  }),
]
