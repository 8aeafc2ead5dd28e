/** Equality of JSON values, and looking into objects whose keys come from users. */
import { isObject, type JsonObject } from './structural.ts'

/**
 * Equal as JSON: the order of keys does not count, the order of lists does. Values nested deeper than any real object are
 * taken as different, so that a hostile document cannot exhaust the stack.
 */
export const sameJson = (one: unknown, other: unknown, depth = 0): boolean => {
  if (one === other) return true
  if (depth > 1_000) return false
  if (Array.isArray(one))
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => sameJson(item, other[index], depth + 1))
    )
  if (!isObject(one) || !isObject(other)) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key], depth + 1))
  )
}

/** The keys of both, in order. */
export const keysOf = (one: JsonObject, other: JsonObject): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()

/** A key of the object itself: `constructor` is none. */
export const ownValue = (object: JsonObject, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** The dotted path of a field below a path. */
export const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
