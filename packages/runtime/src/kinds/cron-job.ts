/** CronJobs in small: a Job at each time of the schedule, named after that time, so that no time gets two. */
import { Cron } from 'croner'
import { cronJobs, jobs } from '@drey/kube'
import { firstOf, type Decision, type KubeAction, type KubeObject, type Note } from '@drey/reconcile'
import { findCondition } from './conditions.ts'
import { decision, failureNotes, nextLook, normal, omitEmpty, timeText, warning, type LastFailure } from './decide.ts'
import { controlledBy } from './owned.ts'
import type { CronJob, CronJobStatus, Job } from './types.ts'

export interface CronJobObserved {
  now: number
  /** Jobs this CronJob controls */
  jobs: readonly Job[]
  lastFailure?: LastFailure
}

type D = Decision<CronJobStatus, KubeAction>
interface View {
  cron: CronJob
  observed: CronJobObserved
  running: readonly Job[]
  /** the newest time that is due and has no Job yet */
  due: number | undefined
  next: number | undefined
  broken: string | undefined
}

export const decideCronJob = (cron: CronJob, observed: CronJobObserved): D => decide(viewOf(cron, observed))

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

const endOf = (job: Job) =>
  job.status?.conditions?.find(({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True')

const viewOf = (cron: CronJob, observed: CronJobObserved): View => {
  const running = observed.jobs.filter((job) => !endOf(job) && !job.metadata.deletionTimestamp)
  const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '')
  const base = { cron, observed, running }
  try {
    const schedule = new Cron(cron.spec.schedule, { paused: true, timezone: cron.spec.timeZone ?? 'UTC' })
    const [last] = schedule.previousRuns(1, new Date(observed.now + 1))
    const next = schedule.nextRun(new Date(observed.now))?.getTime()
    const due = last && last.getTime() > since ? last.getTime() : undefined
    return { ...base, due, next, broken: undefined }
  } catch (error) {
    return { ...base, due: undefined, next: undefined, broken: error instanceof Error ? error.message : String(error) }
  }
}

const teardown = (view: View): D | undefined =>
  view.cron.metadata.deletionTimestamp ? say(view, 'teardown', 'being deleted') : undefined

const unreadable = (view: View): D | undefined => {
  const { cron, broken } = view
  if (!broken) return undefined
  return say(view, 'unreadable', 'nobody can read its schedule', {
    events: [warning('UnparseableSchedule', `unparseable schedule: "${cron.spec.schedule}" : ${broken}`)],
  })
}

const tidy = (view: View): D | undefined => {
  const { cron, observed } = view
  const ended = (type: string) =>
    observed.jobs
      .filter((job) => endOf(job)?.type === type && !job.metadata.deletionTimestamp)
      .sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''))
  const beyond = (list: Job[], keep: number) => list.slice(0, Math.max(0, list.length - keep))
  const going = [
    ...beyond(ended('Complete'), cron.spec.successfulJobsHistoryLimit ?? 3),
    ...beyond(ended('Failed'), cron.spec.failedJobsHistoryLimit ?? 1),
  ]
  if (going.length === 0) return undefined
  return say(view, 'tidy', 'ended Jobs beyond the history limit go', {
    actions: going.map(remove),
    events: going.map(removed),
  })
}

const start = (view: View): D | undefined => {
  const { cron, observed, running, due } = view
  if (due === undefined || cron.spec.suspend) return undefined
  const deadline = cron.spec.startingDeadlineSeconds
  const at = new Date(due).toUTCString().replace('GMT', 'UTC')
  if (deadline !== undefined && due + deadline * 1000 < observed.now)
    return say(view, 'missed', 'it is too late for this time', {
      events: [warning('MissSchedule', `Missed scheduled time to start a job: ${at}`)],
      scheduled: due,
    })
  if (running.length > 0 && cron.spec.concurrencyPolicy === 'Forbid')
    return say(view, 'forbid', 'the Job before still runs', {
      events: [
        normal(
          'JobAlreadyActive',
          'Not starting job because prior execution is running and concurrency policy is Forbid',
        ),
      ],
    })
  const replaced = cron.spec.concurrencyPolicy === 'Replace' ? running : []
  const job = jobFor(cron, due)
  return say(view, 'start', `it is time: ${timeText(due)}`, {
    actions: [...replaced.map(remove), { do: 'create', type: jobs, object: job }],
    events: [
      ...failureNotes(observed.lastFailure),
      ...replaced.map(removed),
      normal('SuccessfulCreate', `Created job ${job.metadata.name}`),
    ],
    scheduled: observed.jobs.some(({ metadata }) => metadata.name === job.metadata.name) ? due : undefined,
  })
}

/** The Job of the newest due time exists: the time is written down as done. */
const noted = (view: View): D | undefined => {
  const { cron, observed, due } = view
  if (due === undefined) return undefined
  const name = jobName(cron, due)
  if (!observed.jobs.some(({ metadata }) => metadata.name === name)) return undefined
  return say(view, 'noted', `${name} was started`, { scheduled: due })
}

const decide = firstOf<View, D>([teardown, unreadable, noted, start, tidy], (view) =>
  say(view, 'wait', view.cron.spec.suspend ? 'suspended' : 'the next time has not come'),
)

const remove = (job: Job): KubeAction => ({
  do: 'delete',
  ref: {
    type: jobs,
    ...(job.metadata.namespace ? { namespace: job.metadata.namespace } : {}),
    name: job.metadata.name,
  },
  uid: job.metadata.uid ?? '',
  propagation: 'Background',
})
const removed = (job: Job): Note => normal('SuccessfulDelete', `Deleted job ${job.metadata.name}`)

const jobName = (cron: CronJob, at: number) => `${cron.metadata.name.slice(0, 52)}-${Math.floor(at / 60_000)}`

const jobFor = (cron: CronJob, at: number): KubeObject => {
  const template = cron.spec.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cron, at),
      ...(cron.metadata.namespace ? { namespace: cron.metadata.namespace } : {}),
      ...(template.metadata?.labels ? { labels: template.metadata.labels as Record<string, string> } : {}),
      annotations: {
        ...(template.metadata?.annotations as Record<string, string>),
        [scheduledAnnotation]: timeText(at),
      },
      ownerReferences: [controlledBy(cronJobs, cron)],
    },
    spec: template.spec,
  }
}

interface Saying {
  actions?: readonly KubeAction[]
  events?: readonly Note[]
  /** the scheduled time that is done with */
  scheduled?: number | undefined
}

const say = (view: View, rule: string, because: string, { scheduled, ...rest }: Saying = {}): D => {
  const { cron, observed, running, next, due } = view
  const succeeded = observed.jobs
    .flatMap((job) => (findCondition(job.status?.conditions, 'Complete') ? [job.status?.completionTime ?? ''] : []))
    .sort()
    .at(-1)
  const lastSuccess = [cron.status?.lastSuccessfulTime ?? '', succeeded ?? ''].sort().at(-1)
  const status: CronJobStatus = omitEmpty({
    active: running.map((job) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      namespace: job.metadata.namespace ?? '',
      name: job.metadata.name,
      uid: job.metadata.uid ?? '',
    })),
    lastScheduleTime: scheduled === undefined ? (cron.status?.lastScheduleTime ?? '') : timeText(scheduled),
    lastSuccessfulTime: lastSuccess ?? '',
  })
  const wait = cron.spec.suspend || next === undefined ? undefined : next - observed.now
  return decision(rule, because, {
    status,
    ...rest,
    lookAgainMs: nextLook(wait, due !== undefined && rule === 'forbid' ? 10_000 : undefined),
  })
}
