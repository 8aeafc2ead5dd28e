/** What this pass saw, carried into the status: state of the JobManager and of the job, resume point, cluster info, events. */
import { deploymentError, failedJobError, missingJobManagerError } from '../status/index.ts'
import type { Note } from '@drey/reconcile'
import { isTerminal, type JobManagerState } from '../job/view.ts'
import { effectiveState } from '../job/effective-state.ts'
import { resumePointOf } from '../job/resume-point.ts'
import { endsInSavepoint } from '../job/savepoint-progress.ts'
import { hasFailed } from '../job/stop-with-savepoint.ts'
import { isExpired } from './rules/expire-cluster.ts'
import { seenInfo } from './cluster-info.ts'
import { exceptionNotes } from '../job/exception-notes.ts'
import { evidenceOf, recordedJobState, type DeploymentView } from './view.ts'
import type { Draft } from './draft.ts'

export interface Seen {
  draft: Draft
  notes: readonly Note[]
}

export const seenIn = (view: DeploymentView): Seen => {
  const start: Seen = { draft: view.before, notes: [] }
  if (view.phase === 'first') return start
  // While a cluster is being replaced there is nothing of ours to look at; the steps look at the objects themselves.
  if (view.phase === 'unstarted' || view.phase === 'remove' || view.phase === 'deploy') return start
  return [seeJobManager, seeJob, seeLastCheckpoint, seeClusterInfo, seeExceptions, seeStability].reduce(
    (seen, look) => {
      const next = look(view, seen.draft)
      return { draft: next.draft, notes: [...seen.notes, ...next.notes] }
    },
    start,
  )
}

type Look = (view: DeploymentView, draft: Draft) => Seen
const unchanged = (draft: Draft): Seen => ({ draft, notes: [] })

const seeJobManager: Look = (view, draft) => {
  const { jobManager, pods } = view.observed.cluster
  const suspended = recordedJobState(draft) === 'suspended'
  if (!jobManager || jobManager.deleting) {
    if (draft.jobManager === 'MISSING') return unchanged(draft)
    const gone = { ...draft, jobManager: 'MISSING' as const, job: reconciling(draft) }
    // A suspended job's cluster may end at any time: after its time to live, or because somebody tidied up; that of one that has
    // ended by itself goes after its time.
    if (suspended || draft.jobManager === 'ERROR' || isExpired(view, draft)) return unchanged(gone)
    const message = 'Missing JobManager deployment'
    return {
      draft: { ...gone, error: missingJobManagerError(message) },
      notes: [{ type: 'Warning', reason: 'Missing', message, component: 'JobManagerDeployment' }],
    }
  }
  const answers = view.observed.flink.jobs?.known ?? view.observed.flink.config?.known
  const available = jobManager.replicas > 0 && jobManager.availableReplicas > 0
  if (available && answers === true) return unchanged({ ...draft, jobManager: 'READY' })
  if (available && answers === undefined)
    return unchanged({ ...draft, jobManager: draft.jobManager === 'READY' ? 'READY' : 'DEPLOYED_NOT_READY' })
  if (available) return unchanged({ ...draft, jobManager: 'DEPLOYED_NOT_READY' })

  const failure = failureOf(jobManager.failedCreate, pods)
  if (!failure) return unchanged({ ...draft, jobManager: 'DEPLOYING' as JobManagerState, job: reconciling(draft) })
  const failed = { ...draft, jobManager: 'ERROR' as const, job: reconciling(draft) }
  if (draft.jobManager === 'ERROR') return unchanged(failed)
  return {
    draft: { ...failed, error: deploymentError(failure.reason, failure.message) },
    notes: [{ type: 'Warning', reason: failure.reason, message: failure.message, component: 'JobManagerDeployment' }],
  }
}

const failureOf = (
  failedCreate: string | undefined,
  pods: DeploymentView['observed']['cluster']['pods'],
): { reason: string; message: string } | undefined => {
  if (failedCreate !== undefined) return { reason: 'FailedCreate', message: failedCreate }
  for (const pod of pods) {
    if (pod.component !== 'jobmanager' || pod.deleting) continue
    if (pod.waiting) return { reason: pod.waiting.reason, message: `[${pod.waiting.container}] ${pod.waiting.message}` }
    if (pod.mountFailure !== undefined) return { reason: 'FailedMount', message: pod.mountFailure }
  }
  return undefined
}

