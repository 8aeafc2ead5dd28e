/** The smallest JSON merge patch (RFC 7396) that turns one value into another; undefined when they are equal. */
export const mergePatchOf = (from: unknown, to: unknown): unknown => {
  if (!isRecord(from) || !isRecord(to)) return equal(from, to) ? undefined : to
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(from))
    if (to[key] === undefined || to[key] === null) if (from[key] !== undefined && from[key] !== null) patch[key] = null
  for (const [key, value] of Object.entries(to)) {
    if (value === undefined || value === null) continue
    if (from[key] === undefined || from[key] === null) patch[key] = value
    else {
      const inner = mergePatchOf(from[key], value)
      if (inner !== undefined) patch[key] = inner
    }
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep equality of JSON values; a missing member equals an undefined one. */
export const equal = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isRecord(a) || !isRecord(b)) return false
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) if (!equal(a[key], b[key])) return false
  return true
}
