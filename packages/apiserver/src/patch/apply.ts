/** Server-side apply: merges a configuration into the live object, by owners. */
import { ApiError } from '../errors.ts'
import { equalJson } from '../json.ts'
import { isMap, type Shape } from '../shape.ts'
import {
  changesOf,
  elementOf,
  emptySet,
  equalSets,
  fieldsOf,
  intersection,
  isEmptySet,
  isKeyed,
  minus,
  minusBelow,
  pathsOf,
  union,
  type FieldSet,
} from './field-set.ts'
import { readOwners, sameOwner, withoutServersOwn, writeOwners, type Owner, type Writer } from './managed-fields.ts'

type Json = Record<string, unknown>

export interface ApplyRequest {
  shape: Shape
  /** undefined: the object will be created */
  live: Json | undefined
  /** what the applier wants to own, as sent (with apiVersion, kind, metadata) */
  config: Json
  writer: Writer
  force: boolean
  /** fields this endpoint does not write: the configuration's values there are dropped */
  ignored: FieldSet
}

/** The merged object and its new managedFields; throws 409 with one cause per conflicting field. */
export const applyConfig = (request: ApplyRequest): { object: Json; managedFields: unknown } => {
  const { shape, writer, force, ignored } = request
  const live = request.live ?? {}
  const config = dropFields(shape, request.config, ignored)
  const owners = readOwners((live['metadata'] as Json | undefined)?.['managedFields'])
  if (request.live && !owners.length) owners.push(beforeFirstApply(shape, live, writer))
  const me = {
    manager: writer.manager,
    operation: 'Apply' as const,
    apiVersion: writer.apiVersion,
    subresource: writer.subresource,
  }
  const others = owners.filter((owner) => !sameOwner(owner, me))
  const previous = owners.find((owner) => sameOwner(owner, me))
  const applied = minusBelow(withoutServersOwn(fieldsOf(shape, config)), ignored)

  const merged = mergeConfig(shape, live, config) as Json
  const claimed = others.reduce((set, owner) => union(set, owner.fields), applied)
  const dropped = previous ? dropAbandoned(shape, merged, previous.fields, claimed) : merged
  // what is applied as empty stays, even when everything in it has just gone
  const object = dropped === merged ? merged : (mergeConfig(shape, dropped, config) as Json)

  const { written, removed } = changesOf(shape, live, object)
  const rivals = others
    .map((owner) => ({ owner, fields: intersection(owner.fields, written) }))
    .filter(({ fields }) => !isEmptySet(fields))
  const pardoned = migratingFromClientSide(shape, live, writer)
  const conflicts = rivals
    .map(({ owner, fields }) => ({ owner, fields: minus(fields, pardoned) }))
    .filter(({ fields }) => !isEmptySet(fields))
  if (!force && conflicts.length) throw conflictError(conflicts)

  const kept = others.map((owner) => {
    const lost = union(intersection(owner.fields, written), removed)
    const fields = minus(owner.fields, lost)
    return equalSets(fields, owner.fields) ? owner : { ...owner, fields }
  })
  // Another value of the same field counts as much as another field: readers of the books ask who wrote last.
  const unchanged = previous && equalSets(previous.fields, applied) && isEmptySet(written)
  const own: Owner = { ...me, time: unchanged ? previous.time : writer.time, fields: applied }
  return { object, managedFields: writeOwners([...kept, own]) }
}

/** An object that nobody owned yet (stored before managed fields existed, or stripped of them). */
const beforeFirstApply = (shape: Shape, live: Json, writer: Writer): Owner => ({
  manager: 'before-first-apply',
  operation: 'Update',
  apiVersion: writer.apiVersion,
  subresource: '',
  time: writer.time,
  fields: withoutServersOwn(changesOf(shape, { metadata: {} }, live).written),
})

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** `kubectl apply` without, then with --server-side: its own earlier fields are no conflicts. */
const migratingFromClientSide = (shape: Shape, live: Json, writer: Writer): FieldSet => {
  const text = ((live['metadata'] as Json | undefined)?.['annotations'] as Json | undefined)?.[lastApplied]
  if (writer.manager !== 'kubectl' || typeof text !== 'string') return emptySet
  try {
    return withoutServersOwn(fieldsOf(shape, JSON.parse(text)))
  } catch {
    return emptySet
  }
}

// merging ----------------------------------------------------------------------------------------------------------------

/** The configuration laid over the live value: maps by key, keyed lists by item, everything else replaced. */
export const mergeConfig = (shape: Shape, live: unknown, config: unknown): unknown => {
  if (shape.atomic || live === undefined || live === null) return isMap(config) ? withoutNulls(config) : config
  if (isMap(live) && isMap(config)) {
    let merged: Json | undefined
    for (const key of Object.keys(config)) {
      const value = config[key]
      const next = value === null ? undefined : mergeConfig(shape.at(key), live[key], value)
      if (next === live[key]) continue
      merged ??= { ...live }
      if (next === undefined) delete merged[key]
      else merged[key] = next
    }
    return merged ?? live
  }
  if (Array.isArray(live) && Array.isArray(config) && isKeyed(shape)) return mergeLists(shape, live, config)
  return equalJson(live, config) ? live : config
}

