/** `drey up`: a home in the foreground with a readable log, or detached. */
import { pause, realClock } from '@drey/reconcile'
import { command, exit, Problem, type Context } from '../command.ts'
import { homeBlock } from '../home/block.ts'
import { startDetached, tellParent } from '../home/detach.ts'
import { holderOf, lockLost } from '../home/lock.ts'
import { mergeKubeconfig } from '../home/merge-kubeconfig.ts'
import { homePaths, type HomePaths } from '../home/paths.ts'
import { runningHome } from '../home/state.ts'
import { version } from '../version.ts'

/** how long a start (or an end) of somebody else may take until this command gives up on it */
const othersMs = 60_000

export const up = command({
  name: 'up',
  group: 'Home',
  summary: 'Start a home: Kubernetes, pods as processes, and the Flink operator.',
  effect: 'change',
  examples: ['drey up --detach', 'drey up --name scratch --isolation loopback'],
  flags: {
    detach: { type: 'boolean', short: 'd', summary: 'return as soon as the home is ready' },
    operator: { type: 'boolean', summary: 'only Kubernetes, without the Flink operator', default: true },
    plainJvm: { type: 'boolean', summary: 'start Flink without the home’s start-up aids' },
    mergeKubeconfig: { type: 'boolean', summary: 'add the context drey to your own kubeconfig' },
    isolation: {
      type: 'text',
      value: 'MODE',
      summary: 'how pods are kept apart: auto, namespaces, loopback, or mount+netns, mount+loopback, links+loopback',
      default: 'auto',
    },
    enforceRights: {
      type: 'boolean',
      summary: 'refuse pods what their service accounts may not do, as a cluster would',
    },
    port: { type: 'text', value: 'PORT', summary: 'port of the API (default 6443, or a free one)' },
  },
  async run(context) {
    const startedAtMs = Date.now()
    const paths = homePaths(context.flags, context.env)
    portOf(context.flags['port'])
    const isolation = String(context.flags['isolation'] ?? 'auto')
    if (!/^(auto|namespaces|loopback|(mount|links)\+(loopback|netns))$/.test(isolation))
      throw new Problem('USAGE', `There is no isolation ${isolation}.`, {
        fix: 'auto, namespaces, loopback, mount+loopback, mount+netns or links+loopback',
        exitCode: exit.usage,
      })
    for (const until = Date.now() + othersMs; ;) {
      if (runningHome(paths)?.phase === 'ready') return await present(paths, context)
      try {
        if (!context.flags['detach'] || context.env['DREY_DETACHED'])
          return await foreground(paths, context, startedAtMs)
        await startDetached(paths, context)
        return await present(paths, context)
      } catch (error) {
        const inUse = error instanceof Problem && error.code === 'HOME_IN_USE'
        if (!inUse || Date.now() > until || context.env['DREY_DETACHED']) throw error
        await othersDone(paths, context.signal, until)
      }
    }
  },
})

/** Somebody else starts or ends this home: waits until that is over. */
const othersDone = async (paths: HomePaths, signal: AbortSignal, until: number): Promise<void> => {
  while (Date.now() < until && !signal.aborted) {
    if (runningHome(paths)?.phase === 'ready' || !(await holderOf(paths))) return
    await pause(realClock, 50, signal).catch(() => {})
  }
}

const present = async (paths: HomePaths, context: Context): Promise<number> => {
  const state = runningHome(paths)
  if (!state) throw new Problem('START_FAILED', `The home ${paths.name} ended at once.`, { fix: 'drey logs' })
  if (context.flags['mergeKubeconfig']) context.stderr(merged(paths, context))
  context.stdout(await homeBlock(paths, state))
  return exit.ok
}

const merged = (paths: HomePaths, context: Context): string => {
  const { file, name } = mergeKubeconfig(paths, context.env)
  return `✓ context ${name} in ${file}\n`
}

const portOf = (flag: unknown): number => {
  if (flag === undefined) return 0
  const port = Number(flag)
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Problem('BAD_PORT', `--port ${String(flag)} is not a port.`, {
      fix: 'a number from 1 to 65535',
      exitCode: exit.usage,
    })
  return port
}

const foreground = async (paths: HomePaths, context: Context, startedAtMs: number): Promise<number> => {
  // The heavy parts are loaded only here, so that every other command starts at once.
  const [{ runHome }, { asStartProblem }] = await Promise.all([
    import('../home/run.ts'),
    import('../home/start-problem.ts'),
  ])
  // From the first moment: whoever ends a home that is just starting must find nothing left of it, either.
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    if (context.signal.aborted) resolve()
    context.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const log = (message: string, fields?: object) =>
    context.stderr(`${new Date().toISOString()} ${message}${fields ? ` ${fieldText(fields)}` : ''}\n`)
  try {
    const home = await runHome({
      paths,
      isolation: String(context.flags['isolation'] ?? 'auto'),
      plainJvm: context.flags['plainJvm'] === true,
      operator: context.flags['operator'] !== false,
      enforceRights: context.flags['enforceRights'] === true,
      port: portOf(context.flags['port']),
      log,
      env: context.env,
      startedAtMs,
    })
    if (context.env['DREY_DETACHED']) {
      const { url, isolation, readyMs } = home.state
      log('home ready', { url, isolation, readyMs, version })
      for (const notice of home.state.notices ?? []) log(`! ${notice}`)
    } else await present(paths, context)
    tellParent(context, 'ready')
    const over = new AbortController()
    const isLost = lockLost(paths, over.signal).then(() => log('! the folder of the home is gone', { dir: paths.dir }))
    await Promise.race([asked, isLost])
    over.abort()
    log('ending')
    await home.close({ keepPods: false })
    return exit.ok
  } catch (error) {
    const problem = asStartProblem(error, paths)
    tellParent(context, problem)
    throw problem
  }
}

const fieldText = (fields: object): string =>
  Object.entries(fields)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' ? (/\s/.test(value) ? JSON.stringify(value) : value) : JSON.stringify(value)}`,
    )
    .join(' ')
