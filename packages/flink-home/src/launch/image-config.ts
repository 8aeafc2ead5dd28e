/**
 * What the image's entry script writes into Flink's configuration when no ConfigMap hides it: there it is done by
 * `-D` options, since a home's files are shared and never written.
 */
import type { LaunchContext } from '../image.ts'

export const entryOptions = ({
  env,
  podIp,
  loopback,
}: Pick<LaunchContext, 'env' | 'podIp' | 'loopback'>): Record<string, string> => {
  const any = loopback ? podIp : '0.0.0.0'
  const slots = env['TASK_MANAGER_NUMBER_OF_TASK_SLOTS']
  return {
    'rest.address': podIp,
    'rest.bind-address': any,
    'jobmanager.bind-host': any,
    'taskmanager.bind-host': any,
    'taskmanager.host': podIp,
    'jobmanager.rpc.address': env['JOB_MANAGER_RPC_ADDRESS'] || env['HOSTNAME'] || podIp,
    'blob.server.port': '6124',
    'query.server.port': '6125',
    ...(slots ? { 'taskmanager.numberOfTaskSlots': slots } : {}),
    ...properties(env['FLINK_PROPERTIES'] ?? '', env),
  }
}

/** Lines `key: value`; variables of the environment are replaced, unset ones by nothing. */
const properties = (text: string, env: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':')
      const key = line.slice(0, at).trim()
      const value = line.slice(at + 1).trim()
      const filled = value.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, a?: string, b?: string) => env[a ?? b ?? ''] ?? '')
      return at > 0 && key && !key.startsWith('#') ? [[key, filled]] : []
    }),
  )
