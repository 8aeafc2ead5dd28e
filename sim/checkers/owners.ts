/** Whose a job, a trigger or a snapshot is, as the stored resources said at some time: what checkers ask instead of the operator. */
import type { KubeObject } from '@drey/reconcile'
import type { World } from '../world.ts'

export const buckets = {
  deployments: 'flinkdeployments.flink.apache.org',
  sessionJobs: 'flinksessionjobs.flink.apache.org',
  snapshots: 'flinkstatesnapshots.flink.apache.org',
} as const

export interface Resource extends KubeObject {
  spec: Record<string, any>
  status?: Record<string, any>
}

/** Where snapshots come from: one savepoint per key. */
export interface Cause {
  key: string
  /** what the cause is, for people */
  what: string
}

export interface Owners {
  /** `FlinkSessionJob shop/a` or `FlinkDeployment shop/orders`; undefined: a job that no resource ever named */
  ofJob(jobId: string, cluster: string): string | undefined
  /** the resource as stored now */
  resource(owner: string): Resource | undefined
  /** why a trigger was set off; undefined: no stored resource ever named the id */
  cause(trigger: string): Cause | undefined
  /** paths that a stored resource named at some time */
  named(path: string): boolean
  all(): Resource[]
}

export const owners = (world: World): Owners => {
  const { store } = world.server
  const jobs = new Map<string, string>()
  const causes = new Map<string, Cause>()
  const paths = new Set<string>()

  const ownerOf = (object: KubeObject) => `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`
  const bucketOf = (owner: string) => (owner.startsWith('FlinkSessionJob') ? buckets.sessionJobs : buckets.deployments)

  const note = (trigger: string | undefined, cause: () => Cause) => {
    if (trigger && !causes.has(trigger)) causes.set(trigger, cause())
  }
  const ofStatus = (object: KubeObject) => {
    const { status, spec } = object as Resource
    const job = status?.['jobStatus']
    const owner = ownerOf(object)
    if (job?.jobId && !jobs.has(job.jobId)) jobs.set(job.jobId, owner)
    if (job?.upgradeSavepointPath) paths.add(job.upgradeSavepointPath)
    const who = `${owner} ${object.metadata.uid} job ${job?.jobId}`
    for (const kind of ['savepoint', 'checkpoint'] as const) {
      const info = job?.[`${kind}Info`]
      note(info?.triggerId, () => {
        const { triggerType } = info
        const what =
          triggerType === 'MANUAL'
            ? `nonce ${spec['job']?.[`${kind}TriggerNonce`]}`
            : triggerType === 'PERIODIC'
              ? `slot ${info[kind === 'savepoint' ? 'lastPeriodicSavepointTimestamp' : 'lastPeriodicCheckpointTimestamp']}`
              : `generation ${object.metadata.generation}${object.metadata.deletionTimestamp ? ', deletion' : ''}`
        return { key: `${who} ${kind} ${what}`, what }
      })
      for (const entry of [
        info?.[`last${kind === 'savepoint' ? 'Savepoint' : 'Checkpoint'}`],
        ...(info?.[`${kind}History`] ?? []),
      ])
        if (entry?.location) paths.add(entry.location)
    }
  }
  store.subscribe((change) => ofStatus(change.object), buckets.deployments)
  store.subscribe((change) => ofStatus(change.object), buckets.sessionJobs)
  store.subscribe((change) => {
    const { metadata, spec, status } = change.object as Resource
    if (spec?.['savepoint']?.alreadyExists && spec['savepoint'].path) paths.add(spec['savepoint'].path)
    if (status?.['path']) paths.add(status['path'])
    const reference = `${spec?.['jobReference']?.kind} ${spec?.['jobReference']?.name}`
    // Names of our own end in the slot or in the nonce they were made for: two of them for one are one too many.
    const made = /-(manual|periodic)-(?:\d+-)?(\d+)$/.exec(metadata.name)
    note(status?.['triggerId'], () => ({
      key: made
        ? `${reference} ${made[1]} ${made[2]} ${spec?.['checkpoint'] ? 'checkpoint' : 'savepoint'}`
        : `snapshot ${metadata.uid}`,
      what: made ? `${made[1]} ${made[2]}` : `resource ${metadata.name}`,
    }))
  }, buckets.snapshots)

  return {
    ofJob: (jobId, cluster) => {
      const known = jobs.get(jobId)
      if (known) return known
      // Applications restart under ids that Flink's own recovery may know earlier than the status.
      const application = store.get(buckets.deployments, cluster) as Resource | undefined
      return application?.spec['job'] ? `FlinkDeployment ${cluster}` : undefined
    },
    resource: (owner) => store.get(bucketOf(owner), owner.split(' ')[1] ?? '') as Resource | undefined,
    cause: (trigger) => causes.get(trigger),
    named: (path) => paths.has(path),
    all: () => [buckets.deployments, buckets.sessionJobs].flatMap((bucket) => store.list(bucket) as Resource[]),
  }
}
