/**
 * What a JobManager with Kubernetes high availability keeps in ConfigMaps: one for the cluster (leader lock, submitted jobs), one
 * per job (pointers to completed checkpoints). Names and keys per version as recorded from real JobManagers.
 */
import type { KubeClient } from '@drey/kube'
import { configMaps } from '@drey/kube'
import { isNotFound, type KubeObject } from '@drey/reconcile'

/** What a submission says about a job, and what a later leader finds about it. */
export interface Submitted {
  jobId: string
  restorePath: string | undefined
  parallelism: number
  /** the file name of its jar in a session cluster, and the settings that came along */
  jar?: string
  config?: Readonly<Record<string, string>>
}

export interface HaMetadata {
  /** makes the cluster's map if it is missing: what taking the leader lock does */
  lead(holder: string): Promise<void>
  /** jobs that were submitted and have not ended: id and the path they were first submitted with */
  submitted(): Promise<Submitted[]>
  submit(job: Submitted): Promise<void>
  /** newest first */
  checkpoints(jobId: string): Promise<string[]>
  /** makes the job's map if it is missing: what a job's leader does before it restores */
  leadJob(jobId: string, holder: string): Promise<void>
  addCheckpoint(jobId: string, id: number, path: string, drop: number | undefined): Promise<void>
  /** after a job ended for good */
  clean(jobId: string): Promise<void>
}

interface ConfigMap extends KubeObject {
  data?: Record<string, string>
}

export const haMetadata = (
  client: KubeClient,
  o: { namespace: string; clusterId: string; version: string },
): HaMetadata => {
  const clusterMap = `${o.clusterId}-cluster-config-map`
  const jobMap = (jobId: string) => `${o.clusterId}-${jobId}-config-map`
  const ref = (name: string) => ({ type: configMaps, namespace: o.namespace, name })
  const jobKey = (jobId: string) => `${Number(o.version.split('.')[0]) >= 2 ? 'executionPlan' : 'jobGraph'}-${jobId}`
  const old = Number(o.version.split('.')[1]) <= 18 && o.version.startsWith('1.')
  const leaderOf = (what: string) => `org.apache.flink.k8s.leader.${what}`
  const jobLeader = (jobId: string) => leaderOf(old ? jobId : `job-${jobId}`)
  const find = (name: string) => client.find<ConfigMap>(ref(name))
  const make = async (name: string, holder: string) => {
    if (await find(name)) return
    await client.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: o.namespace,
        labels: { app: o.clusterId, type: 'flink-native-kubernetes', 'configmap-type': 'high-availability' },
        annotations: { 'control-plane.alpha.kubernetes.io/leader': JSON.stringify({ holderIdentity: holder }) },
      },
    })
  }
  const write = async (name: string, data: Record<string, string | null>) => {
    try {
      await client.merge(ref(name), { data })
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
  return {
    async lead(holder) {
      await make(clusterMap, holder)
      await write(
        clusterMap,
        Object.fromEntries(components.map((name) => [leaderOf(name), `${holder},pekko.tcp://${name}`])),
      )
    },
    async submitted() {
      const { data = {} } = (await find(clusterMap)) ?? {}
      return Object.entries(data).flatMap(([key, value]) => {
        const jobId = /^(?:jobGraph|executionPlan)-(.+)$/.exec(key)?.[1]
        if (!jobId) return []
        return [{ ...(JSON.parse(value) as Submitted), jobId }]
      })
    },
    submit: ({ jobId, ...graph }) => write(clusterMap, { [jobKey(jobId)]: JSON.stringify(graph) }),
    async checkpoints(jobId) {
      const { data = {} } = (await find(jobMap(jobId))) ?? {}
      return Object.keys(data)
        .filter((key) => key.startsWith('checkpointID-'))
        .sort()
        .reverse()
        .map((key) => data[key] ?? '')
    },
    async leadJob(jobId, holder) {
      await write(clusterMap, { [jobLeader(jobId)]: `${holder},pekko.tcp://jobmanager` })
      await make(jobMap(jobId), holder)
    },
    addCheckpoint: (jobId, id, path, drop) =>
      write(jobMap(jobId), {
        [checkpointKey(id)]: path,
        ...(drop === undefined ? {} : { [checkpointKey(drop)]: null }),
        counter: String(id + 1),
      }),
    async clean(jobId) {
      await write(clusterMap, { [jobKey(jobId)]: null, [jobLeader(jobId)]: null })
      const map = await find(jobMap(jobId))
      if (map) await client.remove(ref(jobMap(jobId)), { uid: map.metadata.uid ?? '' })
    },
  }
}

const components = ['dispatcher', 'resourcemanager', 'restserver']
const checkpointKey = (id: number) => `checkpointID-${String(id).padStart(19, '0')}`
