/** What state each job's identity has reached and may be resumed from: followed from Flink's events, independent of what the operator believes. */
import type { FlinkEvent } from '../flink/job-manager.ts'
import type { World } from '../world.ts'
import { buckets, type Owners } from './owners.ts'

export interface Lineage {
  /** the newest state completed by the present line of runs; 0: none */
  newest: number
  /** the resource this line belongs to */
  uid: string | undefined
  /** the user has asked, since the last start, for a start without the newest state */
  consent: string | undefined
}

type Spec = { job?: { upgradeMode?: string; savepointRedeployNonce?: number; initialSavepointPath?: string } }

/** Starts that are Flink's own doing (a process restarted in its pod without HA begins from its configured path again). */
export type StartVerdict = { fine: true } | { fine: false; message: string }

export const lineages = (world: World, owners: Owners, judged: (verdict: StartVerdict, event: FlinkEvent) => void) => {
  const lines = new Map<string, Lineage>()
  const startedBy = new Map<string, Set<string>>()
  const of = (owner: string): Lineage => {
    const have = lines.get(owner)
    if (have) return have
    const fresh: Lineage = { newest: 0, uid: undefined, consent: 'nothing ran yet' }
    lines.set(owner, fresh)
    return fresh
  }
  for (const bucket of [buckets.deployments, buckets.sessionJobs])
    world.server.store.subscribe((change) => {
      const line = of(`${change.object.kind} ${change.key}`)
      const spec = (change.object['spec'] ?? {}) as Spec
      const before = (change.before?.['spec'] ?? {}) as Spec
      if (change.type === 'ADDED') {
        line.uid = change.object.metadata.uid
        line.newest = 0
        line.consent = 'a new resource'
      }
      if (modeOf(spec, bucket) === 'stateless') line.consent = 'stateless'
      if (change.before && spec.job?.savepointRedeployNonce !== before.job?.savepointRedeployNonce)
        line.consent = 'savepointRedeployNonce'
    }, bucket)

  const stops = new Map<string, number>()
  world.flink.onEvent((event) => {
    const jobId = 'snapshot' in event ? event.snapshot.jobId : 'jobId' in event ? event.jobId : undefined
    const owner = jobId === undefined ? undefined : owners.ofJob(jobId, event.cluster)
    if (owner === undefined) return
    const line = of(owner)
    switch (event.event) {
      case 'checkpoint':
        line.newest = Math.max(line.newest, event.snapshot.stamp)
        break
      case 'savepoint':
        stops.set(event.snapshot.jobId, event.snapshot.stamp)
        break
      case 'job state':
        // Only a savepoint that really stopped its job is the newest state: otherwise the job went on from its checkpoints.
        if (event.state === 'FINISHED') {
          const stamp = stops.get(event.jobId)
          line.newest = stamp === undefined ? 0 : Math.max(line.newest, stamp)
        }
        break
      case 'job started': {
        const deployment = world.server.store.get('deployments.apps', event.cluster)?.metadata.uid ?? ''
        const isApplication = owner.startsWith('FlinkDeployment')
        const earlier = startedBy.get(owner) ?? new Set()
        const again = isApplication && earlier.has(deployment)
        earlier.add(deployment)
        startedBy.set(owner, earlier)
        const stamp = event.from?.stamp ?? 0
        const stateless =
          modeOf(owners.resource(owner)?.spec as Spec, isApplication ? buckets.deployments : buckets.sessionJobs) ===
          'stateless'
        const broken = event.path !== undefined && event.from === undefined
        const flinksOwn = again && event.by === 'submission'
        if (!broken && !flinksOwn && stamp < line.newest && line.consent === undefined && !stateless)
          judged(
            {
              fine: false,
              message: `the job starts ${stamp === 0 ? 'empty' : `from state ${stamp} (${event.path})`} although state ${line.newest} was completed`,
            },
            event,
          )
        else judged({ fine: true }, event)
        if (!broken) line.newest = stamp
        if (!broken && !stateless) line.consent = undefined
        break
      }
    }
  })
  return { of }
}

const modeOf = (spec: Spec | undefined, bucket: string): string | undefined =>
  spec?.job ? (spec.job.upgradeMode ?? 'stateless') : bucket === buckets.sessionJobs ? 'stateless' : undefined
