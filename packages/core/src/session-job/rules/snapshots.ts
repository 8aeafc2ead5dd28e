/** Snapshots of a session job: those that are pending in its status, those that are due by nonce or schedule, and old ones that go. */
import { options, read } from '@drey/api'
import { removeOldSnapshots } from '../../job/history.ts'
import { followSnapshot } from '../../job/legacy-snapshots.ts'
import { eagerMs, restMs } from '../../job/patience.ts'
import type { SnapshotStep } from '../../job/snapshot-facts.ts'
import { msToNextSnapshot, takeSnapshot } from '../../job/snapshots.ts'
import { answer, type Pass, type Rule, type SessionJobDecision } from '../pass.ts'
import { snapshotSituationOf, withNonce } from '../snapshots.ts'

/** A savepoint under way in the status holds back everything else, unless the options say otherwise. */
export const pendingSnapshot: Rule = (pass) => {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded) return undefined
  const step = followSnapshot(snapshotSituationOf(view, draft))
  if (!step) return undefined
  const holdsBack = step.kind === 'savepoint' && !read(options.upgrade.ignorePendingSavepoint, view.conf)
  return step.waits && !holdsBack ? undefined : answerStep(pass, 'pendingSnapshot', step)
}

export const snapshots: Rule = (pass) => {
  const { view, draft } = pass
  if (view.phase !== 'settled' || !draft.recorded || view.target.why !== 'user') return undefined
  if (!view.foundJob.known || !view.foundJob.value) return undefined
  const situation = snapshotSituationOf(view, draft)
  const step = takeSnapshot(situation) ?? removeOldSnapshots(situation)
  return step && answerStep(pass, 'snapshots', step)
}

/** Periods are kept to the second, not to the next look. */
export const beforeNextSnapshot = ({ view, draft }: Pass, decision: SessionJobDecision): SessionJobDecision => {
  if (view.phase !== 'settled' || !draft.recorded || view.resource.metadata.deletionTimestamp) return decision
  const leftMs = msToNextSnapshot(snapshotSituationOf(view, draft))
  return leftMs === undefined || leftMs >= decision.lookAgainMs ? decision : { ...decision, lookAgainMs: leftMs }
}

const answerStep = (pass: Pass, rule: string, step: SnapshotStep): SessionJobDecision => {
  const { draft, view } = pass
  const next = step.handled && draft.recorded && withNonce(draft.recorded, step.handled, view.spec)
  return answer(pass, {
    rule,
    because: step.because,
    change: {
      ...(step.job ? { job: step.job } : {}),
      // As upstream does: a handled nonce counts as a reconciliation.
      ...(next
        ? {
            recorded: next,
            ...(draft.stable?.text === draft.recorded?.text ? { stable: next } : {}),
            timestamp: view.now,
            observedGeneration: view.generation,
          }
        : {}),
    },
    actions: step.actions ?? [],
    notes: step.notes ?? [],
    lookAgainMs: step.lookAgainMs ?? (step.job || next ? eagerMs : restMs),
  })
}
