/** The kubeconfig files of a home, as YAML text. */
import { stringify } from 'yaml'
import type { KeyPair } from './pki.ts'

export interface KubeconfigOptions {
  /** for example `https://127.0.0.1:6443` */
  server: string
  /** PEM */
  ca: string
  /** name of cluster, user and context; default `drey` */
  name?: string
  namespace?: string
  /** a client certificate … */
  client?: KeyPair
  /** … or a bearer token */
  token?: string
}

/** A kubeconfig with one cluster, one user and one context; certificates inline, so that the file can be moved. */
export const adminKubeconfig = (options: KubeconfigOptions): string => {
  const name = options.name ?? 'drey'
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64')
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: options.server, 'certificate-authority-data': base64(options.ca) } }],
      users: [
        {
          name,
          user: options.client
            ? { 'client-certificate-data': base64(options.client.cert), 'client-key-data': base64(options.client.key) }
            : { token: options.token ?? '' },
        },
      ],
      contexts: [
        {
          name,
          context: { cluster: name, user: name, ...(options.namespace ? { namespace: options.namespace } : {}) },
        },
      ],
      'current-context': name,
    },
    { lineWidth: 0 },
  )
}
