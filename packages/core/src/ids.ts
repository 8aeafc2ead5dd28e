/**
 * Identities chosen before the effect they name, so that repeating the effect is harmless. The same arguments always give
 * the same id, on any machine. Not secret and not cryptographic: Flink's ids only have to be different from each other.
 */

/** 32 lower-case hex digits: the form of Flink's job ids and trigger ids. */
export const idFor = (...parts: readonly (string | number)[]): string => {
  const text = parts.map((part) => `${String(part).length}:${part}`).join('/')
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x85ebca6b]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = b ^ Math.imul(a ^ code, 597399067)
    b = c ^ Math.imul(b ^ code, 2869860233)
    c = d ^ Math.imul(c ^ code, 951274213)
    d = a ^ Math.imul(d ^ code, 2716044179)
  }
  for (let round = 0; round < 3; round++) {
    a = mixed(c ^ (a >>> 18), 597399067)
    b = mixed(d ^ (b >>> 22), 2869860233)
    c = mixed(a ^ (c >>> 17), 951274213)
    d = mixed(b ^ (d >>> 19), 2716044179)
  }
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

const mixed = (value: number, factor: number): number => {
  const product = Math.imul(value, factor)
  return product ^ (product >>> 15)
}
