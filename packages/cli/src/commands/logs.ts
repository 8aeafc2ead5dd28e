/** `drey logs`: of a job (JobManager and TaskManagers together), of a pod, or of the home itself. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { pods } from '@drey/kube'
import { pathOf, pause, realClock } from '@drey/reconcile'
import { command, exit, Problem, type Context } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { withoutControls } from '../terminal.ts'
import { withTarget } from './objects.ts'
import { openTextStream } from '../text-stream.ts'

export const logs = command({
  name: 'logs',
  group: 'Look',
  summary: 'Logs of a job’s processes, of a pod, or of the home.',
  effect: 'read',
  args: [{ name: 'name', summary: 'a FlinkDeployment or a pod; without it the home’s own log', optional: true }],
  flags: {
    namespace: { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' },
    follow: { type: 'boolean', short: 'f', summary: 'go on as the log grows' },
    tail: { type: 'text', value: 'LINES', summary: 'only the last lines' },
    previous: { type: 'boolean', short: 'p', summary: 'of the container instance before this one' },
  },
  run(context) {
    const name = context.args['name'] as string | undefined
    return name === undefined ? homeLog(context) : podLogs(context, name.split('/').at(-1) ?? name)
  },
})

const homeLog = async (context: Context): Promise<number> => {
  const paths = homePaths(context.flags, context.env)
  if (!existsSync(paths.log))
    throw new Problem('NO_LOG', `The home ${paths.name} has no log; only a detached home writes one.`, {
      where: paths.log,
      fix: 'drey up --detach',
      exitCode: exit.notFound,
    })
  let at = 0
  do {
    const size = statSync(paths.log).size
    if (size > at) {
      for await (const chunk of createReadStream(paths.log, { start: at, end: size - 1, encoding: 'utf8' }))
        context.stdout(chunk as string)
      at = size
    }
    if (context.flags['follow']) await pause(realClock, 250, context.signal).catch(() => {})
  } while (context.flags['follow'] && !context.signal.aborted)
  return exit.ok
}

const podLogs = (context: Context, name: string): Promise<number> =>
  withTarget(context, async (target) => {
    const { namespace } = target
    const one = await target.client.find({ type: pods, namespace, name })
    const found = one ? [one] : (await target.client.list(pods, { namespace, labelSelector: `app=${name}` })).items
    if (found.length === 0)
      throw new Problem(
        'NOT_FOUND',
        `There is neither a pod nor a Flink cluster "${name}" with pods in ${namespace}.`,
        {
          fix: 'drey get pods -A',
          exitCode: exit.notFound,
        },
      )
    const query: Record<string, string> = {
      ...(context.flags['follow'] ? { follow: 'true' } : {}),
      ...(typeof context.flags['tail'] === 'string' ? { tailLines: context.flags['tail'] } : {}),
      ...(context.flags['previous'] ? { previous: 'true' } : {}),
    }
    await Promise.all(
      found.map(async (pod) => {
        const containers = (pod['spec'] as { containers: { name: string }[] }).containers
        const prefix = found.length > 1 ? `${shortName(pod.metadata.labels?.['component'], pod.metadata.name)} ` : ''
        const stream = await openTextStream(context, {
          path: pathOf(pods, { namespace, name: pod.metadata.name, subresource: 'log' }),
          query: { ...query, container: containers.at(-1)?.name ?? '' },
        })
        for await (const line of stream) context.stdout(`${prefix}${withoutControls(line)}\n`)
      }),
    )
    return context.signal.aborted ? exit.interrupted : exit.ok
  })

const shortName = (component: string | undefined, pod: string): string =>
  component === 'jobmanager' ? 'jm  ' : component === 'taskmanager' ? `tm-${pod.split('-').at(-1)}` : pod
