/** Plain JSON values: deep equality and copies. */

export const equalJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!equalJson(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  let count = 0
  for (const key in left) {
    if (left[key] === undefined) continue
    count++
    if (!Object.hasOwn(right, key) || !equalJson(left[key], right[key])) return false
  }
  for (const key in right) if (right[key] !== undefined) count--
  return count === 0
}

/** A deep copy that may be changed. Keys with undefined are left out, as on the wire. */
export const copyJson = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson) as T
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const one = (value as Record<string, unknown>)[key]
    if (one === undefined) continue
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: copyJson(one), enumerable: true, configurable: true, writable: true })
    else copy[key] = copyJson(one)
  }
  return copy as T
}

/** Freezes everything below; shared parts that are frozen already are not walked again. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const one of Object.values(value)) deepFreeze(one)
  return value
}
