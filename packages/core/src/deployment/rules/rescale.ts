/**
 * Only the scale changed: apply it to what runs, without a restart of our own. Asked for until the facts say that it is so, and only
 * then written down; never while another change is under way (W-24). What cannot be scaled in place falls through to `upgrade`.
 */
import { options, read, specChangedMessage } from '@drey/api'
import type { Note } from '@drey/reconcile'
import { mayRescale, planRescale, type RescaleView } from '../../job/requirements.ts'
import { answer, eagerMs, record, restMs, type Pass, type Rule } from '../pass.ts'
import { taskManagerInfo } from '../status-of.ts'
import type { DeploymentView } from '../view.ts'
import type { Draft } from '../draft.ts'

const rule = 'rescale'

export const rescale: Rule = (pass) => {
  const { view, draft } = pass
  if (!isScaleChange(view) || !draft.recorded) return undefined
  return view.mode === 'standalone' ? scaleTaskManagers(pass) : changeRequirements(pass)
}

/** Whether Flink has to be asked for its requirements to decide. */
export const asksRequirements = (view: DeploymentView, draft: Draft): boolean =>
  isScaleChange(view) && view.mode === 'native' && view.application && mayRescale(rescaleViewOf(view, draft)) === true

const isScaleChange = (view: DeploymentView): boolean =>
  view.phase === 'settled' &&
  view.before.state === 'DEPLOYED' &&
  view.target.why === 'user' &&
  view.diff?.type === 'SCALE'

const changeRequirements = (pass: Pass): ReturnType<Rule> => {
  const { view, draft } = pass
  if (!view.application) return undefined
  const plan = planRescale({ ...rescaleViewOf(view, draft), requirements: view.observed.flink.requirements })
  switch (plan.by) {
    case 'upgrade':
      return undefined
    case 'nothing':
      return scaled(pass, 'the job has the wanted requirements')
    case 'requirements':
      return answer(pass, {
        rule,
        because: 'only vertex parallelism changed: the running job gets new requirements',
        actions: [
          {
            do: 'rescale',
            job: { cluster: view.cluster, jobId: draft.job.id ?? '' },
            requirements: plan.requirements,
          },
        ],
        notes: [
          ...changedNote(pass),
          { type: 'Normal', reason: 'Scaling', message: 'In-place scaling triggered', component: 'Job' },
        ],
        lookAgainMs: eagerMs,
      })
  }
}

/** Reactive jobs follow the TaskManagers there are, and a session cluster has none of its own to restart. */
const scaleTaskManagers = (pass: Pass): ReturnType<Rule> => {
  const { view } = pass
  const { taskManager } = view.observed.cluster
  if (!taskManager || taskManager.deleting || !view.refs.taskManagers) return undefined
  if (view.application && read(options.flink.schedulerMode, view.deployedConf) !== 'REACTIVE') return undefined
  const { job, taskManager: wanted } = view.target.spec
  const parallelism = job?.parallelism || read(options.flink.parallelismDefault, view.conf)
  const replicas =
    wanted?.replicas || Math.ceil(parallelism / Math.max(1, read(options.flink.taskSlots, view.deployedConf)))
  if (taskManager.replicas === replicas) return scaled(pass, `there are ${replicas} TaskManagers wanted already`)
  return answer(pass, {
    rule,
    because: `only the scale changed: ${taskManager.replicas} TaskManagers become ${replicas}`,
    actions: [{ do: 'scale', ref: view.refs.taskManagers, replicas }],
    notes: changedNote(pass),
    lookAgainMs: eagerMs,
  })
}

const scaled = (pass: Pass, because: string): ReturnType<Rule> => {
  const { view, draft } = pass
  const mode = draft.recorded?.spec.job?.upgradeMode
  return answer(pass, {
    rule,
    because,
    change: {
      recorded: record(pass, view.target.spec, { state: 'running', ...(mode ? { mode } : {}), first: false }),
      observedGeneration: view.generation,
      timestamp: view.now,
      error: undefined,
      taskManager: taskManagerInfo(view, true),
    },
    lookAgainMs: restMs,
  })
}

const changedNote = ({ view, draft }: Pass): Note[] =>
  view.diff && draft.observedGeneration !== view.generation
    ? [
        {
          type: 'Normal',
          reason: 'SpecChanged',
          message: specChangedMessage('FlinkDeployment', view.diff),
          component: 'JobManagerDeployment',
        },
      ]
    : []

const rescaleViewOf = (view: DeploymentView, draft: Draft): Omit<RescaleView, 'requirements'> => ({
  before: view.deployedConf,
  after: view.conf,
  flinkVersion: draft.recorded?.spec.flinkVersion,
  state: draft.job.state,
  lastFailure: view.observed.lastFailure,
})
