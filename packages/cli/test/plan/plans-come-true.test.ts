/**
 * A plan is held against what then happens: in many situations an edit is planned and made, and the operator's steps, the state the job
 * resumes from and whether it gets there at all are those that were told.
 */
import { flinkDeployments, flinkSessionJobs } from '@drey/api'
import { describe, expect, test, vi } from 'vitest'
import {
  aSession,
  anApplication,
  cancelJob,
  checkpointed,
  create,
  edit,
  failJob,
  ha,
  isReadySession,
  killJobManagerProcess,
  knobs,
  running,
  slowPods,
  stateIs,
  suspended,
  triggered,
  wait,
  when,
  type Step,
} from '../../../../sim/scenario.ts'
import {
  aSessionJob,
  cancelSessionJob,
  createJob,
  editJob,
  failSessionJob,
  jobCheckpointed,
  jobRunning,
  jobSuspended,
  jobTriggered,
} from '../../../../sim/scenarios/session-steps.ts'
import { play, plannedSteps, type Change } from './world.ts'

// Processes are started, or whole worlds played: on a busy machine that takes a while.
vi.setConfig({ testTimeout: 120_000 })

type Json = Record<string, unknown>
const application = (over: Json, job: Json, conf: Json, ...then: Step[]): Step[] => [
  create(anApplication(over, job, conf)),
  ...then,
]
const settled = [running(), checkpointed(2)]
const lastState = { upgradeMode: 'last-state' }
const suspend = [edit({ job: { state: 'suspended' } }, ''), suspended()]
const rarely = { 'execution.checkpointing.interval': '1h' }

