/** Only vertex parallelism changed: the running job gets new requirements; written down once Flink has them. */
import { specChangedMessage } from '@drey/api'
import { eagerMs } from '../../job/patience.ts'
import { planRescale, type RescaleView } from '../../job/requirements.ts'
import { answer, record, restoreModeOf, type Rule } from '../pass.ts'
import { confWith, type SessionJobDraft, type SessionJobView } from '../view.ts'

export const rescale: Rule = (pass) => {
  const { view, draft } = pass
  if (!isScaleChange(view) || !draft.recorded) return undefined
  const plan = planRescale({ ...rescaleViewOf(view, draft), requirements: view.observed.flink.requirements })
  switch (plan.by) {
    case 'upgrade':
      return undefined
    case 'nothing':
      return answer(pass, {
        rule: 'rescale',
        because: 'the job has the wanted requirements',
        change: {
          recorded: record(pass, view.spec, { state: 'running', mode: restoreModeOf(draft), first: false }),
          observedGeneration: view.generation,
          timestamp: view.now,
          error: undefined,
        },
      })
    case 'requirements':
      return answer(pass, {
        rule: 'rescale',
        because: 'only vertex parallelism changed: the running job gets new requirements',
        actions: [
          {
            do: 'rescale',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            requirements: plan.requirements,
          },
        ],
        notes: [
          ...(view.diff && draft.observedGeneration !== view.generation
            ? [
                {
                  type: 'Normal' as const,
                  reason: 'SpecChanged',
                  message: specChangedMessage('FlinkSessionJob', view.diff),
                  component: 'JobManagerDeployment',
                },
              ]
            : []),
          { type: 'Normal', reason: 'Scaling', message: 'In-place scaling triggered', component: 'Job' },
        ],
        lookAgainMs: eagerMs,
      })
  }
}

export const isScaleChange = (view: SessionJobView): boolean =>
  view.phase === 'settled' &&
  view.before.state === 'DEPLOYED' &&
  view.target.why === 'user' &&
  view.diff?.type === 'SCALE'

export const rescaleViewOf = (view: SessionJobView, draft: SessionJobDraft): Omit<RescaleView, 'requirements'> => {
  const failure = view.observed.lastFailure
  return {
    before: confWith(view, draft.recorded?.spec.flinkConfiguration),
    after: view.conf,
    flinkVersion: view.flinkVersion,
    state: draft.job.state,
    lastFailure: failure?.generation === view.generation ? failure.message : undefined,
  }
}
