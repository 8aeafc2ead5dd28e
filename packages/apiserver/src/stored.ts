/** Looking at stored objects without a request: for tokens, roles, nodes and pods. */
import type { KubeObject } from '@drey/reconcile'
import type { ApiServer } from './api-server.ts'
import { keyFor } from './store.ts'
import type { RbacObjects } from './rbac.ts'

const bucketFor = (group: string, resource: string): string => (group ? `${resource}.${group}` : resource)

export type FindObject = (
  resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes' | 'services' | 'endpoints',
  namespace: string,
  name: string,
) => KubeObject | undefined

/** One object of the core group as it is now. */
export const findObject =
  (server: Pick<ApiServer, 'store'>): FindObject =>
  (resource, namespace, name) =>
    server.store.get(bucketFor('', resource), keyFor(namespace || undefined, name))

const kinds = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'] as const
const group = 'rbac.authorization.k8s.io'

/** The roles and bindings, and a number that grows whenever one of them changes. */
export const rbacObjects = (server: Pick<ApiServer, 'store'>): RbacObjects => {
  let changes = 0
  for (const kind of kinds) server.store.subscribe(() => changes++, bucketFor(group, kind))
  return { list: (kind) => server.store.list(bucketFor(group, kind)), revision: () => changes }
}
