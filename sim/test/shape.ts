/** Whether a JSON value has a recorded shape. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape }

export const mismatches = (shape: Shape, value: unknown, at = ''): string[] => {
  if (typeof shape === 'string') {
    const is = value === null ? 'null' : typeof value
    return is === shape ? [] : [`${at || 'it'} is ${is} instead of ${shape}`]
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return [
      ...new Set(value.flatMap((one) => (shape[0] === undefined ? [] : mismatches(shape[0] as Shape, one, `${at}[]`)))),
    ]
  }
  const object = shape as { readonly [key: string]: Shape }
  if ('|' in object) {
    const all = (object['|'] as readonly Shape[]).map((one) => mismatches(one, value, at))
    return all.some((list) => list.length === 0) ? [] : (all[0] ?? [])
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at || 'it'} is no object`]
  const have = value as Record<string, unknown>
  return [
    ...Object.entries(object).flatMap(([key, inner]) => {
      const optional = typeof inner === 'object' && '?' in inner
      if (!(key in have)) return optional ? [] : [`${at}.${key} is missing`]
      return mismatches(optional ? (inner as { '?': Shape })['?'] : inner, have[key], `${at}.${key}`)
    }),
    ...Object.keys(have)
      .filter((key) => !(key in object))
      .map((key) => `${at}.${key} is not there in Flink`),
  ]
}
