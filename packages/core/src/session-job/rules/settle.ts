/** Nothing to do: keep the bookkeeping true, and look again when that could change. */
import { patience, restMs } from '../../job/patience.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, record, recordedJobState, type Pass, type SessionJobDecision } from '../pass.ts'

export const settle = (pass: Pass): SessionJobDecision => {
  const { view, draft } = pass
  const unchanged = view.target.why === 'user' && view.diff?.type === 'IGNORE'
  const running = draft.job.state === 'RUNNING'
  const stateless = (view.spec.job?.upgradeMode ?? 'stateless') === 'stateless'
  const cancelled =
    draft.job.state === 'CANCELED' &&
    recordedJobState(draft) === 'running' &&
    // Its last checkpoint first: a resume from a path that nobody looked up would begin empty.
    (stateless || pass.job.checkpoints.known) &&
    draft.recorded
  return answer(pass, {
    rule: 'settle',
    because: `the job is ${draft.job.state ?? 'not submitted'}`,
    change: {
      ...(unchanged ? { observedGeneration: view.generation } : {}),
      ...(unchanged && running ? { error: undefined } : {}),
      // Somebody cancelled the job behind our back: it is stopped, and a resume starts from its last checkpoint.
      ...(cancelled
        ? {
            recorded: record(pass, cancelled.spec, {
              state: 'suspended',
              mode: stateless ? 'stateless' : 'savepoint',
              first: false,
            }),
          }
        : {}),
    },
    lookAgainMs:
      running || isTerminal(draft.job.state) || draft.job.state === undefined
        ? restMs
        : patience(view.now, Math.max(draft.timestamp, draft.job.updateTime ?? 0)),
  })
}
