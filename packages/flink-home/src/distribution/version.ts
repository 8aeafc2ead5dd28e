/** Flink version numbers: a minor (`1.20`) names a line of releases, a patch (`1.20.5`) one of them. */
export interface FlinkVersion {
  major: number
  minor: number
  /** absent when only the line is named */
  patch?: number
}

/** Reads `1.20`, `1.20.5`; undefined for anything else (previews and release candidates included). */
export const parseVersion = (text: string): FlinkVersion | undefined => {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) return undefined
  const version: FlinkVersion = { major: Number(match[1]), minor: Number(match[2]) }
  return match[3] === undefined ? version : { ...version, patch: Number(match[3]) }
}

/** Orders version texts; a line sorts before its patches, unreadable texts before everything. */
export const compareVersions = (a: string, b: string): number => {
  const numbers = (text: string): number[] => {
    const version = parseVersion(text)
    return version ? [version.major, version.minor, version.patch ?? -1] : [-1, -1, -1]
  }
  const right = numbers(b)
  return numbers(a).reduce((order, value, at) => order || value - (right[at] ?? 0), 0)
}

/** `1.20.5` → `1.20` */
export const lineOf = (version: string): string => version.split('.').slice(0, 2).join('.')

/** True if `version` is the patch asked for, or any patch of the line asked for. */
export const satisfies = (version: string, wanted: string): boolean =>
  parseVersion(wanted)?.patch === undefined ? lineOf(version) === wanted : version === wanted

/** The newest of `versions` that satisfies `wanted`. */
export const newestOf = (versions: readonly string[], wanted?: string): string | undefined =>
  versions
    .filter((version) => parseVersion(version)?.patch !== undefined)
    .filter((version) => wanted === undefined || satisfies(version, wanted))
    .sort(compareVersions)
    .at(-1)

/** True from the given line on: `atLeast('1.20.5', '1.19')`. */
export const atLeast = (version: string, line: string): boolean => compareVersions(lineOf(version), line) >= 0
