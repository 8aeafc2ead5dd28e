/** The built-in resource types we touch. */
import type { ResourceType } from '@drey/reconcile'

const core = (resource: string, kind: string, namespaced = true): ResourceType => ({
  group: '',
  version: 'v1',
  resource,
  kind,
  namespaced,
})
const of = (group: string, version: string, resource: string, kind: string, namespaced = true): ResourceType => ({
  group,
  version,
  resource,
  kind,
  namespaced,
})

export const pods = core('pods', 'Pod')
export const services = core('services', 'Service')
export const endpoints = core('endpoints', 'Endpoints')
export const configMaps = core('configmaps', 'ConfigMap')
export const secrets = core('secrets', 'Secret')
export const serviceAccounts = core('serviceaccounts', 'ServiceAccount')
export const events = core('events', 'Event')
export const persistentVolumeClaims = core('persistentvolumeclaims', 'PersistentVolumeClaim')
export const persistentVolumes = core('persistentvolumes', 'PersistentVolume', false)
export const namespaces = core('namespaces', 'Namespace', false)
export const nodes = core('nodes', 'Node', false)
export const deployments = of('apps', 'v1', 'deployments', 'Deployment')
export const replicaSets = of('apps', 'v1', 'replicasets', 'ReplicaSet')
export const statefulSets = of('apps', 'v1', 'statefulsets', 'StatefulSet')
export const daemonSets = of('apps', 'v1', 'daemonsets', 'DaemonSet')
export const jobs = of('batch', 'v1', 'jobs', 'Job')
export const cronJobs = of('batch', 'v1', 'cronjobs', 'CronJob')
export const ingresses = of('networking.k8s.io', 'v1', 'ingresses', 'Ingress')
export const endpointSlices = of('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice')
export const leases = of('coordination.k8s.io', 'v1', 'leases', 'Lease')
export const storageClasses = of('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false)
export const customResourceDefinitions = of(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
)
