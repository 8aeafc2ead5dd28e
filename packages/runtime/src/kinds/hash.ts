/**
 * Short names derived from content, so that the same intention always gets the same name. The alphabet is the one
 * Kubernetes uses for generated names: no vowels, no look-alikes.
 */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Ten characters or fewer for any JSON value; members in any order give the same text. */
export const shortHash = (value: unknown): string => spell(fnv(canonical(value)))

/** Exactly five characters, like the suffix of a generated name. */
export const suffix = (...seed: readonly unknown[]): string => {
  let left = fnv(canonical(seed))
  let text = ''
  for (let i = 0; i < 5; i++) {
    text += alphabet[left % alphabet.length]
    left = Math.floor(left / alphabet.length)
  }
  return text
}

/** JSON with sorted members; undefined ones are left out. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>
    const keys = Object.keys(record).filter((key) => record[key] !== undefined)
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
      .join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** FNV-1a, 32 bits */
const fnv = (text: string): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Decimal digits of the hash, each as a letter of the alphabet, as `pod-template-hash` looks in Kubernetes. */
const spell = (hash: number): string => [...String(hash)].map((digit) => alphabet[Number(digit)]).join('')
