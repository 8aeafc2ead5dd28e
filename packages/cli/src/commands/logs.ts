/** `drey logs`: of a job (JobManager and TaskManagers together), of anything else that has pods, or of the home itself. */
import { pods } from '@drey/kube'
import { KubeError, pathOf, pause, realClock, type KubeObject } from '@drey/reconcile'
import { command, exit, Problem, type Context } from '../command.ts'
import { durationMs } from '../durations.ts'
import { homeLog, linesOf } from '../home/log.ts'
import { discover } from '../kinds.ts'
import type { Target } from '../target.ts'
import { withoutControls } from '../terminal.ts'
import { namespaceFlag, selectorFlag, withTarget } from './objects.ts'
import { openTextStream } from '../text-stream.ts'

/** how often a followed selection is asked for pods that were born since */
const newPodsEveryMs = 1_000

export const logs = command({
  name: 'logs',
  group: 'Look',
  summary: 'Logs of a job’s processes, of a pod, or of the home.',
  effect: 'read',
  needs: [
    { verb: 'list', resource: 'pods' },
    { verb: 'get', resource: 'pods' },
    { verb: 'get', resource: 'pods/log' },
  ],
  args: [
    {
      name: 'name',
      summary: 'a FlinkDeployment, a pod, or KIND/NAME of anything with pods; without it the home’s own log',
      optional: true,
    },
  ],
  flags: {
    namespace: namespaceFlag,
    selector: selectorFlag,
    follow: { type: 'boolean', short: 'f', summary: 'go on as the log grows, also with pods that come later' },
    tail: { type: 'text', value: 'LINES', summary: 'only the last lines' },
    since: { type: 'text', value: 'TIME', summary: 'only what is younger: 30s, 5m' },
    container: { type: 'text', short: 'c', value: 'NAME', summary: 'the container (default: the main one)' },
    raw: { type: 'boolean', summary: 'keep control characters, where the output is no terminal' },
    previous: { type: 'boolean', short: 'p', summary: 'of the container instance before this one' },
  },
  examples: ['drey logs -f state-machine', 'drey logs deployment/web --since 5m'],
  run(context) {
    const name = context.args['name'] as string | undefined
    const { selector } = context.flags
    // What is typed wrongly is told before anybody is asked.
    queryOf(context)
    if (name === undefined && typeof selector !== 'string') return homeLog(context)
    return withTarget(context, async (target) => {
      const chosen = typeof selector === 'string' ? { labelSelector: selector } : await podsBehind(target, name ?? '')
      return podLogs(context, target, chosen, name ?? String(selector))
    })
  },
})

/** One pod, or all that a selector chooses. */
type Chosen = { pod: string } | { labelSelector: string }

interface WithSelector extends KubeObject {
  spec?: { selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>; deploymentName?: string }
}

const podsBehind = async (target: Target, words: string): Promise<Chosen> => {
  const { client, namespace } = target
  const [kind = '', name] = words.split('/')
  if (name === undefined) {
    const pod = await client.find({ type: pods, namespace, name: kind })
    return pod ? { pod: kind } : { labelSelector: `app=${kind}` }
  }
  const type = (await discover(client)).named(kind)
  if (type.resource === 'pods' && type.group === '') return { pod: name }
  const object = await client.get<WithSelector>({ type, namespace, name })
  if (type.kind === 'FlinkDeployment') return { labelSelector: `app=${name}` }
  if (object.spec?.deploymentName !== undefined) return { labelSelector: `app=${object.spec.deploymentName}` }
  const labels = object.spec?.selector?.matchLabels ?? object.spec?.selector
  if (labels && Object.values(labels).every((value) => typeof value === 'string'))
    return {
      labelSelector: Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(','),
    }
  throw new Problem('NO_PODS', `A ${type.kind} has no pods of its own.`, {
    fix: 'drey logs POD, or drey logs -l LABELS',
    exitCode: exit.usage,
  })
}

