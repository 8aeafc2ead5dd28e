/**
 * Without a mount namespace the fixed path of the account's token cannot exist. The Java client of Kubernetes (fabric8, as in
 * Flink 1.17 … 2.3) can be told other paths by its environment, and reads the files again when the token has been renewed.
 */
import { join } from 'node:path'
import type { Mount } from '../../isolation/view.ts'

const accountPath = '/var/run/secrets/kubernetes.io/serviceaccount'

export const accountVariables = (mounts: readonly Mount[], namespace: string): Record<string, string> => {
  const account = mounts.find(({ target }) => target === accountPath)?.source
  if (!account) return {}
  return {
    KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN: join(account, 'token'),
    KUBERNETES_CERTS_CA_FILE: join(account, 'ca.crt'),
    KUBERNETES_NAMESPACE: namespace,
  }
}
