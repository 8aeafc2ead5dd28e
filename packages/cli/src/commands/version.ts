/** `drey version`: of this command line, of the cluster it speaks to, and of the Flink distributions here. */
import { command, exit } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { openTarget } from '../target.ts'
import { version } from '../version.ts'

export const versionCommand = command({
  name: 'version',
  group: 'Plumbing',
  summary: 'Versions of Drey, of the cluster and of the Flink distributions.',
  effect: 'read',
  flags: {
    client: { type: 'boolean', summary: 'only what needs no cluster' },
    output: { type: 'text', short: 'o', value: 'FORM', summary: 'json' },
  },
  async run(context) {
    const { listFlink } = await import('@drey/flink-home')
    const flink = listFlink(homePaths(context.flags, context.env).flink).map((home) => home.version)
    const cluster = context.flags['client'] === true ? undefined : await serverOf(context)
    if (context.flags['output'] === 'json')
      context.stdout(
        `${JSON.stringify({ kind: 'Versions', version: 1, drey: version, node: process.versions.node, flink, ...(cluster ? { cluster } : {}) })}\n`,
      )
    else
      context.stdout(
        [
          `drey      ${version} · Node.js ${process.versions.node}`,
          ...(cluster === undefined
            ? []
            : [`cluster   ${'version' in cluster ? `${cluster.version} · ${cluster.name}` : `none: ${cluster.why}`}`]),
          `Flink     ${flink.length > 0 ? flink.join(', ') : 'none yet: fetched on first use'}`,
          '',
        ].join('\n'),
      )
    return exit.ok
  },
})

/** No cluster is no error here: the rest is still worth knowing. */
const serverOf = async (
  context: Parameters<typeof openTarget>[0],
): Promise<{ name: string; version: string } | { why: string }> => {
  try {
    const target = await openTarget(context)
    try {
      const { gitVersion } = await target.client.send<{ gitVersion: string }>({ method: 'GET', path: '/version' })
      return { name: target.name, version: gitVersion }
    } finally {
      await target.close()
    }
  } catch (error) {
    return { why: (error as Error).message }
  }
}
