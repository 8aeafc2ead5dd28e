/** `drey status`: the home; with a name, one Flink resource on a screen. */
import { flinkDeployments } from '@drey/api'
import { errorMessage } from '@drey/core'
import type { KubeObject } from '@drey/reconcile'
import { command, exit, Problem } from '../command.ts'
import { homeBlock } from '../home/block.ts'
import { residentMb } from '../home/memory.ts'
import { homePaths } from '../home/paths.ts'
import { isAlive } from '../home/process.ts'
import { readState } from '../home/state.ts'
import { withTarget } from './objects.ts'

export const status = command({
  name: 'status',
  group: 'Look',
  summary: 'The home, or one Flink resource on a screen.',
  effect: 'read',
  args: [{ name: 'name', summary: 'a FlinkDeployment; without it the home', optional: true }],
  flags: {
    namespace: { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' },
    output: { type: 'text', short: 'o', value: 'FORM', summary: 'json' },
  },
  run(context) {
    const name = context.args['name'] as string | undefined
    if (name !== undefined) return ofResource(context, name)
    const paths = homePaths(context.flags, context.env)
    const state = readState(paths)
    const running = state !== undefined && isAlive(state.process) && state.phase === 'ready'
    if (context.flags['output'] === 'json') {
      context.stdout(
        `${JSON.stringify({ kind: 'HomeStatus', version: 1, name: paths.name, dir: paths.dir, running, ...(running ? { state } : {}) })}\n`,
      )
      return running ? exit.ok : exit.no
    }
    if (running) context.stdout(homeBlock(paths, state, residentMb(state.process.pid)))
    else if (state && isAlive(state.process))
      context.stdout(`● home ${paths.name} is starting (process ${state.process.pid})\n`)
    else
      context.stdout(
        `- home ${paths.name} is not running${state ? '; it ended without cleaning up, the next drey up takes over' : ''}\n  start    drey up --detach${paths.words}\n`,
      )
    return running ? exit.ok : exit.no
  },
})

interface Deployment extends KubeObject {
  status?: Record<string, unknown> & {
    lifecycleState?: string
    error?: string
    jobManagerDeploymentStatus?: string
    observedGeneration?: number
    clusterInfo?: Record<string, string>
    jobStatus?: { state?: string; jobId?: string; jobName?: string; startTime?: string; upgradeSavepointPath?: string }
    taskManager?: { replicas?: number }
  }
}

const ofResource = (context: Parameters<typeof status.run>[0], name: string) =>
  withTarget(context, async (target) => {
    const object = await target.client.find<Deployment>({ type: flinkDeployments, namespace: target.namespace, name })
    if (!object)
      throw new Problem('NOT_FOUND', `There is no FlinkDeployment "${name}" in ${target.namespace}.`, {
        fix: 'drey get -A',
        exitCode: exit.notFound,
      })
    if (context.flags['output'] === 'json') {
      context.stdout(
        `${JSON.stringify({ kind: 'JobStatus', version: 1, name, namespace: target.namespace, generation: object.metadata.generation, status: object.status ?? {} })}\n`,
      )
      return exit.ok
    }
    const { status: s } = object
    const job = s?.jobStatus
    const line = (word: string, text: string | undefined) => (text ? `  ${word.padEnd(9)} ${text}\n` : '')
    context.stdout(
      `${name} · ${target.name}/${target.namespace} · ${s?.lifecycleState ?? 'CREATED'}\n` +
        line('job', job?.jobId && `${job.jobId} ${job.state ?? ''}${job.jobName ? ` · ${job.jobName}` : ''}`) +
        line(
          'cluster',
          `JobManager ${s?.jobManagerDeploymentStatus ?? 'MISSING'}${s?.taskManager?.replicas ? ` · ${s.taskManager.replicas} TaskManagers wanted` : ''}`,
        ) +
        line('Flink', s?.clusterInfo?.['flink-version']) +
        line('state', job?.upgradeSavepointPath) +
        line(
          'then',
          s?.observedGeneration === object.metadata.generation
            ? undefined
            : `generation ${object.metadata.generation} is waiting`,
        ) +
        line('error', s?.error && errorMessage(s.error)),
    )
    return exit.ok
  })
