/**
 * What an edit would lead to: the decisions the operator would make, played through in a world where everything works. There is no
 * second opinion in here; what a plan says is what the rules say.
 */
import type { FlinkDeployment, FlinkSessionJob } from '@drey/api'
import type { Decision, KubeObject } from '@drey/reconcile'
import type { Change as FieldChange } from '@drey/schema'
import type { Action } from '../action.ts'
import { decideDeployment } from '../deployment/index.ts'
import { questionsFor } from '../deployment/questions.ts'
import type { ClusterObjects, DeploymentObserved, FlinkFacts, OperatorFacts } from '../deployment/observed.ts'
import { viewOf, jobViewOf } from '../deployment/view.ts'
import { seenIn } from '../deployment/seen.ts'
import { idFor } from '../ids.ts'
import { planSuspend } from '../job/plan-suspend.ts'
import type { SnapshotFact } from '../job/snapshot-facts.ts'
import { decideSessionJob, sessionJobQuestions } from '../session-job/index.ts'
import type { SessionJobObserved } from '../session-job/observed.ts'
import { validateDeployment, validateSessionJob, type Problem } from '../validate/index.ts'
import { afterAction, afterWaiting, answersOf, worldOf, type World } from './ideal-world.ts'
import { timeOf } from './job-status.ts'
import { masks } from './mask.ts'
import { changeText } from './operation-events.ts'
import type { Operation, StepName } from './operations.ts'
import { statusView, type StatusView } from './status-view.ts'

export interface PlanInput {
  kind: 'FlinkDeployment' | 'FlinkSessionJob'
  /** as it would be after the edit; its status is the present one */
  resource: KubeObject
  /** undefined: it is new */
  before: KubeObject | undefined
  now: number
  cluster: string
  operator: OperatorFacts
  objects: ClusterObjects
  flink: FlinkFacts
  sessionJobs: readonly string[]
  /** the cluster of a session job */
  sessionCluster: FlinkDeployment | undefined
  snapshots: readonly SnapshotFact[]
  history: readonly Operation[]
  /** what admission says beyond the rules: the schema */
  refusals: readonly Problem[]
  /** what had to be assumed because it could not be read */
  assumed: readonly string[]
}

export interface Plan {
  kind: 'Plan'
  version: 1
  resource: { kind: string; namespace: string; name: string }
  cluster: string
  /** the same for the same edit of the same resource; another one when the world has changed */
  id: string
  /** `nothing`: no difference; `refused`: the spec is not valid; `blocked`: it would not begin now */
  outcome: 'nothing' | 'in place' | 'change' | 'blocked' | 'refused'
  what: string
  by?: string
  changes: readonly PlannedChange[]
  steps: readonly PlannedStep[]
  restore?: Restore
  /** what keeps it from going on, or must end before; sentences */
  blocks: readonly string[]
  problems: readonly Problem[]
  /** each pass that would be made: which rule, and why */
  because: readonly { rule: string; because: string }[]
  assumed: readonly string[]
}

export interface PlannedChange {
  path: string
  text: string
  type: string
  why: string
}

export interface PlannedStep {
  step: 'suspend' | 'remove' | 'deploy' | 'submit' | 'rescale' | 'snapshot' | 'ingress'
  text: string
  /** from the history: the median of so many */
  usuallyMs?: number
  of?: number
}

export interface Restore {
  from: 'savepoint' | 'checkpoint' | 'HA metadata' | 'path' | 'nothing'
  path?: string
  /** RFC 3339; absent: it is yet to be made, or not known */
  at?: string
  ageMs?: number
  text: string
}

const passesMax = 40

