/** GET and LIST: snapshots, selectors, pages. */
import type { KubeObject } from '@drey/reconcile'
import { ApiError, badRequest, expired, notFound, tooLargeResourceVersion } from './errors.ts'
import { listOptions, revisionOf, type ListOptions } from './options.ts'
import type { Kind } from './resources.ts'
import { fieldSelector, labelSelector } from './selectors.ts'
import { keyFor, type Store } from './store.ts'
import type { KubeObjectList } from './types.ts'
import { asShown } from './versions.ts'

export const getObject = (store: Store, kind: Kind, namespace: string | undefined, name: string): KubeObject => {
  const stored = store.get(kind.bucket, keyFor(kind.namespaced ? namespace : undefined, name))
  if (!stored) throw notFound(kind, name)
  return asShown(kind, stored)
}

export interface Choice {
  matches(object: KubeObject): boolean
  /** only the object of this name can match */
  name?: string
}

/** Which objects a list, watch or deletecollection speaks about; undefined: all of the namespace. */
export const chooser = (kind: Kind, labels: string | null, fields: string | null): Choice | undefined => {
  const byLabel = labelSelector(labels)
  const byField = selectFields(kind, fields)
  if (!byLabel) return byField
  if (!byField) return { matches: (object) => byLabel(object.metadata.labels) }
  return { ...byField, matches: (object) => byLabel(object.metadata.labels) && byField.matches(object) }
}

/** The chosen objects as they are now. One that is asked for by its name is looked up. */
export const chosenFrom = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  choice: Choice | undefined,
): readonly KubeObject[] => {
  const objects = candidates(store, kind, namespace, choice)
  return choice ? objects.filter(choice.matches) : objects
}

const candidates = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  choice: Choice | undefined,
): readonly KubeObject[] => {
  if (choice?.name === undefined || (kind.namespaced && namespace === undefined))
    return store.list(kind.bucket, namespace)
  const found = store.get(kind.bucket, keyFor(namespace, choice.name))
  return found ? [found] : []
}

const selectFields = (kind: Kind, fields: string | null): Choice | undefined => {
  if (!fields) return undefined
  try {
    return fieldSelector(fields, kind.fields)
  } catch (error) {
    const unknown = error instanceof ApiError && /^field label not supported: (.*)$/.exec(error.message)?.[1]
    if (!unknown) throw error
    const others = Object.keys(kind.fields).length > 2
    throw badRequest(
      others || kind.origin === 'crd'
        ? `field label not supported: ${unknown}`
        : `${JSON.stringify(unknown)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    )
  }
}

/** Where the next page starts, and of which moment it is. */
interface Token {
  revision: number
  after: string
}
const writeToken = (token: Token): string =>
  btoa(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.after })).replace(/=+$/, '')
const readToken = (text: string): Token => {
  try {
    const value = JSON.parse(atob(text)) as { rv: number; start: string }
    if (Number.isInteger(value.rv) && typeof value.start === 'string') return { revision: value.rv, after: value.start }
  } catch {
    throw badRequest('invalid continue token: continue key is not valid: illegal base64 data at input byte 0')
  }
  throw badRequest(
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  )
}

const tokenTooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

export const listObjects = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
): KubeObjectList => {
  const options = listOptions(query, false)
  const home = kind.namespaced ? namespace : undefined
  const choice = chooser(kind, options.labels, options.fields)
  const matches = choice?.matches
  const { objects, revision, after } = snapshot(store, kind, home, options, choice)
  const limit = options.limit > 0 && options.resourceVersion !== '0' ? options.limit : Infinity

  let index = after === undefined ? 0 : firstAfter(objects, after)
  const items: KubeObject[] = []
  for (; index < objects.length && items.length < limit; index++) {
    const object = objects[index]!
    if (!matches || matches(object)) items.push(asShown(kind, object))
  }
  const metadata: KubeObjectList['metadata'] = {
    ...(kind.origin === 'crd' ? { continue: '' } : {}),
    resourceVersion: String(revision),
  }
  if (index < objects.length && (!matches || objects.slice(index).some(matches))) {
    metadata.continue = writeToken({ revision, after: keyOf(objects[index - 1]!) })
    if (!matches) metadata.remainingItemCount = objects.length - index
  }
  return { kind: kind.listKind, apiVersion: kind.apiVersion, metadata, items }
}

const keyOf = (object: KubeObject): string => keyFor(object.metadata.namespace, object.metadata.name)

const firstAfter = (objects: readonly KubeObject[], key: string): number => {
  let low = 0
  let high = objects.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keyOf(objects[middle]!) <= key) low = middle + 1
    else high = middle
  }
  return low
}

const snapshot = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  options: ListOptions,
  choice: Choice | undefined,
): { objects: readonly KubeObject[]; revision: number; after?: string } => {
  if (options.continue) {
    const token = readToken(options.continue)
    const objects = store.listAt(kind.bucket, token.revision, namespace)
    if (!objects) throw expired(tokenTooOld)
    return { objects, revision: token.revision, after: token.after }
  }
  const asked = options.resourceVersion ? revisionOf(options.resourceVersion) : 0
  if (asked > store.revision) throw tooLargeResourceVersion(asked, store.revision)
  const exact = options.match === 'Exact' || (asked > 0 && options.limit > 0 && options.match === '')
  if (!exact) return { objects: candidates(store, kind, namespace, choice), revision: store.revision }
  const objects = store.listAt(kind.bucket, asked, namespace)
  if (!objects) throw expired(`The resourceVersion for the provided list is too old.`)
  return { objects, revision: asked }
}
