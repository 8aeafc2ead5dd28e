/** Reading and ordering `v1_20`-style version names; what a version can do is a table elsewhere. */

export interface VersionNumber {
  major: number
  minor: number
}

/** `v1_20` or `1.20` → its numbers; undefined for anything else. */
export const versionNumber = (name: string | null | undefined): VersionNumber | undefined => {
  const match = /^v?(\d{1,4})[._](\d{1,4})$/.exec(name ?? '')
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

/** Negative, zero or positive, as `a` is older than, equal to, or newer than `b`. */
export const compareVersions = (a: VersionNumber, b: VersionNumber): number => a.major - b.major || a.minor - b.minor

/** Whether `name` is `atLeast` or newer; an unknown name is not. */
export const isAtLeast = (name: string | null | undefined, atLeast: string): boolean => {
  const version = versionNumber(name)
  const bound = versionNumber(atLeast)
  return version !== undefined && bound !== undefined && compareVersions(version, bound) >= 0
}
