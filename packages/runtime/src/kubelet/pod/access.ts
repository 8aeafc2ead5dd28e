/**
 * How a pod's programs reach the API server. A real control plane adds the volume with token and certificate when a pod is
 * created; where nobody did, this adds the same, for the processes only.
 */
import type { Volume } from 'kubernetes-types/core/v1.d.ts'
import type { Pod } from '../../kinds/types.ts'
import { containersOf } from './containers.ts'

export const accountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumeName = 'kube-api-access'

export const withAccess = (pod: Pod): Pod => {
  if (pod.spec.automountServiceAccountToken === false || pod.spec.serviceAccountName === undefined) return pod
  const mounted = containersOf(pod).some(({ container }) =>
    container.volumeMounts?.some(({ mountPath }) => mountPath === accountPath),
  )
  if (mounted) return pod
  const mount = { name: volumeName, mountPath: accountPath, readOnly: true }
  const add = <C extends { volumeMounts?: object[] }>(container: C): C => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), mount],
  })
  return {
    ...pod,
    spec: {
      ...pod.spec,
      volumes: [...(pod.spec.volumes ?? []), accessVolume],
      containers: pod.spec.containers.map(add),
      ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(add) } : {}),
    },
  }
}

const accessVolume: Volume = {
  name: volumeName,
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }], optional: true } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
}

/** Without a mount namespace the fixed path cannot exist: clients of Kubernetes are pointed to the same by a kubeconfig. */
export const kubeconfigOf = (at: { server: string; namespace: string; token: string; caFile: string }): string =>
  JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'pod',
      contexts: [{ name: 'pod', context: { cluster: 'pod', user: 'pod', namespace: at.namespace } }],
      clusters: [{ name: 'pod', cluster: { server: at.server, 'certificate-authority': at.caFile } }],
      users: [{ name: 'pod', user: { token: at.token } }],
    },
    null,
    1,
  )
