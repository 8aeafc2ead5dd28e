/** `drey wait`: follows a Flink resource until it is what one waits for, one line per step. */
import { pods } from '@drey/kube'
import { flinkDeployments, flinkSessionJobs } from '@drey/api'
import { pause, realClock, type KubeObject } from '@drey/reconcile'
import { errorMessage } from '@drey/core'
import { command, exit, Problem } from '../command.ts'
import { durationMs } from '../durations.ts'
import type { Target } from '../target.ts'
import { withTarget } from './objects.ts'

interface FlinkResource extends KubeObject {
  status?: {
    lifecycleState?: string
    error?: string
    observedGeneration?: number
    jobManagerDeploymentStatus?: string
    jobStatus?: { state?: string; jobId?: string }
  }
}

const goals = ['running', 'stable', 'suspended', 'deleted'] as const
/** progress in bytes changes all the time; a log of it need not */
const newsEveryMs = 3_000
type Goal = (typeof goals)[number]

export const wait = command({
  name: 'wait',
  group: 'Change',
  summary: 'Wait until a job runs (or is stable, suspended, deleted).',
  effect: 'read',
  needs: [
    { verb: 'get', resource: 'flinkdeployments.flink.apache.org' },
    { verb: 'list', resource: 'pods', optional: true },
  ],
  args: [{ name: 'name', summary: 'NAME, or KIND/NAME for a session job' }],
  flags: {
    namespace: { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' },
    for: { type: 'text', value: 'WHAT', summary: 'what to wait for', choices: goals, default: 'stable' },
    timeout: { type: 'text', value: 'TIME', summary: 'how long: 90s, 5m', default: '300s' },
  },
  examples: ['drey wait state-machine --for running'],
  run(context) {
    const timeoutMs = durationMs(String(context.flags['timeout']), '--timeout')
    return withTarget(context, async (target) => {
      const [first = '', second] = String(context.args['name']).split('/')
      const name = second ?? first
      const type = second !== undefined && /session/i.test(first) ? flinkSessionJobs : flinkDeployments
      const ref = { type, namespace: target.namespace, name }
      const goal = context.flags['for'] as Goal
      const until = Date.now() + timeoutMs
      let said = ''
      let fetched: string | undefined
      let nextNewsAtMs = 0
      for (;;) {
        const object = await target.client.find<FlinkResource>(ref)
        if (!object) {
          if (goal === 'deleted') return exit.ok
          throw new Problem('NOT_FOUND', `There is no ${type.kind} "${name}" in ${target.namespace}.`, {
            fix: 'drey get -A',
            exitCode: exit.notFound,
          })
        }
        const { status } = object
        const line = `${status?.lifecycleState ?? 'CREATED'} job=${status?.jobStatus?.state ?? '-'} jobmanager=${status?.jobManagerDeploymentStatus ?? '-'}`
        if (line !== said)
          context.stderr(
            `${new Date().toISOString()} ${name} ${line}${status?.error ? ` error=${JSON.stringify(errorMessage(status.error))}` : ''}\n`,
          )
        said = line
        if (status?.jobManagerDeploymentStatus !== 'READY') {
          const news = await pulling(target, name)
          if (news !== undefined && news !== fetched && Date.now() >= nextNewsAtMs) {
            context.stderr(`${new Date().toISOString()} ${name} ${news}\n`)
            nextNewsAtMs = Date.now() + newsEveryMs
            fetched = news
          }
        }
        if (isReached(goal, object)) {
          context.stdout(`${name} ${goal}\n`)
          return exit.ok
        }
        if (goal !== 'deleted' && status?.lifecycleState === 'FAILED' && status.error)
          throw new Problem('JOB_FAILED', `${name} has failed.`, {
            cause: errorMessage(status.error),
            fix: `drey logs ${name}`,
          })
        if (Date.now() > until)
          throw new Problem(
            'TIMEOUT',
            `${name} is not ${goal} after ${spoken(String(context.flags['timeout']))}; it goes on.`,
            {
              state: said,
              ...(status?.error ? { cause: errorMessage(status.error) } : {}),
              fix: [`drey logs ${name}`, `drey wait ${name}`],
              exitCode: exit.timeout,
            },
          )
        if (context.signal.aborted) {
          context.stderr(`still going: drey wait ${name}\n`)
          return exit.interrupted
        }
        await pause(realClock, 200, context.signal).catch(() => {})
      }
    })
  },
})

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

const isReached = (goal: Goal, { metadata, status }: FlinkResource): boolean => {
  if (goal === 'deleted' || status?.observedGeneration !== metadata.generation) return false
  if (goal === 'suspended') return status?.lifecycleState === 'SUSPENDED'
  const job =
    status?.jobStatus?.jobId === undefined
      ? status?.jobManagerDeploymentStatus === 'READY'
      : status.jobStatus.state === 'RUNNING'
  return goal === 'running' ? job : job && status?.lifecycleState === 'STABLE'
}
