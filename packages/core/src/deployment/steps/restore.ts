/** How the next start finds its state, and what happens when it cannot. */
import type { FlinkDeploymentSpec } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { planRestore, wantedMode, type Restore } from '../../job/plan-restore.ts'
import { isTerminal, lastStateMark, type UpgradeMode } from '../../job/view.ts'
import { plainError } from '../../status/index.ts'
import type { Draft } from '../draft.ts'
import { answer, type DeploymentDecision, type Pass } from '../pass.ts'

/** How the next start finds its state. The mode inside a stable spec says how its own start did; only a user's present wish may drop state. */
export const restoreOf = (pass: Pass, spec: FlinkDeploymentSpec | undefined): Restore => {
  const mode = restoreModeOf(pass.draft)
  const rollingBack = pass.draft.state === 'ROLLING_BACK'
  const recorded = pass.draft.recorded?.spec.job
  return planRestore(
    pass.job,
    mode,
    rollingBack ? mode : wantedMode({ recorded, wanted: spec?.job, path: pass.job.path }),
  )
}

/** The mode in the recorded spec: how the next start finds its state. */
export const restoreModeOf = (draft: Draft): UpgradeMode =>
  (draft.recorded?.spec.job?.upgradeMode ?? 'stateless') as UpgradeMode

/** A start that cannot find its state is not made; the error names the way out. */
export const refused = (
  pass: Pass,
  rule: string,
  restore: Extract<Restore, { refuse: string }>,
  notes: readonly Note[] = [],
): DeploymentDecision => {
  const error = plainError('UpgradeFailureException', restore.refuse)
  const { job } = pass.draft
  // Its JobManager is gone and no other one comes: nothing runs, whatever was seen last.
  const over = hasNoJobManager(pass) && job.state !== undefined && !isTerminal(job.state)
  return answer(pass, {
    rule,
    because: restore.refuse,
    change: { error, ...(over ? { job: { ...job, state: 'RECONCILING' as const } } : {}) },
    notes:
      pass.draft.error === error
        ? []
        : [
            ...notes,
            {
              type: 'Warning',
              reason: 'RestoreFailed',
              message: `${restore.refuse} ${restore.fix}`,
              component: 'JobManagerDeployment',
            },
          ],
  })
}

const hasNoJobManager = ({ draft, view }: Pass): boolean => {
  const { jobManager, pods } = view.observed.cluster
  const ended = jobManager?.replicas === 0 && !pods.some(({ component }) => component === 'jobmanager')
  return draft.jobManager === 'MISSING' || ended
}

/**
 * What is recorded as the resume point while a cluster goes. Where HA metadata names a checkpoint, anything recorded is older; should that
 * metadata be lost on the way, nobody knows the newest state any more, and a start from the recorded one would count twice.
 */
export const pathWhileRemoved = ({ view, draft, job }: Pass, mode: UpgradeMode): string | undefined =>
  view.application && mode === 'last-state' && job.haMetadata.checkpoint ? lastStateMark : draft.job.path
