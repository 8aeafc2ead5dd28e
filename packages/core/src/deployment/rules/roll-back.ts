/** A deployed spec that does not get stable in time is replaced by the last stable one, with the newest state. */
import { options, read, type FlinkDeploymentSpec } from '@drey/api'
import { type Pass, type Rule } from '../pass.ts'
import { continueRemoval } from '../steps/remove.ts'
import { deploymentDifferences, recordSpec } from '../../spec/index.ts'
import { isBrieflySilent } from '../../job/plan-suspend.ts'
import { isHaConfigured } from '../../job/settings.ts'
import { confOf } from '../view.ts'
import { isTerminal, lastStateMark } from '../../job/view.ts'

const rule = 'rollBack'

export const rollBack: Rule = (pass) => {
  const { view, draft, job } = pass
  const due = rollBackDueAt(pass)
  if (due === undefined || view.now <= due || isBrieflySilent(job) || !draft.recorded || !draft.stable) return undefined

  const mode = draft.recorded.spec.job?.upgradeMode ?? 'stateless'
  // A stable spec without high availability could not read any.
  const readsMetadata = isHaConfigured(confOf(view.observed.operator.config, draft.stable.spec, view.namespace))
  const metadata = job.haMetadata.available && (readsMetadata || !view.application)
  // A mark instead of a path: the state was in HA metadata, which Flink removed with the job. Nothing could be started from it.
  const fromPath =
    job.path !== lastStateMark && (isTerminal(draft.job.state) || (mode === 'savepoint' && job.neverStarted))
  if (view.application && mode !== 'stateless' && !metadata && !fromPath) return undefined
  const restore = mode === 'stateless' ? 'stateless' : metadata ? 'last-state' : 'savepoint'
  const recorded = draft.recorded.spec.job
    ? recordSpec<FlinkDeploymentSpec>(
        'FlinkDeployment',
        { ...draft.recorded.spec, job: { ...draft.recorded.spec.job, upgradeMode: restore } },
        { firstDeployment: false },
      )
    : draft.recorded
  return continueRemoval(
    {
      ...pass,
      draft: { ...draft, state: 'ROLLING_BACK', recorded, timestamp: view.now },
      notes: [
        ...pass.notes,
        {
          type: 'Normal',
          reason: 'Rollback',
          message: 'Rolling back failed deployment.',
          component: 'JobManagerDeployment',
        },
      ],
    },
    rule,
    'the deployment did not get stable in time: back to the last stable spec',
  )
}

/** When patience with the deployed spec ends; undefined while there is nothing to roll back from, or to. */
export const rollBackDueAt = ({ view, draft }: Pick<Pass, 'view' | 'draft'>): number | undefined => {
  if (view.phase !== 'settled' || draft.state !== 'DEPLOYED' || !draft.recorded || !draft.stable) return undefined
  if (view.diff?.type !== 'IGNORE' || saysTheSame(view, draft)) return undefined
  if (!read(options.upgrade.rollbackEnabled, view.conf)) return undefined
  if (draft.stable.spec.job?.state === 'suspended' || draft.recorded.spec.job?.state === 'suspended') return undefined
  if (draft.stable.spec.flinkVersion !== draft.recorded.spec.flinkVersion) return undefined
  return draft.timestamp + read(options.upgrade.readinessTimeout, view.conf)
}

/** Another text may say the same, such as the mode by which it was restored: the very same cluster would only start again. */
const saysTheSame = ({ mode }: Pass['view'], { recorded, stable }: Pass['draft']): boolean =>
  recorded !== undefined &&
  stable !== undefined &&
  (recorded.text === stable.text || deploymentDifferences(stable.spec, recorded.spec, mode).type === 'IGNORE')
