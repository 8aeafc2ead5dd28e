/** `drey runtime`: only the pod runtime, as a node of whatever API server the kubeconfig points to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command, exit } from '../command.ts'
import { homePaths } from '../home/paths.ts'
import { clusterOf } from '../target.ts'

export const runtime = command({
  name: 'runtime',
  group: 'Cluster',
  summary: 'Run pods of a cluster as processes of this machine, as one of its nodes.',
  effect: 'change',
  flags: {
    node: { type: 'text', value: 'NAME', summary: 'the node’s name', default: 'drey' },
    isolation: { type: 'text', value: 'MODE', summary: 'as for drey up', default: 'auto' },
    controllers: { type: 'boolean', summary: 'also run the built-in controllers, for an API server that has none' },
    schedule: {
      type: 'boolean',
      summary: 'leave pods without a node to the cluster’s scheduler',
      default: true,
    },
    plainJvm: { type: 'boolean', summary: 'start Flink without the home’s start-up aids' },
    port: { type: 'text', value: 'PORT', summary: 'where logs, exec and port-forward are served', default: '0' },
    address: { type: 'text', value: 'IP', summary: 'the node’s address', default: '127.0.0.1' },
    clientCa: { type: 'text', value: 'FILE', summary: 'CA of the API server’s kubelet client certificate' },
  },
  async run(context) {
    const { cluster, name } = await clusterOf(context)
    const paths = homePaths(context.flags, context.env)
    const [
      { httpTransport },
      { imageCatalogue },
      { realClock },
      { chooseIsolation, serveKubelet, startControllers, startKubelet },
      { ensurePki },
    ] = await Promise.all([
      import('@drey/kube'),
      import('@drey/flink-home'),
      import('@drey/reconcile'),
      import('@drey/runtime'),
      import('@drey/apiserver'),
    ])
    const log = (message: string, fields?: object) =>
      context.stderr(`${new Date().toISOString()} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}\n`)
    const say = (fields: unknown, message?: string) =>
      typeof fields === 'string' ? log(fields) : log(message ?? '', fields as object)
    const quiet = { trace: () => {}, debug: () => {}, info: say, warn: say, error: say }
    const transport = httpTransport(cluster, 'drey-runtime')
    const server = new URL(cluster.server)
    const node = String(context.flags['node'])
    const nodeAddress = String(context.flags['address'])
    const pki = ensurePki(join(paths.dir, 'node-pki'), { nodeName: node, nodeAddresses: [nodeAddress] })
    const port = Number(context.flags['port']) || 10_250
    const images = imageCatalogue({
      flinkDir: paths.flink,
      mapFile: paths.images,
      plainJvm: context.flags['plainJvm'] === true,
      env: context.env,
    })
    const kubelet = await startKubelet({
      transport,
      nodeName: node,
      dir: join(paths.dir, 'node'),
      images,
      isolation: await chooseIsolation(String(context.flags['isolation'])),
      nodeAddress,
      apiServer: { host: server.hostname, port: Number(server.port || 443) },
      port,
      schedule: context.flags['schedule'] !== false,
      log: (message) => log(message),
    })
    const clientCa = context.flags['clientCa'] as string | undefined
    const streaming = await serveKubelet({
      host: nodeAddress,
      port,
      tls: { ...pki.kubelet, clientCa: clientCa ? readFileSync(clientCa, 'utf8') : pki.ca },
      target: kubelet.target,
      log: quiet,
    })
    const controllers = context.flags['controllers']
      ? startControllers({ transport, clock: realClock, random: Math.random, log: quiet, dir: join(paths.dir, 'node') })
      : undefined
    context.stdout(`✓ node ${node} of ${name}\n`)
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve())
      context.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await controllers?.close()
    await streaming.close()
    await kubelet.close({ keepPods: false })
    await images.close()
    await transport.close()
    return exit.ok
  },
})
