/** `drey status`, `kubeconfig`, `env`, `logs` of the home itself. */
import { existsSync } from 'node:fs'
import { command, exit, Problem, type Context } from '../command.ts'
import { homePaths, type HomePaths } from '../home/paths.ts'
import { runningHome, type HomeState } from '../home/state.ts'

/** The home that runs, or the problem that says how to start one. */
export const needHome = (context: Pick<Context, 'flags' | 'env'>): { paths: HomePaths; state: HomeState } => {
  const paths = homePaths(context.flags, context.env)
  const state = runningHome(paths)
  if (!state || state.phase !== 'ready')
    throw new Problem('HOME_NOT_RUNNING', `The home ${paths.name} is not running.`, {
      where: paths.dir,
      fix: `drey up --detach${paths.words}`,
      exitCode: exit.unreachable,
    })
  return { paths, state }
}

export const kubeconfigCommand = command({
  name: 'kubeconfig',
  group: 'Home',
  summary: 'Print the path of the home’s kubeconfig.',
  effect: 'read',
  run(context) {
    const paths = homePaths(context.flags, context.env)
    if (!existsSync(paths.kubeconfig)) needHome(context)
    context.stdout(`${paths.kubeconfig}\n`)
    return exit.ok
  },
})

export const envCommand = command({
  name: 'env',
  group: 'Home',
  summary: 'Print the lines that point this shell at the home.',
  effect: 'read',
  examples: ['eval "$(drey env)"'],
  run(context) {
    const paths = homePaths(context.flags, context.env)
    context.stdout(`export KUBECONFIG='${paths.kubeconfig.replaceAll("'", String.raw`'\''`)}'\n`)
    return exit.ok
  },
})
