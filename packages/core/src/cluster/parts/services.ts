/** The two Services of a JobManager: REST for everybody, and the internal one through which TaskManagers find it without HA. */
import type { KubeObject } from '@drey/reconcile'
import type { Desired } from '../desired.ts'
import { intOf, mapOf } from '../flink-config/read.ts'
import { refuse } from '../problem.ts'
import { dependentMeta, podSelector } from './metadata.ts'

export const restServiceName = (name: string): string => `${name}-rest`

export const restService = (desired: Desired): KubeObject => {
  const { config } = desired
  const port = restPort(desired)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: dependentMeta(
      desired,
      restServiceName(desired.name),
      mapOf(config, 'kubernetes.rest-service.annotations'),
    ),
    spec: {
      ...exposure(config['kubernetes.rest-service.exposed.type'] ?? 'ClusterIP'),
      selector: podSelector(desired, 'jobmanager'),
      ports: [{ name: 'rest', port, targetPort: intOf(config, port, 'rest.bind-port') }],
    },
  }
}

/** Headless: TaskManagers resolve the JobManager's pod address. */
export const internalService = (desired: Desired): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: dependentMeta(desired, desired.name, mapOf(desired.config, 'kubernetes.internal-service.annotations')),
  spec: {
    clusterIP: 'None',
    selector: podSelector(desired, 'jobmanager'),
    ports: [
      { name: 'jobmanager-rpc', port: rpcPort(desired) },
      { name: 'blobserver', port: blobPort(desired) },
    ],
  },
})

export const restPort = ({ config }: Pick<Desired, 'config'>): number => intOf(config, 8081, 'rest.port')
export const rpcPort = ({ config }: Desired): number => intOf(config, 6123, 'jobmanager.rpc.port')
export const blobPort = ({ config }: Desired): number => intOf(config, 6124, 'blob.server.port')

const exposure = (type: string): { type: string; clusterIP?: string } => {
  const known = ['ClusterIP', 'NodePort', 'LoadBalancer', 'Headless_ClusterIP'].find(
    (name) => name.toLowerCase() === type.toLowerCase(),
  )
  if (known === undefined)
    return refuse(
      'CONFIG_VALUE_UNREADABLE',
      `kubernetes.rest-service.exposed.type is "${type}".`,
      'Set it to ClusterIP, NodePort, LoadBalancer or Headless_ClusterIP.',
    )
  return known === 'Headless_ClusterIP' ? { type: 'ClusterIP', clusterIP: 'None' } : { type: known }
}
