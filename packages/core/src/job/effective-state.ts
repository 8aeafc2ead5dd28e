/** Flink says RUNNING as soon as it schedules; a job counts as running only when each of its tasks runs or has finished. */
import type { FlinkJobState, JobOverview } from '@drey/api'

export const effectiveState = (job: JobOverview): FlinkJobState =>
  job.state === 'RUNNING' && (job.tasks.total === 0 || job.tasks.running + job.tasks.finished < job.tasks.total)
    ? 'CREATED'
    : job.state
