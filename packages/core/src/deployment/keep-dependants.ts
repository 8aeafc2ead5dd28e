/**
 * Services and configuration of a running cluster that got lost: somebody tidied up, or a request of an earlier attempt arrived late and
 * garbage collection took the object for a left-over. Without its REST Service nobody reaches the JobManager, without its configuration
 * no new TaskManager starts. What is missing is made again as it was; it rides on the decision that settles, like the Ingress.
 */
import type { Action } from '../action.ts'
import { idFor } from '../ids.ts'
import { isHaConfigured } from '../job/settings.ts'
import { isTerminal, lastStateMark } from '../job/view.ts'
import type { DeploymentDecision, Pass } from './pass.ts'
import { renderedFor } from './rendered.ts'
import { typeOf } from './steps/creations.ts'
import { recordedJobState, type DeploymentView } from './view.ts'

export const keepDependants = (pass: Pass, decision: DeploymentDecision): DeploymentDecision => {
  if (decision.rule !== 'settle' || pass.view.phase !== 'settled') return decision
  const actions = isAnyMissing(pass.view) ? repairs(pass) : []
  return actions.length === 0 ? decision : { ...decision, actions: [...decision.actions, ...actions] }
}

/** Those every cluster of its kind has, so that settled passes render nothing. */
const isAnyMissing = ({ refs, observed, mode, name, deployedConf }: DeploymentView): boolean =>
  refs.dependants
    .filter(
      (ref) =>
        !ref.name.startsWith('pod-template-') &&
        // Only with HA a native JobManager is found by other means than its internal Service.
        (ref.name !== name || mode === 'standalone' || !isHaConfigured(deployedConf)),
    )
    .some((ref) => !isThere(observed, ref.type.kind, ref.name))

const isThere = ({ cluster }: DeploymentView['observed'], kind: string, name: string): boolean =>
  cluster.dependents.some((object) => object.name === name && object.type.kind === kind)

const repairs = ({ view, draft }: Pass): Action[] => {
  const { jobManager } = view.observed.cluster
  const deployed = (draft.state === 'ROLLED_BACK' ? draft.stable : draft.recorded)?.spec
  if (!deployed || !jobManager?.ours || jobManager.deleting || jobManager.generation === undefined) return []
  if (view.application && (recordedJobState(draft) !== 'running' || isTerminal(draft.job.state))) return []
  const { id, path } = draft.job
  const generation = Number(jobManager.generation)
  const rendered = renderedFor(view, {
    spec: deployed.job ? { ...deployed, job: { ...deployed.job, state: 'running' } } : deployed,
    generation,
    jobId: view.application ? id : undefined,
    deploymentId: idFor(view.uid, generation, 'deployment', id ?? ''),
    ...(path === undefined || path === lastStateMark ? {} : { path }),
    requireHa: path === lastStateMark,
  })
  if (!rendered.ok) return []
  return rendered.objects.flatMap((object): Action[] =>
    (object.kind === 'Service' || object.kind === 'ConfigMap') &&
    object.metadata.labels?.['component'] !== 'autoscaler' &&
    !isThere(view.observed, object.kind, object.metadata.name)
      ? [{ do: 'apply', object, type: typeOf(object), owner: view.refs.jobManager }]
      : [],
  )
}
