/** Layers that Flink's own Kubernetes client adds before it creates the objects: entry point, fixed ports, address. */
import type { Settings } from '../input.ts'
import { refuse } from '../problem.ts'
import { haIsOn } from './ha.ts'
import type { Layer, SettingsPatch } from './layers.ts'

const ENTRY_POINTS = 'org.apache.flink.kubernetes.entrypoint.Kubernetes'

export const descriptor: Layer = {
  name: "Flink's Kubernetes client",
  settings: ({ config, modeFacts, kind, name }) => ({
    ...(modeFacts.hasDescriptorKeys
      ? {
          'internal.cluster.execution-mode': 'NORMAL',
          'kubernetes.internal.jobmanager.entrypoint.class': `${ENTRY_POINTS}${kind === 'application' ? 'Application' : 'Session'}ClusterEntrypoint`,
        }
      : {}),
    ...fixedPort(config, 'blob.server.port', '6124'),
    ...fixedPort(config, 'taskmanager.rpc.port', '6122'),
    ...(config['rest.bind-port'] === undefined ? {} : fixedPort(config, 'rest.bind-port', '8081')),
    ...(haIsOn(config)
      ? {
          'high-availability.cluster-id': name,
          ...fixedPort(config, 'high-availability.jobmanager.port', config['jobmanager.rpc.port'] ?? '6123'),
        }
      : {}),
  }),
}

/** Where there is an internal Service, it is the address; with HA the processes find the leader through its ConfigMap anyway. */
export const rpcAddress: Layer = {
  name: 'internal service',
  settings: ({ config, name, namespace, modeFacts }) =>
    haIsOn(config) && !modeFacts.internalServiceWithHa ? {} : { 'jobmanager.rpc.address': `${name}.${namespace}` },
}

/** Services and container ports need one known number: 0 (any) is replaced, a range is refused. */
const fixedPort = (config: Settings, key: string, fallback: string): SettingsPatch => {
  const port = config[key] ?? '0'
  if (!/^\d+$/.test(port))
    return refuse(
      'PORT_NOT_FIXED',
      `${key} is "${port}"; on Kubernetes it must be one port.`,
      `Set ${key} to a single port, or remove it.`,
    )
  return Number(port) === 0 ? { [key]: fallback } : {}
}
