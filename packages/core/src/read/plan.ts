/**
 * What an edit would lead to: the decisions the operator would make, played through in a world where everything works. There is no
 * second opinion in here; what a plan says is what the rules say.
 */
import type { Action } from '../action.ts'
import type { FlinkDeployment, FlinkSessionJob } from '@drey/api'
import type { Change as FieldChange } from '@drey/schema'
import { idFor } from '../ids.ts'
import { validateDeployment, validateSessionJob, type Problem } from '../validate/index.ts'
import { masks } from './mask.ts'
import { changeText } from './changes.ts'
import { isDone, play, type Played } from './plan-play.ts'
import { jobIdOf, restoreOf, stepsOf, withAge } from './plan-steps.ts'
import type { Plan, PlanInput, PlannedChange } from './plan-types.ts'
import { statusView, type StatusView } from './status-view.ts'

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
    assumed: [...input.assumed, ...failingOf(input)],
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
    isNew: statusView(kind, resource).recorded === undefined,
    ...(by ? { by } : {}),
    steps,
    ...(restore && outcome !== 'nothing' && outcome !== 'in place' ? { restore } : {}),
    blocks: outcome === 'refused' || outcome === 'nothing' ? [] : played.blocks,
    ...(outcome !== 'refused' && isLeft(played.end)
      ? { later: 'what else changes takes effect when it is resumed' }
      : {}),
    because: played.passes.map(({ decision }) => ({ rule: decision.rule, because: masks().text(decision.because) })),
  }
}

/** What went wrong last time may go wrong again. */
const failingOf = ({ kind, resource }: PlanInput): string[] => {
  const { error, refused, phase } = statusView(kind, resource)
  return error === undefined || refused || phase === 'settled'
    ? []
    : [`the last attempt failed (${masks().text(error).split('\n', 1)[0]}): planned as if the next one worked`]
}

const isLeft = ({ suspended, diff, changes }: StatusView): boolean =>
  suspended && diff !== undefined && diff.type !== 'IGNORE' && changes.some(({ path }) => path !== 'job.state')

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
  const view = statusView(input.kind, input.resource)
  const isIdle = view.phase === 'settled' && view.changes.length === 0 && view.wantsSuspended === view.suspended
  return acts.length === 0 && isIdle ? 'nothing' : 'blocked'
}

const statusChanges = ({ passes }: Played): boolean =>
  passes.some(({ before, after }) => before.suspended !== after.suspended)

const whatOf = (input: PlanInput, played: Played): string => {
  const now = statusView(input.kind, input.resource)
  if (!now.recorded) return now.wantsSuspended ? 'create, suspended' : 'deploy'
  if (now.wantsSuspended) return now.suspended ? 'stay suspended' : 'suspend'
  if (now.suspended) return now.recorded.firstDeployment ? 'deploy' : 'resume'
  if (now.diff?.type === 'SAVEPOINT_REDEPLOY') return 'redeploy'
  if (played.passes.some(({ decision }) => decision.rule === 'rescale')) return 'rescale'
  if (now.changes.length === 0 || now.diff?.type === 'IGNORE') return 'keep running'
  return now.changes.every(({ path }) => path === 'restartNonce') ? 'restart' : 'upgrade'
}

/** A JobManager whose HA metadata is needed is scaled to zero before anything of its cluster is deleted. */
const isRemoval = (action: Action): boolean =>
  action.do === 'delete' || (action.do === 'merge' && action.ref.type.kind === 'Deployment')

const byOf = ({ passes }: Played): string | undefined => {
  const acts = passes.flatMap(({ decision }) => decision.actions)
  const isSaving = passes.some(({ before }) => before.phase === 'savepoint')
  if (isSaving || acts.some((action) => action.do === 'stop-with-savepoint')) return 'savepoint'
  const cancel = acts.find((action) => action.do === 'cancel')
  if (cancel?.do === 'cancel' && !cancel.lenient) return 'cancel'
  const first = passes.find(({ decision }) => decision.actions.some(isRemoval))
  if (first?.before.suspended) return undefined
  if (first)
    return first.after.recorded?.spec.job?.upgradeMode === 'last-state'
      ? 'last state'
      : first.after.hasJob
        ? 'new start'
        : 'replacement'
  return acts.some((action) => action.do === 'rescale' || action.do === 'scale') ? 'new scale in place' : undefined
}
