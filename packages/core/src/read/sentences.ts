/** States as sentences. */
import { conditionOf, type Sources } from './sources.ts'
import type { StatusView } from './status-view.ts'

/** How it is when nothing is under way. */
export const deploymentConditionSentence = ({ resource }: Sources, view: StatusView): string => {
  if (resource.metadata.deletionTimestamp) return 'being deleted'
  if (view.lifecycle === 'SUSPENDED')
    return `suspended; ${view.resumePoint ? `it resumes from ${view.resumePoint}` : 'it would begin without state'}`
  if (view.rolledBack) return `generation ${view.generation} did not get stable; the last stable spec runs`
  const ready = conditionOf(resource, 'Ready')
  if (ready?.status === 'True' && ready.message) return lowered(ready.message.replace(/\.$/, ''))
  if (!view.hasJob) return `the session cluster's JobManager is ${view.jobManager ?? 'not deployed'}`
  if (view.job.state === 'RUNNING' && view.lifecycle === 'STABLE') return 'the job is running'
  return view.job.state
    ? `the job is ${view.job.state}, the spec is ${view.lifecycle.toLowerCase()}`
    : view.lifecycle.toLowerCase()
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
