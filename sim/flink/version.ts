/** Flink's versions as the model compares them. */

/** `2.0` is at least `1.20`. */
export const isAtLeast = (version: string, than: string): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number)
  const [c = 0, d = 0] = than.split('.').map(Number)
  return a > c || (a === c && b >= d)
}
