/** Who controls whom: the controller reference on a dependent. */
import { apiVersionOf, type KubeObject, type OwnerReference, type ResourceType } from '@drey/reconcile'

/** The controller reference a dependent of `owner` carries. */
export const controlledBy = (type: ResourceType, owner: KubeObject): OwnerReference => ({
  apiVersion: apiVersionOf(type),
  kind: type.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller)

/** The name of an informer index, and its values: the uid of an object's controller. */
export const byController = 'controller'
export const controllerUid = (object: KubeObject): string[] => {
  const uid = controllerOf(object)?.uid
  return uid ? [uid] : []
}
