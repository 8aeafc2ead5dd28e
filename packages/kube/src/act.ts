/** Carries out the Kubernetes acts of a decision, in order, stopping at the first failure. All of them are idempotent. */
import { isNotFound, KubeError, type KubeAction, type KubeObject, type Outcome } from '@drey/reconcile'
import type { KubeClient } from './client.ts'

export const actOnKube = async (
  client: KubeClient,
  actions: readonly KubeAction[],
  options: { fieldManager: string; wrote?(object: KubeObject): void },
): Promise<Outcome> => {
  for (const [index, action] of actions.entries()) {
    try {
      const written = await perform(client, action, options.fieldManager)
      if (written) options.wrote?.(written)
    } catch (error) {
      return { ok: false, error, failedAction: index }
    }
  }
  return { ok: true }
}

const perform = async (
  client: KubeClient,
  action: KubeAction,
  fieldManager: string,
): Promise<KubeObject | undefined> => {
  switch (action.do) {
    case 'apply':
      return client.apply(
        action.type,
        action.owner ? ownedBy(action.object, await client.get(action.owner)) : action.object,
        fieldManager,
      )
    case 'create':
      try {
        return await client.create(action.type, action.object, fieldManager)
      } catch (error) {
        if (error instanceof KubeError && error.reason === 'AlreadyExists') return undefined
        throw error
      }
    case 'delete':
      await client.remove(action.ref, {
        uid: action.uid,
        ...(action.resourceVersion ? { resourceVersion: action.resourceVersion } : {}),
        ...(action.propagation ? { propagation: action.propagation } : {}),
        ...(action.graceSeconds !== undefined ? { graceSeconds: action.graceSeconds } : {}),
      })
      return undefined
    case 'scale':
      return client.merge(action.ref, { spec: { replicas: action.replicas } })
    case 'merge':
      try {
        return await client.merge(action.ref, action.patch, action.subresource)
      } catch (error) {
        if (isNotFound(error)) return undefined
        throw error
      }
  }
}

/** Completes the owner reference that names `owner` with its uid. */
const ownedBy = (object: KubeObject, owner: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: (object.metadata.ownerReferences ?? []).map((reference) =>
      reference.kind === owner.kind && reference.name === owner.metadata.name
        ? { ...reference, uid: owner.metadata.uid ?? reference.uid }
        : reference,
    ),
  },
})