export const planOf = (input: PlanInput): Plan => {
  const { kind, resource } = input
  const byRules = problemsOf(input).filter(({ severity }) => severity === 'error')
  const told = new Set(byRules.map(({ path }) => path))
  const problems = [...byRules, ...input.refusals.filter(({ path }) => !told.has(path))]
  const changes = changesOf(input)
  const head = {
    kind: 'Plan' as const,
    version: 1 as const,
    resource: { kind, namespace: resource.metadata.namespace ?? 'default', name: resource.metadata.name },
    cluster: input.cluster,
    changes,
    problems,
    assumed: input.assumed,
  }
  const played = play(input)
  const restore = problems.length > 0 ? undefined : withAge(restoreOf(input, played), input.now)
  const outcome = outcomeOf(input, played, problems)
  const steps = outcome === 'refused' || outcome === 'nothing' ? [] : stepsOf(input, played, restore)
  const by = byOf(played)
  return {
    ...head,
    id: idFor(
      resource.metadata.uid ?? '',
      input.before?.metadata.generation ?? 0,
      JSON.stringify(resource['spec'] ?? null),
      outcome,
      played.passes.flatMap(({ decision }) => decision.actions.map(({ do: what }) => what)).join(),
      jobIdOf(input.before) ?? '',
    ).slice(0, 6),
    outcome,
    what: whatOf(input, played),
    ...(by ? { by } : {}),
    steps,
    ...(restore && outcome !== 'nothing' && outcome !== 'in place' ? { restore } : {}),
    blocks: outcome === 'refused' || outcome === 'nothing' ? [] : played.blocks,
    because: played.passes.map(({ decision }) => ({ rule: decision.rule, because: masks().text(decision.because) })),
  }
}

interface PlayedPass {
  decision: Decision<unknown, Action>
  before: StatusView
  after: StatusView
}

interface Played {
  passes: readonly PlayedPass[]
  blocks: readonly string[]
  end: StatusView
}

