/** `drey status`: the home; with a name, one Flink resource on a screen. */
import { command, exit, Problem, type Context } from '../command.ts'
import { flinkVersions, homeBlock } from '../home/block.ts'
import { homePaths } from '../home/paths.ts'
import { isAlive } from '../home/process.ts'
import { readState } from '../home/state.ts'
import { documentFlag, sayDocument } from '../look/document.ts'
import { lookNeeds } from '../look/needs.ts'
import { withTarget } from './objects.ts'

export const status = command({
  name: 'status',
  group: 'Look',
  summary: 'The home, or one Flink resource on a screen.',
  effect: 'read',
  args: [
    { name: 'name', summary: 'NAME, KIND/NAME or KIND NAME of a Flink resource; without it the home', optional: true },
    { name: 'more', summary: 'the name, after a kind', optional: true },
  ],
  flags: {
    namespace: { type: 'text', short: 'n', value: 'NAMESPACE', summary: 'the namespace' },
    watch: { type: 'boolean', short: 'w', summary: 'go on and show what changes' },
    output: documentFlag,
  },
  needs: lookNeeds,
  examples: ['drey status', 'drey status orders', 'drey status sessionjob clicks -w'],
  async run(context) {
    const name = context.args['name'] as string | undefined
    if (name !== undefined) return ofResource(context)
    if (context.flags['watch'] === true)
      throw new Problem('USAGE', 'Only a Flink resource can be watched.', {
        fix: 'drey status NAME -w',
        exitCode: exit.usage,
      })
    const paths = homePaths(context.flags, context.env)
    const state = readState(paths)
    const running = state !== undefined && isAlive(state.process) && state.phase === 'ready'
    if (context.flags['output'] !== undefined) {
      const document = {
        kind: 'HomeStatus',
        version: 1,
        name: paths.name,
        dir: paths.dir,
        running,
        ...(running ? { state: { ...state, flink: await flinkVersions(paths) } } : {}),
      }
      await sayDocument(context, document, () => '')
      return running ? exit.ok : exit.no
    }
    if (running) context.stdout(await homeBlock(paths, state))
    else if (state && isAlive(state.process))
      context.stdout(`● home ${paths.name} is starting (process ${state.process.pid})\n`)
    else
      context.stdout(
        `- home ${paths.name} is not running${state ? '; it ended without cleaning up, the next drey up takes over' : ''}\n  start    drey up --detach${paths.words}\n`,
      )
    return running ? exit.ok : exit.no
  },
})

const ofResource = (context: Context) =>
  withTarget(context, async (target) => {
    const [{ jobStatusOf, masks }, { sourcesOf }, { subjectOf }, { statusText }, { lookOf }] = await Promise.all([
      import('@drey/core'),
      import('../look/sources.ts'),
      import('../look/subject.ts'),
      import('../look/status-text.ts'),
      import('../look/words.ts'),
    ])
    const look = async () => {
      const sources = await sourcesOf(context, target, await subjectOf(context, target))
      return { sources, document: jobStatusOf(sources) }
    }
    if (context.flags['watch'] === true && context.flags['output'] === undefined) {
      const { watched } = await import('../look/watched.ts')
      return watched(context, async () => {
        const { sources, document } = await look()
        const { resource, lifecycle, operation, job } = document
        const step = operation?.steps.find(({ is }) => is === 'now')?.step
        return {
          screen: statusText(document, lookOf(sources.now, context.env)),
          line: `${resource.name} ${step ?? 'none'} ${lifecycle}${job?.state ? ` job=${job.state}` : ''}${document.waitsFor ? ` waits=${JSON.stringify(document.waitsFor)}` : ''}${document.error ? ` error=${JSON.stringify(document.error)}` : ''}`,
        }
      })
    }
    const { sources, document } = await look()
    const full = { ...document, status: masks().value(sources.resource['status'] ?? {}) }
    await sayDocument(context, full, () => statusText(document, lookOf(sources.now, context.env)))
    return exit.ok
  })