const podLogs = async (context: Context, target: Target, chosen: Chosen, name: string): Promise<number> => {
  const { namespace } = target
  const look = async (): Promise<KubeObject[]> =>
    'pod' in chosen
      ? [await target.client.get({ type: pods, namespace, name: chosen.pod })]
      : (await target.client.list(pods, { namespace, labelSelector: chosen.labelSelector })).items
  const first = await look()
  if (first.length === 0)
    throw new Problem('NOT_FOUND', `There is neither a pod nor a Flink cluster "${name}" with pods in ${namespace}.`, {
      fix: 'drey get pods -A',
      exitCode: exit.notFound,
    })
  const query = queryOf(context)
  const several = first.length > 1 || ('labelSelector' in chosen && context.flags['follow'] === true)
  const print = (pod: KubeObject): Promise<void> => stream(context, namespace, pod, query, several)
  if (!context.flags['follow'] || 'pod' in chosen) await Promise.all(first.map(print))
  else await followAll(context, first, look, print)
  return context.signal.aborted ? exit.interrupted : exit.ok
}

const queryOf = (context: Context): Record<string, string> => {
  const tail = linesOf(context)
  const { since } = context.flags
  return {
    ...(context.flags['follow'] ? { follow: 'true' } : {}),
    ...(tail === undefined ? {} : { tailLines: String(tail) }),
    ...(typeof since === 'string' ? { sinceSeconds: String(Math.ceil(durationMs(since, '--since') / 1000)) } : {}),
    ...(context.flags['previous'] ? { previous: 'true' } : {}),
  }
}

/** Ends when every pod's log has ended and no pod is left, or with Ctrl-C. */
const followAll = async (
  context: Context,
  first: readonly KubeObject[],
  look: () => Promise<KubeObject[]>,
  print: (pod: KubeObject) => Promise<void>,
): Promise<void> => {
  const open = new Map<string, Promise<void>>()
  const known = new Set<string>()
  let found: readonly KubeObject[] = first
  for (;;) {
    for (const pod of found) {
      const uid = pod.metadata.uid ?? pod.metadata.name
      if (known.has(uid) || !hasStarted(pod)) continue
      known.add(uid)
      // One pod that goes away does not end the others' logs.
      const printing = print(pod).catch((error: unknown) => {
        if (!(error instanceof KubeError) && !context.signal.aborted) throw error
      })
      open.set(
        uid,
        printing.finally(() => void open.delete(uid)),
      )
    }
    if (context.signal.aborted || (open.size === 0 && found.length === 0)) return
    await Promise.race([pause(realClock, newPodsEveryMs, context.signal).catch(() => {}), ...open.values()])
    if (open.size === 0 && found.every((pod) => isOver(pod))) return
    found = context.signal.aborted ? [] : await look()
  }
}

const phaseOf = (pod: KubeObject): string => (pod['status'] as { phase?: string } | undefined)?.phase ?? ''
const hasStarted = (pod: KubeObject): boolean => phaseOf(pod) !== 'Pending'
const isOver = (pod: KubeObject): boolean => ['Succeeded', 'Failed'].includes(phaseOf(pod))

const stream = async (
  context: Context,
  namespace: string,
  pod: KubeObject,
  query: Record<string, string>,
  prefixed: boolean,
): Promise<void> => {
  const prefix = prefixed ? `${shortName(pod.metadata.labels?.['component'], pod.metadata.name)} ` : ''
  const lines = await openTextStream(context, {
    path: pathOf(pods, { namespace, name: pod.metadata.name, subresource: 'log' }),
    query: { ...query, container: String(context.flags['container'] ?? mainContainer(pod)) },
  })
  const clean = context.flags['raw'] === true && !process.stdout.isTTY ? (text: string) => text : withoutControls
  for await (const line of lines) context.stdout(`${prefix}${clean(line)}\n`)
}

/** Flink's, or the one that an annotation names, or the first: side cars stand behind. */
const mainContainer = (pod: KubeObject): string => {
  const { containers } = pod['spec'] as { containers: { name: string }[] }
  const named = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  return (
    containers.find(({ name }) => name === named || name === 'flink-main-container')?.name ?? containers[0]?.name ?? ''
  )
}

const shortName = (component: string | undefined, pod: string): string =>
  component === 'jobmanager' ? 'jm  ' : component === 'taskmanager' ? `tm-${pod.split('-').at(-1)}` : pod
