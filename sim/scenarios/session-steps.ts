/** The language of scenarios for session jobs: several jobs by name on the session cluster `orders`. */
import { flinkSessionJobs } from '@drey/api'
import type { Resource } from '../checkers/owners.ts'
import { namespace, type World } from '../world.ts'
import { isObserved, when, type Stage, type Step } from '../scenario.ts'

type Json = Record<string, unknown>
const bucket = 'flinksessionjobs.flink.apache.org'
const ref = (name: string) => ({ type: flinkSessionJobs, namespace, name })

/** A FlinkSessionJob's spec that states only what differs. */
export const aSessionJob = (job: Json = {}, conf: Json = {}, over: Json = {}): Json => ({
  deploymentName: 'orders',
  ...over,
  flinkConfiguration: conf,
  job: { jarURI: 'https://jars.example/clicks.jar', parallelism: 1, upgradeMode: 'savepoint', ...job },
})

export const createJob = (spec: Json = aSessionJob(), name = 'clicks'): Step => ({
  say: `a user creates FlinkSessionJob ${name}`,
  do: ({ world }) =>
    world.client.create(flinkSessionJobs, {
      apiVersion: 'flink.apache.org/v1beta1',
      kind: 'FlinkSessionJob',
      metadata: { name, namespace },
      spec,
    }),
})

export const editJob = (spec: Json, what: string, name = 'clicks'): Step => ({
  say: `a user edits session job ${name}: ${what}`,
  do: ({ world }) => world.client.merge(ref(name), { spec }).catch(() => {}),
})

export const removeJob = (name = 'clicks'): Step => ({
  say: `a user deletes session job ${name}`,
  do: ({ world }) => world.client.remove(ref(name)),
})

export const forceRemoveJob = (name = 'clicks'): Step => ({
  say: `a user deletes session job ${name} and removes its finalizers by force`,
  async do({ world }) {
    await world.client.remove(ref(name))
    await world.client.merge(ref(name), { metadata: { finalizers: null } }).catch(() => {})
  },
})

export const sessionJob = (world: World, name = 'clicks'): Resource | undefined =>
  world.server.store.get(bucket, `${namespace}/${name}`) as Resource | undefined

/** The job on the cluster that the resource names. */
export const runningJob = (world: World, name = 'clicks') => {
  const id = sessionJob(world, name)?.status?.['jobStatus']?.jobId
  return world.flink
    .jobManagers()
    .flatMap((jm) => jm.jobs)
    .find((job) => job.id === id)
}

/** Each of them runs as its spec wants it, and the JobManager agrees. */
export const jobsRun =
  (...names: string[]) =>
  ({ world }: Stage): boolean =>
    names.every((name) => {
      const resource = sessionJob(world, name)
      const status = resource?.status
      const job = runningJob(world, name)
      return (
        isObserved(world, resource) &&
        status !== undefined &&
        status?.['lifecycleState'] === 'STABLE' &&
        status['jobStatus'].state === 'RUNNING' &&
        job?.state === 'RUNNING' &&
        job.tasksRun &&
        job.parallelism === resource?.spec['job'].parallelism
      )
    })

export const jobStatusIs =
  (state: string, name = 'clicks') =>
  ({ world }: Stage): boolean =>
    sessionJob(world, name)?.status?.['jobStatus']?.state === state

export const jobIsSuspended =
  (name = 'clicks') =>
  ({ world }: Stage): boolean => {
    const resource = sessionJob(world, name)
    return (
      resource?.status?.['lifecycleState'] === 'SUSPENDED' &&
      isObserved(world, resource) &&
      runningJob(world, name)?.state !== 'RUNNING'
    )
  }

export const jobSays =
  (pattern: RegExp, name = 'clicks') =>
  ({ world }: Stage): boolean =>
    pattern.test(String(sessionJob(world, name)?.status?.['error'] ?? ''))

export const jobIsGone =
  (name = 'clicks') =>
  ({ world }: Stage): boolean =>
    sessionJob(world, name) === undefined && !runsUnnamed(world)

/** A job runs that no session job names. */
const runsUnnamed = (world: World): boolean => {
  const named = world.server.store.list(bucket, namespace).map((one) => (one as Resource).status?.['jobStatus']?.jobId)
  return world.flink
    .jobManagers()
    .some((jm) => jm.jobs.some((job) => job.state === 'RUNNING' && !named.includes(job.id)))
}

export const jobRunning = (...names: string[]): Step =>
  when(
    `${(names.length ? names : ['clicks']).join(', ')} run as wanted`,
    jobsRun(...(names.length ? names : ['clicks'])),
  )

export const jobSuspended = (name = 'clicks'): Step => when(`${name} is suspended`, jobIsSuspended(name))
export const jobGone = (name = 'clicks'): Step => when(`${name} is gone`, jobIsGone(name))

export const jobTriggered = (name = 'clicks'): Step =>
  when(
    `a savepoint of ${name} is under way`,
    ({ world }) => Boolean(sessionJob(world, name)?.status?.['jobStatus']?.savepointInfo?.triggerId),
    { orGoOn: true, withinMs: 60_000 },
  )

/** Checkpoints of one job since the step began. */
export const jobCheckpointed = (count = 1, name = 'clicks'): Step => {
  let from = 0
  const done = (world: World) => runningJob(world, name)?.completedCount ?? 0
  return {
    say: `… until ${name} has ${count} more checkpoint${count > 1 ? 's' : ''}`,
    do: ({ world }) => void (from = done(world)),
    until: ({ world }) => done(world) >= from + count,
  }
}

export const failSessionJob = (forGood: boolean, name = 'clicks'): Step => ({
  say: `${name} fails${forGood ? ' for good' : ' and is restarted by Flink'}`,
  do: ({ world }) => runningJob(world, name)?.fail({ forGood }),
})

export const cancelSessionJob = (name = 'clicks'): Step => ({
  say: `somebody cancels ${name} in the web interface`,
  do: ({ world }) => runningJob(world, name)?.cancel(),
})
