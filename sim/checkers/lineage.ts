/** What state each cluster has reached and may be resumed from: followed from Flink's events, independent of what the operator believes. */
import type { FlinkEvent } from '../flink/job-manager.ts'
import type { World } from '../world.ts'
import { namespace } from '../world.ts'

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

export const lineages = (world: World, judged: (verdict: StartVerdict, event: FlinkEvent) => void) => {
  const clusters = new Map<string, Lineage>()
  const startedBy = new Map<string, Set<string>>()
  const of = (cluster: string): Lineage => {
    const have = clusters.get(cluster)
    if (have) return have
    const fresh: Lineage = { newest: 0, uid: undefined, consent: 'nothing ran yet' }
    clusters.set(cluster, fresh)
    return fresh
  }
  world.server.store.subscribe((change) => {
    const line = of(change.key)
    const spec = (change.object['spec'] ?? {}) as Spec
    const before = (change.before?.['spec'] ?? {}) as Spec
    if (change.type === 'ADDED') {
      line.uid = change.object.metadata.uid
      line.newest = 0
      line.consent = 'a new resource'
    }
    if (spec.job?.upgradeMode === 'stateless') line.consent = 'stateless'
    if (change.before && spec.job?.savepointRedeployNonce !== before.job?.savepointRedeployNonce)
      line.consent = 'savepointRedeployNonce'
  }, 'flinkdeployments.flink.apache.org')

  const stops = new Map<string, number>()
  world.flink.onEvent((event) => {
    const line = of(event.cluster)
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
        const earlier = startedBy.get(event.cluster) ?? new Set()
        const again = earlier.has(deployment)
        earlier.add(deployment)
        startedBy.set(event.cluster, earlier)
        const stamp = event.from?.stamp ?? 0
        const resource = world.server.store.get('flinkdeployments.flink.apache.org', event.cluster)
        const stateless = (resource?.['spec'] as Spec | undefined)?.job?.upgradeMode === 'stateless'
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
  return { of: (name = 'orders') => of(`${namespace}/${name}`) }
}
