/** `drey operator`: only the operator, against whatever the kubeconfig or the in-cluster account points to. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { command, exit, Problem } from '../command.ts'
import { clusterOf } from '../target.ts'

export const operator = command({
  name: 'operator',
  group: 'Cluster',
  summary: 'Run the Flink operator against a cluster.',
  effect: 'change',
  flags: {
    config: { type: 'text', value: 'DIR', summary: 'the operator’s configuration directory, as upstream mounts it' },
    flinkAddress: {
      type: 'text',
      value: 'HOW',
      summary: 'how JobManagers are reached: by service names, or by pod addresses',
      choices: ['auto', 'services', 'pods'],
      default: 'auto',
    },
    journal: {
      type: 'text',
      value: 'DIR',
      summary: 'keep what every pass looked at and decided, for drey explain --cycles',
    },
  },
  needs: [{ verb: '*', resource: 'flinkdeployments.flink.apache.org' }],
  async run(context) {
    const { cluster, name } = await clusterOf(context)
    const [
      { httpTransport },
      { journalFile, startOperator },
      { undiciFlink },
      { readOperatorConfig, operatorSideOf },
      { realClock },
      { podAddresses },
      { operatorDefaults },
    ] = await Promise.all([
      import('@drey/kube'),
      import('@drey/operator'),
      import('@drey/flink'),
      import('@drey/core'),
      import('@drey/reconcile'),
      import('../home/pod-addresses.ts'),
      import('../home/operator-defaults.ts'),
    ])
    const dir = (context.flags['config'] as string | undefined) ?? context.env['FLINK_CONF_DIR']
    const files = dir === undefined ? operatorDefaults : filesIn(dir)
    const transport = httpTransport(cluster, 'drey-operator')
    const log = (message: string, fields?: object) =>
      context.stderr(`${new Date().toISOString()} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}\n`)
    const how = context.flags['flinkAddress']
    const byPods = how === 'pods' || (how === 'auto' && cluster.context !== 'in-cluster')
    const addresses = byPods ? podAddresses(transport, realClock) : undefined
    await addresses?.ready
    const flink = undiciFlink(addresses ? { resolve: addresses.resolve } : {})
    const config = readOperatorConfig(files)
    const journalDir = context.flags['journal']
    const journal =
      typeof journalDir === 'string'
        ? journalFile(resolve(context.cwd, journalDir), {
            trouble: (error) => log('! the journal of passes is not written', { error: String(error) }),
          })
        : undefined
    const running = startOperator({
      transport,
      flinkHttp: flink.http,
      clock: realClock,
      random: Math.random,
      config,
      side: operatorSideOf(files, config),
      snapshotResources: true,
      ...(journal ? { journal: journal.write } : {}),
      log: { info: log, warn: (message, fields) => log(`! ${message}`, fields) },
    })
    await running.ready
    context.stdout(`✓ operator on ${name}\n`)
    await new Promise<void>((end) => {
      process.once('SIGTERM', () => end())
      context.signal.addEventListener('abort', () => end(), { once: true })
    })
    await running.close()
    await journal?.close()
    addresses?.close()
    await flink.close()
    await transport.close()
    return exit.ok
  },
})

const filesIn = (dir: string): Record<string, string> => {
  try {
    return Object.fromEntries(
      readdirSync(dir)
        .filter((name) => statSync(join(dir, name)).isFile())
        .map((name) => [name, readFileSync(join(dir, name), 'utf8')]),
    )
  } catch (error) {
    throw new Problem('CONFIG_UNREADABLE', `The configuration directory ${dir} cannot be read.`, {
      cause: (error as Error).message,
      fix: 'check --config',
      exitCode: exit.usage,
    })
  }
}
