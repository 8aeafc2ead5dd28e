/** Which cluster and who we are there: kubeconfig files (all auth plugins) or the in-cluster service account. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ClusterAccess } from './http.ts'
import { plainKubeconfig } from './plain-kubeconfig.ts'

const inClusterDir = '/var/run/secrets/kubernetes.io/serviceaccount'

export interface Cluster extends ClusterAccess {
  /** the context's name, or `in-cluster` */
  context: string
  /** the context's namespace, default `default` */
  namespace: string
}

/**
 * Loads `file` (default: `$KUBECONFIG`, then `~/.kube/config`, then the in-cluster account).
 * Throws with a sentence when nothing fits.
 */
export const loadCluster = async (options: { file?: string; context?: string } = {}): Promise<Cluster> => {
  if (
    !options.file &&
    !process.env['KUBECONFIG'] &&
    process.env['KUBERNETES_SERVICE_HOST'] &&
    existsSync(`${inClusterDir}/token`)
  )
    return inCluster()
  const files = options.file ? [options.file] : defaultFiles()
  const [only] = files
  if (only === undefined) throw new Error('There is no kubeconfig: neither $KUBECONFIG nor ~/.kube/config names one.')
  const plain = files.length === 1 ? await plainKubeconfig(only, options.context) : undefined
  if (plain) return plain
  // The deep import skips the generated API classes: 120 ms instead of 600 ms.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const config = new KubeConfig()
  if (options.file) config.loadFromFile(options.file)
  else config.loadFromDefault()
  if (options.context) config.setCurrentContext(options.context)
  const cluster = config.getCurrentCluster()
  if (!cluster)
    throw new Error(`No cluster: the current context ${JSON.stringify(config.getCurrentContext())} names none.`)
  const context = config.getContextObject(config.getCurrentContext())
  let cached: { tls: ClusterAccess['tls']; headers: Record<string, string>; at: number } | undefined
  const credentials = async (fresh: boolean) => {
    if (cached && !fresh && Date.now() - cached.at < 60_000) return cached
    const o: Record<string, unknown> = {}
    await config.applyToHTTPSOptions(o as never)
    const headers = o['headers'] as Record<string, string> | undefined
    cached = {
      tls: pick(o, ['ca', 'cert', 'key', 'servername', 'rejectUnauthorized']) as ClusterAccess['tls'],
      headers: headers ? { ...headers } : {},
      at: Date.now(),
    }
    return cached
  }
  return {
    context: config.getCurrentContext(),
    namespace: context?.namespace ?? 'default',
    server: cluster.server,
    tls: (await credentials(false)).tls,
    headers: async (fresh) => (await credentials(fresh)).headers,
  }
}

/** The files that are there, of those that kubectl would read. */
const defaultFiles = (): string[] =>
  (process.env['KUBECONFIG'] ? process.env['KUBECONFIG'].split(':') : [join(homedir(), '.kube', 'config')]).filter(
    (file) => file && existsSync(file),
  )

const inCluster = (): Cluster => {
  const token = () => readFileSync(`${inClusterDir}/token`, 'utf8').trim()
  const host = process.env['KUBERNETES_SERVICE_HOST'] ?? ''
  return {
    context: 'in-cluster',
    namespace: readFileSync(`${inClusterDir}/namespace`, 'utf8').trim(),
    server: `https://${host.includes(':') ? `[${host}]` : host}:${process.env['KUBERNETES_SERVICE_PORT'] ?? '443'}`,
    tls: { ca: readFileSync(`${inClusterDir}/ca.crt`) },
    // The kubelet renews the file; reading it costs nothing.
    headers: async () => ({ authorization: `Bearer ${token()}` }),
  }
}

const pick = (from: Record<string, unknown>, keys: string[]): Record<string, unknown> =>
  Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])))