/** Decides, lets everything happen, and decides again, until there is nothing left to decide. */
const play = (input: PlanInput): Played => {
  let resource = input.resource
  let now = input.now
  let world = worldOf({
    cluster: input.objects,
    flink: input.flink,
    job: statusView(input.kind, input.resource).job,
    flinkVersion: statusView(input.kind, input.resource).flinkVersion,
    snapshots: input.snapshots,
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
    if (isDone(after)) break
    // Nothing moves: say why, let what is under way end, and see whether that was all.
    const why = blockOf(input, resource, world, now, decision)
    if (!blocks.includes(why)) blocks.push(why)
    if (++waited > 2) break
    world = afterWaiting(world, after.trigger?.id)
    now += decision.lookAgainMs
  }
  const end = statusView(input.kind, resource)
  return { passes, blocks: isDone(end) && passes.length > 0 ? blocks.filter(isWait) : blocks, end }
}

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

const isDone = (view: StatusView): boolean =>
  view.phase === 'settled' &&
  (view.diff === undefined || view.diff.type === 'IGNORE') &&
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
  cluster: input.sessionCluster,
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

const problemsOf = ({ kind, resource, operator, sessionCluster }: PlanInput): readonly Problem[] =>
  kind === 'FlinkDeployment'
    ? validateDeployment(resource as never as FlinkDeployment, { operator: operator.config })
    : validateSessionJob(resource as never as FlinkSessionJob, {
        operator: operator.config,
        loopbackJars: operator.loopbackJars ?? false,
        ...(sessionCluster ? { resource: () => sessionCluster } : {}),
      })

const changesOf = (input: PlanInput): PlannedChange[] => {
  const view = statusView(input.kind, input.resource)
  const changes: readonly FieldChange[] = view.changes
  return changes.map((change) => ({
    path: `spec.${change.path}`,
    text: changeText(change).slice(change.path.length + 2),
    type: change.type.toLowerCase().replace('_', ' '),
    why: change.why,
  }))
}

const outcomeOf = (input: PlanInput, played: Played, problems: readonly Problem[]): Plan['outcome'] => {
  if (problems.length > 0) return 'refused'
  const acts = played.passes.flatMap(({ decision }) => decision.actions.map(({ do: what }) => what))
  const stops = acts.some(
    (what) =>
      what === 'delete' ||
      what === 'create' ||
      what === 'stop-with-savepoint' ||
      what === 'cancel' ||
      what === 'run-jar',
  )
  if (stops && isDone(played.end)) return 'change'
  if (isDone(played.end)) {
    const redeploysNothing = !acts.some((what) => what === 'rescale' || what === 'scale')
    const differs = statusView(input.kind, input.resource).changes.length > 0
    return redeploysNothing && !differs && !statusChanges(played) ? 'nothing' : 'in place'
  }
  return 'blocked'
}

const statusChanges = ({ passes }: Played): boolean =>
  passes.some(({ before, after }) => before.suspended !== after.suspended)

const whatOf = (input: PlanInput, played: Played): string => {
  const now = statusView(input.kind, input.resource)
  if (!now.recorded) return now.wantsSuspended ? 'create, suspended' : 'deploy'
  if (now.wantsSuspended) return now.suspended ? 'stay suspended' : 'suspend'
  if (now.suspended) return 'resume'
  if (now.diff?.type === 'SAVEPOINT_REDEPLOY') return 'redeploy'
  if (played.passes.some(({ decision }) => decision.rule === 'rescale')) return 'rescale'
  if (now.changes.length === 0 || now.diff?.type === 'IGNORE') return 'keep running'
  return now.changes.every(({ path }) => path === 'restartNonce') ? 'restart' : 'upgrade'
}

const byOf = ({ passes }: Played): string | undefined => {
  const acts = passes.flatMap(({ decision }) => decision.actions)
  if (acts.some((action) => action.do === 'stop-with-savepoint')) return 'savepoint'
  const cancel = acts.find((action) => action.do === 'cancel')
  if (cancel?.do === 'cancel' && !cancel.lenient) return 'cancel'
  const first = passes.find(({ decision }) => decision.actions.some((action) => action.do === 'delete'))
  if (first?.before.suspended) return undefined
  if (first)
    return first.after.recorded?.spec.job?.upgradeMode === 'last-state'
      ? 'last state'
      : first.after.hasJob
        ? 'new start'
        : 'replacement'
  return acts.some((action) => action.do === 'rescale' || action.do === 'scale') ? 'new scale in place' : undefined
}

const withAge = (restore: Restore | undefined, now: number): Restore | undefined =>
  restore?.at === undefined ? restore : { ...restore, ageMs: now - Date.parse(restore.at) }

/** Read off the pass that creates or submits: what it wrote down is what the start will use. */
const restoreOf = (input: PlanInput, { passes, end }: Played): Restore | undefined => {
  const pass = passes.find(({ decision }) =>
    decision.actions.some(
      (action) => action.do === 'run-jar' || (action.do === 'create' && action.object.kind === 'Deployment'),
    ),
  )
  const view = pass?.after ?? (end.suspended ? end : undefined)
  if (!view || !view.hasJob) return undefined
  const mode = view.recorded?.spec.job?.upgradeMode ?? 'stateless'
  const { checkpoints } = input.flink
  const newest = checkpoints?.known ? checkpoints.value.latest : undefined
  const age = (at: number): string => new Date(at).toISOString()
  if (view.resumePoint === 'HA metadata' || mode === 'last-state')
    return newest
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
        view.resumePoint === undefined && mode !== 'stateless'
          ? 'nothing: there is no state yet'
          : 'nothing: the job begins empty',
    }
  const path = view.resumePoint
  if (path.endsWith('(new)') || path === 'the savepoint under way')
    return { from: 'savepoint', path, text: 'the savepoint of step 1' }
  const at = newest?.path === path ? age(newest.at) : timeOf(path, input.history, { status: input.resource['status'] })
  return {
    from: /savepoint-/.test(path) ? 'savepoint' : /\/chk-/.test(path) ? 'checkpoint' : 'path',
    path,
    ...(at ? { at } : {}),
    text: path,
  }
}

const stepsOf = (input: PlanInput, { passes }: Played, restore: Restore | undefined): PlannedStep[] => {
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

const jobIdOf = (resource: KubeObject | undefined): string | undefined =>
  ((resource?.['status'] ?? {}) as { jobStatus?: { jobId?: string } }).jobStatus?.jobId
