/** The operator's own decisions, one after the other, in a world where everything works: until nothing is left to decide. */
import type { Decision, KubeObject } from '@drey/reconcile'
import type { Action } from '../action.ts'
import { decideDeployment } from '../deployment/index.ts'
import type { DeploymentObserved, FlinkFacts } from '../deployment/observed.ts'
import { questionsFor } from '../deployment/questions.ts'
import { seenIn } from '../deployment/seen.ts'
import { jobViewOf, viewOf } from '../deployment/view.ts'
import { isHaConfigured } from '../job/settings.ts'
import { planSuspend } from '../job/plan-suspend.ts'
import { decideSessionJob, sessionJobQuestions, sessionJobViewOf } from '../session-job/index.ts'
import type { SessionJobObserved } from '../session-job/observed.ts'
import { afterAction, afterWaiting, answersOf, worldOf, type World } from './ideal-world.ts'
import { masks } from './mask.ts'
import type { PlanInput } from './plan-types.ts'
import { statusView, type StatusView } from './status-view.ts'

const passesMax = 40

export interface PlayedPass {
  decision: Decision<unknown, Action>
  before: StatusView
  after: StatusView
}

export interface Played {
  passes: readonly PlayedPass[]
  blocks: readonly string[]
  end: StatusView
}

/** Decides, lets everything happen, and decides again, until there is nothing left to decide. */
export const play = (input: PlanInput): Played => {
  let resource = input.resource
  let now = input.now
  let world = worldOf({
    cluster: input.objects,
    flink: input.flink,
    job: statusView(input.kind, input.resource).job,
    flinkVersion: statusView(input.kind, input.resource).flinkVersion,
    snapshots: input.snapshots,
    now: input.now,
    sessionCluster: input.sessionCluster,
    comesBack: isBroughtBack(input),
  })
  const passes: PlayedPass[] = []
  const blocks: string[] = []
  let waited = 0
  for (let round = 0; round < passesMax; round++) {
    const decision = decideIn(input, resource, world, now, round === 0 ? input.flink : undefined)
    const before = statusView(input.kind, resource)
    const next: KubeObject = decision.status === undefined ? resource : { ...resource, status: decision.status }
    const after = statusView(input.kind, next)
    const moved = decision.actions.length > 0 || positionOf(resource) !== positionOf(next)
    if (moved) passes.push({ decision, before, after })
    for (const action of decision.actions) world = afterAction(world, action, { now, jobId: after.job.id })
    resource = next
    now += 1_000
    if (moved) {
      waited = 0
      continue
    }
    if (isDone(after) && (after.trigger === undefined || waited > 0)) break
    // Nothing that happens by itself brings back what is lost.
    const isLost = after.error?.includes('Manual restore required') === true
    // Nothing moves: say why, let what is under way end, and see whether that was all.
    const why = blockOf(input, resource, world, now, decision)
    if (!blocks.includes(why)) blocks.push(why)
    if (isLost || ++waited > 2) break
    world = afterWaiting(world, after.trigger, now)
    now += decision.lookAgainMs
  }
  const end = statusView(input.kind, resource)
  return { passes, blocks: isDone(end) && passes.length > 0 ? blocks.filter(isWait) : blocks, end }
}

/** An application's JobManager submits its job itself; a session cluster remembers its jobs in HA metadata alone. */
const isBroughtBack = (input: PlanInput): boolean =>
  input.kind === 'FlinkDeployment' ||
  isHaConfigured(
    sessionJobViewOf(input.resource as never, {
      now: input.now,
      operator: input.operator,
      cluster: input.sessionCluster,
      flink: {},
      snapshots: input.snapshots,
      lastFailure: undefined,
    }).conf,
  )

const isWait = (text: string): boolean => !text.startsWith('the job is RUNNING')

const positionOf = ({ status }: KubeObject & { status?: unknown }): string => {
  const { reconciliationStatus, jobManagerDeploymentStatus, jobStatus, error, observedGeneration } = (status ??
    {}) as Record<string, any>
  return JSON.stringify([
    reconciliationStatus?.state,
    reconciliationStatus?.lastReconciledSpec,
    jobManagerDeploymentStatus,
    jobStatus?.state,
    jobStatus?.jobId,
    jobStatus?.upgradeSavepointPath,
    jobStatus?.savepointInfo?.triggerId,
    error,
    observedGeneration,
  ])
}

/** What is changed while a job stays suspended is done with: it takes effect when the job is resumed. */
export const isDone = (view: StatusView): boolean =>
  view.phase === 'settled' &&
  (view.diff === undefined || view.diff.type === 'IGNORE' || (view.suspended && view.wantsSuspended)) &&
  (view.suspended
    ? view.wantsSuspended
    : view.hasJob
      ? view.job.state === 'RUNNING' || view.job.state === 'FINISHED'
      : view.jobManager === 'READY')

const decideIn = (
  input: PlanInput,
  resource: KubeObject,
  world: World,
  now: number,
  asked: FlinkFacts | undefined,
): Decision<unknown, Action> => {
  const trigger = statusView(input.kind, resource).trigger?.id
  if (input.kind === 'FlinkSessionJob') {
    let observed = sessionObserved(input, world, now)
    for (let round = 0; round < 3; round++) {
      const questions = sessionJobQuestions(resource as never, observed)
      if (questions.length === 0) break
      observed = { ...observed, flink: { ...observed.flink, ...answersOf(world, questions, trigger), ...asked } }
    }
    return decideSessionJob(resource as never, observed)
  }
  let observed = deploymentObserved(input, world, now)
  for (let round = 0; round < 3; round++) {
    const questions = questionsFor(resource as never, observed)
    if (questions.length === 0) break
    observed = { ...observed, flink: { ...observed.flink, ...answersOf(world, questions, trigger), ...asked } }
  }
  return decideDeployment(resource as never, observed)
}

const deploymentObserved = (input: PlanInput, world: World, now: number): DeploymentObserved => ({
  now,
  operator: input.operator,
  cluster: world.cluster,
  flink: {},
  sessionJobs: input.sessionJobs,
  snapshots: world.snapshots,
})

const sessionObserved = (input: PlanInput, world: World, now: number): SessionJobObserved => ({
  now,
  operator: input.operator,
  cluster: world.sessionCluster,
  flink: {},
  snapshots: world.snapshots,
  lastFailure: undefined,
})

/** Rules that let others go first leave the reason to the plan of stopping. */
const blockOf = (
  input: PlanInput,
  resource: KubeObject,
  world: World,
  now: number,
  decision: Decision<unknown, Action>,
): string => {
  if (decision.rule !== 'settle' || input.kind === 'FlinkSessionJob') return masks().text(decision.because)
  let observed = deploymentObserved(input, world, now)
  observed = {
    ...observed,
    flink: { ...answersOf(world, questionsFor(resource as never, observed), undefined), ...input.flink },
  }
  const view = viewOf(resource as never, observed)
  if (view.phase !== 'settled' || view.diff?.type === 'IGNORE' || !view.application)
    return masks().text(decision.because)
  const suspend = planSuspend(jobViewOf(view, seenIn(view).draft))
  return suspend.by === 'wait' || suspend.by === 'refuse' ? suspend.because : masks().text(decision.because)
}
