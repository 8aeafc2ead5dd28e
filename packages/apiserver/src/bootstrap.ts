/** What a fresh home must contain before clients come: the namespaces, the API's own Service, the roles of every cluster. */
import type { KubeObject } from '@drey/reconcile'
import type { ApiServer } from './api-server.ts'
import { bootstrapBindings, bootstrapRoles } from './bootstrap-roles.ts'

const user = { name: 'system:apiserver', groups: ['system:masters'] }
const rbac = '/apis/rbac.authorization.k8s.io/v1'

/** Creates what is missing; what is there, perhaps edited, stays. */
export const ensureBootstrapObjects = async (server: ApiServer): Promise<void> => {
  const create = async (path: string, objects: readonly KubeObject[]): Promise<void> => {
    for (const body of objects) {
      if (await exists(server, `${path}/${encodeURIComponent(body.metadata.name)}`)) continue
      const reply = await server.handle({
        method: 'POST',
        path,
        query: new URLSearchParams(),
        body,
        contentType: 'application/json',
        user,
      })
      if ('body' in reply && reply.status >= 300 && reply.status !== 409)
        throw new Error(
          `cannot create ${body.kind} ${body.metadata.name}: ${String((reply.body as { message?: string }).message)}`,
        )
    }
  }
  await create('/api/v1/namespaces', ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(namespace))
  await create('/api/v1/namespaces/default/services', [kubernetesService])
  await create(`${rbac}/clusterroles`, bootstrapRoles)
  await create(`${rbac}/clusterrolebindings`, bootstrapBindings)
}

const exists = async (server: ApiServer, path: string): Promise<boolean> =>
  (await server.handle({ method: 'GET', path, query: new URLSearchParams(), user })).status === 200

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** Without a selector: its endpoints are whatever addresses the server listens on, which pods learn from their environment. */
const kubernetesService: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
}
