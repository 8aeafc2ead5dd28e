/**
 * The Ingress of a cluster that nothing else is to be done about: made again when it is lost or changed by others (W-32), removed when
 * the spec wants none. It rides on the decision that settles, so that an Ingress the API server refuses holds up nothing else.
 */
import { options, read } from '@drey/api'
import type { KubeObject } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { renderIngress } from '../cluster/index.ts'
import type { DeploymentDecision, Pass } from './pass.ts'
import { typeOf } from './steps/creations.ts'

export const keepIngress = (pass: Pass, decision: DeploymentDecision): DeploymentDecision => {
  if (decision.rule !== 'settle' || pass.view.phase !== 'settled') return decision
  const actions = ingressActions(pass)
  return actions.length === 0 ? decision : { ...decision, actions: [...decision.actions, ...actions] }
}

const ingressActions = ({ view, draft }: Pass): Action[] => {
  const { ingress } = view.observed
  const spec = (draft.state === 'ROLLED_BACK' ? draft.stable : draft.recorded)?.spec
  // Undefined: nobody looked. Without management, Ingresses are somebody else's.
  if (ingress === undefined || !spec || !read(options.clusters.manageIngress, view.deployedConf)) return []
  const rendered = renderIngress({
    resource: { ...view.resource, spec } as never,
    config: Object.fromEntries(view.deployedConf),
    operator: view.observed.operator.side,
  })
  if (!rendered.ok) return []
  if (rendered.object)
    return ingress && covers(ingress, rendered.object)
      ? []
      : [{ do: 'apply', object: rendered.object, type: typeOf(rendered.object) }]
  const ours = ingress?.metadata.ownerReferences?.some(({ uid }) => uid === view.uid)
  return ingress && ours && !ingress.metadata.deletionTimestamp
    ? [{ do: 'delete', ref: view.refs.ingress, uid: ingress.metadata.uid ?? '' }]
    : []
}

/** Everything that is wanted is there; what others or the API server added does not matter. */
const covers = (actual: KubeObject, wanted: KubeObject): boolean =>
  includes(actual.metadata.labels, wanted.metadata.labels) &&
  includes(actual.metadata.annotations, wanted.metadata.annotations) &&
  includes(actual.metadata.ownerReferences, wanted.metadata.ownerReferences) &&
  includes(actual['spec'], wanted['spec'])

const includes = (actual: unknown, wanted: unknown): boolean => {
  if (wanted === undefined || wanted === actual) return true
  if (typeof wanted !== 'object' || wanted === null || typeof actual !== 'object' || actual === null) return false
  if (Array.isArray(wanted))
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((value, index) => includes(actual[index], value))
    )
  return Object.entries(wanted).every(([key, value]) => includes((actual as Record<string, unknown>)[key], value))
}
