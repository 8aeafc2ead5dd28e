/**
 * Strategic merge patch: a merge patch that knows which lists are sets and which are keyed, with the directives
 * `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…` and `$setElementOrder/…`.
 */
import { badRequest } from '../errors.ts'
import { equalJson } from '../json.ts'
import { isMap, type Shape } from '../shape.ts'

type Json = Record<string, unknown>

/** The patched value; untouched parts are shared with the input. */
export const strategicMerge = (shape: Shape, target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch
  const directive = patch['$patch']
  if (directive === 'replace') return without(patch, ['$patch'])
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') throw badRequest(`unknown patch type: ${String(directive)}`)
  const merged: Json = isMap(target) ? { ...target } : {}
  const retain = patch['$retainKeys']
  if (Array.isArray(retain)) for (const key of Object.keys(merged)) if (!retain.includes(key)) delete merged[key]

  for (const key of Object.keys(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice(key.indexOf('/') + 1)
      const gone = patch[key] as unknown[]
      const list = merged[field]
      if (Array.isArray(list) && Array.isArray(gone))
        merged[field] = list.filter((one) => !gone.some((g) => equalJson(one, g)))
    }
  }
  for (const key of Object.keys(patch)) {
    if (key.startsWith('$') || key === '__proto__') continue
    const value = patch[key]
    if (value === null) delete merged[key]
    else if (isMap(value))
      merged[key] = strategicMerge(shape.at(key), isMap(merged[key]) ? merged[key] : undefined, value)
    else if (Array.isArray(value))
      merged[key] = mergeList(shape.at(key), key, merged[key], value, patch[`$setElementOrder/${key}`])
    else merged[key] = value
  }
  for (const key of Object.keys(patch)) {
    if (!key.startsWith('$setElementOrder/')) continue
    const field = key.slice(key.indexOf('/') + 1)
    if (patch[field] === undefined && Array.isArray(merged[field]))
      merged[field] = mergeList(shape.at(field), field, merged[field], [], patch[key])
  }
  return merged
}

const mergeList = (
  shape: Shape,
  field: string,
  target: unknown,
  patch: readonly unknown[],
  order: unknown,
): unknown => {
  const old: readonly unknown[] = Array.isArray(target) ? target : []
  const merges = shape.patchStrategy?.split(',').includes('merge') ?? false
  if (!merges) return patch.map(stripped)
  const key = shape.patchMergeKey
  const same = (a: unknown, b: unknown): boolean =>
    key ? isMap(a) && isMap(b) && equalJson(a[key], b[key]) : equalJson(a, b)
  const wanted = Array.isArray(order) ? order : undefined

  if (!key) {
    const added = patch.filter(
      (one, index) => !old.some((o) => same(o, one)) && patch.findIndex((p) => same(p, one)) === index,
    )
    return inOrder([...old, ...added], wanted ?? patch, old, same)
  }
  if (patch.some((one) => isMap(one) && one['$patch'] === 'replace' && one[key] === undefined))
    return patch.filter((one) => !(isMap(one) && one['$patch'] === 'replace')).map(stripped)
  let merged: unknown[] = [...old]
  const plain: unknown[] = []
  for (const one of patch) {
    if (!isMap(one) || one[key] === undefined)
      throw badRequest(`map: ${JSON.stringify(one)} does not contain declared merge key: ${key}`)
    if (one['$patch'] === 'delete') {
      merged = merged.filter((m) => !same(m, one))
      continue
    }
    plain.push(one)
    const at = merged.findIndex((m) => same(m, one))
    if (at < 0) merged.push(strategicMerge(shape.items, undefined, one))
    else merged[at] = strategicMerge(shape.items, merged[at], one)
  }
  return inOrder(merged, wanted ?? plain, old, same)
}

/** Items the patch names come in its order; the others keep their place among those they stood beside. */
const inOrder = (
  merged: unknown[],
  order: readonly unknown[],
  old: readonly unknown[],
  same: (a: unknown, b: unknown) => boolean,
): unknown[] => {
  const place = (list: readonly unknown[], one: unknown): number => list.findIndex((l) => same(l, one))
  const named = merged.filter((one) => place(order, one) >= 0).sort((a, b) => place(order, a) - place(order, b))
  const others = merged.filter((one) => place(order, one) < 0)
  const result: unknown[] = []
  while (named.length && others.length) {
    const left = place(old, named[0])
    const right = place(old, others[0])
    result.push(left >= 0 && right >= 0 && left > right ? others.shift() : named.shift())
  }
  return [...result, ...named, ...others]
}

const without = (value: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

const stripped = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(stripped)
    : isMap(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([key]) => !key.startsWith('$'))
            .map(([key, one]) => [key, stripped(one)]),
        )
      : value
