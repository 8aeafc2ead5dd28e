/**
 * What a JobManager keeps of its answers. `/jobs/overview`, `/status` and `/execution-result` are answered afresh. `/jobs/:id` and
 * `/exceptions` show the execution graph as it was up to `web.refresh-interval` ago. `/checkpoints` and its details show statistics up to
 * `rest.cache.checkpoint-statistics.timeout` old, from 1.18 on in a cache of its own, which keeps refusals, too (recorded: a job that
 * runs is "not found" for another three seconds); before that they come with the execution graph, whose refusals are not kept.
 */
import type { FlinkSettings } from './config.ts'
import type { Job } from './job.ts'
import { isAtLeast } from './version.ts'

export interface RestCaches {
  /** the execution graph behind `/jobs/:id`; undefined: no such job */
  graph(jobId: string): Job | undefined
  /** the job as the statistics of its checkpoints show it */
  statistics(jobId: string): Job | undefined
}

export const restCaches = (o: {
  now(): number
  settings: FlinkSettings
  job(id: string): Job | undefined
}): RestCaches => {
  const graph = kept(o.now, o.settings.webRefreshMs, o.job, { refusals: false })
  const own = isAtLeast(o.settings.version, '1.18')
  return { graph, statistics: own ? kept(o.now, o.settings.statisticsMs, o.job, { refusals: true }) : graph }
}

const kept = (now: () => number, ms: number, find: (id: string) => Job | undefined, o: { refusals: boolean }) => {
  const known = new Map<string, { at: number; job: Job | undefined }>()
  return (id: string): Job | undefined => {
    const before = known.get(id)
    if (before && now() - before.at < ms && (o.refusals || before.job)) return before.job
    const live = find(id)
    const job = live && shown(live)
    known.set(id, { at: now(), job })
    return job
  }
}

/** A job as it is at this moment. */
const shown = (job: Job): Job => ({
  ...job,
  since: { ...job.since },
  exceptions: [...job.exceptions],
  history: [...job.history],
})
