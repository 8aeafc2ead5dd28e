/**
 * Which cluster a command speaks to: `--context`/`--kubeconfig`, then `$KUBECONFIG`, then `--home`/`--name`/`$DREY_HOME`, then a
 * running default home, then the current context. Mistaking the home for production is harmless, the reverse is not.
 */
import { existsSync } from 'node:fs'
import { httpTransport, kubeClient, loadCluster, type Cluster, type KubeClient } from '@drey/kube'
import type { KubeTransport } from '@drey/reconcile'
import { exit, Problem, type Context } from './command.ts'
import { durationMs } from './durations.ts'
import { homePaths } from './home/paths.ts'
import { runningHome } from './home/state.ts'

export interface Target {
  client: KubeClient
  /** for people: `home default`, or the context's name */
  name: string
  namespace: string
  /** what `--request-timeout` allows; undefined: everybody's own default */
  timeoutMs?: number
  close(): Promise<void>
}

export const clusterOf = async ({
  flags,
  env,
}: Pick<Context, 'flags' | 'env'>): Promise<{ cluster: Cluster; name: string }> => {
  const { cluster, name } = await chosenCluster(flags, env)
  const user = flags['as']
  const groups = (flags['asGroup'] as readonly string[] | undefined) ?? []
  if (typeof user !== 'string') {
    if (groups.length === 0) return { cluster, name }
    throw new Problem('USAGE', '--as-group needs --as.', { fix: '--as USER --as-group GROUP', exitCode: exit.usage })
  }
  const headers = async (fresh: boolean) => ({
    ...(await cluster.headers(fresh)),
    'impersonate-user': user,
    ...(groups.length > 0 ? { 'impersonate-group': [...groups] } : {}),
  })
  return { cluster: { ...cluster, headers }, name }
}

const chosenCluster = async (
  flags: Context['flags'],
  env: NodeJS.ProcessEnv,
): Promise<{ cluster: Cluster; name: string }> => {
  const file = typeof flags['kubeconfig'] === 'string' ? flags['kubeconfig'] : undefined
  const context = typeof flags['context'] === 'string' ? flags['context'] : undefined
  if (file !== undefined && !existsSync(file))
    throw new Problem('KUBECONFIG_MISSING', `There is no kubeconfig at ${file}.`, {
      fix: 'check --kubeconfig',
      exitCode: exit.usage,
    })
  try {
    if (file !== undefined || context !== undefined || env['KUBECONFIG']) {
      const cluster = await loadCluster({ ...(file ? { file } : {}), ...(context ? { context } : {}) })
      return { cluster, name: cluster.context }
    }
    const paths = homePaths(flags, env)
    const wanted = flags['home'] !== undefined || flags['name'] !== undefined || env['DREY_HOME'] !== undefined
    if (runningHome(paths)?.phase === 'ready')
      return { cluster: await loadCluster({ file: paths.kubeconfig }), name: `home ${paths.name}` }
    if (wanted)
      throw new Problem('HOME_NOT_RUNNING', `The home ${paths.name} is not running.`, {
        where: paths.dir,
        fix: `drey up --detach${paths.words}`,
        exitCode: exit.unreachable,
      })
    const cluster = await loadCluster()
    return { cluster, name: cluster.context }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('NO_CLUSTER', 'There is no cluster to speak to.', {
      cause: (error as Error).message,
      fix: ['start a home: drey up --detach', 'or name a cluster: --kubeconfig FILE'],
      exitCode: exit.unreachable,
    })
  }
}

export const openTarget = async (context: Context): Promise<Target> => {
  const timeout = context.flags['requestTimeout']
  const limitMs = typeof timeout === 'string' ? durationMs(timeout, '--request-timeout') : 0
  const { cluster, name } = await clusterOf(context)
  const transport = httpTransport(cluster, 'drey')
  const limited = limitMs > 0 ? withTimeLimit(transport, limitMs, name) : transport
  const told = context.flags['verbose'] === true ? telling(limited, cluster.server, context) : limited
  const flag = context.flags['namespace']
  return {
    client: kubeClient(told),
    name,
    namespace: typeof flag === 'string' ? flag : cluster.namespace,
    ...(limitMs > 0 ? { timeoutMs: limitMs } : {}),
    close: () => transport.close(),
  }
}

/** Requests, not watches: those are meant to last. */
const withTimeLimit = (transport: KubeTransport, limitMs: number, name: string): KubeTransport => ({
  ...transport,
  send: (request) => {
    const late = AbortSignal.timeout(limitMs)
    const signal = request.signal ? AbortSignal.any([request.signal, late]) : late
    return transport.send({ ...request, signal }).catch((error: unknown) => {
      if (!late.aborted) throw error
      throw new Problem('UNREACHABLE', `${name} did not answer within ${limitMs} ms.`, {
        fix: 'a longer --request-timeout',
        exitCode: exit.unreachable,
      })
    })
  },
})

const telling = (transport: KubeTransport, server: string, context: Context): KubeTransport => ({
  ...transport,
  async send(request) {
    const from = performance.now()
    const query = new URLSearchParams(request.query).toString()
    const what = `${request.method} ${server}${request.path}${query ? `?${query}` : ''}`
    try {
      const response = await transport.send(request)
      context.stderr(`${what} ${response.status} in ${Math.round(performance.now() - from)} ms\n`)
      return response
    } catch (error) {
      context.stderr(`${what} ${(error as Error).message}\n`)
      throw error
    }
  },
})
