/** What the shared rules about snapshots look at for a session job, and how its record takes over a handled nonce. */
import { options, read, type FlinkSessionJobSpec, type SavepointInfo } from '@drey/api'
import { unknown } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { defaultsFor, valuesOf } from '../config/index.ts'
import type { SnapshotKind, SnapshotSituation } from '../job/snapshot-facts.ts'
import { untilRegistered, upgradeSnapshot } from '../job/upgrade-snapshot.ts'
import { recordSpec, type RecordedSpec } from '../spec/index.ts'
import type { Pass, SessionJobDecision } from './pass.ts'
import type { SessionJobDraft, SessionJobView } from './view.ts'

export const snapshotSituationOf = (view: SessionJobView, draft: SessionJobDraft): SnapshotSituation => {
  const nonceOf = (kind: SnapshotKind) => ({
    wanted: view.spec.job?.[`${kind}TriggerNonce`] ?? undefined,
    reconciled: draft.recorded?.spec.job?.[`${kind}TriggerNonce`] ?? undefined,
  })
  const { trigger, checkpointTrigger } = view.observed.flink
  const notAsked = unknown('not asked')
  return {
    owner: { kind: 'FlinkSessionJob', name: view.name, namespace: view.namespace, uid: view.uid },
    createdAt: Date.parse(view.resource.metadata.creationTimestamp ?? '') || 0,
    now: view.now,
    conf: view.conf,
    operatorConf: valuesOf(defaultsFor(view.observed.operator.config, { namespace: view.namespace })),
    flinkVersion: view.flinkVersion,
    cluster: view.cluster,
    job: draft.job,
    nonces: { savepoint: nonceOf('savepoint'), checkpoint: nonceOf('checkpoint') },
    timestamp: draft.timestamp,
    snapshots: view.observed.snapshots ?? [],
    disposals: view.observed.disposals ?? [],
    asResources: snapshotsAreResources(view),
    triggers: { savepoint: trigger ?? notAsked, checkpoint: checkpointTrigger ?? notAsked },
  }
}

export const withNonce = (
  recorded: RecordedSpec<FlinkSessionJobSpec>,
  kind: SnapshotKind,
  wanted: FlinkSessionJobSpec,
): RecordedSpec<FlinkSessionJobSpec> => {
  const key = `${kind}TriggerNonce` as const
  return recordSpec(
    'FlinkSessionJob',
    { ...recorded.spec, job: { ...recorded.spec.job, [key]: wanted.job?.[key] } } as FlinkSessionJobSpec,
    { firstDeployment: recorded.firstDeployment },
  )
}

/** The savepoint of an upgrade or of the end, kept where users look for it. */
export const savepointRecord = (
  view: SessionJobView,
  draft: SessionJobDraft,
  location: string,
): { info: SavepointInfo; actions: Action[] } =>
  upgradeSnapshot({ ...common(view), info: draft.job.savepointInfo, location })

/** Its resource is created for certain, also when the operator ends in between. */
export const withItsSnapshot = ({ view }: Pass, decision: SessionJobDecision): SessionJobDecision =>
  untilRegistered({ ...common(view), before: view.before.job, snapshots: view.observed.snapshots ?? [] }, decision)

const common = (view: SessionJobView) => ({
  owner: { kind: 'FlinkSessionJob' as const, name: view.name, namespace: view.namespace },
  conf: view.conf,
  asResources: snapshotsAreResources(view),
  now: view.now,
})

const snapshotsAreResources = (view: SessionJobView): boolean =>
  view.observed.operator.snapshotResources && read(options.snapshots.snapshotResources, view.conf)
