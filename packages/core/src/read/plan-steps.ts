/** What a plan does, step by step, and from which state the job begins again: read off the decisions that were played. */
import type { KubeObject } from '@drey/reconcile'
import { savepointUnderWay, unseenCheckpoint } from './ideal-world.ts'
import type { Operation, StepName } from './operations.ts'
import type { Played } from './plan-play.ts'
import type { PlannedStep, PlanInput, Restore } from './plan-types.ts'
import { timeOf } from './resume-point.ts'

export const withAge = (restore: Restore | undefined, now: number): Restore | undefined =>
  restore?.at === undefined ? restore : { ...restore, ageMs: now - Date.parse(restore.at) }

/** Read off the pass that creates or submits: what it wrote down is what the start will use. */
export const restoreOf = (input: PlanInput, { passes, end }: Played): Restore | undefined => {
  const pass = passes.findLast(({ decision }) =>
    decision.actions.some(
      (action) => action.do === 'run-jar' || (action.do === 'create' && action.object.kind === 'Deployment'),
    ),
  )
  const view = pass?.after ?? (end.suspended ? end : undefined)
  if (!view || !view.hasJob) return undefined
  const mode = view.recorded?.spec.job?.upgradeMode ?? 'stateless'
  const run = pass?.decision.actions.find((action) => action.do === 'run-jar')
  if (run?.do === 'run-jar' && run.run.savepointPath === undefined)
    return { from: 'nothing', text: 'nothing: the job begins empty' }
  const { checkpoints } = input.flink
  const newest = checkpoints?.known ? checkpoints.value.latest : undefined
  const age = (at: number): string => new Date(at).toISOString()
  if (view.resumePoint === 'HA metadata' || mode === 'last-state')
    return isEmpty(input)
      ? { from: 'nothing', text: 'nothing: no checkpoint is complete yet' }
      : newest
        ? {
            from: 'HA metadata',
            path: newest.path,
            at: age(newest.at),
            text: 'the newest checkpoint, named by the HA metadata',
          }
        : { from: 'HA metadata', text: 'the newest checkpoint that the HA metadata names' }
  if (mode === 'stateless' || view.resumePoint === undefined)
    return {
      from: 'nothing',
      text:
        view.resumePoint === undefined && mode !== 'stateless' && input.before === undefined
          ? 'nothing: there is no state yet'
          : 'nothing: the job begins empty',
    }
  const path = view.resumePoint
  if (path === unseenCheckpoint)
    return { from: 'checkpoint', text: 'the last checkpoint that completes before, if one does' }
  if (path === savepointUnderWay) return { from: 'savepoint', text: path }
  if (path.endsWith('(new)')) return { from: 'savepoint', path, text: 'the savepoint of step 1' }
  const at = newest?.path === path ? age(newest.at) : timeOf(path, input.history, { status: input.resource['status'] })
  return {
    from: /savepoint-/.test(path) ? 'savepoint' : /\/chk-/.test(path) ? 'checkpoint' : 'path',
    path,
    ...(at ? { at } : {}),
    text: path,
  }
}

/** HA metadata that names no checkpoint: it brings the job back, but no state. */
const isEmpty = ({ flink: { checkpoints }, objects: { ha } }: PlanInput): boolean =>
  ha.length > 0
    ? !ha.some(({ keys }) => keys.some((key) => key.startsWith('checkpointID-')))
    : checkpoints?.known === true && checkpoints.value.latest === undefined && checkpoints.value.counted

