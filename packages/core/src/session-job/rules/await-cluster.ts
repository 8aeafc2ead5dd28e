/** Nothing can be done without a cluster that answers; say what is waited for. Its next change wakes the job. */
import { answer, type Rule } from '../pass.ts'

export const awaitCluster: Rule = (pass) => {
  const { view } = pass
  if (view.clusterIsReady) return undefined
  const { cluster } = view.observed
  const because = cluster
    ? `waiting until session cluster ${view.clusterName} is ready (it is ${cluster.status?.jobManagerDeploymentStatus ?? 'not deployed yet'})`
    : `waiting for session cluster ${view.clusterName}, which does not exist yet`
  return answer(pass, {
    rule: 'awaitCluster',
    because,
    notes:
      view.phase === 'first' && !view.before.error && !view.resource.status
        ? [{ type: 'Normal', reason: 'Waiting', message: because, component: 'Job' }]
        : [],
  })
}
