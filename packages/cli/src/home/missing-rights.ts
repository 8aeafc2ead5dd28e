/**
 * On a home, a pod whose service account lacks a right gets its way within its own namespace, and the missing right is told:
 * in the log and in an Event about the account, with the rule that would grant it. The same manifest would fail on a cluster.
 */
import { eventRecorder, kubeClient, serviceAccounts } from '@drey/kube'
import { realClock, type KubeTransport } from '@drey/reconcile'
import type { Attributes } from '@drey/apiserver'

/** What Flink's processes touch; anything else (Secrets above all) stays refused. */
const tolerated = new Set(['pods', 'configmaps', 'services', 'deployments', 'events', 'leases'])

export const reportMissingRights = (transport: KubeTransport, log: (message: string) => void) => {
  const client = kubeClient(transport)
  const events = eventRecorder({ client, clock: realClock, component: 'drey' })
  const told = new Set<string>()
  return (refused: Attributes): boolean => {
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(refused.user.name)
    const { resource = '', group = '', namespace, verb } = refused
    if (!account || namespace !== account[1] || !tolerated.has(resource)) return false
    const [, ns = '', name = ''] = account
    const what = `${verb} ${group ? `${resource}.${group}` : resource}`
    const key = `${ns}/${name} ${what}`
    if (!told.has(key)) {
      told.add(key)
      const message =
        `Service account ${name} may not ${what}; allowed on this home, refused on a cluster. ` +
        `Add to its Role: {apiGroups: ["${group}"], resources: [${resource}], verbs: [${verb}]}`
      log(`! ${message}`)
      void client
        .find({ type: serviceAccounts, namespace: ns, name })
        .then((object) => object && events.record(object, [{ type: 'Warning', reason: 'MissingRight', message }]))
        .catch(() => {})
    }
    return true
  }
}
