/** Jobs that end while somebody keeps a JobManager's caches warm: what it tells of their checkpoints is older than their end. */
import {
  anApplication,
  aSession,
  cancelJob,
  checkpointed,
  create,
  failJob,
  ha,
  isReadySession,
  isRunning,
  jobStateIs,
  knobs,
  running,
  scenario,
  wait,
  when,
  type Scenario,
  type Step,
  newImage,
} from '../scenario.ts'
import {
  aSessionJob,
  createJob,
  editJob,
  jobCheckpointed,
  jobGone,
  jobIsGone,
  jobRunning,
  jobsRun,
  removeJob,
} from './session-steps.ts'

/** As a browser does that shows the checkpoints of a job; every second, for three minutes. */
const somebodyWatches = (): Step => ({
  say: 'somebody watches the checkpoints in the web interface',
  do({ world, now }) {
    const look = () => {
      for (const jm of world.flink.jobManagers())
        for (const { id } of jm.jobs)
          void jm.answer({ base: '', timeoutMs: 1_000, method: 'GET', path: `/jobs/${id}/checkpoints` })
      if (world.scheduler.now() - now < 180_000) world.scheduler.after(1_000, look)
    }
    look()
  },
})

const somebodyLists = (): Step => ({
  say: 'somebody lists the jobs every half a second',
  do({ world, now }) {
    const look = () => {
      for (const jm of world.flink.jobManagers())
        void jm.answer({ base: '', timeoutMs: 1_000, method: 'GET', path: '/jobs/overview' })
      if (world.scheduler.now() - now < 60_000) world.scheduler.after(500, look)
    }
    look()
  },
})

const often = { 'execution.checkpointing.interval': '1s' }
const byCancel = { ...often, ...ha, 'kubernetes.operator.job.upgrade.last-state.job-cancel.enabled': 'true' }

const watched = (name: string, conf: Record<string, string>, over: Record<string, unknown> = {}) =>
  scenario(`upgrade (last state by cancel), watched${name}`, {
    covers: ['W-2', 'W-3'],
    steps: [
      create(anApplication(over, { upgradeMode: 'last-state' }, { ...byCancel, ...conf })),
      running(),
      somebodyWatches(),
      checkpointed(4),
      newImage,
      running(),
    ],
    ends: isRunning,
  })

export const caches: readonly Scenario[] = [
  watched('', {}),
  watched(', statistics kept for 20 s', { 'rest.cache.checkpoint-statistics.timeout': '20 s' }),
  watched(' (Flink 1.17, graphs kept for 10 s)', { 'web.refresh-interval': '10 s' }, { flinkVersion: 'v1_17' }),
  scenario('somebody cancels the job that somebody watches, then it is edited', {
    covers: ['W-2'],
    steps: [
      create(anApplication({}, { upgradeMode: 'last-state' }, { ...often, ...ha })),
      running(),
      somebodyWatches(),
      checkpointed(4),
      cancelJob(),
      when('the job is cancelled', jobStateIs('CANCELED')),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('the job that somebody watches fails for good, then it is edited', {
    covers: ['W-2'],
    steps: [
      create(anApplication({}, { upgradeMode: 'last-state' }, { ...often, ...ha })),
      running(),
      somebodyWatches(),
      checkpointed(4),
      failJob(true),
      when('the job has failed', jobStateIs('FAILED')),
      wait(5),
      newImage,
      running(),
    ],
    ends: isRunning,
  }),
  scenario('session job, upgrade (last-state), watched', {
    covers: ['W-2'],
    steps: [
      create(aSession({}, often)),
      when('the session cluster is ready', isReadySession),
      createJob(aSessionJob({ upgradeMode: 'last-state' })),
      jobRunning(),
      somebodyWatches(),
      jobCheckpointed(4),
      editJob({ job: { parallelism: 2 } }, 'parallelism 2'),
      jobRunning(),
    ],
    ends: jobsRun('clicks'),
  }),
  scenario('session job deleted right after its submission, and the list of jobs is old', {
    covers: ['W-17'],
    steps: [
      create(aSession({}, ha)),
      when('the session cluster is ready', isReadySession),
      knobs({ overviewAgeMs: 3_000 }, 'a proxy keeps the list of jobs for three seconds'),
      somebodyLists(),
      wait(1),
      createJob(),
      when('it is on its cluster', ({ world }) => world.flink.jobManagers().some((jm) => jm.jobs.length > 0)),
      removeJob(),
      jobGone(),
      wait(60),
    ],
    ends: jobIsGone('clicks'),
  }),
]