export const stepsOf = (input: PlanInput, { passes }: Played, restore: Restore | undefined): PlannedStep[] => {
  const steps = passes.flatMap(({ decision, after }): PlannedStep[] => {
    const { actions } = decision
    const isStop = passes.some((one) => one.decision.actions.some(({ do: what }) => what === 'stop-with-savepoint'))
    const found: PlannedStep[] = []
    const cancel = actions.find((action) => action.do === 'cancel')
    for (const action of actions) {
      if (action.do === 'stop-with-savepoint')
        found.push({
          step: 'suspend',
          text: `stop with savepoint${action.drain ? ' (draining)' : ''} to ${action.directory ?? 'the default savepoint directory'}`,
        })
      if (action.do === 'cancel')
        found.push({
          step: 'suspend',
          text: action.lenient
            ? 'cancel the job; its state is given up'
            : 'cancel the job; its last checkpoint is kept',
        })
      if (action.do === 'delete' && action.ref.type.kind === 'Deployment') {
        const ha =
          input.objects.ha.length === 0
            ? ''
            : after.recorded?.spec.job?.upgradeMode === 'last-state'
              ? '; HA metadata stays'
              : '; HA metadata goes, too'
        found.push({ step: 'remove', text: `JobManager and TaskManagers${after.hasJob ? ha : ''}` })
      }
      if (
        action.do === 'create' &&
        action.object.kind === 'Deployment' &&
        action.object.metadata.labels?.['component'] !== 'taskmanager'
      )
        found.push({
          step: 'deploy',
          text: after.hasJob
            ? `from ${restore?.text ?? 'nothing'}${idText(input, after.job.id)}`
            : 'JobManager of the session cluster',
        })
      if (action.do === 'run-jar')
        found.push({
          step: 'submit',
          text: `to ${action.job.cluster.name}, from ${restore?.text ?? 'nothing'}${idText(input, action.job.jobId)}`,
        })
      if (action.do === 'rescale')
        found.push({ step: 'rescale', text: 'new resource requirements for the running job, no restart' })
      if (action.do === 'scale') found.push({ step: 'rescale', text: `${action.replicas} TaskManagers` })
      if (action.do === 'savepoint' || action.do === 'checkpoint') found.push({ step: 'snapshot', text: action.do })
      if (
        action.do === 'create' &&
        action.object.kind === 'FlinkStateSnapshot' &&
        !isStop &&
        !actions.some((one) => one.do === 'delete')
      )
        found.push({ step: 'snapshot', text: `FlinkStateSnapshot ${action.object.metadata.name}` })
      if (action.do === 'apply' && action.object.kind === 'Ingress' && !actions.some((one) => one.do === 'create'))
        found.push({ step: 'ingress', text: `Ingress ${action.object.metadata.name}` })
    }
    // Cancelling and deleting in one pass is one way to stop.
    return cancel?.do === 'cancel' && cancel.lenient
      ? found.filter(({ step }, index) => step !== 'suspend' || index === 0)
      : found
  })
  return steps.map((step) => ({ ...step, ...usually(step.step, input.history) }))
}

/** A new id is chosen when the time has come; one that stays, or is fixed, is told. */
const idText = ({ before }: PlanInput, jobId: string | undefined): string =>
  before === undefined
    ? ''
    : jobId !== undefined && jobId === jobIdOf(before)
      ? `, same job id ${jobId}`
      : ', new job id'

/** From what the same steps took before. */
const usually = (step: PlannedStep['step'], history: readonly Operation[]): { usuallyMs?: number; of?: number } => {
  const named: Partial<Record<PlannedStep['step'], readonly StepName[]>> = {
    suspend: ['savepoint', 'cancel'],
    remove: ['remove'],
    deploy: ['deploy', 'start'],
    submit: ['deploy', 'start'],
  }
  const names = named[step]
  if (!names) return {}
  const took = history
    .flatMap(({ steps, startedAt }) => {
      const ends = steps.map(({ step: name, endedAt }, index) => ({
        name,
        ms: Date.parse(endedAt) - Date.parse(steps[index - 1]?.endedAt ?? startedAt),
      }))
      const ours = ends.filter(({ name }) => names.includes(name))
      return ours.length === 0 || (names.includes('start') && !ours.some(({ name }) => name === 'start'))
        ? []
        : [ours.reduce((sum, { ms }) => sum + ms, 0)]
    })
    .toSorted((a, b) => a - b)
  const median = took[Math.floor(took.length / 2)]
  return median === undefined ? {} : { usuallyMs: median, of: took.length }
}

export const jobIdOf = (resource: KubeObject | undefined): string | undefined =>
  ((resource?.['status'] ?? {}) as { jobStatus?: { jobId?: string } }).jobStatus?.jobId
