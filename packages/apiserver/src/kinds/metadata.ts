/** Validation of `metadata`, the same for every kind. */
import type { KubeObject } from '@drey/reconcile'
import { forbiddenField, invalidValue, required, tooLong, type Cause } from '../errors.ts'
import { equalJson } from '../json.ts'
import { goTime } from './go-text.ts'
import { notLabelValue, notQualifiedName, notSubdomain } from './names.ts'

const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])
const annotationBytes = 262_144

export const validateLabels = (labels: Record<string, string> | undefined, field: string): Cause[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const badKey = notQualifiedName(key)
    const badValue = notLabelValue(value)
    return [
      ...(badKey ? [invalidValue(field, key, badKey)] : []),
      ...(badValue ? [invalidValue(field, value, badValue)] : []),
    ]
  })

export const validateMeta = (
  object: KubeObject,
  name: (text: string, prefix: boolean) => string | undefined = notSubdomain,
  builtin = true,
): Cause[] => {
  const { metadata: meta } = object
  const causes: Cause[] = []
  if (meta.generateName) {
    const wrong = name(meta.generateName, true)
    if (wrong) causes.push(invalidValue('metadata.generateName', meta.generateName, wrong))
  }
  if (!meta.name) causes.push(required('metadata.name', 'name or generateName is required'))
  else {
    const wrong = name(meta.name, false)
    if (wrong) causes.push(invalidValue('metadata.name', meta.name, wrong))
  }
  causes.push(...validateLabels(meta.labels, 'metadata.labels'))
  let bytes = 0
  for (const [key, value] of Object.entries(meta.annotations ?? {})) {
    const wrong = notQualifiedName(key.toLowerCase())
    if (wrong) causes.push(invalidValue('metadata.annotations', key, wrong))
    bytes += key.length + value.length
  }
  if (bytes > annotationBytes) causes.push(tooLong('metadata.annotations', annotationBytes))
  for (const owner of meta.ownerReferences ?? []) {
    const at = 'metadata.ownerReferences'
    if (!owner.apiVersion)
      causes.push(invalidValue(`${at}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'))
    if (!owner.kind) causes.push(invalidValue(`${at}.kind`, owner.kind ?? '', 'kind must not be empty'))
    if (!owner.name) causes.push(invalidValue(`${at}.name`, owner.name ?? '', 'name must not be empty'))
    if (!owner.uid) causes.push(invalidValue(`${at}.uid`, owner.uid ?? '', 'uid must not be empty'))
  }
  if ((meta.ownerReferences ?? []).filter((owner) => owner.controller).length > 1)
    causes.push(
      invalidValue(
        'metadata.ownerReferences',
        meta.ownerReferences,
        'Only one reference can have Controller set to true.',
      ),
    )
  for (const [index, finalizer] of (meta.finalizers ?? []).entries()) {
    const at = `metadata.finalizers[${index}]`
    const wrong = notQualifiedName(finalizer)
    if (wrong) causes.push(invalidValue(at, finalizer, wrong))
    else if (builtin && !finalizer.includes('/') && !standardFinalizers.has(finalizer))
      causes.push(invalidValue(at, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'))
  }
  return causes
}

/** What no update may change. */
export const validateMetaUpdate = (object: KubeObject, old: KubeObject): Cause[] => {
  const causes: Cause[] = []
  const now = object.metadata
  const was = old.metadata
  const fixed = (
    field: 'name' | 'namespace' | 'uid' | 'creationTimestamp' | 'deletionTimestamp' | 'deletionGracePeriodSeconds',
  ): void => {
    if (equalJson(now[field] ?? null, was[field] ?? null)) return
    const shown = field.endsWith('Timestamp') ? goTime(now[field]) : JSON.stringify(now[field] ?? null)
    causes.push({
      ...invalidValue(`metadata.${field}`, null, ''),
      message: `Invalid value: ${shown}: field is immutable`,
    })
  }
  if (was.deletionTimestamp) {
    const added = (now.finalizers ?? []).filter((one) => !was.finalizers?.includes(one))
    if (added.length) {
      const cause = forbiddenField(
        'metadata.finalizers',
        `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => JSON.stringify(one)).join(', ')}}`,
      )
      causes.push(cause)
    }
  }
  for (const field of [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const)
    fixed(field)
  return causes
}
