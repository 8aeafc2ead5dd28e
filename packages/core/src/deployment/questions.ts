/**
 * Which questions a pass has for the JobManager: only those whose answers could change the decision. Asked in rounds, since
 * some depend on the answers to others; a settled job costs one question per look.
 */
import type { FlinkDeployment } from '@drey/api'
import { isTerminal } from '../job/view.ts'
import { effectiveState } from '../job/effective-state.ts'
import { isHaConfigured } from '../job/settings.ts'
import { pendingTrigger } from '../job/snapshot-facts.ts'
import { asksHealth } from './cluster-info.ts'
import { asksRequirements } from './rules/rescale.ts'
import type { DeploymentObserved, FlinkFacts } from './observed.ts'
import { recordedJobState, viewOf } from './view.ts'

export type Question = keyof FlinkFacts

export const questionsFor = (resource: FlinkDeployment, observed: DeploymentObserved): readonly Question[] => {
  const { jobManager } = observed.cluster
  if (!jobManager || jobManager.deleting || jobManager.availableReplicas === 0) return []
  const view = viewOf(resource, observed)
  const { before, phase } = view
  if (phase === 'first' || phase === 'unstarted' || phase === 'remove' || phase === 'deploy') return []
  const asked = observed.flink
  const wants: Question[] = []
  const want = (question: Question, when: boolean) => {
    if (when && asked[question] === undefined) wants.push(question)
  }
  if (!view.application) {
    want('config', before.jobManager !== 'READY')
    want('jobs', before.jobManager === 'READY')
    return wants
  }
  // A job that ended and was suspended is only asked for again when something is to be done with it.
  const asleep = recordedJobState(before) === 'suspended' && phase === 'settled' && view.diff?.type === 'IGNORE'
  // Without HA a JobManager that started again meanwhile runs its program once more.
  if (asleep && isHaConfigured(view.deployedConf)) return []
  want('jobs', true)
  if (asleep) return wants
  want('trigger', phase === 'savepoint' || pendingTrigger('savepoint', before.job) !== undefined)
  want('checkpointTrigger', phase === 'settled' && pendingTrigger('checkpoint', before.job) !== undefined)
  if (!asked.jobs?.known) return wants
  const found = view.foundJob.known ? view.foundJob.value : undefined
  const state = found ? effectiveState(found) : before.job.state
  const changing = phase === 'settled' && view.diff !== undefined && view.diff.type !== 'IGNORE'
  const ended = isTerminal(state)
  want('config', state === 'RUNNING' && before.clusterInfo['flink-version'] === undefined)
  want(
    'checkpoints',
    found !== undefined &&
      (ended ? !settledEnd(before.job.path, before.job.state, state) || changing || phase !== 'settled' : changing),
  )
  want('requirements', asksRequirements(view, { ...before, job: { ...before.job, state } }))
  want('metrics', found !== undefined && !ended && asksHealth(view))
  want('result', found !== undefined && state === 'FAILED' && before.job.state !== 'FAILED')
  want('exceptions', found !== undefined && state !== 'RUNNING' && state !== before.job.state)
  return wants
}

/**
 * "It never became available" lets the recorded path stand for the newest state, so an old cache must not say it: before a change is
 * decided by it, the Deployment is read from the API server itself.
 */
export const needsFreshJobManager = (resource: FlinkDeployment, observed: DeploymentObserved): boolean => {
  if (!observed.cluster.jobManager?.neverAvailable) return false
  const { phase, diff, before, application } = viewOf(resource, observed)
  if (application && (phase === 'unstarted' || (phase === 'remove' && before.state === 'ROLLING_BACK'))) return true
  if (!application || phase !== 'settled') return false
  return diff?.type !== 'IGNORE' || before.recorded?.text !== before.stable?.text
}

/** The end and its resume point are written down already. */
const settledEnd = (path: string | undefined, before: string | undefined, now: string | undefined): boolean =>
  before === now && path !== undefined