/** A job that has not ended is not known to run any more. */
const reconciling = (draft: Draft): Draft['job'] =>
  draft.job.state === undefined || isTerminal(draft.job.state) || draft.job.state === 'CANCELLING'
    ? draft.job
    : { ...draft.job, state: 'RECONCILING' }

const seeJob: Look = (view, draft) => {
  if (!view.application || draft.job.id === undefined || recordedJobState(draft) === 'suspended')
    return unchanged(draft)
  const { foundJob } = view
  if (!foundJob.known)
    return unchanged(
      view.observed.flink.jobs && draft.job.state === 'RUNNING'
        ? { ...draft, job: { ...draft.job, state: 'RECONCILING' } }
        : draft,
    )
  const job = foundJob.value
  if (!job) {
    // A terminal state is final even after Flink forgot the job (W-16); a job that was never seen may not be submitted yet.
    if (isTerminal(draft.job.state) || draft.job.state === 'RECONCILING' || draft.job.state === undefined)
      return unchanged(draft)
    return {
      draft: { ...draft, job: { ...draft.job, state: 'RECONCILING' }, error: 'Job Not Found' },
      notes: [{ type: 'Warning', reason: 'Missing', message: 'Job Not Found', component: 'Job' }],
    }
  }
  const state = effectiveState(job)
  const named = { ...draft.job, name: job.name, startTime: job.startTime }
  const error = draft.error === 'Job Not Found' ? undefined : draft.error
  if (state === draft.job.state) return unchanged({ ...draft, error, job: named })
  // The end of a job and what its successor resumes from are written down together or not at all (W-2): a terminal state that is
  // stored counts as final, and the path beside it as the newest.
  if (
    isTerminal(state) &&
    !view.observed.flink.checkpoints?.known &&
    !endsInSavepoint(view.phase, state, view.observed.flink.trigger)
  )
    return unchanged({ ...draft, job: draft.job.state === 'CANCELLING' ? named : { ...named, state: 'RECONCILING' } })
  const failure = state === 'FAILED' && view.observed.flink.result?.known ? view.observed.flink.result.value : undefined
  return {
    draft: {
      ...draft,
      job: { ...named, state, updateTime: view.now },
      error: failure ? failedJobError(failure.trace || failure.class) : error,
    },
    notes: [
      {
        type: 'Normal',
        reason: 'JobStatusChanged',
        message: draft.job.state
          ? `Job status changed from ${draft.job.state} to ${state}`
          : `Job status changed to ${state}`,
        component: 'Job',
      },
      ...(failure
        ? [
            {
              type: 'Warning' as const,
              reason: 'Error',
              message: firstLine(failure.trace || failure.class),
              component: 'Job',
            },
          ]
        : []),
    ],
  }
}

/** For a job that has ended, its newest checkpoint is what a successor resumes from. */
const seeLastCheckpoint: Look = (view, draft) => {
  const { checkpoints } = view.observed.flink
  if (!isTerminal(draft.job.state) || !checkpoints?.known || recordedJobState(draft) === 'suspended')
    return unchanged(draft)
  const path = resumePointOf(draft.job.state, checkpoints.value, view.deployedConf, evidenceOf(view, draft))
  return unchanged({ ...draft, job: { ...draft.job, path } })
}

const seeClusterInfo: Look = (view, draft) => unchanged({ ...draft, clusterInfo: seenInfo(view, draft) })

const seeExceptions: Look = (view, draft) => ({
  draft,
  notes: view.observed.flink.exceptions?.known ? exceptionNotes(view.observed.flink.exceptions.value, view.conf) : [],
})

/** Deployed and seen running (or finished): this spec is one to come back to. */
const seeStability: Look = (view, draft) => {
  if (draft.state !== 'DEPLOYED' || !draft.recorded) return unchanged(draft)
  const proven = view.application
    ? draft.job.state === 'RUNNING' || (draft.job.state === 'FINISHED' && recordedJobState(draft) === 'running')
    : draft.jobManager === 'READY'
  if (!proven) return unchanged(draft)
  const healthy = draft.jobManager !== 'ERROR' && draft.job.state !== 'FAILED'
  // It runs well, but cannot be saved for the change that waits.
  const unsaved = view.diff?.type !== 'IGNORE' && hasFailed(draft.job.savepointInfo)
  return unchanged({
    ...draft,
    stable: draft.recorded,
    error: healthy && !unsaved && view.target.why === 'user' ? undefined : draft.error,
  })
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''
