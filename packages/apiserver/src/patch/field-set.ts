/** Sets of field paths, as `managedFields[].fieldsV1` writes them, and the sets that values and changes of values span. */
import { equalJson } from '../json.ts'
import { isMap, type Shape } from '../shape.ts'

/**
 * A path element is `f:name`, `k:{"name":"x"}` (item of a keyed list) or `v:"x"` (member of a set). `own`: the path that
 * ends here is in the set. Sets are never changed once made.
 */
export interface FieldSet {
  readonly own: boolean
  readonly children: ReadonlyMap<string, FieldSet>
}

const noChildren: ReadonlyMap<string, FieldSet> = new Map()
export const emptySet: FieldSet = { own: false, children: noChildren }
const leafSet: FieldSet = { own: true, children: noChildren }

export const isEmptySet = (set: FieldSet): boolean => !set.own && set.children.size === 0

const made = (own: boolean, children: ReadonlyMap<string, FieldSet>): FieldSet =>
  children.size ? { own, children } : own ? leafSet : emptySet

// set algebra ------------------------------------------------------------------------------------------------------------
// What an operation leaves as it is stays the same object: its text is known already.

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(a) || a === b) return b
  if (isEmptySet(b)) return a
  let children: Map<string, FieldSet> | undefined
  for (const [key, child] of b.children) {
    const mine = a.children.get(key)
    const both = mine ? union(mine, child) : child
    if (both !== mine) (children ??= new Map(a.children)).set(key, both)
  }
  return children || (b.own && !a.own) ? made(a.own || b.own, children ?? a.children) : a
}

/** What is in `a` and not in `b`. */
export const minus = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(b) || isEmptySet(a)) return a
  const children = withoutIn(a, b, minus)
  return children || (a.own && b.own) ? made(a.own && !b.own, children ?? a.children) : a
}

/** The children of `a` after something was taken from those that `b` has, too; undefined when they are as they were. */
const withoutIn = (
  a: FieldSet,
  b: FieldSet,
  take: (child: FieldSet, other: FieldSet) => FieldSet,
): Map<string, FieldSet> | undefined => {
  let children: Map<string, FieldSet> | undefined
  for (const [key, other] of b.children) {
    const child = a.children.get(key)
    const rest = child && take(child, other)
    if (rest === child) continue
    children ??= new Map(a.children)
    if (!rest || isEmptySet(rest)) children.delete(key)
    else children.set(key, rest)
  }
  return children
}

/** `a` without everything at and below the paths of `b`. */
export const minusBelow = (a: FieldSet, b: FieldSet): FieldSet => {
  if (b.own) return emptySet
  if (!b.children.size) return a
  const children = withoutIn(a, b, minusBelow)
  return children ? made(a.own, children) : a
}

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  const children = new Map<string, FieldSet>()
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    if (!other) continue
    const both = intersection(child, other)
    if (!isEmptySet(both)) children.set(key, both)
  }
  return made(a.own && b.own, children)
}

export const equalSets = (a: FieldSet, b: FieldSet): boolean => {
  if (a === b) return true
  if (a.own !== b.own || a.children.size !== b.children.size) return false
  for (const [key, child] of a.children) {
    const other = b.children.get(key)
    if (!other || !equalSets(child, other)) return false
  }
  return true
}

/** The paths of a set in the way conflicts name them: `.spec.containers[name="main"].image`. */
export const pathsOf = (set: FieldSet, at = ''): string[] => [
  ...(set.own ? [at] : []),
  ...sortedKeys(set).flatMap((key) => pathsOf(set.children.get(key)!, at + spoken(key))),
]