const deployments: Record<string, Step[]> = {
  savepoint: application({}, {}, {}, ...settled),
  'savepoint, HA': application({}, {}, ha, ...settled),
  'last state': application({}, lastState, ha, ...settled),
  'last state by cancel': application(
    {},
    lastState,
    { ...ha, 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' },
    ...settled,
  ),
  'last state without HA': application({}, lastState, {}, ...settled),
  'no state': application({}, { upgradeMode: 'stateless' }, {}, ...settled),
  standalone: application({ mode: 'standalone' }, {}, {}, ...settled),
  adaptive: application({}, lastState, { ...ha, 'jobmanager.scheduler': 'adaptive' }, ...settled),
  'just created': application({}, {}, {}, wait(3)),
  'just created, HA': application({}, lastState, ha, wait(3)),
  'no checkpoint yet': application({}, lastState, { ...ha, ...rarely }, running()),
  'checkpoint too old': application(
    {},
    lastState,
    { ...ha, ...rarely, 'kubernetes.operator.job.upgrade.last-state.max.allowed.checkpoint.age': '30s' },
    running(),
    wait(120),
  ),
  'JobManager killed': application({}, {}, {}, ...settled, killJobManagerProcess(), wait(1)),
  'JobManager killed, HA': application({}, {}, ha, ...settled, killJobManagerProcess(), wait(1)),
  failed: application({}, {}, {}, ...settled, failJob(true), wait(90)),
  'failed, HA': application({}, lastState, ha, ...settled, failJob(true), wait(90)),
  cancelled: application({}, {}, {}, ...settled, cancelJob(), wait(60)),
  'suspended with a savepoint': application({}, {}, {}, ...settled, ...suspend),
  'suspended with HA metadata': application({}, lastState, ha, ...settled, ...suspend),
  'suspended without state': application({}, { upgradeMode: 'stateless' }, {}, ...settled, ...suspend),
  'suspended from birth': application({}, { state: 'suspended' }, {}, wait(30)),
  'savepoint of an upgrade under way': application(
    {},
    {},
    {},
    ...settled,
    knobs({ savepointMs: 20_000 }, ''),
    edit({ image: 'flink:7' }, ''),
    triggered(),
    wait(2),
  ),
  'old cluster going': application(
    {},
    {},
    {},
    ...settled,
    slowPods(20),
    edit({ image: 'flink:7' }, ''),
    stateIs('UPGRADING'),
  ),
  'savepoint by hand under way': application(
    {},
    {},
    ha,
    ...settled,
    knobs({ savepointMs: 20_000 }, ''),
    edit({ job: { savepointTriggerNonce: 9 } }, ''),
    triggered(),
    wait(2),
  ),
  refused: application({}, {}, {}, ...settled, edit({ job: { parallelism: -1 } }, ''), wait(30)),
}

const deploymentEdits: Record<string, Json> = {
  image: { image: 'flink:9' },
  'image, last state': { image: 'flink:9', job: lastState },
  'image, no state': { image: 'flink:9', job: { upgradeMode: 'stateless' } },
  'image, HA and last state': { image: 'flink:9', job: lastState, flinkConfiguration: ha },
  'more parallelism': { job: { parallelism: 4 } },
  'parallelism and image': { image: 'flink:9', job: { parallelism: 4 } },
  suspend: { job: { state: 'suspended' } },
  'suspend with another image': { image: 'flink:9', job: { state: 'suspended' } },
  resume: { job: { state: 'running' } },
  'resume with another image': { image: 'flink:9', job: { state: 'running' } },
  'resume without state': { job: { state: 'running', upgradeMode: 'stateless' } },
  restart: { restartNonce: 5 },
  'redeploy without a path': { job: { savepointRedeployNonce: 5 } },
  'a savepoint by hand': { job: { savepointTriggerNonce: 5 } },
  'a checkpoint by hand': { job: { checkpointTriggerNonce: 5 } },
  'only the mode': { job: lastState },
  'Flink 2.0': { flinkVersion: 'v2_0', image: 'flink:2.0' },
  'an option of the operator': { flinkConfiguration: { 'kubernetes.operator.reconcile.interval': '30 s' } },
  'an option of Flink': { flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' } },
  'no savepoint directory': { image: 'flink:9', flinkConfiguration: { 'execution.checkpointing.savepoint-dir': null } },
  'a parallelism that is none': { job: { parallelism: -2 } },
  'no job': { job: null },
  nothing: {},
}

const session = (conf: Json, ...then: Step[]): Step[] => [
  create(aSession({}, conf)),
  when('the session cluster is ready', isReadySession),
  ...then,
]
const job = (over: Json = {}): Step[] => [createJob(aSessionJob(over)), jobRunning(), jobCheckpointed(2)]
const suspendJob = [editJob({ job: { state: 'suspended' } }, ''), jobSuspended()]

const sessionJobs: Record<string, Step[]> = {
  savepoint: session({}, ...job()),
  'last state': session(ha, ...job(lastState)),
  'no state': session({}, ...job({ upgradeMode: 'stateless' })),
  'just created': session({}, createJob(), wait(1)),
  suspended: session({}, ...job(), ...suspendJob),
  'suspended, last state': session(ha, ...job(lastState), ...suspendJob),
  failed: session({}, ...job(), failSessionJob(true), wait(60)),
  cancelled: session({}, ...job(), cancelSessionJob(), wait(60)),
  'JobManager killed': session({}, ...job(), killJobManagerProcess(), wait(1)),
  'JobManager killed, HA': session(ha, ...job(), killJobManagerProcess(), wait(1)),
  'no cluster': [createJob(), wait(20)],
  'savepoint under way': session(
    {},
    ...job(),
    knobs({ savepointMs: 20_000 }, ''),
    editJob({ job: { parallelism: 2 } }, ''),
    jobTriggered(),
    wait(2),
  ),
}

const sessionJobEdits: Record<string, Json> = {
  'more parallelism': { job: { parallelism: 2 } },
  'another jar': { job: { jarURI: 'https://jars.example/other.jar' } },
  'parallelism, last state': { job: { parallelism: 2, upgradeMode: 'last-state' } },
  'parallelism, no state': { job: { parallelism: 2, upgradeMode: 'stateless' } },
  suspend: { job: { state: 'suspended' } },
  resume: { job: { state: 'running' } },
  restart: { restartNonce: 4 },
  'a savepoint by hand': { job: { savepointTriggerNonce: 5 } },
  'another cluster': { deploymentName: 'elsewhere' },
  'a parallelism that is none': { job: { parallelism: -1 } },
}

/** Every situation and every edit several times, not every pair of them: `DREY_PLANS=all` plays those. */
const chosen = <A, B>(situations: Record<string, A>, edits: Record<string, B>, every: number): [string, string][] =>
  Object.keys(situations).flatMap((situation, i) =>
    Object.keys(edits).flatMap((change, k): [string, string][] =>
      process.env['DREY_PLANS'] === 'all' || (i * 5 + k) % every === 0 ? [[situation, change]] : [],
    ),
  )

const comesTrue = async (before: readonly Step[], change: Change): Promise<void> => {
  const { plan, steps, starts, reached } = await play(before, change)
  const told = { outcome: plan.outcome, steps: plannedSteps(plan), restore: plan.restore, blocks: plan.blocks }
  if (plan.outcome === 'refused') return void expect(plan.problems).not.toEqual([])
  if (plan.outcome === 'nothing') return void expect([told, steps]).toEqual([told, []])
  if (plan.outcome === 'blocked') return void expect([told, reached]).toEqual([told, false])
  expect([told, steps]).toEqual([told, plannedSteps(plan)])
  const last = starts.at(-1)
  if (!last || !plan.restore || plan.what === 'suspend') return
  const { from, path } = plan.restore
  const began = { with: last.kind ?? 'nothing', path: last.restored }
  if (from === 'nothing') expect([told, began]).toEqual([told, { with: 'nothing', path: undefined }])
  else if (from === 'savepoint') expect([told, began.with]).toEqual([told, 'savepoint'])
  else if (path !== undefined) expect([told, began.with]).not.toEqual([told, 'nothing'])
  if (path && from !== 'HA metadata' && !path.endsWith('(new)')) expect([told, began.path]).toEqual([told, path])
}

describe('what is planned for a FlinkDeployment happens', () => {
  test.each(chosen(deployments, deploymentEdits, 9))('%s: %s', (situation, change) =>
    comesTrue(deployments[situation]!, {
      kind: 'FlinkDeployment',
      type: flinkDeployments,
      name: 'orders',
      spec: deploymentEdits[change]!,
    }),
  )
})

describe('what is planned for a FlinkSessionJob happens', () => {
  test.each(chosen(sessionJobs, sessionJobEdits, 5))('%s: %s', (situation, change) =>
    comesTrue(sessionJobs[situation]!, {
      kind: 'FlinkSessionJob',
      type: flinkSessionJobs,
      name: 'clicks',
      spec: sessionJobEdits[change]!,
    }),
  )
})