const withoutNulls = (value: Json): Json => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null))

/** The configuration's order; items only the live list has stay beside the neighbours they had. */
const mergeLists = (shape: Shape, live: readonly unknown[], config: readonly unknown[]): readonly unknown[] => {
  const name = (one: unknown): string => elementOf(shape, one) ?? JSON.stringify(one)
  const wanted = new Map(config.map((one) => [name(one), one]))
  const present = new Map(live.map((one) => [name(one), one]))
  const merged: unknown[] = []
  const done = new Set<string>()
  const order = [...wanted.keys()]
  let next = 0
  for (const [key, one] of present) {
    if (!wanted.has(key)) {
      merged.push(one)
      continue
    }
    // everything the configuration puts before this item comes first
    while (next < order.length) {
      const candidate = order[next]!
      if (candidate !== key && present.has(candidate) && !done.has(candidate)) break
      next++
      if (done.has(candidate)) continue
      done.add(candidate)
      merged.push(
        present.has(candidate)
          ? mergeConfig(shape.items, present.get(candidate), wanted.get(candidate))
          : wanted.get(candidate),
      )
      if (candidate === key) break
    }
  }
  for (; next < order.length; next++) {
    const candidate = order[next]!
    if (!done.has(candidate))
      merged.push(
        present.has(candidate)
          ? mergeConfig(shape.items, present.get(candidate), wanted.get(candidate))
          : wanted.get(candidate),
      )
  }
  return merged.length === live.length && merged.every((one, index) => one === live[index]) ? live : merged
}

/** Removes what the applier owned, does not apply any more, and nobody else owns. */
const dropAbandoned = (shape: Shape, value: Json, previous: FieldSet, claimed: FieldSet): Json =>
  (dropWalk(shape, value, previous, claimed) as Json | undefined) ?? {}

const dropWalk = (shape: Shape, value: unknown, previous: FieldSet, claimed: FieldSet | undefined): unknown => {
  if (shape.atomic || (!isMap(value) && !(Array.isArray(value) && isKeyed(shape)))) return claimed ? value : undefined
  if (isMap(value)) {
    let copy: Json | undefined
    for (const [element, below] of previous.children) {
      const key = element.slice(2)
      if (!element.startsWith('f:') || !(key in value)) continue
      const other = claimed?.children.get(element)
      const next = dropWalk(shape.at(key), value[key], below, other)
      if (next === value[key]) continue
      copy ??= { ...value }
      if (next === undefined) delete copy[key]
      else copy[key] = next
    }
    const result = copy ?? value
    return !claimed && Object.keys(result).length === 0
      ? undefined
      : !claimed && previous.own && !previous.children.size
        ? undefined
        : result
  }
  const list = value as readonly unknown[]
  const kept: unknown[] = []
  for (const one of list) {
    const element = elementOf(shape, one)
    const below = element === undefined ? undefined : previous.children.get(element)
    const other = element === undefined ? undefined : claimed?.children.get(element)
    if (!below) kept.push(one)
    else if (other) kept.push(shape.list === 'set' ? one : (dropWalk(shape.items, one, below, other) ?? one))
    // an item that only this applier owned goes whole, whatever defaults it has collected
  }
  if (!kept.length && list.length) return undefined
  return kept.length === list.length && kept.every((one, index) => one === list[index]) ? list : kept
}

/** The value without the given fields. */
const dropFields = (shape: Shape, value: Json, fields: FieldSet): Json => {
  let copy: Json | undefined
  for (const [element, below] of fields.children) {
    const key = element.slice(2)
    if (!(key in value)) continue
    copy ??= { ...value }
    if (below.own) delete copy[key]
    else if (isMap(value[key])) copy[key] = dropFields(shape.at(key), value[key], below)
  }
  return copy ?? value
}

// conflicts --------------------------------------------------------------------------------------------------------------

const conflictError = (conflicts: readonly { owner: Owner; fields: FieldSet }[]): ApiError => {
  const named = conflicts
    .flatMap(({ owner, fields }) => pathsOf(fields).map((path) => ({ who: spoken(owner), path })))
    .sort((a, b) => (a.who < b.who ? -1 : a.who > b.who ? 1 : 0))
  const causes = named.map(({ who, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field: path,
  }))
  return new ApiError(409, 'Conflict', sentence(named), { causes })
}

const sentence = (named: readonly { who: string; path: string }[]): string => {
  if (named.length === 1) return `Apply failed with 1 conflict: conflict with ${named[0]!.who}: ${named[0]!.path}`
  const lines: string[] = []
  for (const who of new Set(named.map((one) => one.who)))
    lines.push(`conflicts with ${who}:`, ...named.filter((one) => one.who === who).map((one) => `- ${one.path}`))
  return `Apply failed with ${named.length} conflicts: ${lines.join('\n')}`
}

const spoken = (owner: Owner): string =>
  JSON.stringify(owner.manager) +
  (owner.subresource ? ` with subresource ${JSON.stringify(owner.subresource)}` : '') +
  (owner.operation === 'Update' ? ` using ${owner.apiVersion}` : '')