const spoken = (element: string): string => {
  const body = element.slice(2)
  if (element.startsWith('f:')) return `.${body}`
  if (element.startsWith('v:')) return `[=${body}]`
  const keys = JSON.parse(body) as Record<string, unknown>
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`
}

// FieldsV1 ---------------------------------------------------------------------------------------------------------------

/** Entries come back unchanged again and again; only whole sets are worth remembering. */
const parsedSets = new WeakMap<object, FieldSet>()

export const parseSet = (fields: unknown): FieldSet => {
  if (!isMap(fields)) return emptySet
  let set = parsedSets.get(fields)
  if (!set) {
    set = parse(fields, false)
    parsedSets.set(fields, set)
  }
  return set
}

/** Below the root, `{}` is a path of the set. */
const parse = (fields: Record<string, unknown>, below: boolean): FieldSet => {
  const keys = Object.keys(fields)
  if (!keys.length) return below ? leafSet : emptySet
  const children = new Map<string, FieldSet>()
  for (const key of keys) if (key !== '.') children.set(key, isMap(fields[key]) ? parse(fields[key], true) : leafSet)
  return made('.' in fields, children)
}

export const writeSet = (set: FieldSet): Record<string, unknown> => {
  const written = write(set)
  parsedSets.set(written, set)
  return written
}

/** A change touches few of the sets it is made of: the others are written already. */
const writtenSets = new WeakMap<FieldSet, Record<string, unknown>>()

const write = (set: FieldSet): Record<string, unknown> => {
  const known = writtenSets.get(set)
  if (known) return known
  const written: Record<string, unknown> = {}
  if (set.own && set.children.size) written['.'] = {}
  for (const key of sortedKeys(set)) written[key] = write(set.children.get(key)!)
  writtenSets.set(set, written)
  return written
}

const rank: Record<string, number> = { f: 0, k: 1, v: 2, i: 3 }
const sortedKeys = (set: FieldSet): string[] => {
  const keys = [...set.children.keys()]
  if (keys.length < 2) return keys
  // The ranks are in the order of the letters but for strange ones.
  return keys.every((key) => key[0] === 'f' || key[0] === 'k' || key[0] === 'v')
    ? keys.sort()
    : keys.sort((a, b) => (rank[a[0]!] ?? 9) - (rank[b[0]!] ?? 9) || (a < b ? -1 : a > b ? 1 : 0))
}

// values -----------------------------------------------------------------------------------------------------------------

/** Which element names an item of a keyed list or a set; undefined where the list is atomic or the item has no key. */
export const elementOf = (shape: Shape, item: unknown): string | undefined => {
  if (shape.list === 'set') return `v:${JSON.stringify(item)}`
  if (shape.list !== 'map' || !isMap(item)) return undefined
  const keys: Record<string, unknown> = {}
  for (const key of [...shape.keys].sort()) {
    const value = item[key] ?? shape.keyDefault(key)
    if (value !== undefined) keys[key] = value
  }
  return Object.keys(keys).length ? `k:${JSON.stringify(keys)}` : undefined
}

export const isKeyed = (shape: Shape): boolean => !shape.atomic && shape.list !== 'atomic'

/** The fields an applied configuration speaks about: its leaves, list items, and keys of maps. */
export const fieldsOf = (shape: Shape, value: unknown): FieldSet => {
  if (shape.atomic) return leafSet
  if (isMap(value)) {
    const children = new Map<string, FieldSet>()
    for (const key of Object.keys(value)) {
      const one = value[key]
      const below = fieldsOf(shape.at(key), one)
      const own = one === null || (isMap(one) && Object.keys(one).length === 0) || !shape.declares(key)
      const child = own && !below.own ? made(true, below.children) : below
      if (!isEmptySet(child)) children.set(`f:${key}`, child)
    }
    return made(false, children)
  }
  if (Array.isArray(value)) {
    if (!isKeyed(shape)) return leafSet
    const children = new Map<string, FieldSet>()
    for (const one of value) {
      const element = elementOf(shape, one)
      if (element === undefined) continue
      children.set(element, made(true, shape.list === 'set' ? noChildren : fieldsOf(shape.items, one).children))
    }
    return made(false, children)
  }
  return leafSet
}

/** A value that was not there before: every path in it. */
const everything = (shape: Shape, value: unknown): FieldSet => {
  if (shape.atomic) return leafSet
  const children = new Map<string, FieldSet>()
  if (isMap(value))
    for (const key of Object.keys(value))
      if (value[key] !== undefined) children.set(`f:${key}`, everything(shape.at(key), value[key]))
  if (Array.isArray(value) && isKeyed(shape))
    for (const one of value) {
      const element = elementOf(shape, one)
      if (element !== undefined) children.set(element, shape.list === 'set' ? leafSet : everything(shape.items, one))
    }
  return made(true, children)
}

export interface Changes {
  /** added or with another value */
  written: FieldSet
  removed: FieldSet
}
const noChanges: Changes = { written: emptySet, removed: emptySet }

/** What differs between two values. Values that are the same object are not looked into. */
export const changesOf = (shape: Shape, was: unknown, after: unknown): Changes => {
  if (was === after) return noChanges
  // an explicit null is the field without anything in it
  const before = was === null && Array.isArray(after) ? [] : was
  if (before === undefined) return { written: everything(shape, after), removed: emptySet }
  if (after === undefined) return { written: emptySet, removed: everything(shape, before) }
  if (!shape.atomic) {
    if (isMap(before) && isMap(after)) return changesOfMaps(shape, before, after)
    if (Array.isArray(before) && Array.isArray(after) && isKeyed(shape)) return changesOfLists(shape, before, after)
  }
  return equalJson(before, after) ? noChanges : { written: leafSet, removed: emptySet }
}

const changesOfMaps = (shape: Shape, before: Record<string, unknown>, after: Record<string, unknown>): Changes => {
  const written = new Map<string, FieldSet>()
  const removed = new Map<string, FieldSet>()
  const look = (key: string): void => {
    const one = changesOf(shape.at(key), before[key], after[key])
    if (!isEmptySet(one.written)) written.set(`f:${key}`, one.written)
    if (!isEmptySet(one.removed)) removed.set(`f:${key}`, one.removed)
  }
  for (const key in after) look(key)
  for (const key in before) if (!(key in after)) look(key)
  return { written: made(false, written), removed: made(false, removed) }
}

const changesOfLists = (shape: Shape, before: readonly unknown[], after: readonly unknown[]): Changes => {
  const index = (list: readonly unknown[]) => new Map(list.map((one) => [elementOf(shape, one) ?? '', one]))
  const old = index(before)
  const written = new Map<string, FieldSet>()
  const removed = new Map<string, FieldSet>()
  const now = index(after)
  for (const [element, one] of now) {
    const was = old.get(element)
    if (shape.list === 'set') {
      if (!old.has(element)) written.set(element, leafSet)
      continue
    }
    const difference = changesOf(shape.items, was, one)
    if (!isEmptySet(difference.written)) written.set(element, difference.written)
    if (!isEmptySet(difference.removed)) removed.set(element, difference.removed)
  }
  for (const [element, one] of old)
    if (!now.has(element)) removed.set(element, shape.list === 'set' ? leafSet : everything(shape.items, one))
  return { written: made(false, written), removed: made(false, removed) }
}
