/** Labels, selectors, annotations and owners of a cluster's objects. */
import type { ObjectMeta, OwnerReference } from '@drey/reconcile'
import type { Desired } from '../desired.ts'
import { pendingOwnerUid } from '../input.ts'
import { mapOf } from '../flink-config/read.ts'
import type { Role } from './pod.ts'

/** What every object of the cluster carries. */
export const clusterLabels = (desired: Desired): Record<string, string> => ({
  app: desired.name,
  type: desired.modeFacts.typeLabel,
})

/** How Deployments and Services find the pods of a role. */
export const podSelector = (desired: Desired, role: Role): Record<string, string> => ({
  ...clusterLabels(desired),
  component: role,
})

/** Labels of a Deployment and its pods: the user's by option, then ours, by which selectors find the pods. */
export const roleLabels = (desired: Desired, role: Role): Record<string, string> => ({
  ...mapOf(desired.config, `kubernetes.${role}.labels`),
  ...podSelector(desired, role),
})

export const roleAnnotations = (desired: Desired, role: Role): Record<string, string> =>
  mapOf(desired.config, `kubernetes.${role}.annotations`)

/** Metadata of what lives and dies with the JobManager Deployment. */
export const dependentMeta = (
  desired: Desired,
  name: string,
  annotations: Record<string, string> = {},
): ObjectMeta => ({
  name,
  namespace: desired.namespace,
  labels: clusterLabels(desired),
  ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: desired.name,
      uid: desired.deploymentUid ?? pendingOwnerUid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
})

/** The Deployments are owned by the FlinkDeployment; not as its controller, which upstream never was. */
export const deploymentOwners = ({ owner }: Desired): OwnerReference[] => [
  { ...owner, controller: false, blockOwnerDeletion: true },
]
