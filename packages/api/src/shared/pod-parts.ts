/** Pieces that several parts of a pod template use. Descriptions are left out below the template: it stands three times in a CRD. */
import { kit } from '@drey/schema'
const { object, listOf, mapOf } = kit

/** Plain values without words, named shortly because a pod has hundreds of them. */
export const t = kit.text()
export const b = kit.boolean()
export const i = kit.integer()
export const texts = listOf(t)
export const textMap = mapOf(t)
/** compares by value: 1 equals 1000m */
export const quantity = kit.intOrString(undefined, { compare: 'quantity' })
/** compares by type: 8080 is not "8080" */
export const port = kit.intOrString()
export const quantities = mapOf(quantity)

export const reference = object({ name: t })
export const nameValue = object({ name: t, value: t })

export const requirement = object({ key: t, operator: t, values: texts })
export const labelSelector = object({ matchExpressions: listOf(requirement), matchLabels: textMap })

/** core/v1 ResourceRequirements */
export const resourceRequirements = object({
  claims: listOf(object({ name: t, request: t })),
  limits: quantities,
  requests: quantities,
})

export const appArmorOrSeccompProfile = object({ localhostProfile: t, type: t })
export const seLinuxOptions = object({ level: t, role: t, type: t, user: t })
export const windowsOptions = object({
  gmsaCredentialSpec: t,
  gmsaCredentialSpecName: t,
  hostProcess: b,
  runAsUserName: t,
})

export const fieldReference = object({ apiVersion: t, fieldPath: t })
export const resourceFieldReference = object({ containerName: t, divisor: quantity, resource: t })

/** meta/v1 ObjectMeta, written out: labels and annotations survive pruning, unknown keys do not. */
export const objectMeta = object({
  annotations: textMap,
  creationTimestamp: t,
  deletionGracePeriodSeconds: i,
  deletionTimestamp: t,
  finalizers: texts,
  generateName: t,
  generation: i,
  labels: textMap,
  managedFields: listOf(
    object({ apiVersion: t, fieldsType: t, fieldsV1: object({}), manager: t, operation: t, subresource: t, time: t }),
  ),
  name: t,
  namespace: t,
  ownerReferences: listOf(object({ apiVersion: t, blockOwnerDeletion: b, controller: b, kind: t, name: t, uid: t })),
  resourceVersion: t,
  selfLink: t,
  uid: t,
})
