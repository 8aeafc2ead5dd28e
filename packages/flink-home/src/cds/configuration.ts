/** The configuration of the small cluster that is run to collect classes: a native application on addresses of its own. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { FlinkHome } from '../distribution/record.ts'
import { atLeast } from '../distribution/version.ts'

export interface Addresses {
  address: string
  rpc: number
  blob: number
  rest: number
  /** port of the TaskManager */
  task: number
}

/** A loopback address that nobody uses, and free ports on it. */
export const freeAddresses = async (): Promise<Addresses> => {
  const random = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from))
  const address = `127.${random(200, 250)}.${random(1, 250)}.1`
  const [rpc = 0, blob = 0, rest = 0, task = 0] = await freePorts(address, 4)
  return { address, rpc, blob, rest, task }
}

export const writeConfiguration = async (
  work: string,
  home: FlinkHome,
  { address, rpc, blob, rest, task }: Addresses,
): Promise<void> => {
  for (const folder of ['conf', 'log', 'tmp']) await mkdir(join(work, folder))
  await writeFile(join(work, 'hosts'), `${address} localhost classes ${hostname()}\n`)
  await copyFile(join(home.dir, 'conf/log4j-console.properties'), join(work, 'conf/log4j-console.properties'))
  const config = {
    'jobmanager.rpc.address': address,
    'jobmanager.rpc.port': rpc,
    'jobmanager.bind-host': address,
    'blob.server.port': blob,
    'rest.address': address,
    'rest.port': rest,
    'rest.bind-address': address,
    'taskmanager.host': address,
    'taskmanager.rpc.port': task,
    'taskmanager.bind-host': address,
    'execution.target': 'kubernetes-application',
    'kubernetes.cluster-id': 'classes',
    'kubernetes.namespace': 'default',
    'kubernetes.container.image.ref': 'flink',
    'kubernetes.flink.conf.dir': join(work, 'conf'),
    '$internal.application.main': 'org.apache.flink.streaming.examples.statemachine.StateMachineExample',
    'pipeline.jars': `local://${join(home.dir, 'examples/streaming/StateMachineExample.jar')}`,
    'state.checkpoints.dir': `file://${join(work, 'checkpoints')}`,
    'jobmanager.memory.process.size': '1000m',
    'taskmanager.memory.process.size': '1000m',
    'cluster.registration.error-delay': 500,
    'io.tmp.dirs': join(work, 'tmp'),
  }
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${value}\n`)
  await writeFile(join(work, 'conf', atLeast(home.version, '2.0') ? 'config.yaml' : 'flink-conf.yaml'), lines.join(''))
}

const freePorts = async (address: string, count: number): Promise<number[]> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer()
          server.once('error', reject)
          server.listen(0, address, () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
