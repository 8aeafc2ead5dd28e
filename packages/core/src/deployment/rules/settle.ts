/** Nothing to do: keep the bookkeeping true, and look again when that could change. */
import { recordSpec } from '../../spec/index.ts'
import { isTerminal } from '../../job/view.ts'
import { answer, patience, progressMs, restMs, type Pass, type DeploymentDecision } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import { recordedJobState } from '../view.ts'
import { rollBackDueAt } from './roll-back.ts'

export const settle = (pass: Pass): DeploymentDecision => {
  const { view, draft } = pass
  const unchanged = view.target.why === 'user' && view.diff?.type === 'IGNORE'
  const stateless = view.target.spec.job?.upgradeMode === 'stateless'
  const cancelled =
    draft.job.state === 'CANCELED' &&
    recordedJobState(draft) === 'running' &&
    // Its last checkpoint first: a resume from a path that nobody looked up would begin empty.
    (stateless || pass.job.checkpoints.known) &&
    draft.recorded?.spec.job
  return answer(pass, {
    rule: 'settle',
    because: sentence(pass),
    change: {
      ...(unchanged ? { observedGeneration: view.generation } : {}),
      ...(unchanged && !draft.taskManager && view.application
        ? { taskManager: taskManagerInfo(view, recordedJobState(draft) === 'running') }
        : {}),
      // Somebody cancelled the job behind our back: it is stopped, and a resume starts from its last checkpoint.
      ...(cancelled && draft.recorded
        ? {
            recorded: recordSpec(
              'FlinkDeployment',
              {
                ...draft.recorded.spec,
                job: { ...cancelled, state: 'suspended', upgradeMode: stateless ? 'stateless' : 'savepoint' },
              },
              { firstDeployment: false },
            ),
          }
        : {}),
    },
    lookAgainMs: lookAgain(pass),
  })
}

const lookAgain = (pass: Pass): number => {
  const due = rollBackDueAt(pass)
  const rest = whileWaiting(pass)
  return due !== undefined && due > pass.view.now ? Math.min(rest, due - pass.view.now + 1) : rest
}

const whileWaiting = ({ draft, view }: Pass): number => {
  const wanted = recordedJobState(draft) !== 'suspended'
  if (!wanted || isTerminal(draft.job.state)) return restMs
  if (view.application ? draft.job.state === 'RUNNING' : draft.jobManager === 'READY') return restMs
  // Kubernetes tells us when a pod becomes available; what happens inside Flink has to be asked for.
  const asks = draft.jobManager === 'READY' || draft.jobManager === 'DEPLOYED_NOT_READY'
  return asks ? patience(view.now, Math.max(draft.timestamp, draft.job.updateTime ?? 0)) : progressMs
}

const sentence = (pass: Pass): string => {
  const { draft, view } = pass
  if (!view.application)
    return draft.jobManager === 'READY' ? 'the session cluster is ready' : `the session cluster is ${draft.jobManager}`
  if (recordedJobState(draft) === 'suspended') return 'suspended'
  return `the job is ${draft.job.state ?? 'not submitted yet'}, the JobManager ${draft.jobManager}`
}
