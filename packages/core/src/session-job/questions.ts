/** Which questions a pass has for the session cluster: only those whose answers could change the decision. */
import type { FlinkSessionJob } from '@drey/api'
import { effectiveState } from '../job/effective-state.ts'
import { mayRescale } from '../job/requirements.ts'
import { pendingTrigger } from '../job/snapshot-facts.ts'
import { isTerminal } from '../job/view.ts'
import type { SessionJobObserved } from './observed.ts'
import { recordedJobState } from './pass.ts'
import { isScaleChange, rescaleViewOf } from './rules/rescale.ts'
import { sessionJobViewOf } from './view.ts'

type Question = keyof SessionJobObserved['flink']

export const sessionJobQuestions = (resource: FlinkSessionJob, observed: SessionJobObserved): readonly Question[] => {
  const view = sessionJobViewOf(resource, observed)
  const { before, phase } = view
  if (!view.clusterIsReady || phase === 'first') return []
  const deleting = Boolean(resource.metadata.deletionTimestamp)
  const changing = phase !== 'settled' || (view.diff !== undefined && view.diff.type !== 'IGNORE')
  if (recordedJobState(before) === 'suspended' && !changing && !deleting) return []
  const asked = observed.flink
  if (!asked.jobs)
    return [
      'jobs',
      ...(phase === 'savepoint' || pendingTrigger('savepoint', before.job) ? (['trigger'] as const) : []),
      ...(pendingTrigger('checkpoint', before.job) ? (['checkpointTrigger'] as const) : []),
    ]
  const found = view.foundJob.known ? view.foundJob.value : undefined
  if (!found) return []
  const state = effectiveState(found)
  const wants: Question[] = []
  const want = (question: Question, when: boolean) => {
    if (when && asked[question] === undefined) wants.push(question)
  }
  const ended = isTerminal(state)
  want(
    'checkpoints',
    changing ||
      before.state === 'ROLLING_BACK' ||
      (ended && (state !== before.job.state || before.job.path === undefined)),
  )
  const withState = { ...before, job: { ...before.job, state } }
  want('requirements', isScaleChange(view) && mayRescale(rescaleViewOf(view, withState)) === true)
  want('result', state === 'FAILED' && before.job.state !== 'FAILED')
  want('exceptions', state !== 'RUNNING' && state !== before.job.state)
  return wants
}
