/** The ConfigMap in which the autoscaler keeps its memory. Upstream creates it empty for every application; so do we. */
import type { KubeObject } from '@drey/reconcile'
import type { Desired } from '../desired.ts'

export const autoscalerMapName = (name: string): string => `autoscaler-${name}`

export const autoscalerMap = ({ name, namespace, owner }: Desired): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: autoscalerMapName(name),
    namespace,
    labels: { app: name, component: 'autoscaler' },
    ownerReferences: [{ ...owner, controller: false, blockOwnerDeletion: false }],
  },
})
