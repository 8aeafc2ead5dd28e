/** What a fresh home must contain before clients come: the roles every cluster starts with. */
import type { KubeObject } from '@drey/reconcile'
import type { ApiServer } from './api-server.ts'
import { bootstrapBindings, bootstrapRoles } from './bootstrap-roles.ts'

const user = { name: 'system:apiserver', groups: ['system:masters'] }

/** Creates the bootstrap roles and bindings that are missing; what is there, perhaps edited, stays. */
export const ensureBootstrapRoles = async (server: ApiServer): Promise<void> => {
  await createMissing(server, '/apis/rbac.authorization.k8s.io/v1/clusterroles', bootstrapRoles)
  await createMissing(server, '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', bootstrapBindings)
}

const createMissing = async (server: ApiServer, path: string, objects: readonly KubeObject[]): Promise<void> => {
  for (const body of objects) {
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
