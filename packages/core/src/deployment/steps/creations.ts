/** The acts that create a cluster. */
import type { KubeObject, Ref, ResourceType } from '@drey/reconcile'
import type { Action } from '../../action.ts'
import type { Pass } from '../pass.ts'

/** The JobManager first, never over an existing one; then what it owns, which may be written again. */
export const creations = (pass: Pass, objects: readonly KubeObject[]): Action[] =>
  objects.map((object, index) => {
    const type = typeOf(object)
    if (index === 0) return { do: 'create', object, type }
    const owner: Ref | undefined = object.metadata.ownerReferences?.some((reference) => reference.kind === 'Deployment')
      ? pass.view.refs.jobManager
      : undefined
    return owner ? { do: 'apply', object, type, owner } : { do: 'apply', object, type }
  })

/** Flink would run the submitted job of a predecessor from its HA metadata instead of the new one. Only keys go, under a version test (W-33). */
export const withoutSubmittedJobs = (pass: Pass): Action[] =>
  pass.view.observed.cluster.ha.flatMap((map) => {
    const keys = map.keys.filter(pass.view.refs.haMetadata.isSubmittedJobKey)
    return keys.length === 0 || map.deleting
      ? []
      : [
          {
            do: 'merge' as const,
            ref: { type: pass.view.refs.haMetadata.type, namespace: pass.view.namespace, name: map.name },
            patch: {
              metadata: { resourceVersion: map.resourceVersion },
              data: Object.fromEntries(keys.map((key) => [key, null])),
            },
          },
        ]
  })

const plurals: Readonly<Record<string, string>> = { Ingress: 'ingresses' }

/** Rendered objects are of a few kinds whose plurals are regular. */
export const typeOf = (object: KubeObject): ResourceType => {
  const [group, version] = object.apiVersion.includes('/')
    ? (object.apiVersion.split('/') as [string, string])
    : ['', object.apiVersion]
  return {
    group,
    version,
    kind: object.kind,
    resource: plurals[object.kind] ?? `${object.kind.toLowerCase()}s`,
    namespaced: true,
  }
}
