/**
 * Snapshots of an application: those that are pending in its status, those that are due by nonce or schedule, and old ones that go.
 * What is due and what is old is decided alike for session jobs (`job/snapshots.ts`, `job/history.ts`).
 */
import { options, read, type FlinkDeploymentSpec } from '@drey/api'
import { unknown } from '@drey/reconcile'
import { defaultsFor, valuesOf } from '../../config/index.ts'
import { removeOldSnapshots } from '../../job/history.ts'
import { followSnapshot } from '../../job/legacy-snapshots.ts'
import type { SnapshotKind, SnapshotSituation, SnapshotStep } from '../../job/snapshot-facts.ts'
import { msToNextSnapshot, takeSnapshot } from '../../job/snapshots.ts'
import { recordSpec, type RecordedSpec } from '../../spec/index.ts'
import { answer, restMs, type DeploymentDecision, type Pass, type Rule } from '../pass.ts'

/** A savepoint under way in the status holds back everything else, unless the options say otherwise. */
export const pendingSnapshot: Rule = (pass) => {
  const { view } = pass
  if (!view.application || view.phase !== 'settled' || !pass.draft.recorded) return undefined
  const step = followSnapshot(situationOf(pass))
  if (!step) return undefined
  const holdsBack = step.kind === 'savepoint' && !read(options.upgrade.ignorePendingSavepoint, view.conf)
  return step.waits && !holdsBack ? undefined : answerStep(pass, 'pendingSnapshot', step)
}

export const snapshots: Rule = (pass) => {
  const { view, draft } = pass
  if (!view.application || view.phase !== 'settled' || !draft.recorded || view.target.why !== 'user') return undefined
  if (!view.foundJob.known || !view.foundJob.value) return undefined
  const situation = situationOf(pass)
  const step = takeSnapshot(situation) ?? removeOldSnapshots(situation)
  return step && answerStep(pass, 'snapshots', step)
}

/** Periods are kept to the second, not to the next look. */
export const beforeNextSnapshot = (pass: Pass, decision: DeploymentDecision): DeploymentDecision => {
  const { view, draft } = pass
  if (!view.application || view.phase !== 'settled' || !draft.recorded || view.resource.metadata.deletionTimestamp)
    return decision
  const leftMs = msToNextSnapshot(situationOf(pass))
  return leftMs === undefined || leftMs >= decision.lookAgainMs ? decision : { ...decision, lookAgainMs: leftMs }
}

const answerStep = (pass: Pass, rule: string, step: SnapshotStep): DeploymentDecision => {
  const { draft, view } = pass
  const recorded = step.handled && draft.recorded && withNonce(draft.recorded, step.handled, view.target.spec)
  return answer(pass, {
    rule,
    because: step.because,
    change: {
      ...(step.job ? { job: step.job } : {}),
      // As upstream does: a handled nonce counts as a reconciliation.
      ...(recorded
        ? {
            recorded,
            ...(draft.stable?.text === draft.recorded?.text ? { stable: recorded } : {}),
            timestamp: view.now,
            observedGeneration: view.generation,
          }
        : {}),
    },
    actions: step.actions ?? [],
    notes: step.notes ?? [],
    lookAgainMs: step.lookAgainMs ?? (step.job || recorded ? 500 : restMs),
  })
}

const withNonce = (
  recorded: RecordedSpec<FlinkDeploymentSpec>,
  kind: SnapshotKind,
  wanted: FlinkDeploymentSpec,
): RecordedSpec<FlinkDeploymentSpec> => {
  const key = `${kind}TriggerNonce` as const
  return recordSpec(
    'FlinkDeployment',
    { ...recorded.spec, job: { ...recorded.spec.job, [key]: wanted.job?.[key] } } as FlinkDeploymentSpec,
    { firstDeployment: recorded.firstDeployment },
  )
}

const situationOf = ({ view, draft }: Pass): SnapshotSituation => {
  const nonceOf = (kind: SnapshotKind) => ({
    wanted: view.target.spec.job?.[`${kind}TriggerNonce`] ?? undefined,
    reconciled: draft.recorded?.spec.job?.[`${kind}TriggerNonce`] ?? undefined,
  })
  const { trigger, checkpointTrigger } = view.observed.flink
  const notAsked = unknown('not asked')
  return {
    owner: { kind: 'FlinkDeployment', name: view.name, namespace: view.namespace, uid: view.uid },
    createdAt: Date.parse(view.resource.metadata.creationTimestamp ?? '') || 0,
    now: view.now,
    conf: view.deployedConf,
    operatorConf: valuesOf(defaultsFor(view.observed.operator.config, { namespace: view.namespace })),
    flinkVersion: draft.recorded?.spec.flinkVersion,
    cluster: view.cluster,
    job: draft.job,
    nonces: { savepoint: nonceOf('savepoint'), checkpoint: nonceOf('checkpoint') },
    timestamp: draft.timestamp,
    snapshots: view.observed.snapshots ?? [],
    disposals: view.observed.disposals ?? [],
    asResources: view.observed.operator.snapshotResources && read(options.snapshots.snapshotResources, view.conf),
    triggers: { savepoint: trigger ?? notAsked, checkpoint: checkpointTrigger ?? notAsked },
  }
}
