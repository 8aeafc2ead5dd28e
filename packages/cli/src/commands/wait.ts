/** `drey wait`: follows a Flink resource until it is what one waits for, one line per step. */
import { pods } from '@drey/kube'
import { pause, realClock, type KubeObject } from '@drey/reconcile'
import { errorMessage } from '@drey/core'
import { command, exit, Problem, type Context } from '../command.ts'
import { durationMs } from '../durations.ts'
import { subjectArgs, subjectOf, type Subject } from '../look/subject.ts'
import type { Target } from '../target.ts'
import { withoutControls } from '../terminal.ts'
import { namespaceFlag, withTarget } from './objects.ts'

interface WaitCondition {
  type: string
  status: string
  observedGeneration?: number
}

interface FlinkResource extends KubeObject {
  spec?: { job?: unknown; deploymentName?: string }
  status?: {
    lifecycleState?: string
    error?: string
    observedGeneration?: number
    jobManagerDeploymentStatus?: string
    jobStatus?: { state?: string; jobId?: string }
    conditions?: WaitCondition[]
    /** of a FlinkStateSnapshot */
    state?: string
    path?: string
  }
}

type Goal = { state: 'running' | 'stable' | 'suspended' | 'deleted' } | { condition: string; is: string }

/** progress in bytes changes all the time; a log of it need not */
const newsEveryMs = 3_000
/** a refusal does not say of which generation it speaks: one that stays so long speaks of this one */
const refusalMs = 5_000

export const wait = command({
  name: 'wait',
  group: 'Change',
  summary: 'Wait until a job runs (or is stable, suspended, deleted), or a snapshot is completed.',
  effect: 'read',
  needs: [
    { verb: 'get', resource: 'flinkdeployments.flink.apache.org' },
    { verb: 'get', resource: 'flinksessionjobs.flink.apache.org', optional: true },
    { verb: 'get', resource: 'flinkstatesnapshots.flink.apache.org', optional: true },
    { verb: 'list', resource: 'pods', optional: true },
  ],
  args: subjectArgs,
  flags: {
    namespace: namespaceFlag,
    for: {
      type: 'text',
      value: 'WHAT',
      summary: 'running, stable, suspended, deleted, or condition=TYPE[=STATUS]',
      default: 'stable',
    },
    timeout: { type: 'text', value: 'TIME', summary: 'how long: 90s, 5m', default: '300s' },
  },
  examples: ['drey wait state-machine --for running', 'drey wait sessionjob clicks --for condition=Ready'],
  run(context) {
    const timeoutMs = durationMs(String(context.flags['timeout']), '--timeout')
    const goal = goalOf(String(context.flags['for']))
    return withTarget(context, async (target) => {
      const subject = await subjectOf(context, target).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'NOT_FOUND' && isEnd(goal)) return undefined
        throw error
      })
      return subject ? follow(context, target, subject, goal, timeoutMs) : exit.ok
    })
  },
})

const goalOf = (text: string): Goal => {
  const [word, type, is = 'True'] = text.split('=')
  if (word === 'condition' && type) return { condition: type, is }
  const state = (['running', 'stable', 'suspended', 'deleted'] as const).find((one) => one === text)
  if (state) return { state }
  throw new Problem('USAGE', `--for '${text}' is invalid.`, {
    fix: 'running, stable, suspended, deleted, or condition=Ready',
    exitCode: exit.usage,
  })
}

const isEnd = (goal: Goal): boolean => 'state' in goal && goal.state === 'deleted'

const follow = async (
  context: Context,
  target: Target,
  { kind, type, resource }: Subject,
  goal: Goal,
  timeoutMs: number,
): Promise<number> => {
  const { name, uid } = resource.metadata
  const ref = { type, namespace: target.namespace, name }
  const wanted = 'state' in goal ? (kind === 'FlinkStateSnapshot' ? 'completed' : goal.state) : goal.condition
  const until = Date.now() + timeoutMs
  const tell = (text: string) => context.stderr(`${new Date().toISOString()} ${name} ${withoutControls(text)}\n`)
  let said = ''
  let fetched: string | undefined
  let nextNewsAtMs = 0
  let refusedSinceMs: number | undefined
  for (;;) {
    const object = await target.client.find<FlinkResource>(ref)
    if (!object || object.metadata.uid !== uid) {
      if (isEnd(goal)) return done(context, name, wanted)
      throw new Problem('NOT_FOUND', `${kind} "${name}" was deleted meanwhile.`, { exitCode: exit.notFound })
    }
    const { status } = object
    const line = kind === 'FlinkStateSnapshot' ? (status?.state ?? 'TRIGGER_PENDING') : lineOf(object)
    if (line !== said) tell(`${line}${status?.error ? ` error=${JSON.stringify(errorMessage(status.error))}` : ''}`)
    said = line
    if (kind === 'FlinkDeployment' && status?.jobManagerDeploymentStatus !== 'READY') {
      const news = await pulling(target, name)
      if (news !== undefined && news !== fetched && Date.now() >= nextNewsAtMs) {
        tell(news)
        nextNewsAtMs = Date.now() + newsEveryMs
        fetched = news
      }
    }
    if (kind === 'FlinkStateSnapshot' && 'state' in goal ? status?.state === 'COMPLETED' : isReached(goal, object))
      return done(context, name, wanted)
    const refused = isEnd(goal) ? undefined : refusalOf(object)
    refusedSinceMs = refused === undefined ? undefined : (refusedSinceMs ?? Date.now())
    if (refused && Date.now() - (refusedSinceMs ?? 0) > refusalMs) throw refused
    const stuck = isEnd(goal) ? undefined : stuckOf(object, wanted)
    if (stuck) throw stuck
    if (Date.now() > until)
      throw new Problem(
        'TIMEOUT',
        `${name} is not ${wanted} after ${spoken(String(context.flags['timeout']))}; it goes on.`,
        {
          state: said,
          ...(status?.error ? { cause: errorMessage(status.error) } : {}),
          fix: [`drey why-not ${name}`, `drey wait ${name}`],
          exitCode: exit.timeout,
        },
      )
    if (context.signal.aborted) {
      context.stderr(`still going: drey wait ${name}\n`)
      return exit.interrupted
    }
    await pause(realClock, 200, context.signal).catch(() => {})
  }
}

