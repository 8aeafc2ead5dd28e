/** What an endpoint may write: the object or one of its subresources, and what counts as a new generation. */
import type { KubeObject } from '@drey/reconcile'
import { equalJson } from './json.ts'
import type { Draft } from './kinds/strategy.ts'
import { hasStatus } from './machine.ts'
import type { Kind } from './resources.ts'

/** Each endpoint writes its part only. */
export const maskSubresource = (draft: Draft, live: KubeObject, kind: Kind, subresource: string | undefined): void => {
  if (subresource === 'status') {
    for (const field of Object.keys(draft)) if (field !== 'status' && field !== 'metadata') delete draft[field]
    for (const field of Object.keys(live)) if (field !== 'status' && field !== 'metadata') draft[field] = live[field]
    if (kind.origin === 'crd')
      draft.metadata = {
        ...live.metadata,
        ...(draft.metadata.managedFields ? { managedFields: draft.metadata.managedFields } : {}),
      }
    else if (kind.resource !== 'pods' && kind.resource !== 'nodes') {
      if (live.metadata.labels) draft.metadata.labels = live.metadata.labels
      else delete draft.metadata.labels
    }
    return
  }
  if (!hasStatus(kind) || subresource === 'binding') return
  if (live['status'] === undefined) delete draft['status']
  else draft['status'] = live['status']
}

export const raiseGeneration = (draft: Draft, live: KubeObject, kind: Kind, subresource: string | undefined): void => {
  const was = live.metadata.generation
  if (was === undefined || !kind.strategy.generation || subresource === 'status' || subresource === 'binding') return
  draft.metadata.generation = changed(kind, draft, live) ? was + 1 : was
}

/** Built-in kinds count changes of spec; custom resources every change outside metadata and status. */
const changed = (kind: Kind, draft: KubeObject, live: KubeObject): boolean => {
  if (kind.strategy.generation === 'annotations' && !equalJson(draft.metadata.annotations, live.metadata.annotations))
    return true
  if (kind.origin === 'builtin' && 'spec' in live) return !equalJson(draft['spec'], live['spec'])
  const body = (object: KubeObject): unknown => ({
    ...object,
    metadata: undefined,
    ...(hasStatus(kind) ? { status: undefined } : {}),
  })
  return !equalJson(body(draft), body(live))
}
