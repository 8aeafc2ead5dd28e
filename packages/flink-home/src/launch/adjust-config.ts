/**
 * What a home changes in Flink's configuration file of one pod: addresses to listen on when pods share the machine's
 * loopback network, and a shorter wait after a refused registration. Written into the pod's own file rather than given as
 * `-D`, since a native JobManager hands its `-D` options to its TaskManagers.
 */
import { isMap, isScalar, parseDocument } from 'yaml'
import type { YAMLMap } from 'yaml'
import { legacyConfig, LEGACY_FILE, standardConfig, STANDARD_FILE } from '../flink-config.ts'

export interface AdjustConfig {
  containerPath: string
  content: string
  podIp: string
  loopback: boolean
}

/** The changed text, undefined if nothing changes or the file is another one. */
export const adjustFlinkConfig =
  ({ plainJvm }: { plainJvm?: boolean | undefined }) =>
  ({ containerPath, content, podIp, loopback }: AdjustConfig): string | undefined => {
    const file = containerPath.slice(containerPath.lastIndexOf('/') + 1)
    const standard = file === STANDARD_FILE && containerPath.includes('/conf/')
    if (!standard && file !== LEGACY_FILE) return undefined
    const config = readable(() => (standard ? standardConfig(content) : legacyConfig(content)))
    if (!config) return undefined
    const added: Record<string, string> = {
      ...(loopback ? addresses(podIp) : {}),
      // A TaskManager that asks before its JobManager listens waits 10 s by default. Without a unit: 1.17 reads no other.
      ...(plainJvm || config[ERROR_DELAY] !== undefined ? {} : { [ERROR_DELAY]: '500' }),
    }
    const lines = Object.entries(added).map(([key, value]) => `${key}: ${value}\n`)
    if (lines.length === 0) return undefined
    const kept =
      standard && Object.keys(added).some((key) => config[key] !== undefined)
        ? without(content, Object.keys(added))
        : content
    // Flat keys beside nested ones are legal; in the old format the last line wins.
    return `${kept}${kept === '' || kept.endsWith('\n') ? '' : '\n'}${lines.join('')}`
  }

const ERROR_DELAY = 'cluster.registration.error-delay'

const addresses = (podIp: string): Record<string, string> => ({
  'jobmanager.bind-host': podIp,
  'rest.bind-address': podIp,
  'taskmanager.bind-host': podIp,
  'taskmanager.host': podIp,
})

/** A key must not be there twice in YAML. */
const without = (content: string, keys: readonly string[]): string => {
  const document = parseDocument(content)
  for (const key of keys) if (isMap(document.contents)) remove(document.contents, key)
  return isMap(document.contents) && document.contents.items.length === 0 ? '' : document.toString({ lineWidth: 0 })
}

/** Removes a dotted key, however it is divided into nested maps. */
const remove = (map: YAMLMap, key: string): void => {
  map.items = map.items.filter((pair) => {
    const name = isScalar(pair.key) ? String(pair.key.value) : ''
    if (name === key) return false
    if (!name || !key.startsWith(`${name}.`) || !isMap(pair.value)) return true
    remove(pair.value, key.slice(name.length + 1))
    return pair.value.items.length > 0
  })
}

const readable = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}
