/** Claims, volumes and storage classes. */
import { forbiddenField, required } from '../errors.ts'
import { equalJson } from '../json.ts'
import type { Strategy } from './strategy.ts'

type Json = Record<string, any>

export const claims: Strategy = {
  status: true,
  defaults(draft) {
    draft['spec'] ??= {}
    draft['spec'].volumeMode ??= 'Filesystem'
  },
  create(draft, { store }) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'])]
    draft['status'] = { phase: 'Pending' }
    if (draft['spec'].storageClassName !== undefined) return
    const chosen = store
      .list('storageclasses.storage.k8s.io')
      .find((one) => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')
    if (chosen) draft['spec'].storageClassName = chosen.metadata.name
  },
  validate(draft, old) {
    const spec: Json = draft['spec']
    if (old) {
      const fixed = (one: Json): Json => ({
        ...one,
        resources: undefined,
        volumeName: undefined,
        volumeAttributesClassName: undefined,
      })
      const was = old['spec'] as Json
      return equalJson(fixed(spec), fixed(was)) && (!was['volumeName'] || was['volumeName'] === spec['volumeName'])
        ? []
        : [
            forbiddenField(
              'spec',
              'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
            ),
          ]
    }
    return [
      ...(spec['accessModes']?.length ? [] : [required('spec.accessModes', 'at least 1 access mode is required')]),
      ...(spec['resources']?.requests?.storage ? [] : [required('spec.resources[storage]')]),
    ]
  },
}

export const volumes: Strategy = {
  status: true,
  defaults(draft) {
    const spec: Json = (draft['spec'] ??= {})
    spec['persistentVolumeReclaimPolicy'] ??= 'Retain'
    spec['volumeMode'] ??= 'Filesystem'
    if (spec['hostPath']) spec['hostPath'].type ??= ''
  },
  create(draft, { time }) {
    draft.metadata.finalizers = [...new Set([...(draft.metadata.finalizers ?? []), 'kubernetes.io/pv-protection'])]
    draft['status'] = { phase: 'Pending', lastPhaseTransitionTime: time }
  },
}

export const storageClasses: Strategy = {
  defaults(draft) {
    draft['reclaimPolicy'] ??= 'Delete'
    draft['volumeBindingMode'] ??= 'Immediate'
  },
  validate: (draft, old) => [
    ...(draft['provisioner'] ? [] : [required('provisioner')]),
    ...(old &&
    (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).some(
      (field) => !equalJson(draft[field] ?? null, old[field] ?? null),
    )
      ? [forbiddenField('parameters', 'updates to parameters are forbidden.')]
      : []),
  ],
}