const done = (context: Context, name: string, wanted: string): number => {
  context.stdout(`${name} ${wanted}\n`)
  return exit.ok
}

const lineOf = ({ kind, status }: FlinkResource): string =>
  [
    status?.lifecycleState ?? 'CREATED',
    `job=${status?.jobStatus?.state ?? '-'}`,
    ...(kind === 'FlinkSessionJob' ? [] : [`jobmanager=${status?.jobManagerDeploymentStatus ?? '-'}`]),
  ].join(' ')

/** As it was given; a bare number means seconds. */
const spoken = (timeout: string): string => (/^[\d.]+$/.test(timeout) ? `${timeout} s` : timeout)

interface ContainerStatus {
  state?: { waiting?: { reason?: string; message?: string } }
}
interface PodObject extends KubeObject {
  status?: { initContainerStatuses?: ContainerStatus[]; containerStatuses?: ContainerStatus[] }
}

/** What the pods' containers wait for, such as a Flink version that is being fetched; it is why nothing else happens. */
const pulling = async ({ client, namespace }: Target, name: string): Promise<string | undefined> => {
  const { items } = await client
    .list<PodObject>(pods, { namespace, labelSelector: `app=${name}` })
    .catch(() => ({ items: [] as PodObject[] }))
  return items
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .find(({ state }) => state?.waiting?.message)?.state?.waiting?.message
}

const isReached = (goal: Goal, { metadata, spec, status }: FlinkResource): boolean => {
  if ('condition' in goal)
    return (status?.conditions ?? []).some(
      ({ type, status: is, observedGeneration = metadata.generation }) =>
        type.toLowerCase() === goal.condition.toLowerCase() &&
        is.toLowerCase() === goal.is.toLowerCase() &&
        observedGeneration === metadata.generation,
    )
  if (goal.state === 'deleted' || status?.observedGeneration !== metadata.generation) return false
  if (goal.state === 'suspended') return status?.lifecycleState === 'SUSPENDED'
  const isSession = spec?.job === undefined && spec?.deploymentName === undefined
  const serves = isSession ? status?.jobManagerDeploymentStatus === 'READY' : status?.jobStatus?.state === 'RUNNING'
  return goal.state === 'running' ? serves : serves && status?.lifecycleState === 'STABLE'
}

const problemOf = ({ status }: FlinkResource, code: string, message: string, ...fix: string[]): Problem =>
  new Problem(code, message, { ...(status?.error ? { cause: errorMessage(status.error) } : {}), fix })

const refusalOf = (object: FlinkResource): Problem | undefined =>
  object.status?.error?.includes('ValidationException')
    ? problemOf(
        object,
        'SPEC_REFUSED',
        `The spec of ${object.metadata.name} is refused; what ran goes on.`,
        'correct the field, after: drey validate -f FILE',
      )
    : undefined

/** Nothing but a person, or a change of the spec, helps; said of the spec as it stands now. */
const stuckOf = (object: FlinkResource, wanted: string): Problem | undefined => {
  const { metadata, status } = object
  const { name, generation } = metadata
  if (status?.state === 'FAILED' || status?.state === 'ABANDONED')
    return problemOf(
      object,
      'SNAPSHOT_FAILED',
      `The snapshot ${name} is ${status.state}.`,
      `drey why-not flinksnp/${name}`,
    )
  if (status?.observedGeneration !== undefined && status.observedGeneration !== generation) return undefined
  if (status?.error?.includes('Manual restore required'))
    return problemOf(object, 'HA_METADATA_MISSING', `${name} cannot resume by itself.`, `drey why-not ${name}`)
  if (status?.lifecycleState === 'ROLLED_BACK' && wanted !== 'suspended')
    return problemOf(
      object,
      'ROLLED_BACK',
      `${name} did not get ${wanted} with its new spec and was rolled back to the last stable one.`,
      `drey explain ${name}`,
    )
  return status?.lifecycleState === 'FAILED' && status.error && !status.error.includes('ValidationException')
    ? problemOf(object, 'JOB_FAILED', `${name} has failed.`, `drey logs ${name}`)
    : undefined
}
