/** What belongs to a cluster: what to delete for its end, and where its high-availability metadata is. */
import type { Ref, ResourceType } from '@drey/reconcile'
import { perText } from '../memo.ts'
import type { Mode } from './modes.ts'
import { autoscalerMapName } from './parts/autoscaler-map.ts'
import { configMapName } from './parts/config-volume.ts'
import { restServiceName } from './parts/services.ts'
import { taskManagerName } from './parts/task-manager.ts'
import { templateMapName } from './parts/template-map.ts'

const type = (group: string, resource: string, kind: string): ResourceType => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced: true,
})

const deployments = type('apps', 'deployments', 'Deployment')
const services = type('', 'services', 'Service')
const configMaps = type('', 'configmaps', 'ConfigMap')
const pods = type('', 'pods', 'Pod')
const ingresses = type('networking.k8s.io', 'ingresses', 'Ingress')

export interface OwnedRefs {
  jobManager: Ref
  /** standalone only; native TaskManagers are pods (`taskManagerPods`) owned by the JobManager Deployment */
  taskManagers: Ref | undefined
  /** to be deleted for a teardown, in order; everything else follows by garbage collection */
  teardown: readonly Ref[]
  /** dependants of the JobManager Deployment, which garbage collection removes after it */
  dependants: readonly Ref[]
  ingress: Ref
  autoscaler: Ref
  jobManagerPods: { type: ResourceType; namespace: string; labelSelector: string }
  taskManagerPods: { type: ResourceType; namespace: string; labelSelector: string }
  haMetadata: HaMetadata
}

export interface HaMetadata {
  type: ResourceType
  namespace: string
  /**
   * Selects the HA ConfigMaps of every Flink version; Flink writes the native labels in both modes. A native cluster's own
   * `flink-config-` and `pod-template-` maps match too: always filter with `isHaMap` before reading or deleting.
   */
  labelSelector: string
  /** by name: the leader map and the maps of single jobs, in every version's naming */
  isHaMap(name: string): boolean
  /** a map that holds checkpoints of one job: its existence means that HA metadata is available */
  isJobMap(name: string): boolean
  /** data keys that name a completed checkpoint; one of them means that the job can be restored */
  isCheckpointKey(key: string): boolean
  /** data keys with the submitted job, removed before a deployment so that its new settings take effect */
  isSubmittedJobKey(key: string): boolean
}

export const ownedRefs = (name: string, namespace: string, mode: Mode): OwnedRefs => known[mode](`${namespace}/${name}`)

const ownedRefsOf = (name: string, namespace: string, mode: Mode): OwnedRefs => {
  const ref = (of: ResourceType, objectName: string): Ref => ({ type: of, namespace, name: objectName })
  const label = mode === 'native' ? 'flink-native-kubernetes' : 'flink-standalone-kubernetes'
  const podsOf = (component: string) => ({
    type: pods,
    namespace,
    labelSelector: `app=${name},component=${component},type=${label}`,
  })
  const jobManager = ref(deployments, name)
  const taskManagers = mode === 'standalone' ? ref(deployments, taskManagerName(name)) : undefined
  return {
    jobManager,
    taskManagers,
    teardown: [jobManager, ...(taskManagers ? [taskManagers] : [])],
    dependants: [
      ref(services, name),
      ref(services, restServiceName(name)),
      ref(configMaps, configMapName(name)),
      ...(mode === 'native' ? [ref(configMaps, templateMapName(name))] : []),
    ],
    ingress: ref(ingresses, name),
    autoscaler: ref(configMaps, autoscalerMapName(name)),
    jobManagerPods: podsOf('jobmanager'),
    taskManagerPods: podsOf('taskmanager'),
    haMetadata: haMetadataOf(name, namespace),
  }
}

const inMode = (mode: Mode) =>
  perText(4_096, (key) => {
    const slash = key.indexOf('/')
    return ownedRefsOf(key.slice(slash + 1), key.slice(0, slash), mode)
  })
/** Every look at a cluster asks for the same names. */
const known: Record<Mode, (key: string) => OwnedRefs> = { native: inMode('native'), standalone: inMode('standalone') }

const haMetadataOf = (name: string, namespace: string): HaMetadata => {
  // ≥ 1.15: one map for the cluster and one per job; before (and with use-old-ha-services): one map per leader.
  const cluster = new Set([
    `${name}-cluster-config-map`,
    `${name}-resourcemanager-leader`,
    `${name}-dispatcher-leader`,
    `${name}-restserver-leader`,
  ])
  const isJobMap = (map: string): boolean =>
    map.startsWith(`${name}-`) && !cluster.has(map) && /-(config-map|jobmanager-leader)$/.test(map)
  return {
    type: configMaps,
    namespace,
    labelSelector: `app=${name},type=flink-native-kubernetes,component!=autoscaler`,
    isHaMap: (map) => cluster.has(map) || isJobMap(map),
    isJobMap,
    isCheckpointKey: (key) => key.startsWith('checkpointID-'),
    isSubmittedJobKey: (key) => /^(jobGraph|executionPlan)-/.test(key),
  }
}
